#pragma once

#include "seawall/access/session_gate.h"
#include "seawall/access/session_service.h"
#include "seawall/access/sign_in.h"
#include "seawall/service/call.h"
#include "seawall/service/gatekeeper.h"

namespace seawall {

/// POST, GET and DELETE /v1/session: people sign in and out.
///
/// Guarantees: passwords are hashed on Lane::kSignIn, so that people who sign in hold up no look-ups and not
/// one another's lists; the body that has the password is a secret one. A browser that signs in again leaves
/// the session before. While the store is known not to answer, signing in is refused without a wait. Threads:
/// any; blocks for a hash and the store. Lifetime: borrows its parts.
class SessionCalls {
 public:
  struct Parts {
    SignIn& sign_in;
    SessionService& sessions;
    SessionGate& session_gate;
    const Gatekeeper& gate;
  };
  explicit SessionCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult sign_in(const Call& call);
  CallResult show(const Call& call);
  CallResult sign_out(const Call& call);

  Parts parts_;
};

}  // namespace seawall
