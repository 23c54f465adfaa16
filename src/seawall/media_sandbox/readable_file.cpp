#include "seawall/media_sandbox/detail/readable_file.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace seawall::media_sandbox {

Result<ReadableFile> readable_file(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(Code::kInvalidInput, "the video is not a regular file");
  }
  if (facts.st_size <= 0) return fail(Code::kInvalidInput, "the video is empty");
  ReadableFile file;
  file.fd = fd;
  file.bytes = static_cast<std::uint64_t>(facts.st_size);
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return fail(Code::kInvalidInput, "the video cannot be read");
  if ((flags & O_ACCMODE) == O_RDONLY && (flags & O_PATH) == 0) return file;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  file.reopened = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.reopened) return fail(Code::kInvalidInput, "the video cannot be opened for reading");
  file.fd = file.reopened.get();
  return file;
}

}  // namespace seawall::media_sandbox
