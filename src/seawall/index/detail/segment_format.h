#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/segment.h"

namespace seawall::index_detail {

inline constexpr std::uint64_t kSegmentHeaderBytes = 4096;
inline constexpr std::uint64_t kSegmentBlockBytes = std::uint64_t{1} << 20;
inline constexpr std::array<char, 8> kSegmentMagic = {'S', 'E', 'A', 'W', 'S', 'E', 'G', '1'};
inline constexpr std::uint32_t kSegmentVersion = 1;

/// The first bytes of a segment file; zeros follow up to kSegmentHeaderBytes.
struct SegmentHeader {
  std::array<char, 8> magic = kSegmentMagic;
  std::uint32_t version = kSegmentVersion;
  Kind kind = Kind::kRadius;
  std::uint64_t rows = 0;
  std::uint64_t tables = 0;
  std::uint64_t lines = 0;
  std::uint64_t directory_checksum = 0;
  std::uint64_t block_checksums_checksum = 0;
  std::uint64_t header_checksum = 0;  ///< Of the bytes before it.
};
static_assert(sizeof(SegmentHeader) == 64);

[[nodiscard]] inline std::uint64_t header_checksum(const SegmentHeader& header) {
  return checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(SegmentHeader, header_checksum)));
}

/// Lines that a bucket of `rows` rows takes.
[[nodiscard]] constexpr std::uint32_t lines_for(std::uint32_t rows) {
  constexpr auto kLanes = static_cast<std::uint32_t>(kLineLanes);
  return rows / kLanes + (rows % kLanes != 0 ? 1 : 0);
}

/// No segment of so many rows has more lines.
[[nodiscard]] constexpr std::uint64_t lines_max(std::uint64_t rows, std::uint64_t tables) {
  return tables * (rows / kLineLanes + kBuckets);
}

/// xxh3 of each block after the header, up to the checksums themselves.
[[nodiscard]] std::vector<std::uint64_t> block_checksums(Bytes file, const SegmentLayout& layout);

}  // namespace seawall::index_detail
