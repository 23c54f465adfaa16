#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "seawall/http/refusal.h"

namespace seawall {

/// Counts the connections that are open, in all and by peer, and refuses those beyond the limits.
/// Threads: any. Cost: one lock when a connection begins and when it ends.
class Door {
 public:
  Door(std::size_t open_max, std::size_t per_peer_max) : open_max_(open_max), per_peer_max_(per_peer_max) {}

  /// Lets one in, or says why not. `peer_key` empty: not counted by peer.
  [[nodiscard]] std::optional<HttpRefusalReason> enter(const std::string& peer_key) {
    const std::scoped_lock lock(mutex_);
    if (open_ == open_max_) return HttpRefusalReason::kServerFull;
    if (!peer_key.empty()) {
      auto& of_peer = by_peer_[peer_key];
      if (of_peer == per_peer_max_) return HttpRefusalReason::kPeerFull;
      ++of_peer;
    }
    ++open_;
    return std::nullopt;
  }

  /// Precondition: enter(peer_key) let it in.
  void leave(const std::string& peer_key) {
    const std::scoped_lock lock(mutex_);
    --open_;
    const auto of_peer = by_peer_.find(peer_key);
    if (of_peer != by_peer_.end() && --of_peer->second == 0) by_peer_.erase(of_peer);
  }

 private:
  const std::size_t open_max_, per_peer_max_;
  std::mutex mutex_;  // Guards all below.
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> by_peer_;
};

}  // namespace seawall
