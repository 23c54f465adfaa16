#include "seawall/walk/directory_walker.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "seawall/walk/detail/name_window.h"

namespace seawall {
namespace {

constexpr std::size_t kWindowMin = 256;

Error problem_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return {Code::kNotFound, "vanished while the folder was walked"};
    case EACCES:
    case EPERM:
      return {Code::kUnavailable, "permission denied"};
    case ELOOP:
      return {Code::kInvalidInput, "a symbolic link that leads to itself or was put in a file's place"};
    case EMFILE:
    case ENFILE:
      return {Code::kUnavailable, "too many open files; raise the limit with ulimit -n"};
    default:
      return {Code::kUnavailable, "cannot be read (errno " + std::to_string(error_number) + ")"};
  }
}

FileStamp stamp_from(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

FolderIdentity identity_from(const struct stat& status) { return {status.st_dev, status.st_ino}; }

}  // namespace

Result<FileStamp> stamp_of(const UniqueFd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return tl::unexpected(problem_of(errno));
  return stamp_from(status);
}

Result<FolderIdentity> folder_identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return fail(Code::kNotFound, "there is no folder at this path");
    return tl::unexpected(problem_of(errno));
  }
  if (!S_ISDIR(status.st_mode)) return fail(Code::kInvalidInput, "this path is not a folder");
  return identity_from(status);
}

