#include "seawall/oversight_register/working_days.h"

#include <algorithm>
#include <string>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::size_t kDayBytes = 10;  // 2026-12-25

bool is_weekday(sys_days day) {
  const unsigned number = std::chrono::weekday(day).iso_encoding();
  return number < 6;
}

std::string_view trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// Whole weeks at once, then what is left of one day by day.
sys_days weekdays_later(sys_days day, unsigned count) {
  day += days(7 * (count / 5));
  for (unsigned left = count % 5; left > 0;) {
    day += days(1);
    if (is_weekday(day)) --left;
  }
  return day;
}

}  // namespace

Result<WorkingDays> WorkingDays::from_text(std::string_view text) {
  if (text.size() > kTextBytesMax) return fail(Code::kLimitExceeded, "the holidays are over 64 KiB");
  WorkingDays made;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto time = time_from_text(line);
    if (!time || line.size() != kDayBytes) {
      return fail(Code::kInvalidInput, "line " + std::to_string(number) + " is not a day such as 2026-12-25");
    }
    made.holidays_.insert(std::chrono::floor<days>(*time));
    if (made.holidays_.size() > kHolidaysMax) return fail(Code::kLimitExceeded, "over 2,000 holidays");
  }
  return made;
}

bool WorkingDays::is_working(sys_days day) const { return is_weekday(day) && !holidays_.contains(day); }

Time WorkingDays::end_of_day_after(Time from, unsigned count) const {
  const sys_days first = std::chrono::floor<days>(from);
  // From a weekend one counts as from the Friday before it.
  sys_days start = first;
  while (!is_weekday(start)) start -= days(1);
  sys_days last = weekdays_later(start, count);
  for (auto one = holidays_.upper_bound(first); one != holidays_.end() && *one <= last; ++one) {
    if (is_weekday(*one)) last = weekdays_later(last, 1);
  }
  return Time(last + days(1)) - std::chrono::seconds(1);
}

}  // namespace seawall
