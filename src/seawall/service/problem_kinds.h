#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "seawall/access/admission.h"
#include "seawall/base/result.h"
#include "seawall/lists/list_error.h"

namespace seawall {

/// What a request is refused with: the closed list of docs/openapi.yaml.
enum class ProblemKind : std::uint8_t {
  kInvalidInput,
  kUrlRefused,
  kUnauthenticated,
  kTotpRequired,
  kForbidden,
  kCsrf,
  kOrderRequired,
  kNotFound,
  kMethodNotAllowed,
  kConflict,
  kStale,
  kApprovalMissing,
  kMayNotApprove,
  kOrderOfReleases,
  kIdempotencyKeyReused,
  kInProgress,
  kAnswerNotKept,
  kLimitExceeded,
  kUnsupported,
  kDecoderCrashed,
  kRateLimited,
  kCorrupt,
  kNotServed,
  kUnavailable,
  kOverloaded,
  kDraining,
  kBadRequest,  // From here on: what the HTTP server refuses by itself (http/refusal.h).
  kTargetTooLong,
  kHeadTooLarge,
  kNotImplemented,
  kTooSlow,
};

/// One row of the table that /problems/<type>, docs/errors.md and the answers share.
struct ProblemMeaning {
  ProblemKind kind;
  std::string_view type;   ///< "invalid-input"
  std::string_view title;  ///< As in the document.
  int status;
  std::string_view code;  ///< Of base/codes.h, or "unauthenticated", "forbidden", "rate_limited".
  std::string_view page;  ///< What it means and what to do, for people: /problems/<type>.
};

[[nodiscard]] std::span<const ProblemMeaning> problem_meanings();
[[nodiscard]] const ProblemMeaning& meaning_of(ProblemKind kind);
/// The row whose type that is; null: none.
[[nodiscard]] const ProblemMeaning* problem_of_type(std::string_view type);

/// What an error of the program, or a refusal to let somebody in, is to the one who asks.
[[nodiscard]] ProblemKind problem_kind_of(Code code);
[[nodiscard]] ProblemKind problem_kind_of(AccessRefusal refusal);
/// kConflict where no rule was broken.
[[nodiscard]] ProblemKind problem_kind_of(ListRule rule);

}  // namespace seawall
