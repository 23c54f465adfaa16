#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/access/key_service.h"
#include "seawall/api/json_fields.h"
#include "seawall/net/secret.h"

namespace seawall {

/// What docs/openapi.yaml has as the bodies of requests about keys and sessions. Each reader takes a body as
/// PaddedBody gives it. Errors: what is needed, and where. Pure.

/// NewKey; its tenant is not the body's to say.
struct NewKeyAsk {
  NewKey key;
  std::string why;
};
JsonRead<NewKeyAsk> new_key_from_json(std::string_view body);

struct RotateKeyAsk {
  std::chrono::seconds overlap{86'400};
  std::optional<Time> expires;
  std::string why;
};
JsonRead<RotateKeyAsk> rotate_key_from_json(std::string_view body);

/// A person's account in the caller's tenant. The reader's own copy of the password is zeroed.
struct NewAccountAsk {
  std::string account;
  Secret password;
  RoleSet roles;  ///< Never empty.
  std::string why;
};
JsonRead<NewAccountAsk> new_account_from_json(std::string_view body);

/// One of both, or both.
struct AlterAccountAsk {
  std::optional<RoleSet> roles;  ///< Of the caller's tenant; may be empty.
  std::optional<bool> active;
  std::string why;
};
JsonRead<AlterAccountAsk> alter_account_from_json(std::string_view body);

/// Whoever signs in. The reader's own copy of the password is zeroed.
struct SignInAsk {
  std::string account;
  Secret password;
  std::string code;    ///< Empty: none was sent.
  std::string tenant;  ///< Likewise.
};
JsonRead<SignInAsk> sign_in_from_json(std::string_view body);

}  // namespace seawall
