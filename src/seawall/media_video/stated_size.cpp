#include "seawall/media_video/detail/stated_size.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace seawall::media_video {
namespace {

constexpr int kBoxesMax = 4096;
constexpr std::uint64_t kTransportPacketBytes = 188;
constexpr std::uint32_t kEbmlHeader = 0x1A45DFA3;
constexpr std::uint32_t kEbmlSegment = 0x18538067;

using Head = std::array<std::byte, 16>;

std::uint64_t number(const Head& head, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<std::uint64_t>(head[at + i]);
  return value;
}

bool says(const Head& head, std::size_t at, std::string_view text) {
  return std::memcmp(head.data() + at, text.data(), text.size()) == 0;
}

bool is_box_name(const Head& head) {
  for (std::size_t i = 4; i < 8; ++i) {
    const int c = std::to_integer<int>(head[i]);
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

/// ISO 14496-12, 4.2: 32-bit size and name; size 1: 64 bits follow; size 0: to the end of the file.
bool boxes_end_early(SourceReader& reader) {
  std::uint64_t at = 0;
  for (int box = 0; box < kBoxesMax && at < reader.size(); ++box) {
    Head head{};
    const std::size_t got = reader.read(at, head);
    if (got < 8) return true;
    if (!is_box_name(head)) return true;
    std::uint64_t size = number(head, 0, 4);
    if (size == 0) return false;
    if (size == 1) {
      if (got < 16) return true;
      size = number(head, 8, 8);
    }
    if (size < 8 || size > reader.size() - at) return true;
    at += size;
  }
  return false;
}

/// RFC 8794, 4: a number of 1 to 8 bytes; all ones: unknown.
struct EbmlSize {
  std::uint64_t value = 0;
  std::size_t bytes = 0;
  bool unknown = false;
};
std::optional<EbmlSize> ebml_size(const Head& head, std::size_t at) {
  const auto first = std::to_integer<unsigned>(head[at]);
  std::size_t bytes = 1;
  while (bytes <= 8 && (first & (0x100U >> bytes)) == 0) ++bytes;
  if (bytes > 8 || at + bytes > head.size()) return std::nullopt;
  const std::uint64_t mask = (std::uint64_t{1} << (7 * bytes)) - 1;
  const std::uint64_t value = number(head, at, bytes) & mask;
  return EbmlSize{value, bytes, value == mask};
}

bool ebml_ends_early(SourceReader& reader) {
  std::uint64_t at = 0;
  for (int element = 0; element < 16 && at < reader.size(); ++element) {
    Head head{};
    if (reader.read(at, head) < 12) return true;
    const std::uint64_t id = number(head, 0, 4);
    if (id != kEbmlHeader && id != kEbmlSegment) return false;
    const auto size = ebml_size(head, 4);
    if (!size) return true;
    const std::uint64_t body = at + 4 + size->bytes;
    if (size->unknown) return false;
    if (body > reader.size() || size->value > reader.size() - body) return true;
    at = body + size->value;
    if (id == kEbmlSegment) return false;
  }
  return false;
}

}  // namespace

bool ends_early(SourceReader& reader) {
  Head head{};
  if (reader.read(0, head) < head.size()) return false;
  if (says(head, 4, "ftyp") || says(head, 4, "moov") || says(head, 4, "mdat") || says(head, 4, "styp") ||
      says(head, 4, "wide") || says(head, 4, "free") || says(head, 4, "moof")) {
    return boxes_end_early(reader);
  }
  if (number(head, 0, 4) == kEbmlHeader) return ebml_ends_early(reader);
  if (says(head, 0, "RIFF") && says(head, 8, "AVI ")) {
    // The size is little-endian; 0 and all ones stand for "not known" in streamed files.
    std::uint64_t size = 0;
    for (std::size_t i = 4; i-- > 0;) size = size << 8 | std::to_integer<std::uint64_t>(head[4 + i]);
    return size != 0 && size < 0xFFFFFFF0U && size + 8 > reader.size();
  }
  Head second{};
  const bool transport = head[0] == std::byte{0x47} && reader.read(kTransportPacketBytes, second) > 0 &&
                         second[0] == std::byte{0x47};
  return transport && reader.size() % kTransportPacketBytes != 0;
}

}  // namespace seawall::media_video
