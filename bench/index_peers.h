#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seawall/model/signal.h"

namespace seawall::bench {

/// A peer's radius index over the same codes.
class PeerIndex {
 public:
  virtual ~PeerIndex() = default;
  /// How many codes are within `radius_bits`, inclusive.
  virtual std::size_t count(const Fingerprint256& query, int radius_bits) = 0;
};

/// A peer that is built when its turn comes, so that two never stand in memory together.
struct NamedPeer {
  std::string name;
  std::function<std::unique_ptr<PeerIndex>(std::span<const Fingerprint256>)> build;
};

/// Those at hand: Debian's faiss, and what the plugins of SEAWALL_PEER_PLUGIN have (peer.h). Over 20 M codes
/// only faiss's flat scan; over 2 M not ThreatExchange's multi-index hashing, whose building takes minutes.
std::vector<NamedPeer> peers_for(std::size_t codes);

}  // namespace seawall::bench
