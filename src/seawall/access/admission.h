#pragma once

#include <cstdint>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// What a refusal is to whoever asked; each is one status of HTTP (401, 403, 429, 503, 503).
enum class RefusalKind : std::uint8_t { kUnauthenticated = 1, kForbidden, kRateLimited, kBusy, kNotSetUp };

/// Why somebody was not let in: a closed list.
enum class AccessRefusal : std::uint8_t {
  kNoCredentials = 1,
  kNotAKey,
  kDamagedKey,
  kWrongKey,  ///< Unknown, or the secret is wrong: never said which.
  kRevokedKey,
  kExpiredKey,
  kOldSecret,
  kWrongNetwork,
  kWrongCertificate,
  kWrongSignIn,  ///< Account, password or code: never said which.
  kCodeRequired,
  kSessionOver,
  kWrongCsrfToken,
  kScopeMissing,
  kRoleMissing,
  kPeopleOnly,
  kProgramsOnly,
  kTooManyTries,
  kRateSpent,
  kSignInsBusy,
  kNoAccessKey,  ///< The server has none, and this needs it.
};

struct RefusalMeaning {
  AccessRefusal refusal;
  RefusalKind kind;
  std::string_view name;   ///< As in /problems/<name>, with '-' for '_'.
  std::string_view words;  ///< One sentence that says what to do.
};
[[nodiscard]] const RefusalMeaning& meaning_of(AccessRefusal refusal);

struct Denial {
  AccessRefusal why;
  std::uint32_t retry_after_s = 0;  ///< Of kRateLimited and kBusy.
};

/// A `T` for somebody who was let in, or why not. Failures of the store are no refusals: functions that ask
/// it return Result<Admission<T>>.
template <class T>
class [[nodiscard]] Admission : public tl::expected<T, Denial> {
 public:
  using tl::expected<T, Denial>::expected;
};

inline tl::unexpected<Denial> refused(AccessRefusal why, std::uint32_t retry_after_s = 0) {
  return tl::unexpected(Denial{why, retry_after_s});
}

}  // namespace seawall
