#include "seawall/access/rate_limiter.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "seawall/access/detail/test_clock.h"

namespace seawall {
namespace {

using access_detail::TestClock;
using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr unsigned kSeed = 20261122;

TEST(RateLimiter, SaysWhatIsLeftAndWhenItIsFullAgain) {
  TestClock clock;
  RateLimiter limiter(clock);
  const KeyRate rate{100, 10};
  RateAnswer answer = limiter.take("k", rate, 30);
  EXPECT_TRUE(answer.allowed);
  EXPECT_EQ(answer.remaining, 70U);
  EXPECT_EQ(answer.reset_s, 3U);
  answer = limiter.take("k", rate, 71);
  EXPECT_FALSE(answer.allowed);
  EXPECT_FALSE(answer.never);
  EXPECT_EQ(answer.remaining, 70U) << "what is refused costs nothing";
  EXPECT_EQ(answer.retry_after_s, 1U);
  EXPECT_TRUE(limiter.take("k", rate, 70).allowed);
  EXPECT_EQ(limiter.take("k", rate, 50).retry_after_s, 5U);
  EXPECT_TRUE(limiter.take("other", rate, 100).allowed) << "each key has its own";
  clock.advance(seconds(5));
  EXPECT_TRUE(limiter.take("k", rate, 50).allowed);
  EXPECT_FALSE(limiter.take("k", rate, 1).allowed);
}

TEST(RateLimiter, SaysWhenWaitingDoesNotHelp) {
  TestClock clock;
  RateLimiter limiter(clock);
  const RateAnswer answer = limiter.take("k", {10, 86'400}, 4'000'000'000U);
  EXPECT_FALSE(answer.allowed);
  EXPECT_TRUE(answer.never);
  EXPECT_EQ(answer.remaining, 10U);
  EXPECT_FALSE(limiter.take("k", {0, 1}, 1).allowed);
}

TEST(RateLimiter, FollowsARateThatIsChanged) {
  TestClock clock;
  RateLimiter limiter(clock);
  EXPECT_TRUE(limiter.take("k", {1000, 1000}, 1000).allowed);
  EXPECT_EQ(limiter.take("k", {10, 1}, 1).retry_after_s, 1U) << "no debt beyond the new bucket";
}

TEST(RateLimiter, OwesNothingToAClockThatIsSetBack) {
  TestClock clock;
  RateLimiter limiter(clock);
  EXPECT_TRUE(limiter.take("k", {10, 1}, 10).allowed);
  clock.advance(-seconds(100'000));
  EXPECT_EQ(limiter.take("k", {10, 1}, 10).retry_after_s, 1U);
}

/// The slow twin: a bucket with a level, in exact tenths of a microsecond.
struct TextbookBucket {
  double level;
  double at_s = 0;
  bool take(double now_s, const KeyRate& rate, std::uint32_t items) {
    level = std::min<double>(rate.items, level + (now_s - at_s) * rate.items / rate.per_s);
    at_s = now_s;
    if (level + 1e-6 < items) return false;
    level -= items;
    return true;
  }
};

TEST(RateLimiter, AgreesWithItsTextbookTwin) {
  TestClock clock;
  RateLimiter limiter(clock);
  std::mt19937 random(kSeed);
  const KeyRate rate{50, 4};  // 80 ms an item, so that no rounding decides.
  TextbookBucket twin{50};
  std::int64_t now_ms = 0;
  for (int i = 0; i < 50'000; ++i) {
    const auto step = static_cast<std::int64_t>(random() % 20) * 10;
    clock.advance(milliseconds(step));
    now_ms += step;
    const auto items = static_cast<std::uint32_t>(1 + random() % 7);
    ASSERT_EQ(limiter.take("k", rate, items).allowed,
              twin.take(static_cast<double>(now_ms) / 1e3, rate, items))
        << i << " seed " << kSeed;
  }
}

TEST(RateLimiter, GivesExactlyTheBucketToThreadsThatTakeAtOnce) {
  TestClock clock;
  RateLimiter limiter(clock);
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) allowed += limiter.take("k", {1234, 3600}, 1).allowed ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 1234);
}

TEST(RateLimiter, KeepsABoundedNumberOfKeys) {
  TestClock clock;
  RateLimiter limiter(clock);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(limiter.take("key " + std::to_string(i), {10, 1}, 1).allowed);
    if (i % 1000 == 0) clock.advance(milliseconds(50));
  }
  EXPECT_LE(limiter.keys(), RateLimiter::kKeysMax);
}

}  // namespace
}  // namespace seawall
