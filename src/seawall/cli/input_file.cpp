#include "seawall/cli/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace seawall::cli {

Error path_error(const std::string& path, int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return {Code::kNotFound, "there is no file " + path};
    case EISDIR:
      return {Code::kInvalidInput, path + " is a folder; name a file"};
    case EACCES:
      return {Code::kUnavailable, path + " may not be read by this user; check its permissions"};
    default:
      return {Code::kUnavailable, path + ": " + std::strerror(number)};
  }
}

Result<InputFile> InputFile::open(const std::string& path, const Console& console) {
  InputFile file;
  if (path == "-") {
    file.fd_ = console.in_fd();
  } else {
    file.owned_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file.owned_) return tl::unexpected(path_error(path, errno));
    struct stat status = {};
    if (::fstat(file.owned_.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return tl::unexpected(path_error(path, EISDIR));
    }
    file.fd_ = file.owned_.get();
  }
  file.source_ = std::make_unique<FdSource>(file.fd_);
  return file;
}

Result<void> read_whole(int fd, const std::string& path, std::uint64_t bytes_max,
                        std::vector<std::byte>& bytes) {
  constexpr std::size_t kStepBytes = 1 << 16;
  struct stat status = {};
  std::size_t guess = kStepBytes;
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    guess = static_cast<std::size_t>(status.st_size) + 1;  // One more, to see the end without growing.
  }
  bytes.resize(std::min<std::uint64_t>(guess, bytes_max + 1));
  std::size_t filled = 0;
  for (;;) {
    if (filled > bytes_max) {
      return fail(Code::kLimitExceeded, path + " is larger than " + std::to_string(bytes_max >> 20) +
                                            " MiB, which is the limit for one file");
    }
    if (filled == bytes.size()) bytes.resize(std::min<std::uint64_t>(2 * filled, bytes_max + 1));
    const ssize_t count = ::read(fd, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(path_error(path, errno));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return {};
}

}  // namespace seawall::cli
