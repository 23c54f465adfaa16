#pragma once

#include "seawall/lists/list_error.h"
#include "seawall/store/store.h"

namespace seawall::lists_detail {

// Releases of one source are decided in the order they came in: a later one leaves out what it found in an
// earlier one, so it is right only if that one has come in force and stays so.

/// Errors: kConflict (kOrderOfReleases) names the earlier release that waits and that `release` builds on.
ListResult<void> check_may_activate(StoreView& view, const Release& release);
/// May `release` be rejected or taken back? Errors: kConflict (kOrderOfReleases) names the later release that
/// waits and builds on it.
ListResult<void> check_may_leave(StoreView& view, const Release& release);

}  // namespace seawall::lists_detail
