#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seawall/durable_file/file_system.h"
#include "seawall/tlog/checkpoint.h"

namespace seawall::tlog {

/// The most entries that one call reads.
inline constexpr std::size_t kEntriesReadMax = 65'536;

/// Reads a log that LogStore keeps in a folder, also while another process appends to it.
/// Guarantees: nothing beyond the head is ever given, whatever lies in the folder; a part of a tile or bundle
/// that has grown since is given as it was, though its file be gone. Threads: const functions, any. Cost: the
/// call's files are read; nothing is kept.
class LogReader {
 public:
  /// A log to look at. Errors: kNotFound (no log there), kInvalidInput (one of another origin), kCorrupt.
  static Result<LogReader> open(std::shared_ptr<durable::FolderTree> files, const std::string& origin);

  /// How far the log is. Errors: kUnavailable, kCorrupt.
  [[nodiscard]] Result<TreeHead> head() const { return head_(); }
  /// The signed checkpoint that was published last. Errors: kNotFound before the first.
  [[nodiscard]] Result<std::string> published() const;

  /// 32 * tile.width bytes. Errors of this and the next: kNotFound if the log has no such tile yet; kCorrupt;
  /// kUnavailable.
  [[nodiscard]] Result<std::string> read_tile(const TileId& tile) const;
  /// The bytes of a bundle of entries.
  [[nodiscard]] Result<std::string> read_bundle(const BundleId& bundle) const;
  /// Entries first to first + count - 1; count <= kEntriesReadMax. Errors: kNotFound if the log ends before;
  /// kLimitExceeded; as above. That they hash to the tiles is verify()'s business.
  [[nodiscard]] Result<std::vector<std::string>> read_entries(std::uint64_t first, std::uint64_t count) const;

  /// Recomputes every tile and the root from the entries; gives the head that it verified. Errors: kCorrupt,
  /// naming the first file that differs. Reads the whole log; cost: see docs/tlog.md.
  [[nodiscard]] Result<TreeHead> verify() const;

 private:
  friend class LogStore;
  using Head = std::function<Result<TreeHead>()>;
  LogReader(std::shared_ptr<durable::FolderTree> files, Head head)
      : files_(std::move(files)), head_(std::move(head)) {}

  template <class Id>
  Result<std::pair<std::string, std::uint64_t>> read_widest(const Id& wanted) const;
  Result<void> compare(const std::string& path, const std::string& bytes) const;

  std::shared_ptr<durable::FolderTree> files_;
  Head head_;
};

}  // namespace seawall::tlog
