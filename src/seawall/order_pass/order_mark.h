#pragma once

#include <filesystem>
#include <optional>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"

namespace seawall {

/// What stands in a folder of observations that is under orders: whoever reads it needs one, whichever store
/// they name beside it.
struct OrderMark {
  std::optional<Sha256> roster = {};  ///< The only roster that may order it; none: whichever the book has.
};

/// Writes the mark ("under-orders", one line) where there is none; durable when it returns. One that is there
/// stays: nothing in this program takes it away. The folder is made where it is not there. Errors:
/// kUnavailable.
Result<void> mark_under_orders(const std::filesystem::path& folder, const OrderMark& mark);
/// None: the folder is not marked. Errors: kCorrupt (a mark that cannot be read: it still is one),
/// kUnavailable.
Result<std::optional<OrderMark>> order_mark_of(const std::filesystem::path& folder);

}  // namespace seawall
