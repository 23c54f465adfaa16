#include "seawall/service/gatekeeper.h"

#include <algorithm>

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

/// `?token=` as it stands there: a key has no character that would be encoded. Empty: there is none.
std::string_view token_of(std::string_view target) {
  static constexpr std::string_view kName = "token=";
  std::string_view rest = target.substr(std::min(target.find('?'), target.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view one = rest.substr(0, rest.find('&'));
    if (one.starts_with(kName)) return one.substr(kName.size());
    rest.remove_prefix(one.size());
  }
  return {};
}

CallProblem csrf_problem() { return CallProblem(Denial{AccessRefusal::kWrongCsrfToken}); }

}  // namespace

CallProblem silent_store() { return {ProblemKind::kUnavailable, "The store does not answer; try again."}; }

/// The store must be asked: by ask(), unless it is known that it does not answer.
Gatekeeper::Found Gatekeeper::leave_open(const Request& request) {
  if (!parts_.keys.store_answers()) return tl::unexpected(silent_store());
  request.question.open = true;
  return std::nullopt;
}

Gatekeeper::Found Gatekeeper::by_key(const Request& request, std::string_view key) {
  const PresentedKey presented{key, request.peer, certificate_of(request.head.peer())};
  if (!request.asking) {
    auto known = parts_.keys.known(presented, request.question.counted);
    if (!known) return leave_open(request);
    if (!*known) return tl::unexpected(CallProblem(known->error()));
    return std::optional(**std::move(known));
  }
  auto found = parts_.keys.ask(presented, request.question.counted);
  if (!found) return tl::unexpected(CallProblem(found.error()));
  if (!*found) return tl::unexpected(CallProblem(found->error()));
  return std::optional(**std::move(found));
}

Gatekeeper::Found Gatekeeper::by_basic(const Request& request, std::string_view credentials) {
  const auto decoded = from_base64(credentials);
  const std::string_view text = decoded ? std::string_view(*decoded) : "";
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return tl::unexpected(CallProblem(Denial{AccessRefusal::kNotAKey}));
  return by_key(request, text.substr(colon + 1));
}

Gatekeeper::Found Gatekeeper::by_cookie(const Request& request, std::string_view cookies) {
  const auto token = cookie_named(cookies, kCookie);
  if (!token) return refuse_at("Cookie", token.error().message);
  if (token->data() == nullptr) return std::nullopt;
  if (!request.asking) {
    const auto refusal = parts_.sessions.refusal_of(*token, request.peer, request.question.counted);
    if (refusal) return tl::unexpected(CallProblem(*refusal));
    return leave_open(request);
  }
  auto session = parts_.sessions.identify(*token, request.peer, request.question.counted);
  if (!session) return tl::unexpected(CallProblem(session.error()));
  if (!*session) return tl::unexpected(CallProblem(session->error()));
  // To sign in is open: a token of the session before says nothing about the one to come.
  const HttpHead& head = request.head;
  if (!is_safe(head.method()) && rule_of(request.operation).kind != OperationKind::kOpenChange &&
      !SessionService::csrf_matches(**session, head.field("x-csrf-token").value_or(""))) {
    return tl::unexpected(csrf_problem());
  }
  return std::optional((*session)->identity);
}

/// By HMA's paths, without credentials.
Gatekeeper::Found Gatekeeper::anonymous(const Request& request) {
  if (options_.hma_anonymous_key.empty()) return std::nullopt;
  if (!request.asking) {
    auto known = parts_.keys.known_identity_of(options_.hma_anonymous_key);
    if (!known) return leave_open(request);
    if (!*known) return tl::unexpected(CallProblem(known->error()));
    return std::optional(**std::move(known));
  }
  auto found = parts_.keys.identity_of(options_.hma_anonymous_key);
  if (!found) return tl::unexpected(CallProblem(found.error()));
  if (!*found) return tl::unexpected(CallProblem(found->error()));
  return std::optional(**std::move(found));
}

Gatekeeper::Found Gatekeeper::identify(const Request& request) {
  const HttpHead& head = request.head;
  const auto authorization = head.field("authorization");
  if (authorization) {
    const auto key = credentials_of(*authorization, "Bearer");
    if (key.data() != nullptr) return by_key(request, key);
    const auto basic = credentials_of(*authorization, "Basic");
    if (basic.data() != nullptr && is_hma(request.operation)) return by_basic(request, basic);
    return tl::unexpected(CallProblem(Denial{AccessRefusal::kNotAKey}));
  }
  if (request.operation == Operation::kStreamHook) {
    const auto token = token_of(head.target());
    if (!token.empty()) return by_key(request, token);
  }
  if (is_hma(request.operation)) return anonymous(request);
  if (const auto cookies = head.field("cookie")) return by_cookie(request, *cookies);
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

tl::expected<void, CallProblem> Gatekeeper::admit(const HttpHead& head, Operation operation, Caller& caller,
                                                  Question& question) {
  const OperationRule& rule = rule_of(operation);
  if (rule.kind == OperationKind::kOpen) return {};
  auto peer = options_.proxies.peer_of(head);
  if (!peer) return tl::unexpected(CallProblem(peer.error()));
  caller.peer = *peer;
  if (rule.kind == OperationKind::kOpenChange) return {};
  return let_in({head, caller.peer, operation, question, false}, caller);
}

tl::expected<void, CallProblem> Gatekeeper::ask(const HttpHead& head, Operation operation, Caller& caller,
                                                Question& question) {
  question.open = false;
  if (!parts_.keys.store_answers()) return tl::unexpected(silent_store());  // Since it began to wait.
  return let_in({head, caller.peer, operation, question, true}, caller);
}

tl::expected<void, CallProblem> Gatekeeper::let_in(const Request& request, Caller& caller) {
  auto identity = identify(request);
  if (!identity) return tl::unexpected(std::move(identity).error());
  if (request.question.open) return {};
  caller.identity = *std::move(identity);
  const auto refusal = authorise(caller.identity ? &*caller.identity : nullptr, request.operation);
  if (refusal) return tl::unexpected(CallProblem(Denial{*refusal}));
  return take(caller, 1);
}

}  // namespace seawall
