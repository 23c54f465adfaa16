#pragma once

#include <cstdint>
#include <string>

namespace seawall {

/// "0:07.250", "12:03.000", "1:02:03.500"; a minus sign before times under 0.
[[nodiscard]] std::string media_time(std::int64_t milliseconds);

}  // namespace seawall
