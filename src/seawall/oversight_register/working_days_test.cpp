#include "seawall/oversight_register/working_days.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

Time at(std::string_view text) { return *time_from_text(text); }

/// The definition, day by day.
Time walked(const WorkingDays& office, Time from, unsigned count) {
  auto day = std::chrono::floor<days>(from);
  while (count > 0) {
    day += days(1);
    if (office.is_working(day)) --count;
  }
  return Time(day) + std::chrono::seconds(86'399);
}

TEST(WorkingDays, TenAfterAMondayEndOnTheMondayTwoWeeksLater) {
  EXPECT_EQ(to_text(WorkingDays().end_of_day_after(at("2026-11-02T08:00:00Z"), 10)), "2026-11-16T23:59:59Z");
}

TEST(WorkingDays, WeekendsAndHolidaysDoNotCount) {
  const auto office =
      *WorkingDays::from_text("# feasts\n2026-12-25\n2026-12-26 # a Saturday\n\n2027-01-01\r\n");
  EXPECT_EQ(to_text(office.end_of_day_after(at("2026-12-24T23:59:59Z"), 1)), "2026-12-28T23:59:59Z");
  EXPECT_EQ(to_text(office.end_of_day_after(at("2026-12-18"), 10)), "2027-01-05T23:59:59Z");
}

TEST(WorkingDays, CountAsOneWhoWalksDayByDay) {
  std::mt19937 random(11);
  const sys_days begin = std::chrono::floor<days>(at("2026-01-01"));
  for (int round = 0; round < 500; ++round) {
    std::string holidays;
    for (auto some = random() % 40; some > 0; --some)
      holidays += to_text(Time(begin + days(random() % 90))).substr(0, 10) + "\n";
    const auto office = *WorkingDays::from_text(holidays);
    const Time from = begin + days(random() % 60) + std::chrono::seconds(random() % 86'400);
    const auto count = static_cast<unsigned>(1 + random() % 30);
    EXPECT_EQ(office.end_of_day_after(from, count), walked(office, from, count)) << holidays;
  }
}

TEST(WorkingDays, NameTheLineThatIsNoDay) {
  for (const char* bad : {"2026-12-24\n2026-02-30", "2026-12-24\n25.12.2026", "\n2026-12-25T00:00:00Z",
                          "\n 2026-12-25", "\n2026-12-25 Christmas"}) {
    const auto read = WorkingDays::from_text(bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_NE(read.error().message.find("line 2"), std::string::npos) << bad;
  }
  EXPECT_EQ(WorkingDays::from_text(std::string(WorkingDays::kTextBytesMax + 1, '\n')).error().code,
            Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
