#include "seawall/media_video/detail/time_line.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>

namespace seawall::media_video {
namespace {

constexpr std::int64_t kFrameUs = 40'000;
constexpr std::int64_t kSecond = 1'000'000;

TEST(TimeLine, KeepsTimesThatRiseAndCountsThemFromTheStart) {
  TimeLine line(7 * kSecond, kFrameUs);
  EXPECT_EQ(line.place(7 * kSecond).time_us, 0);
  const auto later = line.place(9 * kSecond);
  EXPECT_EQ(later.time_us, 2 * kSecond);
  EXPECT_EQ(later.container_us, 9 * kSecond);
  EXPECT_FALSE(later.repaired);
}

TEST(TimeLine, TakesTheFirstFrameForTheStartWhereTheContainerNamesNone) {
  TimeLine line(std::nullopt, kFrameUs);
  EXPECT_EQ(line.place(-5 * kSecond).time_us, 0);
  EXPECT_EQ(line.place(-4 * kSecond).time_us, kSecond);
  EXPECT_EQ(line.start_us(), -5 * kSecond);
}

TEST(TimeLine, CountsAFrameBeforeTheStartAsTheStart) {
  TimeLine line(0, kFrameUs);
  const auto first = line.place(-kSecond);
  EXPECT_EQ(first.time_us, 0);
  EXPECT_TRUE(first.repaired);
  EXPECT_EQ(line.place(kFrameUs).time_us, kFrameUs);
}

TEST(TimeLine, PutsAFrameWithoutATimeOneFrameAfterTheLast) {
  TimeLine line(0, kFrameUs);
  EXPECT_EQ(line.place(std::nullopt).time_us, 0);
  EXPECT_EQ(line.place(std::nullopt).time_us, kFrameUs);
  EXPECT_EQ(line.place(kSecond).time_us, kSecond);
}

TEST(TimeLine, RepairsOneFrameThatFallsALittleAndGoesOnAsTheContainerSays) {
  TimeLine line(0, kFrameUs);
  line.place(kSecond);
  const auto fallen = line.place(kSecond - 1);
  EXPECT_EQ(fallen.time_us, kSecond + kFrameUs);
  EXPECT_EQ(fallen.container_us, kSecond - 1);
  EXPECT_TRUE(fallen.repaired);
  EXPECT_EQ(line.place(2 * kSecond).time_us, 2 * kSecond);
}

TEST(TimeLine, MovesAllThatFollowsAfterAFallOfMoreThanASecond) {
  TimeLine line(0, kFrameUs);
  line.place(100 * kSecond);
  EXPECT_EQ(line.place(0).time_us, 100 * kSecond + kFrameUs);
  const auto next = line.place(3 * kSecond);
  EXPECT_EQ(next.time_us, 103 * kSecond + kFrameUs);
  EXPECT_FALSE(next.repaired);
}

TEST(TimeLine, DoesNotFollowALeapOfMoreThanHalfADay) {
  TimeLine line(0, kFrameUs);
  line.place(0);
  EXPECT_EQ(line.place(TimeLine::kLeapMax + 1).time_us, kFrameUs);
  EXPECT_EQ(line.place(TimeLine::kLeapMax + 1 + kSecond).time_us, kFrameUs + kSecond);
}

TEST(TimeLine, NeverFallsWhateverTheContainerSays) {
  constexpr std::uint64_t kSeed = 20260722;
  std::mt19937_64 random(kSeed);
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  for (int round = 0; round < 300; ++round) {
    const auto wild = [&]() -> std::optional<std::int64_t> {
      switch (random() % 6) {
        case 0:
          return std::nullopt;
        case 1:
          return static_cast<std::int64_t>(random());
        case 2:
          return std::numeric_limits<std::int64_t>::min();
        default:
          return static_cast<std::int64_t>(random() % (200 * kSecond)) - 100 * kSecond;
      }
    };
    TimeLine line(wild(), static_cast<std::int64_t>(random() % 1'000'000));
    std::int64_t last = -1;
    for (int frame = 0; frame < 200; ++frame) {
      const std::int64_t time_us = line.place(wild()).time_us;
      ASSERT_GT(time_us, last);
      last = time_us;
    }
  }
}

}  // namespace
}  // namespace seawall::media_video
