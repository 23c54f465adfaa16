#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/base/unique_fd.h"

namespace seawall {

/// What tells one state of a file from another: a file whose stamp is unchanged is taken to be unchanged.
struct FileStamp {
  std::uint64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;  ///< Since the Unix epoch; may be negative.
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Which folder, whatever its name.
struct FolderIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend auto operator<=>(const FolderIdentity&, const FolderIdentity&) = default;
};

struct WalkOptions {
  bool follow_links = false;
  std::vector<FolderIdentity> excluded_folders = {};  ///< Not entered, e.g. the scan's own state.
  int depth_max = 256;                                ///< Folders below the root; one descriptor a level.
  std::size_t names_max = 262'144;                    ///< Names held at once, over all open folders.
  std::size_t remembered_folders_max = 1'000'000;     ///< With follow_links: folders known to be visited.
};

/// A regular file. `path` is below the root, '/' between names, any bytes but NUL.
struct WalkedFile {
  std::string path;
  FileStamp stamp;
  std::shared_ptr<const UniqueFd> folder;  ///< Keeps the folder open until the file is.
  bool through_link = false;               ///< The name is a symbolic link that is followed.

  /// The last name in `path`.
  [[nodiscard]] std::string name() const { return path.substr(path.rfind('/') + 1); }
  /// Opens the very file that was walked: never another that a rename of a parent put in its place, never
  /// through a link unless through_link, never blocking on a FIFO that replaced it.
  /// Errors: kNotFound (it vanished), kInvalidInput (no longer a regular file), kUnavailable (permission,
  /// I/O).
  [[nodiscard]] Result<UniqueFd> open() const;
};

/// A place that could not be walked: kNotFound (vanished), kUnavailable (permission, I/O), kLimitExceeded
/// (too deep). The walk goes on beside it.
struct WalkProblem {
  std::string path;  ///< Empty: the root itself.
  Error error;
};

using WalkStep = std::variant<WalkedFile, WalkProblem>;

/// What the walk passed over without a word each.
struct WalkCounts {
  std::uint64_t folders_entered = 0;
  std::uint64_t links_skipped = 0;     ///< Symbolic links, unless followed.
  std::uint64_t special_skipped = 0;   ///< FIFOs, sockets, devices: never opened.
  std::uint64_t folders_repeated = 0;  ///< With follow_links: met again (a loop or a second way in).
};

/// Walks the tree under a folder, one file a call.
///
/// Guarantees: depth first, names in byte order within each folder, so the order is that of the tree alone.
/// Every regular file that stays put is returned exactly once for each of its names. With follow_links each
/// folder is entered once, so loops end. Special files are never opened.
/// Threads: one object, one thread. Blocks on the file system only.
/// Lifetime: WalkedFile outlives the walker.
/// Cost: a folder of up to about names_max / 2 names is read once; a larger one once for each such window, so
/// memory stays under names_max + 256 * depth_max names whatever the tree.
class DirectoryWalker {
 public:
  /// Errors: kNotFound, kInvalidInput (not a folder), kUnavailable (permission).
  static Result<DirectoryWalker> open(const std::string& root, const WalkOptions& options = {});
  DirectoryWalker(DirectoryWalker&&) noexcept;
  DirectoryWalker& operator=(DirectoryWalker&&) noexcept;
  ~DirectoryWalker();

  /// The next file or problem; empty when all is walked.
  std::optional<WalkStep> next();
  [[nodiscard]] const WalkCounts& counts() const;

 private:
  class Impl;
  explicit DirectoryWalker(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The identity of the folder at `path`. Errors: as DirectoryWalker::open.
Result<FolderIdentity> folder_identity(const std::string& path);

/// The stamp of an open file. Errors: kUnavailable.
Result<FileStamp> stamp_of(const UniqueFd& file);

}  // namespace seawall
