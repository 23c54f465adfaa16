// Property: any bytes give an orientation of 1..8, the same with and without the "Exif" prefix, and the chunk
// found in any bytes lies inside them.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "seawall/media/exif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const int orientation = seawall::exif_orientation(bytes);
  if (orientation < 1 || orientation > 8) std::abort();
  std::vector<std::byte> prefixed;
  for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'}) prefixed.push_back(static_cast<std::byte>(c));
  prefixed.insert(prefixed.end(), bytes.begin(), bytes.end());
  const bool had_prefix = size >= 6 && std::memcmp(data, "Exif\0\0", 6) == 0;
  if (!had_prefix && seawall::exif_orientation(prefixed) != orientation) std::abort();
  const auto chunk = seawall::find_png_exif(bytes);
  if (!chunk.empty() &&
      (chunk.data() < bytes.data() || chunk.data() + chunk.size() > bytes.data() + bytes.size())) {
    std::abort();
  }
  return 0;
}
