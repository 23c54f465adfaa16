#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seawall/json/json.h"
#include "seawall/lists/decision.h"
#include "seawall/lists/list_service.h"
#include "seawall/lists/request_words.h"
#include "seawall/store/store.h"

namespace seawall {

// The lists as JSON: the shapes of docs/openapi.yaml, of which the command line's are the elder sisters. How
// banks and sources are named is the caller's (a name here, a number there): those parameters are put in as
// they are. Pure.

/// "2027-01-31T12:00:00Z": whole seconds, as everywhere in the lists.
[[nodiscard]] std::string list_time_text(Time time);
/// {"who", "why", "when"}.
[[nodiscard]] Json authorship_json(const Authorship& by);
[[nodiscard]] Json bank_json(const ListBank& bank, std::string_view name);
/// The members "added", "updated", "withdrawn", "unchanged", "quarantined", "refused".
void add_counts(Json& json, const ReleaseCounts& counts);
[[nodiscard]] Json entry_json(const Entry& entry, Json bank, Json source);
/// What differs, by the names of entry_json(): {"radius": {"from": 31, "to": 12}}. Null: it was not there.
[[nodiscard]] Json entry_difference(const Json& before, const Json& after);
[[nodiscard]] Json outcome_json(const ChangeOutcome& outcome);
/// "confirmed" or "false-match".
[[nodiscard]] std::string_view verdict_word(const MatchDecision& decision);

/// How far the approvals of a release have come: of one that waits for none any more, none are missing.
struct ReleaseApprovals {
  int needed = 0;
  int missing = 0;
};
[[nodiscard]] ReleaseApprovals approvals_of(const Release& release, const ApprovalStand& stand);
/// The contract's Release. `entry`: of a release of one entry, if known.
[[nodiscard]] Json release_json(const Release& release, std::string_view bank, std::string_view source,
                                const ReleaseApprovals& approvals, std::optional<EntryId> entry);

/// What a request asks, member by member: "about", "changes", "stale", "state" and who did what.
void add_request(Json& json, const ChangeRequest& request, const RequestWords& words,
                 const std::optional<ApprovalStand>& stand);
/// The contract's Finding.
[[nodiscard]] Json finding_json(const DecisionOutcome& outcome);

}  // namespace seawall
