#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/lists/list_error.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"

namespace seawall {

/// Who does something, and why; the service adds when.
struct Actor {
  std::string who;  ///< An account: 1 to 200 bytes of printable ASCII, not only spaces.
  std::string why;  ///< 1 to 2,000 bytes.
};
/// Errors: kInvalidInput. Accounts are ASCII so that no two spellings that look alike name two people.
Result<void> check_actor(const Actor& actor);

/// Accounts are one person's if this is equal: letters in lower case, all spaces taken out. So "Ann Lee",
/// "ann lee " and "annlee" are one: rather one person too few than one counted twice.
[[nodiscard]] std::string account_key(std::string_view who);

/// Entries a release touches: added (quarantined ones too), updated and withdrawn.
[[nodiscard]] std::uint64_t delta_of(const ReleaseCounts& counts);
/// A delta above this needs one approver more: the greater of 5 % of the bank's active entries and 500.
[[nodiscard]] std::uint64_t small_delta_max(std::uint64_t bank_entries);
/// Approvers needed beside the proposer, 0 to 2: one where the bank asks for two persons, and one more for a
/// delta above small_delta_max().
[[nodiscard]] int approvals_needed(bool two_person, std::uint64_t delta, std::uint64_t bank_entries);

/// How far a proposal has come.
struct ApprovalStand {
  int needed = 0;
  int given = 0;                    ///< By different people, none of them the proposer.
  std::vector<std::string> barred;  ///< Accounts whose approval does not count (again): as written.
  [[nodiscard]] int missing() const { return needed > given ? needed - given : 0; }
};
[[nodiscard]] ApprovalStand approval_stand(const Authorship& proposed, std::span<const Authorship> approvals,
                                           int needed);
/// Errors: kConflict (kMayNotApprove) if `who` may not approve: says who may.
ListResult<void> check_may_approve(const ApprovalStand& stand, std::string_view who);
/// Errors: kConflict (kApprovalMissing) while approvals are missing: says how many, and who may give them.
ListResult<void> check_approved(const ApprovalStand& stand);

}  // namespace seawall
