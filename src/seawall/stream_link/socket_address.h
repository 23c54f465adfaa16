#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "seawall/net/network.h"

namespace seawall {

/// An address and a port as the system's calls take them, IPv4 and IPv6 alike.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  SocketAddress(const PeerAddress& address, std::uint16_t port);
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

}  // namespace seawall
