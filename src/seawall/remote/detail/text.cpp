#include "seawall/remote/detail/text.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "seawall/net/url.h"

namespace seawall {

std::string rfc3339(std::int64_t seconds_since_epoch) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds_since_epoch)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text.data();
}

Result<std::string> base_url(std::string_view text) {
  SEAWALL_TRY(HttpUrl url, http_url_from_text(text));
  if (url.target.find('?') != std::string::npos) {
    return fail(Code::kInvalidInput, "the url has a query; leave it away from the '?' on");
  }
  while (url.target.ends_with('/')) url.target.pop_back();
  return to_text(url);
}

}  // namespace seawall