Result<UniqueFd> WalkedFile::open() const {
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (through_link ? 0 : O_NOFOLLOW);
  UniqueFd file(::openat(folder->get(), name().c_str(), flags));
  if (!file) {
    if (errno == ENOENT) return fail(Code::kNotFound, "the file vanished before it was read");
    return tl::unexpected(problem_of(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return tl::unexpected(problem_of(errno));
  if (!S_ISREG(status.st_mode)) {
    return fail(Code::kInvalidInput, "no longer a regular file: replaced while the folder was walked");
  }
  return file;
}

class DirectoryWalker::Impl {
 public:
  Impl(UniqueFd root, const struct stat& status, const WalkOptions& options) : options_(options) {
    remember(identity_from(status));
    push_level("", std::move(root));
  }

  std::optional<WalkStep> next() {
    while (!levels_.empty()) {
      if (!pending_problem_) {
        if (auto step = advance()) return step;
      } else {
        return std::exchange(pending_problem_, std::nullopt);
      }
    }
    return std::exchange(pending_problem_, std::nullopt);
  }

  [[nodiscard]] const WalkCounts& counts() const { return counts_; }

 private:
  struct Level {
    std::string path;  // With a trailing '/', or empty for the root.
    std::shared_ptr<const UniqueFd> folder;
    walk_detail::NameWindow names;
  };

  // One name further. Empty if that name gave nothing to report.
  std::optional<WalkStep> advance() {
    Level& level = levels_.back();
    if (level.names.empty() && level.names.more()) refill(level);
    if (level.names.empty()) {
      levels_.pop_back();
      return std::nullopt;
    }
    walk_detail::Name name = level.names.take();
    --names_held_;
    return visit(level, std::move(name));
  }

  void refill(Level& level) {
    const std::size_t room = options_.names_max > names_held_ ? options_.names_max - names_held_ : 0;
    const int error = level.names.refill(level.folder->get(), std::max(kWindowMin, room / 2));
    names_held_ += level.names.size();
    if (error != 0) pending_problem_ = WalkStep(WalkProblem{trimmed(level.path), problem_of(error)});
  }

  std::optional<WalkStep> visit(Level& level, walk_detail::Name name) {
    std::string path = level.path + name.text;
    if (name.type == DT_LNK && !options_.follow_links) {
      ++counts_.links_skipped;
      return std::nullopt;
    }
    struct stat status {};
    if (::fstatat(level.folder->get(), name.text.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return WalkProblem{std::move(path), problem_of(errno)};
    }
    const bool link = S_ISLNK(status.st_mode);
    if (link && !options_.follow_links) {
      ++counts_.links_skipped;
      return std::nullopt;
    }
    if (link && ::fstatat(level.folder->get(), name.text.c_str(), &status, 0) != 0) {
      const int error = errno;
      if (error == ENOENT) return WalkProblem{std::move(path), {Code::kNotFound, "a link to nothing"}};
      return WalkProblem{std::move(path), problem_of(error)};
    }
    if (S_ISDIR(status.st_mode)) return enter(level, name.text, status, link);
    if (S_ISREG(status.st_mode)) return WalkedFile{std::move(path), stamp_from(status), level.folder, link};
    ++counts_.special_skipped;
    return std::nullopt;
  }

  std::optional<WalkStep> enter(const Level& parent, const std::string& name, const struct stat& status,
                                bool link) {
    std::string path = parent.path + name;
    const FolderIdentity identity = identity_from(status);
    if (std::ranges::find(options_.excluded_folders, identity) != options_.excluded_folders.end()) {
      return std::nullopt;
    }
    if (levels_.size() > static_cast<std::size_t>(options_.depth_max)) {
      return WalkProblem{std::move(path),
                         {Code::kLimitExceeded, "folders are nested more than " +
                                                    std::to_string(options_.depth_max) + " deep, the limit"}};
    }
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (link ? 0 : O_NOFOLLOW);
    UniqueFd folder(::openat(parent.folder->get(), name.c_str(), flags));
    if (!folder) return WalkProblem{std::move(path), problem_of(errno)};
    if (options_.follow_links) {
      if (visited_.contains(identity)) {
        ++counts_.folders_repeated;
        return std::nullopt;
      }
      if (!remember(identity) && link) {
        return WalkProblem{
            std::move(path),
            {Code::kLimitExceeded, "links are followed through at most " +
                                       std::to_string(options_.remembered_folders_max) + " folders"}};
      }
    }
    push_level(path + '/', std::move(folder));
    return std::nullopt;
  }

  void push_level(std::string path, UniqueFd folder) {
    ++counts_.folders_entered;
    levels_.push_back({std::move(path), std::make_shared<const UniqueFd>(std::move(folder)), {}});
  }

  // False if there was no room to remember it.
  bool remember(const FolderIdentity& identity) {
    if (!options_.follow_links) return true;
    if (visited_.size() >= options_.remembered_folders_max) return false;
    visited_.insert(identity);
    return true;
  }

  static std::string trimmed(std::string path) {
    if (!path.empty()) path.pop_back();
    return path;
  }

  WalkOptions options_;
  WalkCounts counts_;
  std::vector<Level> levels_;
  std::size_t names_held_ = 0;
  std::set<FolderIdentity> visited_;
  std::optional<WalkStep> pending_problem_;
};

DirectoryWalker::DirectoryWalker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DirectoryWalker::DirectoryWalker(DirectoryWalker&&) noexcept = default;
DirectoryWalker& DirectoryWalker::operator=(DirectoryWalker&&) noexcept = default;
DirectoryWalker::~DirectoryWalker() = default;

Result<DirectoryWalker> DirectoryWalker::open(const std::string& root, const WalkOptions& options) {
  UniqueFd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    if (errno == ENOENT) return fail(Code::kNotFound, "there is no folder at this path");
    if (errno == ENOTDIR) return fail(Code::kInvalidInput, "this path is not a folder");
    return tl::unexpected(problem_of(errno));
  }
  struct stat status {};
  if (::fstat(folder.get(), &status) != 0) return tl::unexpected(problem_of(errno));
  return DirectoryWalker(std::make_unique<Impl>(std::move(folder), status, options));
}

std::optional<WalkStep> DirectoryWalker::next() { return impl_->next(); }
const WalkCounts& DirectoryWalker::counts() const { return impl_->counts(); }

}  // namespace seawall
