#include "seawall/net/own_address.h"

#include <ifaddrs.h>

namespace seawall {

bool is_own_address(const PeerAddress& address) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return true;
  bool own = false;
  for (const ifaddrs* at = first; at != nullptr && !own; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    const bool v6 = at->ifa_addr->sa_family == AF_INET6;
    own = PeerAddress::of(at->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)) == address;
  }
  ::freeifaddrs(first);
  return own;
}

}  // namespace seawall
