#include "seawall/stream_watch/stream_time_line.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;

constexpr std::int64_t kSecond = 1'000'000;
Time at(std::int64_t us) { return Time{milliseconds(1'700'000'000'000 + us / 1000)}; }

TEST(StreamTimeLine, BelievesTimesThatGoOnWhereverTheContainerBegins) {
  StreamTimeLine line;
  for (int i = 0; i < 100; ++i) {
    // Segments of 2 s come with 0.3 s of jitter; the first two at once.
    const std::int64_t here = std::max(0, i - 1) * 2 * kSecond + (i % 3) * 100'000;
    line.begin({.container_us = 95'443'717'000 + i * 2 * kSecond, .arrived = at(here)});
    EXPECT_EQ(line.place(0), i * 2 * kSecond);
    EXPECT_EQ(line.place(kSecond), i * 2 * kSecond + kSecond);
  }
  EXPECT_EQ(line.repaired(), 0U);
  // What was last in the burst of the first second cannot have been here later than that.
  EXPECT_LE(line.wall_time(3 * kSecond), at(0));
}

TEST(StreamTimeLine, PlacesWhatLiesByItsArrival) {
  StreamTimeLine line;
  line.begin({.container_us = 50 * kSecond, .arrived = at(0)});
  EXPECT_EQ(line.place(0), 0);
  line.begin({.container_us = 5'000 * kSecond, .arrived = at(2 * kSecond)});  // A leap.
  EXPECT_EQ(line.place(0), 2 * kSecond);
  line.begin({.container_us = 1 * kSecond, .arrived = at(4 * kSecond)});  // Back.
  EXPECT_EQ(line.place(0), 4 * kSecond);
  line.begin({.container_us = 1 * kSecond, .arrived = at(6 * kSecond)});  // Standing still.
  EXPECT_EQ(line.place(0), 6 * kSecond);
  EXPECT_EQ(line.repaired(), 3U);
  EXPECT_TRUE(line.distrusted());
  line.begin({.container_us = 4 * kSecond, .arrived = at(8 * kSecond)});  // Right, but it has lied too often.
  EXPECT_EQ(line.place(0), 8 * kSecond);
}

TEST(StreamTimeLine, TrustsAStreamAgainThatHasBeenRightForAWhile) {
  StreamTimeLine line;
  for (int i = 0; i < 6; ++i) {
    line.begin({.container_us = (i % 2) * 100 * kSecond, .arrived = at(i * kSecond)});
    (void)line.place(0);
  }
  ASSERT_TRUE(line.distrusted());
  for (int i = 0; i < 20; ++i) {
    line.begin({.container_us = (200 + i) * kSecond, .arrived = at((6 + i) * kSecond + 50'000)});
    ASSERT_TRUE(line.place(0));
  }
  EXPECT_FALSE(line.distrusted());
}

TEST(StreamTimeLine, DoesNotRunAwayFromTheClockWithinAPiece) {
  StreamTimeLine line;
  for (int i = 0; i < 50; ++i) {  // Pieces that claim to last a minute, one a second.
    line.begin({.container_us = i * 60 * kSecond, .arrived = at(i * kSecond)});
    for (int picture = 0; picture < 4; ++picture) {
      const auto time = line.place(picture * 15 * kSecond);
      EXPECT_LE(time, i * kSecond + 2 * StreamTimeLine::kDriftMax.count());
    }
  }
}

TEST(StreamTimeLine, PlacesWhatComesLateWhereItsPieceWas) {
  StreamTimeLine line;
  line.begin({.container_us = 7 * kSecond, .arrived = at(0)});
  EXPECT_EQ(line.place(0), 0);
  EXPECT_EQ(line.place_late(7 * kSecond, 2 * kSecond, at(2 * kSecond)), 2 * kSecond);
  EXPECT_EQ(line.last_us(), 2 * kSecond);
  line.begin({.container_us = 11 * kSecond, .arrived = at(4 * kSecond)});
  EXPECT_EQ(line.place(0), 4 * kSecond);
  EXPECT_EQ(line.place_late(7 * kSecond, 3 * kSecond, at(4 * kSecond)), 3 * kSecond);
  EXPECT_EQ(line.place_late(7 * kSecond, 4 * kSecond, at(4 * kSecond)), std::nullopt) << "the next piece's";
  EXPECT_EQ(line.place_late(8 * kSecond, 0, at(4 * kSecond)), std::nullopt) << "no such piece";
  EXPECT_EQ(line.last_us(), 4 * kSecond);
  EXPECT_EQ(line.wall_time(4 * kSecond), at(4 * kSecond)) << "nothing was ahead of the clock";
  for (int i = 2; i < 10; ++i)
    line.begin({.container_us = (7 + 4 * i) * kSecond, .arrived = at(4 * i * kSecond)});
  EXPECT_EQ(line.place_late(7 * kSecond, kSecond, at(40 * kSecond)), std::nullopt) << "too long ago";
}

TEST(StreamTimeLine, GivesNoLatePictureATimeFarAheadOfTheClock) {
  StreamTimeLine line;
  line.begin({.container_us = 0, .arrived = at(0)});
  EXPECT_EQ(line.place(0), 0);
  EXPECT_EQ(line.place_late(0, 60 * kSecond, at(2 * kSecond)), std::nullopt);
  EXPECT_EQ(line.place_late(0, std::numeric_limits<std::int64_t>::max(), at(2 * kSecond)), std::nullopt);
  EXPECT_EQ(line.place_late(0, -1, at(2 * kSecond)), std::nullopt);
}

TEST(StreamTimeLine, TakesARecordedStreamAsFastAsItIsFetched) {
  StreamTimeLine line;
  for (int i = 0; i < 200; ++i) {
    line.begin({.container_us = i * 6 * kSecond, .arrived = at(i * 20'000), .recorded = true});
    EXPECT_EQ(line.place(0), i * 6 * kSecond);
  }
  EXPECT_EQ(line.repaired(), 0U);
}

TEST(StreamTimeLine, RisesWhateverComes) {
  std::mt19937_64 random(20261122);
  StreamTimeLine line;
  std::int64_t here = 0;
  std::int64_t last = -1;
  for (int i = 0; i < 20'000; ++i) {
    here += static_cast<std::int64_t>(random() % 3'000'000) - 100'000;  // The clock falls now and then.
    line.begin({.container_us = static_cast<std::int64_t>(random()),
                .arrived = at(here),
                .discontinuity = random() % 8 == 0});
    for (int picture = 0; picture < 3; ++picture) {
      const auto time = line.place(static_cast<std::int64_t>(random() >> (random() % 60)));
      EXPECT_GT(time, last);
      last = time;
    }
  }
  EXPECT_LE(last, here + 3 * StreamTimeLine::kDriftMax.count() + 100'000'000);
}

}  // namespace
