#pragma once

#include <cstddef>
#include <set>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// Days on which offices work: not Saturdays, not Sundays, not the holidays. Days are days of UTC.
class WorkingDays {
 public:
  static constexpr std::size_t kTextBytesMax = 65'536;
  static constexpr std::size_t kHolidaysMax = 2'000;
  static constexpr unsigned kCountMax = 1'000;

  WorkingDays() = default;
  /// Reads one date a line, "2026-12-25"; empty lines and what follows a # do not count. Errors:
  /// kInvalidInput (names the line), kLimitExceeded.
  static Result<WorkingDays> from_text(std::string_view text);

  [[nodiscard]] bool is_working(std::chrono::sys_days day) const;
  /// The last second of the working day that is the `count`-th after the day of `from`, which does not count
  /// itself. `count`: 1..kCountMax.
  [[nodiscard]] Time end_of_day_after(Time from, unsigned count) const;
  [[nodiscard]] const std::set<std::chrono::sys_days>& holidays() const { return holidays_; }

 private:
  std::set<std::chrono::sys_days> holidays_;
};

}  // namespace seawall
