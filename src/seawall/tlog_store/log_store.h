#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "seawall/tlog_store/log_reader.h"

namespace seawall::tlog {

namespace detail {
class Edge;
}

/// The most that one append takes.
inline constexpr std::size_t kBatchEntriesMax = 65'536;
inline constexpr std::size_t kBatchBytesMax = std::size_t{64} << 20;

/// A log in a folder, as the files that C2SP tlog-tiles serves: `tile/...` and `checkpoint`, so that any web
/// server can serve it; and `state`, how far it is. Guarantees: what append() has acknowledged is never lost,
/// and neither order nor content of entries ever changes: after a crash at any point the log opens at a state
/// that holds everything acknowledged and, of the append that was interrupted, all or nothing. Files that an
/// interrupted append left behind are never given and are written over. Threads: any; appends wait for each
/// other, readers for nobody. One writing process, kept so by a lock. Cost of append(): a few
/// synchronizations with the disk, whatever the number of entries (docs/tlog.md).
class LogStore {
 public:
  /// Opens the log, or begins one where the folder is empty. Recomputes the root from the tiles at the log's
  /// right edge. Errors: kCorrupt if it is not the state's, if the state is missing where a log has been, or
  /// if the log is shorter than or different from the checkpoint it published: do not sign anything of it;
  /// kConflict (another writer); kInvalidInput (no origin, or that of another log); kUnavailable.
  static Result<std::unique_ptr<LogStore>> open(std::shared_ptr<durable::FolderTree> files,
                                                std::string origin);
  ~LogStore();

  /// Appends entries in this order; gives the index of the first. They are durable, in the tiles, and in
  /// head() once this returns. Errors: kLimitExceeded (one is longer than kEntryBytesMax, or all are too
  /// many) and nothing has happened; kUnavailable (the disk): whether they are in the log shows when it is
  /// opened anew, until which every append fails.
  Result<std::uint64_t> append(std::span<const std::string_view> entries);

  [[nodiscard]] TreeHead head() const;
  /// Makes `signed_checkpoint` the one that the log serves. Errors: kInvalidInput unless it is a signed note
  /// whose checkpoint is of this origin and of a size and root that this log has or had; kConflict if one of
  /// a larger size is published already; kUnavailable. Signatures are not verified: that is the signer's
  /// business.
  Result<void> publish(std::string_view signed_checkpoint);

  /// For reading; valid while this lives.
  [[nodiscard]] const LogReader& reader() const { return reader_; }

 private:
  /// What an append writes: paths and their bytes.
  using NewFiles = std::vector<std::pair<std::string, std::string>>;

  LogStore(std::shared_ptr<durable::FolderTree> files, std::string origin);
  Result<void> load();
  Result<void> begin();
  Result<void> check_published() const;
  Result<void> grow(detail::Edge& edge, std::span<const std::string_view> entries);
  Result<void> write(const NewFiles& files);
  Result<void> ensure_folder(const std::string& path);
  Result<void> save_state(const TreeHead& head);
  void remove_partials(const NewFiles& files);
  Result<Checkpoint> check_publishable(std::string_view signed_checkpoint) const;

  std::shared_ptr<durable::FolderTree> files_;
  const std::string origin_;
  LogReader reader_;
  std::unique_ptr<durable::FolderLock> lock_;

  std::mutex write_mutex_;  // Guards the four below and the folder's content.
  std::unique_ptr<detail::Edge> edge_;
  std::set<std::string> durable_folders_;
  bool is_broken_ = false;

  mutable std::mutex head_mutex_;  // Guards head_.
  TreeHead head_;
};

}  // namespace seawall::tlog
