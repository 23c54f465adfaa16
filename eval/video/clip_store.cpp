#include "clip_store.h"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace seawall::eval {
namespace {

constexpr const char* kProgram = "SVT_LOG=1 ffmpeg -nostdin -v error -y -threads 1 ";

[[noreturn]] void give_up(const std::string& command) {
  std::fprintf(stderr, "video evaluation: this failed: %s\n", command.c_str());
  std::exit(3);
}

std::uint64_t digest_of(const std::string& text) {
  std::uint64_t digest = 0xcbf29ce484222325;
  for (const char letter : text) digest = (digest ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return digest;
}

/// A name of its own, so that two threads may make the same file.
std::filesystem::path unfinished(const std::filesystem::path& path) {
  static std::atomic<int> made = 0;
  return path.parent_path() / ("unfinished-" + std::to_string(++made) + "-" + path.filename().string());
}

}  // namespace

ClipStore::ClipStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
}

std::filesystem::path ClipStore::path_of(const std::string& key, const std::string& extension) const {
  char name[17];
  std::snprintf(name, sizeof name, "%016" PRIx64, digest_of(key));
  return folder_ / (name + ("." + extension));
}

std::filesystem::path ClipStore::master(const Movie& movie) {
  const std::filesystem::path path = path_of(movie.key(), "mp4");
  if (std::filesystem::exists(path)) return path;
  const std::filesystem::path made = unfinished(path);
  const std::string command =
      "ffmpeg -v error -y -f rawvideo -pix_fmt rgb24 -s " + std::to_string(movie.width_px) + "x" +
      std::to_string(movie.height_px) + " -r " + std::to_string(kFramesPerSecond) +
      " -i - -threads 1 -pix_fmt yuv420p -c:v libx264 -preset superfast -crf 14 -g 48 " + made.string();
  std::FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) give_up(command);
  Projector projector(movie);
  const int frames = static_cast<int>(movie.seconds() * kFramesPerSecond);
  for (int i = 0; i < frames; ++i) {
    const Picture& frame = projector.frame(static_cast<double>(i) / kFramesPerSecond);
    if (std::fwrite(frame.rgb.data(), 1, frame.rgb.size(), pipe) != frame.rgb.size()) give_up(command);
  }
  if (::pclose(pipe) != 0) give_up(command);
  std::filesystem::rename(made, path);
  return path;
}

std::filesystem::path ClipStore::encoded(const std::string& arguments, const std::string& extension) {
  const std::filesystem::path path = path_of(arguments, extension);
  if (std::filesystem::exists(path)) return path;
  const std::filesystem::path made = unfinished(path);
  const std::string command = kProgram + arguments + " -threads 1 " + made.string();
  if (std::system(command.c_str()) != 0) give_up(command);
  std::filesystem::rename(made, path);
  return path;
}

std::filesystem::path ClipStore::overlay(const Picture& picture, const Colour* clear) {
  std::string pixels;
  for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
    const std::uint8_t* rgb = picture.rgb.data() + i;
    const bool is_clear = clear != nullptr && rgb[0] == clear->r && rgb[1] == clear->g && rgb[2] == clear->b;
    pixels.append(reinterpret_cast<const char*>(rgb), 3);
    pixels += is_clear ? '\0' : '\xff';
  }
  const std::filesystem::path path = path_of("overlay " + pixels, "pam");
  if (std::filesystem::exists(path)) return path;
  const std::filesystem::path made = unfinished(path);
  std::ofstream out(made, std::ios::binary);
  out << "P7\nWIDTH " << picture.width_px << "\nHEIGHT " << picture.height_px
      << "\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
      << pixels;
  out.close();
  std::filesystem::rename(made, path);
  return path;
}

}  // namespace seawall::eval
