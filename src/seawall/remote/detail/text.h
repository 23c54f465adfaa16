#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// "2026-11-21T23:00:00Z".
[[nodiscard]] std::string rfc3339(std::int64_t seconds_since_epoch);
/// The address that paths are added to: checked, without a query and without '/' at its end.
Result<std::string> base_url(std::string_view text);
[[nodiscard]] constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// Seconds since the epoch, at least 0.
[[nodiscard]] constexpr std::int64_t later_of(std::int64_t a, std::int64_t b) { return a > b ? a : b; }

}  // namespace seawall
