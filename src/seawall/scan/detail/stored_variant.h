#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/report/record.h"

namespace seawall::scan_detail {

/// What stands in the journal's column of the variant: it, and before it a part of a listed video where the
/// match is one: "clip TIER BEGIN END LISTED_BEGIN LISTED_END SPEED FRAMES;VARIANT", times in ms and the
/// speed in millionths. No variant's name begins so.
[[nodiscard]] std::string stored_variant(const RecordedMatch& match);

/// Sets variant and clip of `match`. Errors: kCorrupt (nothing that stored_variant() writes).
Result<void> read_variant(std::string_view stored, RecordedMatch& match);

}  // namespace seawall::scan_detail
