#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "seawall/access/key_gate.h"
#include "seawall/access/rate_limiter.h"
#include "seawall/access/session_gate.h"
#include "seawall/service/call.h"
#include "seawall/service/trusted_proxies.h"

namespace seawall {

/// To whoever needs the store while it is known not to answer. Nothing for the log: that has said it once.
[[nodiscard]] CallProblem silent_store();

/// Lets callers in: finds out who asks, whether they may, and whether their rate allows it.
/// Guarantees: nobody gets in while the store of keys cannot be asked and nothing is remembered. Threads:
/// any. What a media server calls may bring its key as ?token=: it can send no header. Only ask() waits for
/// the store; admit() says where it is needed: for keys that are not in memory, and for each request of a
/// person. Lifetime: borrows all.
class Gatekeeper {
 public:
  /// People's cookie: https only, this host only, never to scripts (RFC 6265bis section 4.1.3.2).
  static constexpr std::string_view kCookie = "__Host-seawall";

  struct Parts {
    KeyGate& keys;
    SessionGate& sessions;
    RateLimiter& rates;
  };
  struct Options {
    TrustedProxies proxies;               ///< Whose word counts on who asks.
    std::optional<KeyRate> default_rate;  ///< Of keys that have none of their own.
    std::string hma_anonymous_key;        ///< The id of a key, without "k_": HMA's paths without credentials.
  };
  Gatekeeper(const Parts& parts, Options options) : parts_(parts), options_(std::move(options)) {}

  /// What admit() leaves to ask().
  struct Question {
    bool open = false;     ///< The store must be asked.
    bool counted = false;  ///< A try of the caller's network was taken for it.
  };
  /// `caller`: who it is, as far as that is known; also where the answer is a refusal. Where `question` is
  /// open afterwards, nobody was let in yet: ask() goes on.
  tl::expected<void, CallProblem> admit(const HttpHead& head, Operation operation, Caller& caller,
                                        Question& question);
  /// Answers an open question. Blocks for the store.
  tl::expected<void, CallProblem> ask(const HttpHead& head, Operation operation, Caller& caller,
                                      Question& question);
  /// Whether the store of keys answers, as far as that is known.
  [[nodiscard]] bool store_answers() const { return parts_.keys.store_answers(); }
  /// Takes `items` more from the caller's rate; `caller.rate` says what is left.
  tl::expected<void, CallProblem> take(Caller& caller, std::uint32_t items);
  [[nodiscard]] std::optional<KeyRate> rate_of(const Identity& identity) const;

 private:
  using Found = tl::expected<std::optional<Identity>, CallProblem>;
  /// What is asked about: `asking` false: nothing that waits for the store may be done.
  struct Request {
    const HttpHead& head;
    const PeerAddress& peer;
    Operation operation;
    Question& question;
    bool asking;
  };
  tl::expected<void, CallProblem> let_in(const Request& request, Caller& caller);
  Found identify(const Request& request);
  Found by_key(const Request& request, std::string_view key);
  Found by_basic(const Request& request, std::string_view credentials);
  Found by_cookie(const Request& request, std::string_view cookies);
  Found anonymous(const Request& request);
  Found leave_open(const Request& request);

  Parts parts_;
  Options options_;
};

}  // namespace seawall
