#include "seawall/service/gatekeeper.h"

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/http/syntax.h"
#include "seawall/service/routes.h"

namespace seawall {
namespace {

/// What follows the scheme in an Authorization header; null data: another scheme.
std::string_view credentials_of(std::string_view field, std::string_view scheme) {
  const auto blank = field.find(' ');
  if (blank == std::string_view::npos || !equal_ignoring_case(field.substr(0, blank), scheme)) return {};
  return http_trimmed(field.substr(blank + 1));
}

std::optional<Sha256> certificate_of(const HttpPeer& peer) {
  Sha256 digest;
  if (!peer.tls || !from_hex(peer.tls->client_sha256, digest)) return std::nullopt;
  return digest;
}

bool is_safe(HttpMethod method) { return method == HttpMethod::kGet || method == HttpMethod::kHead; }

CallProblem csrf_problem() { return CallProblem(Denial{AccessRefusal::kWrongCsrfToken}); }

}  // namespace

Gatekeeper::Found Gatekeeper::by_key(const HttpHead& head, const PeerAddress& peer, std::string_view key) {
  auto found = parts_.keys.identify({key, peer, certificate_of(head.peer())});
  if (!found) return tl::unexpected(CallProblem(found.error()));
  if (!*found) return tl::unexpected(CallProblem(found->error()));
  return std::optional(**std::move(found));
}

Gatekeeper::Found Gatekeeper::by_basic(const HttpHead& head, const PeerAddress& peer,
                                       std::string_view credentials) {
  const auto decoded = from_base64(credentials);
  const std::string_view text = decoded ? std::string_view(*decoded) : "";
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return tl::unexpected(CallProblem(Denial{AccessRefusal::kNotAKey}));
  return by_key(head, peer, text.substr(colon + 1));
}

Gatekeeper::Found Gatekeeper::by_cookie(const HttpHead& head, std::string_view cookies, Operation operation) {
  const auto token = cookie_named(cookies, kCookie);
  if (!token) return refuse_at("Cookie", token.error().message);
  if (token->data() == nullptr) return std::nullopt;
  auto session = parts_.sessions.identify(*token);
  if (!session) return tl::unexpected(CallProblem(session.error()));
  if (!*session) return tl::unexpected(CallProblem(session->error()));
  // To sign in is open: a token of the session before says nothing about the one to come.
  if (!is_safe(head.method()) && rule_of(operation).kind != OperationKind::kOpenChange &&
      !SessionService::csrf_matches(**session, head.field("x-csrf-token").value_or(""))) {
    return tl::unexpected(csrf_problem());
  }
  return std::optional((*session)->identity);
}

Gatekeeper::Found Gatekeeper::identify(const HttpHead& head, const PeerAddress& peer, Operation operation) {
  const auto authorization = head.field("authorization");
  if (authorization) {
    const auto key = credentials_of(*authorization, "Bearer");
    if (key.data() != nullptr) return by_key(head, peer, key);
    const auto basic = credentials_of(*authorization, "Basic");
    if (basic.data() != nullptr && is_hma(operation)) return by_basic(head, peer, basic);
    return tl::unexpected(CallProblem(Denial{AccessRefusal::kNotAKey}));
  }
  if (is_hma(operation)) {
    if (options_.hma_anonymous_key.empty()) return std::nullopt;
    auto found = parts_.keys.identity_of(options_.hma_anonymous_key);
    if (!found) return tl::unexpected(CallProblem(found.error()));
    if (!*found) return tl::unexpected(CallProblem(found->error()));
    return std::optional(**std::move(found));
  }
  if (const auto cookies = head.field("cookie")) return by_cookie(head, *cookies, operation);
  return std::nullopt;
}

std::optional<KeyRate> Gatekeeper::rate_of(const Identity& identity) const {
  if (identity.kind != IdentityKind::kKey) return std::nullopt;
  return identity.rate ? identity.rate : options_.default_rate;
}

tl::expected<void, CallProblem> Gatekeeper::take(Caller& caller, std::uint32_t items) {
  if (!caller.identity) return {};
  const auto rate = rate_of(*caller.identity);
  if (!rate || items == 0) return {};
  caller.rate = parts_.rates.take(caller.identity->key_id, *rate, items);
  if (caller.rate->allowed) return {};
  CallProblem problem(
      ProblemKind::kRateLimited,
      "This key may ask " + std::to_string(rate->items) + " items in " + std::to_string(rate->per_s) +
          " s; " +
          (caller.rate->never ? std::string("send fewer at once.")
                              : "wait " + std::to_string(caller.rate->retry_after_s) + " s."));
  problem.retry_after_s = caller.rate->retry_after_s;
  return tl::unexpected(std::move(problem));
}

tl::expected<void, CallProblem> Gatekeeper::admit(const HttpHead& head, Operation operation, Caller& caller) {
  const OperationRule& rule = rule_of(operation);
  if (rule.kind == OperationKind::kOpen) return {};
  auto peer = options_.proxies.peer_of(head);
  if (!peer) return tl::unexpected(CallProblem(peer.error()));
  caller.peer = *peer;
  if (rule.kind == OperationKind::kOpenChange) return {};
  auto identity = identify(head, caller.peer, operation);
  if (!identity) return tl::unexpected(std::move(identity).error());
  caller.identity = *std::move(identity);
  const auto refusal = authorise(caller.identity ? &*caller.identity : nullptr, operation);
  if (refusal) return tl::unexpected(CallProblem(Denial{*refusal}));
  return take(caller, 1);
}

}  // namespace seawall
