#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/store/store.h"

namespace seawall {

/// Reads the entries of `ids`, ascending, as StoreView::entries() does, piece by piece: at most `count_max`
/// at once, and of videos no more than StoreView::kPageBytesMax and one. `visit` gets the ids of a piece and
/// those of them that there are. Errors: the view's, and visit's, which ends it.
Result<void> visit_entries(
    StoreView& view, std::span<const EntryId> ids, std::size_t count_max,
    FunctionRef<Result<void>(std::span<const EntryId> ids, std::span<Entry> entries)> visit);

}  // namespace seawall
