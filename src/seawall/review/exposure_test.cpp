#include "seawall/review/exposure.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace seawall {
namespace {

const Time kStart{std::chrono::hours(500'000)};

TEST(ExposureLimits, AreNeverLooserThanTheFloor) {
  ExposureLimits wide{1000, 1000, 1000, 100'000, 100'000, 100'000};
  EXPECT_EQ(tighter(wide, exposure_floor()), exposure_floor());
  ExposureLimits narrow = exposure_floor();
  narrow.stills = 3;
  EXPECT_EQ(tighter(narrow, exposure_floor()), narrow);
}

TEST(Exposure, CountsAnyTwentyFourHoursAndAnyHour) {
  const std::vector<Exposure> given{{kStart, ReviewSeverity::kHigh, 1000},
                                    {kStart + std::chrono::hours(23), ReviewSeverity::kLow, 500}};
  const ExposureUse use = use_of(given, kStart + std::chrono::hours(23));
  EXPECT_EQ(use.stills, 2);
  EXPECT_EQ(use.stills_high, 1);
  EXPECT_EQ(use.stills_hour, 1);
  EXPECT_EQ(use.reveal_ms, 1500);
  EXPECT_EQ(use_of(given, kStart + std::chrono::hours(24)).stills, 1) << "24 hours old does not count";
}

TEST(Exposure, OfZeroIsNeverAllowed) {
  ExposureLimits none = exposure_floor();
  none.stills_high = 0;
  EXPECT_EQ(allowed_from(none, {}, ReviewSeverity::kHigh, kStart), std::nullopt);
  EXPECT_EQ(allowed_from(none, {}, ReviewSeverity::kLow, kStart), kStart);
}

TEST(Exposure, IsAllowedAgainAtTheMomentThatIsToldAndNotBefore) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    ExposureLimits limits{5, 2, 3, 40, 20, 25};
    std::vector<Exposure> given;
    const Time now = kStart + std::chrono::hours(30);
    for (int i = 0; i < 8; ++i) {
      given.push_back({kStart + std::chrono::minutes(random() % 1800),
                       static_cast<ReviewSeverity>(1 + random() % 3),
                       static_cast<std::int64_t>(random() % 15'000)});
    }
    const auto from = allowed_from(limits, given, ReviewSeverity::kHigh, now);
    ASSERT_TRUE(from.has_value());
    for (Time at = now; at < *from; at += std::chrono::minutes(1))
      ASSERT_FALSE(allows(limits, use_of(given, at), ReviewSeverity::kHigh)) << round;
    ASSERT_TRUE(allows(limits, use_of(given, *from), ReviewSeverity::kHigh)) << round;
  }
}

}  // namespace
}  // namespace seawall
