#include "seawall/report/media_time.h"

#include <cstdio>
#include <cstdlib>

namespace seawall {

std::string media_time(std::int64_t milliseconds) {
  const std::int64_t positive = std::abs(milliseconds);
  const auto seconds = static_cast<long long>(positive / 1000);
  const auto rest = static_cast<long long>(positive % 1000);
  char text[48];
  const int length = seconds >= 3600 ? std::snprintf(text, sizeof text, "%lld:%02lld:%02lld.%03lld",
                                                     seconds / 3600, seconds / 60 % 60, seconds % 60, rest)
                                     : std::snprintf(text, sizeof text, "%lld:%02lld.%03lld", seconds / 60,
                                                     seconds % 60, rest);
  return (milliseconds < 0 ? "-" : "") + std::string(text, static_cast<std::size_t>(length));
}

}  // namespace seawall
