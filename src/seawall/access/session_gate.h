#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>

#include "seawall/access/session_service.h"
#include "seawall/access/throttle.h"
#include "seawall/net/network.h"

namespace seawall {

struct SessionGateOptions {
  TryLimit unknown_limit{100, 10};  ///< Tokens of no session, from one network; as of KeyGateOptions.
  std::size_t known_max =
      10'000;  ///< Tokens that were right, kept so that they are no tries; 100 bytes each.
};

/// In front of SessionService, for callers who may have made their token up: each look-up asks the store.
/// Guarantees: one network (/24, /48) has unknown_limit look-ups of tokens that are of no session; one that
/// was right or was begun here is not slowed by others on its network. Memory is bounded.
/// Threads: any; refusal_of() and learn() never wait for the store. Lifetime: `sessions`, `clock` outlive
/// this.
class SessionGate {
 public:
  /// Errors: kUnavailable (no random bytes), kInvalidInput.
  static Result<std::unique_ptr<SessionGate>> make(SessionService& sessions, const Clock& clock,
                                                   const SessionGateOptions& options = {});

  /// Why this token need not be looked up at all; else nothing, and `counted` says what identify() wants.
  std::optional<Denial> refusal_of(std::string_view token, const PeerAddress& peer, bool& counted);
  /// As SessionService::identify(), for whom refusal_of() gave nothing.
  Result<Admission<OpenSession>> identify(std::string_view token, const PeerAddress& peer, bool counted);

  /// A token that was given out just now: its first use is no try.
  void learn(std::string_view token);

 private:
  void keep(const Sha256& digest);
  SessionGate(SessionService& sessions, const SessionGateOptions& options, Throttle unknown);

  SessionService& sessions_;
  const SessionGateOptions options_;
  Throttle unknown_;
  std::mutex mutex_;        ///< Guards known_.
  std::set<Sha256> known_;  ///< Digests of tokens that were right when last looked up.
};

}  // namespace seawall
