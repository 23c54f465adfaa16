#pragma once

#include <cstdint>
#include <vector>

#include "seawall/net/network.h"

namespace seawall {

/// Which addresses may be connected to. Asked for each address when it is about to be connected to, so that
/// no second look-up of a name can say otherwise.
struct Reach {
  /// For addresses that strangers name: only those of the public internet (net/public_address.h), at ports
  /// 80, 443 and from 1024; not the machine's own (refuse_own).
  bool public_only = false;
  /// Not addresses that this machine's interfaces have at that moment.
  bool refuse_own = false;
  /// Never, also where they are public. Goes before the others.
  std::vector<Network> refused_networks = {};
  /// With public_only: the operator's own networks that may be reached all the same, at those ports. This
  /// machine's own addresses only where one is named alone ("127.0.0.1/32").
  std::vector<Network> allowed_networks = {};
  /// With public_only: further ports below 1024, those of the protocol that is spoken there.
  std::vector<std::uint16_t> ports = {};

  /// Threads: any. May ask the system for its interfaces (is_own_address).
  [[nodiscard]] bool allows(const PeerAddress& peer, std::uint16_t port) const;
};

}  // namespace seawall
