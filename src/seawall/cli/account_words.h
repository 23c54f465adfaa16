#pragma once

#include <string>
#include <string_view>

#include "seawall/cli/command.h"
#include "seawall/json/json.h"
#include "seawall/store/access.h"

namespace seawall::cli {

inline constexpr OptionSpec kRoleOption{.name = "--role",
                                        .value = "WHAT",
                                        .help = "what the person is there for",
                                        .kind = ValueKind::kChoice,
                                        .choices = "viewer reviewer list_manager administrator overseer",
                                        .repeatable = true};

/// Every --role. Errors: kInvalidInput.
Result<RoleSet> roles_from(const Arguments& arguments);
/// "list_manager, viewer"
[[nodiscard]] std::string role_words(RoleSet roles);
/// Of every tenant: "default: administrator; forum: viewer". "no roles" without any.
[[nodiscard]] std::string grant_words(const AccessAccount& account);
/// Password and second factor are not in it.
[[nodiscard]] Json account_json(const AccessAccount& account);

/// The account of that name, however it is written. Errors: kNotFound.
Result<AccessAccount> account_named(AccessStore& store, const std::string& name);
/// With --json the account as it is now; else `done` on standard error.
Result<void> print_account(Console& console, AccessStore& store, const std::string& name,
                           std::string_view done);

}  // namespace seawall::cli
