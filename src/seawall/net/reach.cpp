#include "seawall/net/reach.h"

#include <algorithm>

#include "seawall/net/own_address.h"
#include "seawall/net/public_address.h"

namespace seawall {
namespace {

/// Whether the operator allows it, public or not.
bool is_named(const PeerAddress& address, const std::vector<Network>& allowed) {
  const unsigned all_bits = address.is_v4() ? 32 : 128;
  return std::ranges::any_of(allowed, [&](const Network& network) {
    return network.holds(address) && (network.bits() == all_bits || !is_own_address(address));
  });
}

}  // namespace

bool Reach::allows(const PeerAddress& peer, std::uint16_t port) const {
  const PeerAddress reached = behind_nat64(peer);
  const auto holds = [&](const Network& network) { return network.holds(reached) || network.holds(peer); };
  if (std::ranges::any_of(refused_networks, holds)) return false;
  if (public_only) {
    const bool named = std::ranges::find(ports, port) != ports.end();
    if (port != 80 && port != 443 && port < 1024 && !named) return false;
    if (is_named(reached, allowed_networks)) return true;
    if (!is_public_address(reached)) return false;
  }
  return !(public_only || refuse_own) || !is_own_address(reached);
}

}  // namespace seawall
