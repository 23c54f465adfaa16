#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace seawall {

/// What a person may sign as. Not to be confused with the roles of the service's accounts (store/access.h).
enum class PersonRole : std::uint8_t {
  kApplicant,      ///< Applies for orders, and works under them.
  kApprover,       ///< Gives and refuses orders, in their own words.
  kReviewer,       ///< The second person of an order.
  kCustodian,      ///< Changes who is who; may stop an order.
  kOfficer,        ///< Works under orders; opens what was done to those concerned.
  kOverseer,       ///< Reads; signs recommendations.
  kAdministrator,  ///< Runs the machines; signs what is done to them.
};
[[nodiscard]] std::span<const PersonRole> all_person_roles();
[[nodiscard]] std::string_view name_of(PersonRole role);  ///< "approver"
[[nodiscard]] std::optional<PersonRole> person_role_named(std::string_view name);

inline constexpr std::size_t kPersonNameBytesMax = 64;
/// 1 to 64 of a-z, 0-9, '.', '-' and '_', the first a letter or digit: one spelling a person, in files and on
/// command lines alike.
[[nodiscard]] bool is_person_name(std::string_view name);

}  // namespace seawall
