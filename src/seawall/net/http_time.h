#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Reads the three forms of a date in HTTP: "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"
/// (a year more than 50 in the future of `now` is in the past century), "Sun Nov  6 08:49:37 1994".
/// Source: RFC 9110 section 5.6.7. Errors: kInvalidInput; the day's name is not checked against the date.
Result<std::chrono::sys_seconds> http_date_from_text(std::string_view text, std::chrono::sys_seconds now);

/// The longest wait that a Retry-After is believed for.
inline constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours(24);

/// The wait that a Retry-After header asks for: seconds, or a date. At least 0, at most kRetryAfterMax.
/// None: there is no header, or it is neither. Source: RFC 9110 section 10.2.3.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(std::string_view header,
                                                              std::chrono::sys_seconds now);

}  // namespace seawall
