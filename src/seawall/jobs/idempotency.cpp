#include "seawall/jobs/idempotency.h"

namespace seawall {
namespace {

/// A caller's tenant and name may hold anything: the length tells where the caller ends.
std::string record_name(std::string_view caller, std::string_view key) {
  return std::to_string(caller.size()) + "/" + std::string(caller) + "/" + std::string(key);
}

}  // namespace

std::string caller_of(const Identity& identity) {
  if (identity.kind == IdentityKind::kKey) return "k/" + identity.key_id;
  return "p/" + std::to_string(identity.tenant.size()) + "/" + identity.tenant + "/" + identity.who;
}

Sha256Hasher begin_request_digest(const RequestHead& head) {
  Sha256Hasher hasher;
  hasher.update("seawall-request-1\n");
  for (const std::string_view part : {head.method, head.target, head.content_type}) {
    hasher.update(std::to_string(part.size()) + "\n");
    hasher.update(part);
  }
  return hasher;
}

Result<void> IdempotentAttempt::settle(const RememberedAnswer& answer) {
  Idempotency* const desk = std::exchange(desk_, nullptr);
  if (desk == nullptr) return fail(Code::kConflict, "the attempt is over");
  return desk->settle(caller_, key_, answer);
}

void IdempotentAttempt::release() {
  Idempotency* const desk = std::exchange(desk_, nullptr);
  if (desk == nullptr) return;
  // Twice: a lock that could not be had is often free a moment later.
  const std::string_view token = desk->mark_.token();
  if (!desk->records_.release(caller_, key_, token)) (void)desk->records_.release(caller_, key_, token);
}

Result<IdempotencyVerdict> Idempotency::begin(std::string_view caller, std::string_view key,
                                              const Sha256& request) {
  using Kind = IdempotencyVerdict::Kind;
  const Time now = clock_.now();
  auto asked = records_.claim({.caller = caller,
                               .key = key,
                               .request = request,
                               .holder = mark_.token(),
                               .now = now,
                               .until = now + kKept,
                               .stale_before = mark_.stale_before()});
  if (!asked && asked.error().code == Code::kConflict) {
    return fail(Code::kUnavailable, "the store is busy; come back later");
  }
  SEAWALL_TRY(IdempotencyClaim claim, std::move(asked));
  switch (claim.kind) {
    case IdempotencyClaim::Kind::kNew:
      return IdempotencyVerdict{
          Kind::kCarryOut, IdempotentAttempt(*this, std::string(caller), std::string(key)), {}};
    case IdempotencyClaim::Kind::kOtherRequest:
      return IdempotencyVerdict{Kind::kOtherRequest, std::nullopt, {}};
    case IdempotencyClaim::Kind::kUnderWay:
      return IdempotencyVerdict{Kind::kUnderWay, std::nullopt, {}};
    case IdempotencyClaim::Kind::kAnswered:
      break;
  }
  IdempotencyVerdict verdict{Kind::kNotKept, std::nullopt, {}};
  verdict.answer.status = claim.answer.status;
  if (!claim.answer.sealed) return verdict;
  SEAWALL_TRY(const std::string text, seal_.open(*claim.answer.sealed, record_name(caller, key)));
  SEAWALL_TRY(verdict.answer, remembered_answer_from_text(claim.answer.status, text));
  verdict.kind = Kind::kReplay;
  return verdict;
}

Result<void> Idempotency::settle(std::string_view caller, std::string_view key,
                                 const RememberedAnswer& answer) {
  // That it was carried out is what matters most: without its text, where that cannot be kept.
  KeptAnswer kept{answer.status, std::nullopt};
  if (const auto text = to_text(answer)) {
    if (auto sealed = seal_.seal(*text, record_name(caller, key))) kept.sealed = *std::move(sealed);
  }
  return records_.settle(caller, key, mark_.token(), kept);
}

}  // namespace seawall
