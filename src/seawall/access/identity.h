#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seawall/store/access.h"

namespace seawall {

enum class IdentityKind : std::uint8_t { kKey = 1, kPerson };

/// Who is asking, once that is known. Made by KeyGate and SessionService only.
struct Identity {
  IdentityKind kind{};
  std::string who;                 ///< As it goes into Authorship::who.
  std::string tenant;              ///< What is not of this tenant is not there.
  ScopeSet scopes;                 ///< Of a key; empty for people.
  RoleSet roles;                   ///< Of a person in this tenant, as of now; empty for keys.
  std::string key_id;              ///< Of a key.
  std::vector<std::string> banks;  ///< Of a key: only these; empty: all of the tenant.
  std::optional<KeyRate> rate;     ///< Of a key.
};

}  // namespace seawall
