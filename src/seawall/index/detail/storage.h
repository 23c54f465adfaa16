#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seawall/index/detail/files.h"
#include "seawall/index/detail/manifest.h"
#include "seawall/index/detail/segment.h"
#include "seawall/index/detail/wal.h"

namespace seawall::index_detail {

[[nodiscard]] std::string wal_name(std::uint64_t number);
[[nodiscard]] std::string segment_name(std::uint64_t number);

/// The log that takes new records: appends are all or nothing.
class WalWriter {
 public:
  WalWriter(std::unique_ptr<AppendFile> file, std::uint64_t size_bytes, bool durable)
      : file_(std::move(file)), size_bytes_(size_bytes), durable_(durable) {}

  /// On an error the record is not in the log: what was written of it is cut off, at the latest before the
  /// next append. Errors: kUnavailable.
  Result<void> append(const IndexChange& change);
  Result<void> sync() { return file_->sync(); }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  Result<void> repair();

  std::unique_ptr<AppendFile> file_;
  std::uint64_t size_bytes_;
  bool durable_;
  bool needs_repair_ = false;
};

/// The folder of an index: names, order of writes, and what may be deleted. Source: docs/formats/segment.md.
class Storage {
 public:
  Storage(std::unique_ptr<FileSystem> files, Kind kind, bool durable)
      : files_(std::move(files)), kind_(kind), durable_(durable) {}

  Result<void> lock();
  /// The manifest, if there is one. Errors: kCorrupt, also when it is gone but other files are there.
  Result<std::optional<Manifest>> read_manifest();
  /// Atomic and durable. After an error either manifest may be the one on disk: doubtful() until a commit
  /// succeeds.
  Result<void> commit(const Manifest& manifest);
  [[nodiscard]] bool doubtful() const { return doubtful_; }

  /// An empty, durable log.
  Result<std::unique_ptr<WalWriter>> create_wal(std::uint64_t number);
  Result<std::unique_ptr<WalWriter>> reopen_wal(std::uint64_t number, std::uint64_t size_bytes);
  /// Logs from `first` on, in order. Errors: kCorrupt for a damaged or missing one.
  Result<std::vector<WalContent>> read_wals(std::uint64_t first);

  Result<void> write_segment(std::uint64_t number, Bytes bytes);
  Result<std::shared_ptr<const Segment>> open_segment(std::uint64_t number);
  /// Deletes files of the index that `manifest` does not name; failures are left for the next time.
  void remove_obsolete(const Manifest& manifest);

 private:
  std::unique_ptr<FileSystem> files_;
  Kind kind_;
  bool durable_;
  bool doubtful_ = false;
  std::unique_ptr<FolderLock> lock_;
};

}  // namespace seawall::index_detail
