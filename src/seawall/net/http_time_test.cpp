#include "seawall/net/http_time.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

const std::chrono::sys_seconds kNow = sys_days(2026y / 11 / 21) + 23h;

TEST(HttpTime, ReadsTheThreeFormsOfRfc9110Section5_6_7) {
  const std::chrono::sys_seconds expected = sys_days(1994y / 11 / 6) + 8h + 49min + 37s;
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    const auto read = http_date_from_text(text, kNow);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, expected) << text;
  }
}

TEST(HttpTime, RefusesWhatIsNoDate) {
  for (const char* text : {"", "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "tomorrow",
                           "Sun, 06 Nov 1994 08:49:37 CET", "Sun, -6 Nov 1994 08:49:37 GMT", "1994-11-06"}) {
    EXPECT_FALSE(http_date_from_text(text, kNow)) << text;
  }
}

TEST(RetryAfter, TakesSecondsOrADate) {
  EXPECT_EQ(retry_after("120", kNow), 120s);
  EXPECT_EQ(retry_after("Sat, 21 Nov 2026 23:00:30 GMT", kNow), 30s);
}

TEST(RetryAfter, NeverWaitsLessThanNothingNorMoreThanADay) {
  EXPECT_EQ(retry_after("Sat, 21 Nov 2026 22:00:00 GMT", kNow), 0s);
  EXPECT_EQ(retry_after("99999999999999999999", kNow), kRetryAfterMax);
  EXPECT_EQ(retry_after("Sat, 21 Nov 2099 22:00:00 GMT", kNow), kRetryAfterMax);
}

TEST(RetryAfter, PassesOverWhatItDoesNotUnderstand) {
  for (const char* text : {"", "soon", "-5", "1.5", "12 s"})
    EXPECT_EQ(retry_after(text, kNow), std::nullopt) << text;
}

}  // namespace
}  // namespace seawall
