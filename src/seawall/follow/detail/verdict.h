#pragma once

#include <vector>

#include "seawall/follow/detail/index_set.h"
#include "seawall/follow/detail/list_state.h"
#include "seawall/follow/list_query.h"

namespace seawall::follow_detail {

/// The matches and the verdict of `query` at `now`. Pure but for reading the indexes.
Result<ListVerdict> verdict_of(const ListQuery& query, const ListState& state, const IndexSet& indexes,
                               Time now);

}  // namespace seawall::follow_detail
