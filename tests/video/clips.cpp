#include "clips.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "seawall/base/temporary_folder.h"

namespace seawall::test {
namespace {

const std::filesystem::path& folder() {
  static const auto own = TemporaryFolder::make("seawall-clips");
  if (!own) std::abort();
  return own->path();
}

struct Shape {
  int chroma_width;
  int chroma_height;
  int depth;
};

Shape shape_of(const std::string& format, int width, int height) {
  const int depth = format.find("10") != std::string::npos   ? 10
                    : format.find("12") != std::string::npos ? 12
                                                             : 8;
  if (format.starts_with("gray")) return {0, 0, depth};
  const bool half_width = format.find("444") == std::string::npos;
  const bool half_height = format.find("420") != std::string::npos;
  return {half_width ? (width + 1) / 2 : width, half_height ? (height + 1) / 2 : height, depth};
}

std::vector<std::uint8_t> take_plane(const FileBytes& raw, std::size_t& at, std::size_t samples, int depth) {
  std::vector<std::uint8_t> plane(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    if (depth == 8) {
      plane[i] = std::to_integer<std::uint8_t>(raw[at++]);
    } else {
      const unsigned word = std::to_integer<unsigned>(raw[at]) | std::to_integer<unsigned>(raw[at + 1]) << 8;
      plane[i] = static_cast<std::uint8_t>(word >> (depth - 8));
      at += 2;
    }
  }
  return plane;
}

/// The presentation times of a framehash listing, in us.
std::vector<std::int64_t> times_of(const std::string& listing) {
  std::vector<std::int64_t> times;
  std::istringstream lines(listing);
  long long num = 1;
  long long den = 1;
  for (std::string line; std::getline(lines, line);) {
    if (std::sscanf(line.c_str(), "#tb 0: %lld/%lld", &num, &den) == 2) continue;
    long long dts = 0;
    long long pts = 0;
    if (std::sscanf(line.c_str(), "0, %lld, %lld,", &dts, &pts) != 2) continue;
    times.push_back(pts * num * 1'000'000 / den);
  }
  return times;
}

}  // namespace

std::string run_ffmpeg(const std::string& arguments) {
  const std::string command = "ffmpeg -nostdin -v error -y " + arguments + " 2>" + scratch_path("ffmpeg.log");
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::string out;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
  if (::pclose(pipe) != 0) {
    std::ifstream log(scratch_path("ffmpeg.log"));
    ADD_FAILURE() << command << "\n" << std::string(std::istreambuf_iterator<char>(log), {});
  }
  return out;
}

std::string scratch_path(const std::string& name) { return (folder() / name).string(); }

std::string moving_pattern(const std::string& size, double seconds, int rate) {
  return "-f lavfi -i testsrc2=size=" + size + ":rate=" + std::to_string(rate) +
         ":duration=" + std::to_string(seconds);
}

std::string make_clip(const std::string& extension, const std::string& arguments, const std::string& input) {
  static std::map<std::string, std::string> made;
  const std::string source = input.empty() ? moving_pattern("192x144") : input;
  std::string& path = made[source + " " + arguments + " " + extension];
  if (path.empty()) {
    path = scratch_path("clip" + std::to_string(made.size()) + "." + extension);
    run_ffmpeg(source + " -fflags +bitexact -threads 1 " + arguments + " " + path);
  }
  return path;
}

FileBytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

void write_file(const std::string& path, const FileBytes& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

std::vector<ReferenceFrame> decode_with_ffmpeg(const std::string& path, int width, int height,
                                               const std::string& format, const std::string& how) {
  static std::map<std::string, std::vector<ReferenceFrame>> known;
  const auto [entry, is_new] = known.try_emplace(path + " " + format + " " + how);
  if (!is_new) return entry->second;
  const std::string raw_path = scratch_path("reference.raw");
  const std::string output = " -map 0:v:0 -vsync passthrough -enc_time_base -1 -pix_fmt " + format;
  const std::string listing =
      run_ffmpeg("-copyts " + how + " -threads 1 -flags +unaligned -i " + path + output + " -f rawvideo " +
                 raw_path + output + " -f framehash -hash crc32 -");
  const FileBytes raw = read_file(raw_path);
  const Shape shape = shape_of(format, width, height);
  const auto luma = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  const auto chroma =
      static_cast<std::size_t>(shape.chroma_width) * static_cast<std::size_t>(shape.chroma_height);
  const std::size_t frame_bytes = (luma + 2 * chroma) * (shape.depth > 8 ? 2 : 1);
  std::vector<ReferenceFrame>& frames = entry->second;
  std::size_t at = 0;
  for (const std::int64_t time_us : times_of(listing)) {
    if (raw.size() - at < frame_bytes) {
      ADD_FAILURE() << path << ": fewer raw frames than listed";
      break;
    }
    ReferenceFrame frame;
    frame.container_time_us = time_us;
    frame.y = take_plane(raw, at, luma, shape.depth);
    frame.cb = take_plane(raw, at, chroma, shape.depth);
    frame.cr = take_plane(raw, at, chroma, shape.depth);
    frames.push_back(std::move(frame));
  }
  EXPECT_EQ(at, raw.size()) << path << ": more raw frames than listed";
  return frames;
}

}  // namespace seawall::test
