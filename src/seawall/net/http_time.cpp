#include "seawall/net/http_time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace seawall {
namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text, int max) {
  int value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && at == text.data() + text.size() && text.front() != '-';
  if (!whole || value > max) return std::nullopt;
  return value;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (out.size() < 8) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) break;
    text.remove_prefix(first);
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

struct Parts {
  std::string_view day, month, year, time;
};

/// Which of the three forms it is, cut into its parts.
std::optional<Parts> parts_of(std::string_view text) {
  const auto w = words(text);
  if (w.size() == 6 && w[0].size() == 4 && w[5] == "GMT") return Parts{w[1], w[2], w[3], w[4]};
  if (w.size() == 5 && w[0].size() == 3) return Parts{w[2], w[1], w[4], w[3]};
  if (w.size() == 4 && w[1].size() == 9 && w[1][2] == '-' && w[1][6] == '-' && w[3] == "GMT") {
    return Parts{w[1].substr(0, 2), w[1].substr(3, 3), w[1].substr(7, 2), w[2]};
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hours = number(text.substr(0, 2), 23);
  const auto minutes = number(text.substr(3, 2), 59);
  const auto seconds = number(text.substr(6, 2), 60);
  if (!hours || !minutes || !seconds) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
}

std::optional<std::chrono::year> year_of(std::string_view text, sys_seconds now) {
  if (text.size() == 4) {
    const auto year = number(text, 9999);
    return year ? std::optional(std::chrono::year(*year)) : std::nullopt;
  }
  const auto two = text.size() == 2 ? number(text, 99) : std::nullopt;
  if (!two) return std::nullopt;
  const int now_year = int{std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year()};
  int year = now_year - now_year % 100 + *two;
  if (year > now_year + 50) year -= 100;
  return std::chrono::year(year);
}

}  // namespace

Result<sys_seconds> http_date_from_text(std::string_view text, sys_seconds now) {
  const auto broken = [] { return fail(Code::kInvalidInput, "not a date as HTTP writes it"); };
  if (text.size() > 64) return broken();
  const auto parts = parts_of(text);
  if (!parts) return broken();
  const auto day = number(parts->day, 31);
  const auto month = std::ranges::find(kMonths, parts->month);
  const auto year = year_of(parts->year, now);
  const auto time = time_of_day(parts->time);
  if (!day || month == kMonths.end() || !year || !time) return broken();
  const std::chrono::year_month_day date(
      *year, std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return broken();
  return std::chrono::sys_days(date) + *time;
}

std::optional<std::chrono::seconds> retry_after(std::string_view header, sys_seconds now) {
  if (header.empty() || header.size() > 64) return std::nullopt;
  const bool digits = std::ranges::all_of(header, [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    if (header.size() > 9) return kRetryAfterMax;
    return std::min(kRetryAfterMax, std::chrono::seconds(number(header, 999'999'999).value_or(0)));
  }
  const auto date = http_date_from_text(header, now);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::seconds(*date - now), std::chrono::seconds(0), kRetryAfterMax);
}

}  // namespace seawall
