#pragma once

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "seawall/statement/roster.h"

namespace seawall {

/// People with keys, for tests: a key is made when somebody is first named. Threads: one.
class TestPeople {
 public:
  const PersonKey& key(const std::string& name) {
    auto found = keys_.find(name);
    if (found == keys_.end()) found = keys_.emplace(name, *PersonKey::make(name)).first;
    return found->second;
  }
  [[nodiscard]] RosterRow row(const std::string& name, PersonRoles roles) {
    return {.key = key(name).public_key(), .roles = std::move(roles)};
  }
  /// Signed by everybody who is to sign it.
  [[nodiscard]] SignedStatement signed_by_all(SignedStatement statement) {
    for (const StatementSigner& signer : statement.missing()) {
      if (!statement.sign(key(signer.by))) std::abort();
    }
    return statement;
  }
  [[nodiscard]] SignedStatement first(Time at, const std::vector<RosterRow>& people) {
    return signed_by_all(Roster::draft_first(at, people).value());
  }

 private:
  std::map<std::string, PersonKey> keys_;
};

}  // namespace seawall
