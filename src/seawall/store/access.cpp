#include "seawall/store/access.h"

#include <array>

namespace seawall {
namespace {

constexpr std::array kScopes = {Scope::kMatch,     Scope::kFeedback,   Scope::kEntriesRead,
                                Scope::kBanksRead, Scope::kListsWrite, Scope::kObservationsRead,
                                Scope::kStatus,    Scope::kMetrics,    Scope::kStreamsRead,
                                Scope::kStreamsWrite};
constexpr std::array<std::string_view, kScopes.size()> kScopeNames = {
    "match",       "feedback",          "entries:read", "banks:read",
    "lists:write", "observations:read", "status",       "metrics",
    "streams:read", "streams:write"};
constexpr std::array kRoles = {Role::kViewer, Role::kReviewer, Role::kListManager, Role::kAdministrator,
                               Role::kOverseer};
constexpr std::array<std::string_view, kRoles.size()> kRoleNames = {"viewer", "reviewer", "list_manager",
                                                                    "administrator", "overseer"};
constexpr std::array<std::string_view, 10> kDeedNames = {
    "key_made",         "key_rotated",     "key_revoked",  "account_made",      "grants_set",
    "account_disabled", "account_enabled", "password_set", "second_factor_set", "second_factor_removed"};

template <class Members, class Names, class Enum>
std::string_view name_among(const Members& members, const Names& names, Enum wanted) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i] == wanted) return names[i];
  }
  return {};
}

template <class Enum, class Members, class Names>
std::optional<Enum> member_named(const Members& members, const Names& names, std::string_view name) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (names[i] == name) return members[i];
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Scope scope) { return name_among(kScopes, kScopeNames, scope); }
std::string_view name_of(Role role) { return name_among(kRoles, kRoleNames, role); }
std::optional<Scope> scope_named(std::string_view name) {
  return member_named<Scope>(kScopes, kScopeNames, name);
}
std::optional<Role> role_named(std::string_view name) { return member_named<Role>(kRoles, kRoleNames, name); }
std::span<const Scope> all_scopes() { return kScopes; }
std::span<const Role> all_roles() { return kRoles; }

std::string_view name_of(AccessDeed deed) {
  const auto at = static_cast<std::size_t>(deed);
  return at >= 1 && at <= kDeedNames.size() ? kDeedNames[at - 1] : std::string_view();
}

}  // namespace seawall
