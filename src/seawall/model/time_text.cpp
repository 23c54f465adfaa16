#include "seawall/model/time_text.h"

#include <algorithm>
#include <cstdio>

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

tl::unexpected<Error> not_a_time() {
  return fail(Code::kInvalidInput, "a time is written like 2026-11-21T23:03:43Z");
}

/// Takes pieces off the front of a text.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : left_(text) {}

  /// Exactly `digits` digits, at most `most`; -1 otherwise.
  int number(int digits, int most) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (left_.empty() || left_.front() < '0' || left_.front() > '9') return -1;
      value = 10 * value + (left_.front() - '0');
      left_.remove_prefix(1);
    }
    return value <= most ? value : -1;
  }
  bool take(char c) {
    if (!left_.starts_with(c)) return false;
    left_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool done() const { return left_.empty(); }

 private:
  std::string_view left_;
};

bool read_day(Pieces& pieces, Time& time) {
  const int year = pieces.number(4, 9999);
  if (year < 1 || !pieces.take('-')) return false;
  const int month = pieces.number(2, 12);
  if (month < 1 || !pieces.take('-')) return false;
  const int day = pieces.number(2, 31);
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(std::max(month, 0))),
                                         std::chrono::day(static_cast<unsigned>(std::max(day, 0)))};
  if (!date.ok()) return false;
  time = std::chrono::sys_days(date);
  return true;
}

bool read_clock(Pieces& pieces, Time& time) {
  const int hour = pieces.number(2, 23);
  if (hour < 0 || !pieces.take(':')) return false;
  const int minute = pieces.number(2, 59);
  if (minute < 0) return false;
  time += hours(hour) + minutes(minute);
  if (!pieces.take(':')) return true;
  const int second = pieces.number(2, 60);  // 60: a leap second, taken as the second after it.
  if (second < 0) return false;
  time += seconds(second);
  if (!pieces.take('.')) return true;
  int digits = 0;
  for (int unit = 100;; unit /= 10, ++digits) {
    const int digit = pieces.number(1, 9);
    if (digit < 0) break;
    time += milliseconds(digit * unit);
  }
  return digits > 0;
}

bool read_offset(Pieces& pieces, Time& time) {
  if (pieces.done() || pieces.take('Z') || pieces.take('z')) return pieces.done();
  const int sign = pieces.take('-') ? -1 : pieces.take('+') ? 1 : 0;
  if (sign == 0) return false;
  const int hour = pieces.number(2, 23);
  if (hour < 0) return false;
  pieces.take(':');
  const int minute = pieces.number(2, 59);
  if (minute < 0) return false;
  time -= sign * (hours(hour) + minutes(minute));
  return pieces.done();
}

}  // namespace

std::string to_text(Time time) {
  time = std::clamp(time, kTimeMin, kTimeMax);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[40];
  int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                           static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                           static_cast<int>(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(size));
  if (const auto thousandths = clock.subseconds().count(); thousandths != 0) {
    size = std::snprintf(text, sizeof text, ".%03d", static_cast<int>(thousandths));
    out.append(text, static_cast<std::size_t>(size));
  }
  return out + "Z";
}

Result<Time> time_from_text(std::string_view text) {
  Pieces pieces(text);
  Time time;
  if (!read_day(pieces, time)) return not_a_time();
  if (!pieces.done()) {
    if (!pieces.take('T') && !pieces.take('t') && !pieces.take(' ')) return not_a_time();
    if (!read_clock(pieces, time) || !read_offset(pieces, time)) return not_a_time();
  }
  if (time < kTimeMin || time > kTimeMax) return not_a_time();
  return time;
}

}  // namespace seawall
