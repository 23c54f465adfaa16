#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/wal.h"

namespace seawall::index_detail {

/// One segment file that belongs to the index, and its removed rows.
struct ManifestSegment {
  std::uint64_t number = 0;
  std::uint64_t rows = 0;
  std::vector<std::uint32_t> dead;  ///< Ascending, below `rows`.
  friend bool operator==(const ManifestSegment&, const ManifestSegment&) = default;
};

/// Which files make up the index. Replaced as a whole by a rename.
struct Manifest {
  Kind kind = Kind::kRadius;
  std::uint64_t next_segment = 1;  ///< Number of the next segment file.
  std::uint64_t first_wal = 1;     ///< Logs from this number on are to be replayed.
  std::uint64_t position = 0;      ///< The caller's position before those logs.
  std::vector<ManifestSegment> segments = {};
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Format: docs/formats/segment.md, "Manifest".
[[nodiscard]] std::vector<std::byte> encode_manifest(const Manifest& manifest);
/// Errors: kCorrupt, kUnsupported, with `name`.
Result<Manifest> decode_manifest(Bytes file, const std::string& name);

}  // namespace seawall::index_detail
