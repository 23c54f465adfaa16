#include "seawall/service/problem_kinds.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

using enum ProblemKind;

constexpr std::array kMeanings = std::to_array<ProblemMeaning>({
    {kInvalidInput, "invalid-input", "The request is wrong", 400, "invalid_input",
     "A part of the request is not as docs/openapi.yaml has it. `detail` and `errors` say which and what is "
     "needed. Trying again without a change cannot help."},
    {kUrlRefused, "url-refused", "This address is not fetched", 400, "invalid_input",
     "Only http and https addresses of the public internet are fetched: no private, loopback, link-local or "
     "metadata address, after a redirect neither. Send the bytes or the signals instead. Of live streams: "
     "those that docs/howto/watch-streams.md names, without a user or password."},
    {kUnauthenticated, "unauthenticated", "Who is asking?", 401, "unauthenticated",
     "Send a key as `Authorization: Bearer swk_...`, or sign in. An administrator makes keys with "
     "`seawall keys create` or POST /v1/keys."},
    {kTotpRequired, "totp-required", "The second factor is missing", 401, "unauthenticated",
     "Send the six digits of the authenticator, or a recovery code, as `totp`."},
    {kForbidden, "forbidden", "Not with this key or account", 403, "forbidden",
     "The key lacks a scope, or the account a role; `detail` names it. An administrator can give it."},
    {kCsrf, "csrf", "The CSRF token is missing or wrong", 403, "forbidden",
     "With a cookie, everything but GET needs the header X-CSRF-Token as GET /v1/session gives it."},
    {kOrderRequired, "order-required", "Not without an order", 403, "forbidden",
     "Observations are looked up under an order only. Name one that is in force in the header "
     "Seawall-Order."},
    {kNotFound, "not-found", "There is no such thing", 404, "not_found",
     "There is nothing of this name, or not for the caller: a thing of another tenant is not there either."},
    {kMethodNotAllowed, "method-not-allowed", "This path has another method", 405, "invalid_input",
     "The header Allow names the methods that the path has."},
    {kConflict, "conflict", "It is not in that state", 409, "conflict",
     "Something stands in the way, or has changed meanwhile. `detail` says what. Read it again, then "
     "decide."},
    {kStale, "stale", "It has changed since it was read", 409, "conflict",
     "Somebody changed it since the caller read it. Read it again, then ask anew."},
    {kApprovalMissing, "approval-missing", "Another person must approve first", 409, "conflict",
     "What takes force, or loses it, needs the approval of somebody who did not propose it."},
    {kMayNotApprove, "may-not-approve", "Somebody else must approve", 409, "conflict",
     "Who proposed something cannot approve it, and nobody approves twice. `detail` says who may."},
    {kOrderOfReleases, "order-of-releases", "Another release goes first", 409, "conflict",
     "Releases of one source build on one another: decide the earlier one first."},
    {kIdempotencyKeyReused, "idempotency-key-reused", "This Idempotency-Key was used for another request",
     409, "conflict", "An Idempotency-Key names one request for 24 hours. Take another for another request."},
    {kInProgress, "in-progress", "The first attempt is still at work", 409, "conflict",
     "The first attempt with this Idempotency-Key is not answered yet. Ask again after `Retry-After` "
     "seconds, "
     "with the same key."},
    {kAnswerNotKept, "answer-not-kept", "It was carried out before", 409, "conflict",
     "A request with this Idempotency-Key was carried out; its answer was too large to keep. Read what came "
     "of "
     "it where it can be read, and take another key for another request."},
    {kLimitExceeded, "limit-exceeded", "Too large", 413, "limit_exceeded",
     "The request, or what was fetched or decoded for it, passes a limit that `detail` states."},
    {kUnsupported, "unsupported", "This kind of body is not read here", 415, "unsupported",
     "The Content-Type is not one of this path's, or the file is of a kind that this build does not decode. "
     "Signals (hashes) can be looked up for any file."},
    {kDecoderCrashed, "decoder-crashed", "The decoder died on this file", 422, "decoder_crashed",
     "The sandboxed decoder died on the file and was replaced. Do not show the file; `on_error` gives a "
     "verdict for files like it. Report it: docs/security.md."},
    {kRateLimited, "rate-limited", "Too many at once", 429, "rate_limited",
     "The key's rate, or the tries of an account, are used up. Wait `Retry-After` seconds, or send batches."},
    {kCorrupt, "corrupt", "Stored bytes are damaged", 500, "corrupt",
     "Stored bytes fail their checks; an operator must look: `seawall doctor`."},
    {kNotServed, "not-served", "This service does not serve that", 501, "invalid_input",
     "The contract has it; this build does not serve it yet, or its operator has not switched it on: "
     "`detail` "
     "says which, and docs/howto/serve.md how."},
    {kUnavailable, "unavailable", "Something did not answer", 503, "unavailable",
     "The store, a decoder, or the host of a URL did not answer. Try again after `Retry-After` seconds."},
    {kOverloaded, "overloaded", "All queues are full", 503, "unavailable",
     "More is asked than this server can do in time. Try again after `Retry-After` seconds. Whoever cannot "
     "wait decides alone: fail closed."},
    {kDraining, "draining", "This server is going away", 503, "unavailable",
     "It is being stopped; another will answer. Try again after `Retry-After` seconds."},
    {kBadRequest, "bad-request", "This is no proper HTTP request", 400, "invalid_input",
     "The bytes are no HTTP/1.1 request that every proxy would read alike: docs/http.md lists what is "
     "refused."},
    {kTargetTooLong, "target-too-long", "The address is too long", 414, "limit_exceeded",
     "The request's address is over 8 KiB. Send long things in the body."},
    {kHeadTooLarge, "head-too-large", "The headers are too large", 431, "limit_exceeded",
     "All headers together are over 16 KiB, or over a hundred."},
    {kNotImplemented, "not-implemented", "This is not done here", 501, "invalid_input",
     "The method or the transfer coding is none of those that are spoken here."},
    {kTooSlow, "too-slow", "The request came too slowly", 408, "limit_exceeded",
     "A head must come within 10 s, a body at 16 KiB a second."},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kMeanings.size(); ++i) {
    if (static_cast<std::size_t>(kMeanings[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "meaning_of() finds a row at the number of its kind");

}  // namespace

std::span<const ProblemMeaning> problem_meanings() { return kMeanings; }

const ProblemMeaning& meaning_of(ProblemKind kind) { return kMeanings[static_cast<std::size_t>(kind)]; }

const ProblemMeaning* problem_of_type(std::string_view type) {
  const auto found = std::ranges::find(kMeanings, type, &ProblemMeaning::type);
  return found == kMeanings.end() ? nullptr : &*found;
}

ProblemKind problem_kind_of(Code code) {
  switch (code) {
    case Code::kInvalidInput:
      return kInvalidInput;
    case Code::kNotFound:
      return kNotFound;
    case Code::kConflict:
      return kConflict;
    case Code::kLimitExceeded:
      return kLimitExceeded;
    case Code::kUnavailable:
      return kUnavailable;
    case Code::kCorrupt:
      return kCorrupt;
    case Code::kUnsupported:
      return kUnsupported;
    case Code::kDecoderCrashed:
      return kDecoderCrashed;
  }
  return kUnavailable;
}

ProblemKind problem_kind_of(ListRule rule) {
  switch (rule) {
    case ListRule::kNone:
      return kConflict;
    case ListRule::kStale:
      return kStale;
    case ListRule::kApprovalMissing:
      return kApprovalMissing;
    case ListRule::kMayNotApprove:
      return kMayNotApprove;
    case ListRule::kOrderOfReleases:
      return kOrderOfReleases;
  }
  return kConflict;
}

ProblemKind problem_kind_of(AccessRefusal refusal) {
  if (refusal == AccessRefusal::kCodeRequired) return kTotpRequired;
  if (refusal == AccessRefusal::kWrongCsrfToken) return kCsrf;
  switch (seawall::meaning_of(refusal).kind) {
    case RefusalKind::kUnauthenticated:
      return kUnauthenticated;
    case RefusalKind::kForbidden:
      return kForbidden;
    case RefusalKind::kRateLimited:
      return kRateLimited;
    case RefusalKind::kBusy:
      return kOverloaded;
    case RefusalKind::kNotSetUp:
      return kUnavailable;
  }
  return kForbidden;
}

}  // namespace seawall
