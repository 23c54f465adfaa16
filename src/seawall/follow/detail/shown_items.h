#pragma once

#include <cstdint>
#include <span>

#include "seawall/model/feed_item.h"
#include "seawall/store/store.h"

namespace seawall::follow_detail {

/// How many of `items`, from the first, may be taken from `view` where changes after version `shown` are not
/// to be seen yet: what the view holds of a bank, source or release, its entries included, is as of its
/// newest change, so nothing is taken of one that has changed since. Errors: those of the view.
Result<std::size_t> items_to_take(StoreView& view, std::span<const FeedItem> items, std::uint64_t shown);

}  // namespace seawall::follow_detail
