#include "seawall/cli/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "seawall/base/unique_fd.h"

namespace seawall::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Error> cannot(const std::string& what, const std::string& path, int error) {
  return fail(Code::kUnavailable, "cannot " + what + " " + path + ": " + std::strerror(error));
}

Result<void> write_and_sync(int fd, std::string_view text, const std::string& path) {
  if (::fchmod(fd, kOwnerOnly) != 0) return cannot("set the mode of", path, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return cannot("write", path, errno);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const UniqueFd parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent || ::fsync(parent.get()) != 0) return cannot("write", path, errno);
  return {};
}

}  // namespace

Result<void> write_new_secret_file(const std::string& path, std::string_view text, std::string_view or_else) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd && errno == EEXIST) {
    return fail(Code::kConflict, path + " is there already and stays as it is: " + std::string(or_else));
  }
  if (!fd) return cannot("make", path, errno);
  auto written = write_and_sync(fd.get(), text, path);
  if (!written) (void)::unlink(path.c_str());
  return written;
}

}  // namespace seawall::cli
