#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "seawall/index/detail/file_system.h"
#include "seawall/index/detail/wal.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// A set of (256-bit key, id) pairs, scanned from end to end, with a write-ahead log as its only file.
class FlatSet {
 public:
  /// `files`: null for memory alone.
  static Result<std::unique_ptr<FlatSet>> open(std::unique_ptr<FileSystem> files, Kind kind,
                                               const LiveIndexOptions& options);
  Result<void> apply(const IndexChange& change);
  [[nodiscard]] std::vector<Neighbour> within(const Fingerprint256& query, const QueryOptions& options) const;
  [[nodiscard]] std::uint64_t position() const;
  [[nodiscard]] std::size_t size() const;

 private:
  void change_memory(const IndexChange& change);
  Result<void> recover();

  std::unique_ptr<FileSystem> files_;
  Kind kind_ = Kind::kRadius;
  LiveIndexOptions options_;
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<AppendFile> log_;
  std::uint64_t log_bytes_ = 0;
  mutable std::shared_mutex mutex_;  // Guards all below.
  std::vector<IndexEntry> entries_;
  std::uint64_t position_ = 0;
};

}  // namespace seawall::index_detail
