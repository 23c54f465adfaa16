#include "seawall/model/entry.h"

namespace seawall {

std::string_view name_of(EntryState state) {
  switch (state) {
    case EntryState::kProposed:
      return "proposed";
    case EntryState::kStaged:
      return "staged";
    case EntryState::kActive:
      return "active";
    case EntryState::kQuarantined:
      return "quarantined";
    case EntryState::kWithdrawn:
      return "withdrawn";
  }
  return "proposed";
}

Result<EntryState> entry_state_from_text(std::string_view text) {
  for (const EntryState state : {EntryState::kProposed, EntryState::kStaged, EntryState::kActive,
                                 EntryState::kQuarantined, EntryState::kWithdrawn}) {
    if (name_of(state) == text) return state;
  }
  return fail(Code::kInvalidInput, "a state is proposed, staged, active, quarantined or withdrawn");
}

}  // namespace seawall
