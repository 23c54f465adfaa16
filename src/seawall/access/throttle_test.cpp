#include "seawall/access/throttle.h"

#include <gtest/gtest.h>

#include "seawall/access/detail/test_clock.h"

namespace seawall {
namespace {

using access_detail::TestClock;
using std::chrono::seconds;

Throttle throttle(const Clock& clock, std::size_t places = 1024) {
  auto made = Throttle::make(clock, {5, 60}, places);
  EXPECT_TRUE(made);
  return *std::move(made);
}

TEST(Throttle, AllowsFiveTriesAndThenOneInTwelveSeconds) {
  TestClock clock;
  Throttle tries = throttle(clock);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tries.take("ann"), std::nullopt) << i;
  EXPECT_EQ(tries.take("ann"), 12U);
  EXPECT_EQ(tries.wait_of("ann"), 12U);
  EXPECT_EQ(tries.take("bob"), std::nullopt);
  clock.advance(seconds(11));
  EXPECT_EQ(tries.take("ann"), 1U);
  clock.advance(seconds(1));
  EXPECT_EQ(tries.take("ann"), std::nullopt);
  EXPECT_EQ(tries.take("ann"), 12U);
  clock.advance(seconds(60));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tries.take("ann"), std::nullopt) << i;
}

TEST(Throttle, CountsNothingThatWasRight) {
  TestClock clock;
  Throttle tries = throttle(clock);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(tries.take("ann"), std::nullopt);
    tries.give_back("ann");
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tries.take("ann"), std::nullopt);
  EXPECT_TRUE(tries.take("ann"));
}

TEST(Throttle, ShutsNobodyOutForLongerWhenTheClockIsSetBack) {
  TestClock clock;
  Throttle tries = throttle(clock);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(tries.take("ann"), std::nullopt);
  clock.advance(-std::chrono::hours(1000));
  EXPECT_LE(tries.take("ann").value_or(0), 60U);
}

TEST(Throttle, KeepsItsSizeAndRemembersTheBusiestWhenManyNamesCome) {
  TestClock clock;
  Throttle tries = throttle(clock, 64);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(tries.take("ann"), std::nullopt);
  for (int i = 0; i < 10'000; ++i) {
    [[maybe_unused]] const auto wait = tries.take("name " + std::to_string(i));
  }
  EXPECT_TRUE(tries.take("ann")) << "names with one try each do not push out one with five";
}

TEST(Throttle, RefusesLimitsThatMeanNothing) {
  TestClock clock;
  EXPECT_FALSE(Throttle::make(clock, {0, 60}, 8));
  EXPECT_FALSE(Throttle::make(clock, {5, 0}, 8));
  EXPECT_FALSE(Throttle::make(clock, {5, 60}, 0));
}

}  // namespace
}  // namespace seawall
