#include "seawall/model/time_text.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

std::int64_t milliseconds_of(std::string_view text) {
  const auto time = time_from_text(text);
  return time ? time->time_since_epoch().count() : -1;
}

TEST(TimeText, ReadsTheFormsThatListsUse) {
  constexpr std::int64_t kAt = 1508857200000;  // 2017-10-24T15:00:00Z
  EXPECT_EQ(milliseconds_of("2017-10-24T15:00:00Z"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24 15:00:00"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24T15:00Z"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24T15:00:00.8300Z"), kAt + 830);
  EXPECT_EQ(milliseconds_of("2017-10-24T15:00:00.0009999999999Z"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24T17:00:00+02:00"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24T11:00:00-0400"), kAt);
  EXPECT_EQ(milliseconds_of("2017-10-24"), kAt - 15 * 3600 * 1000);
}

TEST(TimeText, RefusesWhatIsNotATime) {
  for (const char* text :
       {"", "2017", "2017-13-01", "2017-02-29", "2017-02-00", "0000-01-01", "2017-10-24T",
        "2017-10-24T25:00:00Z", "2017-10-24T15:00:00.Z", "2017-10-24T15:00:00ZZ", "2017-10-24T15:00:00+2",
        "17-10-24", "2017-10-24x", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "-017-01-01"}) {
    EXPECT_FALSE(time_from_text(text)) << text;
  }
}

TEST(TimeText, ComesBackAsWritten) {
  constexpr unsigned kSeed = 11;
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> any(kTimeMin.time_since_epoch().count(),
                                                  kTimeMax.time_since_epoch().count());
  for (int i = 0; i < 2000; ++i) {
    const Time time{std::chrono::milliseconds(any(random))};
    EXPECT_EQ(time_from_text(to_text(time)).value(), time) << "seed " << kSeed << ": " << to_text(time);
  }
  EXPECT_EQ(to_text(kTimeMin), "0001-01-01T00:00:00Z");
  EXPECT_EQ(to_text(kTimeMax + std::chrono::hours(1)), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace seawall
