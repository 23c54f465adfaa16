#include "seawall/cli/account_words.h"

#include "seawall/cli/lists_session.h"
#include "seawall/lists/two_person.h"

namespace seawall::cli {

Result<RoleSet> roles_from(const Arguments& arguments) {
  RoleSet roles;
  for (const std::string& text : arguments.all("--role")) {
    const auto role = role_named(text);
    if (!role) return fail(Code::kInvalidInput, "there is no role " + text);
    roles.add(*role);
  }
  return roles;
}

std::string role_words(RoleSet roles) {
  std::string words;
  for (const Role role : all_roles()) {
    if (roles.has(role)) words.append(words.empty() ? "" : ", ").append(name_of(role));
  }
  return words;
}

std::string grant_words(const AccessAccount& account) {
  std::string words;
  for (const AccessGrant& grant : account.grants) {
    words.append(words.empty() ? "" : "; ").append(grant.tenant).append(": ").append(role_words(grant.roles));
  }
  return words.empty() ? "no roles" : words;
}

Json account_json(const AccessAccount& account) {
  Json json;
  json["account"] = account.name;
  json["active"] = account.active;
  json["second_factor"] = !account.totp.empty();
  json["recovery_codes"] = account.recoveries;
  json["grants"] = Json::array();
  for (const AccessGrant& grant : account.grants) {
    Json roles = Json::array();
    for (const Role role : all_roles()) {
      if (grant.roles.has(role)) roles.push_back(name_of(role));
    }
    json["grants"].push_back({{"tenant", grant.tenant}, {"roles", std::move(roles)}});
  }
  json["created"] = authorship_json(account.created);
  return json;
}

Result<AccessAccount> account_named(AccessStore& store, const std::string& name) {
  SEAWALL_TRY(auto account, store.account(account_key(name)));
  if (account) return *std::move(account);
  return fail(Code::kNotFound, "there is no account " + name + "; see: seawall accounts list");
}

Result<void> print_account(Console& console, AccessStore& store, const std::string& name,
                           std::string_view done) {
  if (!console.json()) {
    console.note(done);
    return {};
  }
  SEAWALL_TRY(const AccessAccount account, account_named(store, name));
  console.print(to_line(account_json(account)) + "\n");
  return {};
}

}  // namespace seawall::cli
