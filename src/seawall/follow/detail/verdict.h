#pragma once

#include <cstddef>
#include <span>

#include "seawall/base/function_ref.h"
#include "seawall/follow/detail/index_set.h"
#include "seawall/follow/detail/list_state.h"
#include "seawall/follow/list_query.h"

namespace seawall::follow_detail {

/// The matches and the verdict of each query at `now`, in order; `visit` gets its place. Pure but for reading
/// the indexes. Errors: the indexes'; then nothing was visited.
Result<void> verdicts_of(std::span<const ListQuery> queries, const ListState& state, const IndexSet& indexes,
                         Time now, FunctionRef<void(std::size_t, ListVerdict&&)> visit);

}  // namespace seawall::follow_detail
