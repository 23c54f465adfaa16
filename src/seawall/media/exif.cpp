#include "seawall/media/exif.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace seawall {
namespace {

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kTypeShort = 3;
constexpr std::size_t kEntriesMax = 512;
constexpr std::size_t kEntryBytes = 12;
constexpr int kPngChunksMax = 65'536;

/// Reads integers of one byte order; a read past the end gives 0.
class TiffReader {
 public:
  explicit TiffReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// False unless the header is one of the two TIFF headers.
  bool read_header() {
    if (bytes_.size() < 8) return false;
    const int first = std::to_integer<int>(bytes_[0]);
    if (bytes_[1] != bytes_[0] || (first != 'I' && first != 'M')) return false;
    big_endian_ = first == 'M';
    return u16(2) == 42;
  }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < 2) return 0;
    const auto a = std::to_integer<unsigned>(bytes_[at]);
    const auto b = std::to_integer<unsigned>(bytes_[at + 1]);
    return static_cast<std::uint16_t>(big_endian_ ? a << 8 | b : b << 8 | a);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const {
    const std::uint32_t a = u16(at);
    const std::uint32_t b = u16(at + 2);
    return big_endian_ ? a << 16 | b : b << 16 | a;
  }

 private:
  std::span<const std::byte> bytes_;
  bool big_endian_ = false;
};

std::uint32_t big_endian_u32(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte b : bytes.first(4)) value = value << 8 | std::to_integer<std::uint32_t>(b);
  return value;
}

}  // namespace

int exif_orientation(std::span<const std::byte> block) {
  if (block.size() >= 6 && std::memcmp(block.data(), "Exif\0\0", 6) == 0) block = block.subspan(6);
  TiffReader tiff(block);
  if (!tiff.read_header()) return 1;
  const std::size_t ifd = tiff.u32(4);
  const std::size_t entries = std::min<std::size_t>(tiff.u16(ifd), kEntriesMax);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = ifd + 2 + i * kEntryBytes;
    if (tiff.u16(entry) != kOrientationTag) continue;
    const int value = tiff.u16(entry + 8);
    const bool valid =
        tiff.u16(entry + 2) == kTypeShort && tiff.u32(entry + 4) == 1 && value >= 1 && value <= 8;
    return valid ? value : 1;
  }
  return 1;
}

std::span<const std::byte> find_png_exif(std::span<const std::byte> png_file) {
  constexpr std::size_t kSignatureBytes = 8;
  constexpr std::size_t kChunkOverheadBytes = 12;
  std::size_t at = kSignatureBytes;
  for (int i = 0; i < kPngChunksMax; ++i) {
    if (at > png_file.size() || png_file.size() - at < kChunkOverheadBytes) return {};
    const std::size_t length = big_endian_u32(png_file.subspan(at));
    if (length > png_file.size() - at - kChunkOverheadBytes) return {};
    if (std::memcmp(png_file.data() + at + 4, "eXIf", 4) == 0) return png_file.subspan(at + 8, length);
    at += length + kChunkOverheadBytes;
  }
  return {};
}

}  // namespace seawall
