#include "seawall/model/release.h"

namespace seawall {

std::string_view name_of(ReleaseState state) {
  switch (state) {
    case ReleaseState::kLoading:
      return "loading";
    case ReleaseState::kProposed:
      return "proposed";
    case ReleaseState::kStaged:
      return "staged";
    case ReleaseState::kActive:
      return "active";
    case ReleaseState::kRejected:
      return "rejected";
  }
  return "loading";
}

Result<ReleaseState> release_state_from_text(std::string_view text) {
  for (const ReleaseState state : {ReleaseState::kLoading, ReleaseState::kProposed, ReleaseState::kStaged,
                                   ReleaseState::kActive, ReleaseState::kRejected}) {
    if (name_of(state) == text) return state;
  }
  return fail(Code::kInvalidInput, "a release is loading, proposed, staged, active or rejected");
}

EntryState entry_state_in(ReleaseState state) {
  switch (state) {
    case ReleaseState::kStaged:
      return EntryState::kStaged;
    case ReleaseState::kActive:
      return EntryState::kActive;
    case ReleaseState::kRejected:
      return EntryState::kWithdrawn;
    case ReleaseState::kLoading:
    case ReleaseState::kProposed:
      break;
  }
  return EntryState::kProposed;
}

EntryState entry_state_in(ReleaseState state, std::optional<EntryState> own) {
  return own && state != ReleaseState::kRejected ? *own : entry_state_in(state);
}

}  // namespace seawall
