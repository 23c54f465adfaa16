#include "seawall/service/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "seawall/base/unique_fd.h"

namespace seawall {
namespace {

/// Bodies that are under way at the same time need so much (ServiceSettings::body_bytes_max is more).
constexpr rlim_t kLockedBytesWanted = rlim_t{64} << 20;

}  // namespace

std::vector<std::string> keep_memory_private() {
  std::vector<std::string> missing;
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
    missing.emplace_back("core dumps could not be switched off");
  }
  rlimit locked{};
  if (::getrlimit(RLIMIT_MEMLOCK, &locked) == 0) {
    locked.rlim_cur = locked.rlim_max;
    (void)::setrlimit(RLIMIT_MEMLOCK, &locked);
    if (locked.rlim_max != RLIM_INFINITY && locked.rlim_max < kLockedBytesWanted) {
      missing.push_back("only " + std::to_string(locked.rlim_max >> 20U) +
                        " MiB of uploads can be kept out of swap: raise the limit of locked memory "
                        "(LimitMEMLOCK= in systemd, ulimit -l), or switch swap off");
    }
  }
  return missing;
}

void tell_service_manager(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (*path != '/' && *path != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof address.sun_path) return;
  std::copy_n(path, length, address.sun_path);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  (void)::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace seawall
