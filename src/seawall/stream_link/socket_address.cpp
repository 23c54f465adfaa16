#include "seawall/stream_link/socket_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace seawall {

SocketAddress::SocketAddress(const PeerAddress& address, std::uint16_t port) {
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes().data() + 12, 4);
    size = sizeof v4;
    std::memcpy(&storage, &v4, sizeof v4);
    return;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
  size = sizeof v6;
  std::memcpy(&storage, &v6, sizeof v6);
}

}  // namespace seawall
