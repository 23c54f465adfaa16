#include "photo_source.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>

namespace seawall::eval {
namespace {

constexpr int kSmallerSideMin = 64;

std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::filesystem::path> files_under(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const bool is_hidden = entry.path().filename().string().starts_with('.');
    if (entry.is_regular_file() && !is_hidden) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

std::vector<Picture> load_photos(MediaDecoder& decoder, const std::filesystem::path& folder,
                                 const PhotoOptions& options) {
  const std::vector<std::filesystem::path> paths = files_under(folder);
  DecodeOptions decode;
  decode.exact = true;
  std::vector<Picture> pictures;
  for (std::size_t i = 0; i < paths.size(); i += options.every) {
    const auto add = [&](const Frame& frame) {
      const bool is_small = std::min(frame.pixels.width_px, frame.pixels.height_px) < kSmallerSideMin;
      if (frame.index != 0 || is_small) return;
      pictures.push_back(fit_within(Picture::copy_of(frame.pixels), options.longer_side_px));
    };
    // A file that does not decode is no photograph; what was decoded before an error still counts.
    if (!decoder.decode(bytes_of(paths[i]), decode, add)) continue;
  }
  return pictures;
}

}  // namespace seawall::eval
