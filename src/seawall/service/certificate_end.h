#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "seawall/http/server.h"

namespace seawall {

/// When the first certificate of the listeners ends, in seconds since 1970; 0: there is none, or none can be
/// read. Reads their files.
[[nodiscard]] std::int64_t first_certificate_end(const std::vector<HttpListen>& listeners);

/// The same as an instant; none for 0.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> instant_of(std::int64_t seconds) {
  if (seconds == 0) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

}  // namespace seawall
