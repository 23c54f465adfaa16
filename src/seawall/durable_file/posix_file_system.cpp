#include "seawall/durable_file/posix_file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "seawall/base/unique_fd.h"

namespace seawall::durable {
namespace {

tl::unexpected<Error> io_error(const std::string& what, const std::string& name, int error) {
  return fail(error == ENOENT ? Code::kNotFound : Code::kUnavailable,
              "cannot " + what + " " + name + ": " + std::generic_category().message(error));
}

Result<void> write_all(int fd, Bytes bytes, const std::string& name) {
  constexpr std::size_t kWriteMax = std::size_t{64} << 20;
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), std::min(bytes.size(), kWriteMax));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", name, errno);
    if (written == 0) return io_error("write", name, ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

class PosixAppendFile final : public AppendFile {
 public:
  PosixAppendFile(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Result<void> append(Bytes bytes) override { return write_all(fd_.get(), bytes, name_); }

  Result<void> sync() override {
    if (::fdatasync(fd_.get()) != 0) return io_error("sync", name_, errno);
    return {};
  }

  Result<void> truncate(std::uint64_t size_bytes) override {
    const auto size = static_cast<off_t>(size_bytes);
    if (::ftruncate(fd_.get(), size) != 0) return io_error("cut", name_, errno);
    if (::lseek(fd_.get(), size, SEEK_SET) != size) return io_error("seek in", name_, errno);
    return {};
  }

 private:
  UniqueFd fd_;
  std::string name_;
};

class MappedFile final : public FileContent {
 public:
  MappedFile(void* data, std::size_t size) : data_(data), size_(size) {}
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() override {
    if (size_ != 0) ::munmap(data_, size_);
  }
  [[nodiscard]] Bytes bytes() const override { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  void* data_;
  std::size_t size_;
};

class PosixReadFile final : public ReadFile {
 public:
  PosixReadFile(UniqueFd fd, std::uint64_t size_bytes, std::string name)
      : fd_(std::move(fd)), size_bytes_(size_bytes), name_(std::move(name)) {}

  [[nodiscard]] std::uint64_t size_bytes() const override { return size_bytes_; }

  Result<void> read(std::uint64_t offset, std::span<std::byte> out) const override {
    while (!out.empty()) {
      const ssize_t got = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return io_error("read", name_, errno);
      if (got == 0) return fail(Code::kCorrupt, name_ + " ends before byte " + std::to_string(offset));
      offset += static_cast<std::uint64_t>(got);
      out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }

 private:
  UniqueFd fd_;
  std::uint64_t size_bytes_;
  std::string name_;
};

class PosixFolderLock final : public FolderLock {
 public:
  explicit PosixFolderLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

class PosixFileSystem final : public FolderTree {
 public:
  PosixFileSystem(UniqueFd folder, std::filesystem::path path)
      : folder_(std::move(folder)), path_(std::move(path)) {}

  Result<std::unique_ptr<AppendFile>> create(const std::string& name) override {
    return open_append(name, O_CREAT | O_TRUNC);
  }

  Result<std::unique_ptr<AppendFile>> reopen(const std::string& name, std::uint64_t size_bytes) override {
    SEAWALL_TRY(auto file, open_append(name, 0));
    SEAWALL_CHECK(file->truncate(size_bytes));
    return file;
  }

  Result<std::shared_ptr<const FileContent>> map(const std::string& name) override {
    const UniqueFd fd(::openat(folder_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return io_error("open", where(name), errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return io_error("examine", where(name), errno);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return std::make_shared<MappedFile>(nullptr, 0);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) return io_error("map", where(name), errno);
    return std::make_shared<MappedFile>(data, size);
  }

  Result<std::shared_ptr<const ReadFile>> open_read(const std::string& name) override {
    UniqueFd fd(::openat(folder_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) return io_error("open", where(name), errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return io_error("examine", where(name), errno);
    return std::make_shared<PosixReadFile>(std::move(fd), static_cast<std::uint64_t>(status.st_size),
                                           where(name));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()) != 0) {
      return io_error("rename", where(from), errno);
    }
    return {};
  }

  Result<void> remove(const std::string& name) override {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) return io_error("remove", where(name), errno);
    return {};
  }

  Result<void> sync_folder() override {
    if (::fsync(folder_.get()) != 0) return io_error("sync folder", path_.string(), errno);
    return {};
  }

  Result<std::vector<std::string>> list() override { return list_folder(""); }

  Result<void> make_folder(const std::string& path) override {
    if (::mkdirat(folder_.get(), path.c_str(), 0755) != 0 && errno != EEXIST) {
      return io_error("make folder", where(path), errno);
    }
    return {};
  }

  Result<void> sync_folder_at(const std::string& path) override {
    if (path.empty()) return sync_folder();
    const UniqueFd fd(::openat(folder_.get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return io_error("sync folder", where(path), errno);
    return {};
  }

  Result<std::vector<std::string>> list_folder(const std::string& path) override {
    std::vector<std::string> names;
    std::error_code error;
    for (auto it = std::filesystem::directory_iterator(path_ / path, error);
         !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error) return io_error("list", where(path), error.value());
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<void> remove_folder(const std::string& path) override {
    if (::unlinkat(folder_.get(), path.c_str(), AT_REMOVEDIR) != 0) {
      return io_error("remove folder", where(path), errno);
    }
    return {};
  }

  Result<void> sync_all() override {
    if (::syncfs(folder_.get()) != 0) return io_error("sync the disk of", path_.string(), errno);
    return {};
  }

  Result<std::unique_ptr<FolderLock>> lock(const std::string& name) override {
    UniqueFd fd(::openat(folder_.get(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return io_error("open", where(name), errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) {
        return fail(Code::kConflict, path_.string() +
                                         " is being written by another process; end it, or open it "
                                         "read-only");
      }
      return io_error("lock", where(name), errno);
    }
    return std::make_unique<PosixFolderLock>(std::move(fd));
  }

 private:
  [[nodiscard]] std::string where(const std::string& name) const { return (path_ / name).string(); }

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& name, int flags) {
    UniqueFd fd(::openat(folder_.get(), name.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0644));
    if (!fd) return io_error("open", where(name), errno);
    return std::make_unique<PosixAppendFile>(std::move(fd), where(name));
  }

  UniqueFd folder_;
  std::filesystem::path path_;
};

Result<std::unique_ptr<PosixFileSystem>> open_files(const std::filesystem::path& folder, bool create_folder) {
  std::error_code error;
  if (create_folder) std::filesystem::create_directories(folder, error);
  if (error) return io_error("create", folder.string(), error.value());
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return io_error("open", folder.string(), errno);
  return std::make_unique<PosixFileSystem>(std::move(fd), folder);
}

// The folders that creating `folder` adds a name to: from its parent to the first that was there before.
std::vector<std::filesystem::path> parents_to_sync(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> parents;
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(folder, error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  while (!error && path.has_relative_path() && !std::filesystem::exists(path, error)) {
    path = path.parent_path();
    parents.push_back(path);
  }
  return parents;
}

}  // namespace

Result<std::unique_ptr<FileSystem>> posix_file_system(const std::filesystem::path& folder,
                                                      bool create_folder) {
  return open_files(folder, create_folder);
}

Result<std::unique_ptr<FolderTree>> posix_folder_tree(const std::filesystem::path& folder,
                                                      bool create_folder) {
  const auto parents = create_folder ? parents_to_sync(folder) : std::vector<std::filesystem::path>();
  SEAWALL_TRY(auto files, open_files(folder, create_folder));
  for (const std::filesystem::path& parent : parents) {
    SEAWALL_TRY(const auto of_parent, open_files(parent, false));
    SEAWALL_CHECK(of_parent->sync_folder());
  }
  return files;
}

}  // namespace seawall::durable
