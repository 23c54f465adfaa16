#include "seawall/statement/person_role.h"

#include <algorithm>
#include <array>

namespace seawall {
namespace {

constexpr std::array kRoles{PersonRole::kApplicant,    PersonRole::kApprover, PersonRole::kReviewer,
                            PersonRole::kCustodian,    PersonRole::kOfficer,  PersonRole::kOverseer,
                            PersonRole::kAdministrator};
constexpr std::array<std::string_view, kRoles.size()> kNames{
    "applicant", "approver", "reviewer", "custodian", "officer", "overseer", "administrator"};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::span<const PersonRole> all_person_roles() { return kRoles; }

std::string_view name_of(PersonRole role) { return kNames[static_cast<std::size_t>(role)]; }

std::optional<PersonRole> person_role_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return kRoles[static_cast<std::size_t>(found - kNames.begin())];
}

bool is_person_name(std::string_view name) {
  return !name.empty() && name.size() <= kPersonNameBytesMax && is_letter_or_digit(name.front()) &&
         std::ranges::all_of(
             name, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
}

}  // namespace seawall
