#include "seawall/base/byte_source.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace seawall {

Result<std::size_t> FdSource::read(std::span<char> out) {
  for (;;) {
    const ssize_t count = ::read(fd_, out.data(), out.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return fail(Code::kUnavailable, std::string("reading: ") + std::strerror(errno));
  }
}

}  // namespace seawall
