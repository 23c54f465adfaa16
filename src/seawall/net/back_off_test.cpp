#include "seawall/net/back_off.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

using namespace std::chrono_literals;

class Seeded final : public RandomSource {
 public:
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_{20261121};
};

class Fixed final : public RandomSource {
 public:
  explicit Fixed(std::uint64_t value) : value_(value) {}
  std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

TEST(BackOff, DoublesWithEachFailureUpToItsLimitOfWhichHalfIsDrawn) {
  const BackOff back_off{.first = 1s, .most = 60s};
  Seeded random;
  for (std::uint32_t failures = 1; failures < 100; ++failures) {
    const auto whole = failures < 7 ? 1000ms * (1 << (failures - 1)) : 60'000ms;
    const auto delay = back_off.delay(failures, random);
    EXPECT_GE(delay, whole / 2) << failures;
    EXPECT_LE(delay, whole) << failures;
  }
}

TEST(BackOff, WaitsAtLeastAsLongAsTheServerAsks) {
  const BackOff back_off{.first = 1s, .most = 60s};
  Seeded random;
  for (int i = 0; i < 100; ++i) {
    const auto delay = back_off.delay(1, random, 600s);
    EXPECT_GE(delay, 600s);
    EXPECT_LE(delay, 660s);
  }
}

TEST(BackOff, DoesNotComeBackAtOnceWhenTheServerAsksForNoWait) {
  Fixed random(0);
  EXPECT_EQ((BackOff{.first = 10s, .most = 60s}.delay(1, random, 0s)), 5s);
}

TEST(Jitter, StaysWithinATenthAndReachesBothSides) {
  Seeded random;
  auto least = 10'000ms;
  auto most = 0ms;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = jittered(1000ms, random);
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_EQ(least, 900ms);
  EXPECT_EQ(most, 1100ms);
}

}  // namespace
}  // namespace seawall
