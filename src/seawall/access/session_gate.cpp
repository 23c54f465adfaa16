#include "seawall/access/session_gate.h"

#include <string>
#include <utility>

#include "seawall/access/detail/tried_from.h"

namespace seawall {
namespace {

using access_detail::network_tried_from;

constexpr std::size_t kThrottlePlaces = 32 * 1024;

}  // namespace

Result<std::unique_ptr<SessionGate>> SessionGate::make(SessionService& sessions, const Clock& clock,
                                                       const SessionGateOptions& options) {
  if (options.known_max == 0) return fail(Code::kInvalidInput, "of sessions: some room is needed");
  SEAWALL_TRY(Throttle unknown, Throttle::make(clock, options.unknown_limit, kThrottlePlaces));
  return std::unique_ptr<SessionGate>(new SessionGate(sessions, options, std::move(unknown)));
}

SessionGate::SessionGate(SessionService& sessions, const SessionGateOptions& options, Throttle unknown)
    : sessions_(sessions), options_(options), unknown_(std::move(unknown)) {}

std::optional<Denial> SessionGate::refusal_of(std::string_view token, const PeerAddress& peer,
                                              bool& counted) {
  counted = false;
  if (token.empty()) return Denial{AccessRefusal::kNoCredentials};
  const auto digest = SessionService::digest_of(token);
  if (!digest) return Denial{AccessRefusal::kSessionOver};
  {
    const std::lock_guard lock(mutex_);
    if (known_.contains(*digest)) return std::nullopt;
  }
  if (const auto wait = unknown_.take(network_tried_from(peer)))
    return Denial{AccessRefusal::kTooManyTries, *wait};
  counted = true;
  return std::nullopt;
}

Result<Admission<OpenSession>> SessionGate::identify(std::string_view token, const PeerAddress& peer,
                                                     bool counted) {
  auto session = sessions_.identify(token);
  const auto digest = SessionService::digest_of(token);
  if (!session || !digest) return session;
  const std::lock_guard lock(mutex_);
  if (!*session) {
    known_.erase(*digest);
    return session;
  }
  if (counted) unknown_.give_back(network_tried_from(peer));
  keep(*digest);
  return session;
}

void SessionGate::learn(std::string_view token) {
  const auto digest = SessionService::digest_of(token);
  if (!digest) return;
  const std::lock_guard lock(mutex_);
  keep(*digest);
}

/// Under mutex_.
void SessionGate::keep(const Sha256& digest) {
  if (known_.size() >= options_.known_max) known_.clear();
  known_.insert(digest);
}

}  // namespace seawall
