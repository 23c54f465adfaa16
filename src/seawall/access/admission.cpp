#include "seawall/access/admission.h"

#include <array>

namespace seawall {
namespace {

using enum AccessRefusal;
using enum RefusalKind;

constexpr std::array<RefusalMeaning, 21> kMeanings{{
    {kNoCredentials, kUnauthenticated, "unauthenticated",
     "Send a key (Authorization: Bearer swk_...) or sign in."},
    {kNotAKey, kUnauthenticated, "not_a_key",
     "This is no key of Seawall's: keys begin with swk_ and have 80 characters."},
    {kDamagedKey, kUnauthenticated, "damaged_key",
     "The key is mistyped or cut short: its check characters do not fit. Copy it whole."},
    {kWrongKey, kUnauthenticated, "wrong_key", "The key opens nothing here. Ask an administrator for one."},
    {kRevokedKey, kUnauthenticated, "revoked_key",
     "The key was revoked. Ask an administrator for a new one."},
    {kExpiredKey, kUnauthenticated, "expired_key", "The key has expired. Ask an administrator to rotate it."},
    {kOldSecret, kUnauthenticated, "old_secret",
     "The key was rotated and this secret is over. Use its new one."},
    {kWrongNetwork, kForbidden, "wrong_network", "The key may not be used from this address."},
    {kWrongCertificate, kForbidden, "wrong_certificate",
     "The key needs the client certificate that it is bound to."},
    {kWrongSignIn, kUnauthenticated, "wrong_sign_in", "Account, password or code are wrong."},
    {kCodeRequired, kUnauthenticated, "totp_required", "Give the code of the second factor, too."},
    {kSessionOver, kUnauthenticated, "session_over", "The session is over. Sign in again."},
    {kWrongCsrfToken, kForbidden, "wrong_csrf_token", "Send X-CSRF-Token as GET /v1/session gave it."},
    {kScopeMissing, kForbidden, "scope_missing",
     "The key lacks the scope for this. Ask an administrator for one that has it."},
    {kRoleMissing, kForbidden, "role_missing", "The account lacks the role for this. Ask an administrator."},
    {kPeopleOnly, kForbidden, "people_only", "Only people who are signed in may do this, never a key."},
    {kProgramsOnly, kForbidden, "programs_only", "Only a key may do this."},
    {kTooManyTries, kRateLimited, "too_many_tries", "Too many wrong tries. Wait, then try again."},
    {kRateSpent, kRateLimited, "rate_limited", "The key's rate is spent. Wait, then go on."},
    {kSignInsBusy, kBusy, "sign_ins_busy", "Too many people sign in at once. Try again in a moment."},
    {kNoAccessKey, kNotSetUp, "no_access_key",
     "This server has no access key, so it checks no codes of second factors. An operator gives it one: "
     "seawall access init FILE, then access_key_file, or $SEAWALL_ACCESS_KEY."},
}};

}  // namespace

const RefusalMeaning& meaning_of(AccessRefusal refusal) {
  for (const RefusalMeaning& row : kMeanings) {
    if (row.refusal == refusal) return row;
  }
  return kMeanings.front();  // A value outside the enum: nobody is let in by it.
}

}  // namespace seawall
