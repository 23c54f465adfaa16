#pragma once

#include <string>

#include "seawall/net/network.h"

namespace seawall::access_detail {

/// The network whose tries are counted together for whoever asks from `peer`: a /24, or a /48 of IPv6.
inline std::string network_tried_from(const PeerAddress& peer) {
  return Network::around(peer, 24, 48).to_text();
}

}  // namespace seawall::access_detail
