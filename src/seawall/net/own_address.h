#pragma once

#include "seawall/net/network.h"

namespace seawall {

/// Whether the address is one of this machine's interfaces at this moment (getifaddrs), loopback included.
/// Not known: what lies on a translator in front of the machine (a cloud's public address), and other
/// addresses of 127.0.0.0/8. True also where the system does not tell. Blocks for about 0.1 ms. Threads: any.
[[nodiscard]] bool is_own_address(const PeerAddress& address);

}  // namespace seawall
