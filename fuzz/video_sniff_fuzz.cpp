// Property: any bytes give no type, or that of a video's container in printable words; the same whatever
// follows the bytes that are looked at, and none where they begin a picture.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "seawall/media/decoder.h"
#include "seawall/media/video_sniff.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::string_view type = seawall::sniff_video_type(bytes);
  const auto is_printable = [](char c) { return c > ' ' && c < 127; };
  if (!std::ranges::all_of(type, is_printable)) std::abort();
  if (!type.empty() && !type.starts_with("video/") && !type.starts_with("application/")) std::abort();
  const auto looked_at = bytes.first(std::min(size, seawall::kVideoSniffBytes));
  if (seawall::sniff_media_type(looked_at) != seawall::MediaType::kUnknown && !type.empty()) std::abort();
  std::vector<std::byte> longer(looked_at.begin(), looked_at.end());
  if (size >= seawall::kVideoSniffBytes) longer.resize(longer.size() + 512, std::byte{0x47});
  if (seawall::sniff_video_type(longer) != type) std::abort();
  return 0;
}
