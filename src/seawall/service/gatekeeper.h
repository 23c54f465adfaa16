#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "seawall/access/key_gate.h"
#include "seawall/access/rate_limiter.h"
#include "seawall/access/session_service.h"
#include "seawall/service/call.h"
#include "seawall/service/trusted_proxies.h"

namespace seawall {

/// Lets callers in: finds out who asks, whether they may, and whether their rate allows it.
/// Guarantees: nobody gets in while the store of keys cannot be asked and nothing is remembered. Threads:
/// any. Blocks for the store where a key is not in memory, and for each request of a person. Lifetime:
/// borrows all.
class Gatekeeper {
 public:
  /// People's cookie: https only, this host only, never to scripts (RFC 6265bis section 4.1.3.2).
  static constexpr std::string_view kCookie = "__Host-seawall";

  struct Parts {
    KeyGate& keys;
    SessionService& sessions;
    RateLimiter& rates;
  };
  struct Options {
    TrustedProxies proxies;               ///< Whose word counts on who asks.
    std::optional<KeyRate> default_rate;  ///< Of keys that have none of their own.
    std::string hma_anonymous_key;        ///< The id of a key, without "k_": HMA's paths without credentials.
  };
  Gatekeeper(const Parts& parts, Options options) : parts_(parts), options_(std::move(options)) {}

  /// `caller`: who it is, as far as that is known; also where the answer is a refusal.
  tl::expected<void, CallProblem> admit(const HttpHead& head, Operation operation, Caller& caller);
  /// Takes `items` more from the caller's rate; `caller.rate` says what is left.
  tl::expected<void, CallProblem> take(Caller& caller, std::uint32_t items);
  [[nodiscard]] std::optional<KeyRate> rate_of(const Identity& identity) const;

 private:
  using Found = tl::expected<std::optional<Identity>, CallProblem>;
  Found identify(const HttpHead& head, const PeerAddress& peer, Operation operation);
  Found by_key(const HttpHead& head, const PeerAddress& peer, std::string_view key);
  Found by_basic(const HttpHead& head, const PeerAddress& peer, std::string_view credentials);
  Found by_cookie(const HttpHead& head, std::string_view cookies, Operation operation);

  Parts parts_;
  Options options_;
};

}  // namespace seawall
