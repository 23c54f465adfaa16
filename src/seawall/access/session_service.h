#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/access/admission.h"
#include "seawall/access/identity.h"
#include "seawall/base/clock.h"
#include "seawall/net/secret.h"
#include "seawall/store/access.h"

namespace seawall {

struct SessionLimits {
  std::chrono::minutes idle{30};       ///< Without a request.
  std::chrono::minutes life{12 * 60};  ///< At most, whatever happens.
  std::chrono::seconds seen_step{60};  ///< "Last seen" is written this often at most.
};

/// A session that goes on.
struct OpenSession {
  Identity identity;  ///< Its roles are those of now.
  Secret csrf_token;  ///< For the header X-CSRF-Token of whatever is not GET.
  Time expires{};     ///< If nothing more is asked.
};
struct NewSession {
  Secret token;  ///< 52 characters of a-z and 2-7, for the cookie.
  OpenSession session;
};

/// People's sessions. Each request reads the session and its account from the store: what was taken away, by
/// any process, is gone at the next request. Guarantees: 256 random bits a token, whose SHA-256 alone is
/// kept; the CSRF token is an HMAC of the token, so that it needs no keeping and tells nothing of it.
/// Threads: any. Lifetime: all that is passed outlives this. Errors everywhere: those of AccessStore.
class SessionService {
 public:
  SessionService(AccessStore& store, const Clock& clock, const SessionLimits& limits = {})
      : store_(store), clock_(clock), limits_(limits) {}

  /// For an account that a SignIn has verified. `tenant` empty: the first in which it has a role.
  /// kRoleMissing where it has none. Errors: kConflict (the account changed meanwhile: sign in again).
  Result<Admission<NewSession>> begin(const AccessAccount& verified, std::string_view tenant = {});
  /// Untrusted text of a cookie.
  Result<Admission<OpenSession>> identify(std::string_view token);
  /// Who a session is of, as of now, by what digest_of() gave; that it was asked for does not keep it from
  /// being over.
  Result<Admission<Identity>> look(const Sha256& digest);
  /// What is kept of a token, without asking whether there is such a session; nothing: it is no token.
  [[nodiscard]] static std::optional<Sha256> digest_of(std::string_view token);
  Result<void> sign_out(std::string_view token);
  /// Of the account, on all devices. Gives how many sessions ended.
  Result<std::uint64_t> sign_out_everywhere(const Identity& person);
  /// Drops what is over; to be called each few minutes. Gives how many.
  Result<std::uint64_t> tidy();
  /// Whether `header` is the session's CSRF token; in constant time.
  [[nodiscard]] static bool csrf_matches(const OpenSession& session, std::string_view header);

 private:
  AccessStore& store_;
  const Clock& clock_;
  const SessionLimits limits_;
};

}  // namespace seawall
