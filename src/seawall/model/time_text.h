#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// The years that a Time is read and written in: 1 to 9999.
inline constexpr Time kTimeMin{std::chrono::milliseconds{-62135596800000}};
inline constexpr Time kTimeMax{std::chrono::milliseconds{253402300799999}};

/// "2026-11-21T23:03:43Z", with ".123" before the Z where the milliseconds are not zero. A time outside
/// kTimeMin to kTimeMax is written as the nearer of the two.
[[nodiscard]] std::string to_text(Time time);

/// Reads what to_text writes, and other forms of RFC 3339: a day alone, a blank for the T, an offset
/// ("+01:00", "+0100"), any number of fractional digits (those after the third are dropped). Without an
/// offset it is UTC. Errors: kInvalidInput, also for days that are not.
Result<Time> time_from_text(std::string_view text);

}  // namespace seawall
