#pragma once

#include <string>
#include <string_view>

#include "seawall/access/admission.h"
#include "seawall/net/network.h"
#include "seawall/net/secret.h"
#include "seawall/store/access.h"

namespace seawall {

/// What somebody typed.
struct SignInTry {
  std::string_view account;
  const Secret& password;
  std::string_view code;  ///< Of the second factor, or a recovery code; empty: none was given.
  PeerAddress peer;
};

/// Port: finds out whose credentials these are. Local accounts are one implementation (LocalSignIn); OpenID
/// Connect is to be another, which makes its own kind of credentials into the same account.
/// Threads: any.
class SignIn {
 public:
  virtual ~SignIn() = default;
  /// The account as it was when it was verified: SessionService::begin() takes it.
  /// Errors: those of AccessStore; then nobody may be let in.
  virtual Result<Admission<AccessAccount>> sign_in(const SignInTry& tried) = 0;
};

}  // namespace seawall
