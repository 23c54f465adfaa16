#include "seawall/media/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace seawall {

Result<UniqueFd> file_in_memory(std::span<const std::byte> bytes) {
  UniqueFd file(::memfd_create("video", MFD_CLOEXEC));
  while (file && !bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) file = UniqueFd();
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (!file) return fail(Code::kUnavailable, std::string("no memory for the video: ") + std::strerror(errno));
  return file;
}

}  // namespace seawall
