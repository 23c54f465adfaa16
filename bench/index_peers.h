#pragma once

#include <cstdint>
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

struct NamedPeer {
  std::string name;
  std::unique_ptr<PeerIndex> index;
};

/// Those at hand: Debian's faiss, and Meta's reference where SEAWALL_PEER_PLUGIN names a plugin (peer.h).
std::vector<NamedPeer> build_peers(std::span<const Fingerprint256> codes);

}  // namespace seawall::bench
