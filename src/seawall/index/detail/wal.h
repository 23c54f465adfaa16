#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "seawall/index/detail/files.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// What an index holds; written into every file so that one kind is never read as another.
enum class Kind : std::uint32_t { kRadius = 1, kMd5 = 2, kSha1 = 3, kSha256 = 4 };

inline constexpr std::size_t kWalRemovesMax = 1 << 20;  ///< Limits of one record; a larger change is split
inline constexpr std::size_t kWalAddsMax = 1 << 16;     ///< or goes straight into a segment.

/// One change as it stands in the write-ahead log.
struct WalRecord {
  std::uint64_t position = 0;
  std::vector<EntryId> remove;
  std::vector<IndexEntry> add;
  friend bool operator==(const WalRecord&, const WalRecord&) = default;
};

/// The readable part of a log file.
struct WalContent {
  std::vector<WalRecord> records;
  std::uint64_t valid_bytes = 0;  ///< Where the next record goes: header and whole records.
  bool torn_tail = false;         ///< Bytes of an unfinished record followed.
};

/// Format: docs/formats/segment.md, "Write-ahead log".
[[nodiscard]] std::vector<std::byte> encode_wal_header(Kind kind, std::uint64_t number);
[[nodiscard]] std::vector<std::byte> encode_wal_record(const IndexChange& change);

/// Reads a whole log. An unfinished record at the end is a torn write, is left out and reported in torn_tail.
/// Errors: kCorrupt (`name` in the message) for a foreign header, or a damaged record that whole records
/// follow.
Result<WalContent> decode_wal(Bytes file, const std::string& name, Kind kind, std::uint64_t number);

}  // namespace seawall::index_detail
