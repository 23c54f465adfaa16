#include "seawall/cli/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace seawall::cli {
namespace {

constexpr int kWaitMs = 100;

// Until something can be read, or the end, or an error that read() will name. False: told to stop.
bool wait_readable(int fd) {
  while (stop_signal() == 0) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, kWaitMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
  }
  return false;
}

// As read(2), but told to stop it is -1 with ECANCELED, and it waits where the descriptor would not.
ssize_t read_some(int fd, void* out, std::size_t size) {
  for (;;) {
    if (!wait_readable(fd)) {
      errno = ECANCELED;
      return -1;
    }
    const ssize_t count = ::read(fd, out, size);
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) return count;
  }
}

}  // namespace

Result<std::size_t> StoppableSource::read(std::span<char> out) {
  const ssize_t count = read_some(fd_, out.data(), out.size());
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno == ECANCELED) return fail(Code::kUnavailable, "stopped while reading");
  return fail(Code::kUnavailable, std::string("reading: ") + std::strerror(errno));
}

UniqueFd open_input(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

Error path_error(const std::string& path, int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return {Code::kNotFound, "there is no file " + path};
    case EISDIR:
      return {Code::kInvalidInput, path + " is a folder; name a file"};
    case ECANCELED:
      return {Code::kUnavailable, "stopped while reading " + path};
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
    file.owned_ = open_input(path);
    if (!file.owned_) return tl::unexpected(path_error(path, errno));
    struct stat status = {};
    if (::fstat(file.owned_.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return tl::unexpected(path_error(path, EISDIR));
    }
    file.fd_ = file.owned_.get();
  }
  file.source_ = std::make_unique<StoppableSource>(file.fd_);
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
    const ssize_t count = read_some(fd, bytes.data() + filled, bytes.size() - filled);
    if (count < 0) return tl::unexpected(path_error(path, errno));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return {};
}

}  // namespace seawall::cli
