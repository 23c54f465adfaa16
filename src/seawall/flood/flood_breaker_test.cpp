#include "seawall/flood/flood_breaker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace seawall {
namespace {

constexpr std::uint64_t kSeed = 20;
constexpr EntryId kEntry{42};
constexpr std::int64_t kHourMs = 3'600'000;
using Random = std::mt19937_64;

Time hour(double hours) {
  return Time(std::chrono::milliseconds(static_cast<std::int64_t>(hours * kHourMs)));
}

FloodBreaker breaker(const FloodOptions& options = {}) { return *FloodBreaker::make(options); }

/// `count` matches spread over the bucket; how many were called a flood.
int matches(FloodBreaker& flood, std::int64_t bucket, std::uint64_t count, EntryId entry = kEntry) {
  int floods = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double at = double(bucket) + double(i) / double(count + 1);
    floods += flood.record(entry, hour(at)) == FloodVerdict::kFlood ? 1 : 0;
  }
  return floods;
}

double uniform(Random& random) { return double(random() >> 11) * 0x1.0p-53; }

std::uint64_t poisson(Random& random, double mean) {
  return static_cast<std::uint64_t>(std::poisson_distribution<long>(mean)(random));
}

/// Day and night: 0.2 to 1.8 of the mean.
double rhythm(double at_hour, double phase) { return 1 + 0.8 * std::sin(2 * M_PI * (at_hour / 24 + phase)); }

TEST(FloodBreaker, TripsAtTheThresholdAndNotBefore) {
  Random random(kSeed);
  for (int trial = 0; trial < 200; ++trial) {
    FloodBreaker flood = breaker();
    const double rate = std::pow(10, uniform(random) * 4 - 2);
    const auto hours = static_cast<std::int64_t>(random() % 400);
    for (std::int64_t h = 0; h < hours; ++h)
      matches(flood, h, std::min<std::uint64_t>(poisson(random, rate), 24));
    const std::uint32_t limit = flood.threshold(kEntry, hour(double(hours)));
    EXPECT_GE(limit, 25U);
    EXPECT_EQ(matches(flood, hours, limit + 10), 11) << "seed " << kSeed << " trial " << trial;
  }
}

TEST(FloodBreaker, AFloodOverTheBorderOfTwoBucketsTripsByTwiceTheThreshold) {
  Random random(kSeed);
  for (int trial = 0; trial < 200; ++trial) {
    FloodBreaker flood = breaker();
    const auto hours = static_cast<std::int64_t>(2 + random() % 300);
    for (std::int64_t h = 0; h < hours; ++h) matches(flood, h, poisson(random, 3));
    const std::uint32_t limit = flood.threshold(kEntry, hour(double(hours)));
    matches(flood, hours, limit - 1);
    // The bucket before the flood has entered the baseline meanwhile; the flood's own first bucket has not.
    const std::uint32_t next = flood.threshold(kEntry, hour(double(hours + 1)));
    EXPECT_LE(next, limit + 8);
    EXPECT_EQ(matches(flood, hours + 1, next), 1);
  }
}

TEST(FloodBreaker, AnEntryWithoutHistoryGetsThePrior) {
  FloodBreaker flood = breaker();
  EXPECT_EQ(matches(flood, 5, 24), 0);
  EXPECT_EQ(flood.record(kEntry, hour(5.999)), FloodVerdict::kFlood);
  FloodOptions wide;
  wide.prior_mean = 100;
  EXPECT_GT(breaker(wide).threshold(kEntry, hour(5)), 600U);
}

TEST(FloodBreaker, ClosesEmptyBucketsAsIfOneByOne) {
  FloodOptions plain;
  plain.prior_buckets = 1e6;  // Then every bucket weighs 1 / memory_buckets: the closed form is exact.
  plain.count_min = 1;
  Random random(kSeed);
  FloodBreaker sparse = breaker(plain), dense = breaker(plain);
  for (std::int64_t h = 0; h < 3000; ++h) {
    const std::uint64_t count = random() % 7 == 0 ? random() % 40 : 0;
    matches(sparse, h, count);
    matches(dense, h, count);
    const std::uint32_t one_by_one = dense.threshold(kEntry, hour(double(h)));
    EXPECT_EQ(sparse.threshold(kEntry, hour(double(h))), one_by_one);
  }
  // A twin that looks at every bucket alone.
  double mean = plain.prior_mean, square = mean * (mean + 1);
  FloodBreaker flood = breaker(plain);
  matches(flood, 0, 3);
  double counts[] = {3, 0, 0, 0, 0, 0, 0, 0};
  for (const double count : counts) {
    mean += (count - mean) / 168;
    square += (count * count - square) / 168;
  }
  const double limit = std::ceil(6 * mean + 8 * std::sqrt(std::max(square - mean * mean, mean) + 1));
  EXPECT_NEAR(flood.threshold(kEntry, hour(8)), limit, 1);
}

TEST(FloodBreaker, NeverTripsOnASteadyRise) {
  Random random(kSeed);
  for (const bool doubling : {false, true}) {
    FloodBreaker flood = breaker();
    int floods = 0;
    for (std::int64_t h = 0; h < 60 * 24; ++h) {
      // 1 to 100 an hour in 60 days; or from 0.5 on, doubled every 6 days.
      const double rate = doubling ? 0.5 * std::exp2(double(h) / 144) : 1 + 99 * double(h) / 1440;
      floods += matches(flood, h, poisson(random, rate * rhythm(double(h), 0)));
    }
    EXPECT_EQ(floods, 0) << (doubling ? "doubling" : "linear") << " seed " << kSeed;
  }
}

TEST(FloodBreaker, AcceptMakesTheNewLevelNormal) {
  FloodBreaker flood = breaker();
  EXPECT_GT(matches(flood, 1, 200), 0);
  flood.accept(kEntry);
  EXPECT_EQ(matches(flood, 2, 300), 0);
  flood.forget(kEntry);
  EXPECT_EQ(flood.size(), 0U);
  EXPECT_EQ(flood.threshold(kEntry, hour(3)), 25U);
}

TEST(FloodBreaker, AcceptTakesACountThatWasSeenEarlier) {
  FloodBreaker flood = breaker();
  EXPECT_GT(matches(flood, 1, 30), 0);
  EXPECT_EQ(flood.count(kEntry, hour(1.5)), 30U);
  EXPECT_EQ(flood.count(kEntry, hour(2)), 0U);
  EXPECT_EQ(flood.count(EntryId{1}, hour(1)), 0U);
  flood.accept(kEntry, 1000);
  EXPECT_GT(flood.threshold(kEntry, hour(1)), 6000U);
  EXPECT_EQ(matches(flood, 2, 5000), 0);
}

TEST(FloodBreaker, RemembersAtMostEntriesMaxAndForgetsTheStalest) {
  FloodOptions options;
  options.entries_max = 20;
  FloodBreaker flood = breaker(options);
  for (std::uint64_t i = 1; i <= 20; ++i) matches(flood, static_cast<std::int64_t>(i), 20, EntryId{i});
  matches(flood, 50, 1, EntryId{99});
  EXPECT_EQ(flood.size(), 20U);
  EXPECT_EQ(flood.threshold(EntryId{1}, hour(21)),
            flood.threshold(EntryId{1000}, hour(21)));  // Forgotten: as new.
  for (std::uint64_t i = 100; i < 1000; ++i) matches(flood, 60, 1, EntryId{i});
  EXPECT_EQ(flood.size(), 20U);
}

TEST(FloodBreaker, GoesOnAfterARestoreAsIfNothingHadHappened) {
  Random random(kSeed);
  FloodOptions options;
  options.entries_max = 50;
  FloodBreaker one = breaker(options), two = breaker(options);
  std::int64_t now = 0;
  for (int i = 0; i < 20000; ++i) {
    now += static_cast<std::int64_t>(random() % 200000);
    const EntryId entry{1 + random() % 80};
    const Time time{std::chrono::milliseconds(now - static_cast<std::int64_t>(random() % 100000))};
    ASSERT_EQ(one.record(entry, time), two.record(entry, time)) << "seed " << kSeed << " match " << i;
    if (i % 1000 == 0) {
      FloodBreaker again = breaker(options);
      ASSERT_TRUE(again.restore(two.serialise()).has_value());
      two = again;
    }
  }
  EXPECT_EQ(one.serialise(), two.serialise());
}

TEST(FloodBreaker, RefusesADamagedMemory) {
  FloodBreaker flood = breaker();
  matches(flood, 1, 10);
  const auto bytes = flood.serialise();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{4};
    EXPECT_EQ(breaker().restore(damaged).error().code, Code::kCorrupt);
    EXPECT_FALSE(breaker().restore(std::span(bytes).first(at)).has_value());
  }
  FloodOptions tight;
  tight.entries_max = 1;
  matches(flood, 1, 1, EntryId{7});
  EXPECT_EQ(breaker(tight).restore(flood.serialise()).error().code, Code::kLimitExceeded);
  tight.entries_max = 0;
  EXPECT_FALSE(FloodBreaker::make(tight).has_value());
}

/// 10,000 entries for 30 days each; then a flood of 50 times an entry's own mean rate.
TEST(FloodSimulation, FalseTripsAndDelays) {
  Random random(kSeed);
  std::uint64_t learning_trips = 0, false_trips = 0, matched = 0, floods = 0, missed = 0;
  std::vector<double> delay_matches, delay_minutes;
  for (std::uint64_t e = 1; e <= 10'000; ++e) {
    FloodBreaker flood = breaker();
    const double rate = std::pow(10, uniform(random) * 3.3 - 2);  // 0.01 to 20 an hour
    const double phase = uniform(random);
    for (std::int64_t h = 0; h < 30 * 24; ++h) {
      const std::uint64_t count = poisson(random, rate * rhythm(double(h), phase));
      matched += count;
      if (matches(flood, h, count) != 0) ++(h < 48 ? learning_trips : false_trips);
    }
    if (rate < 1) continue;  // 50 times less than one an hour need not be 25 in an hour.
    ++floods;
    const double begin = 720 + uniform(random) * 24;
    double at = begin;
    int count = 0;
    bool tripped = false;
    while (!tripped && at < begin + 3) {
      at += -std::log(1 - uniform(random)) / (50 * rate);
      ++count;
      tripped = flood.record(kEntry, hour(at)) == FloodVerdict::kFlood;
    }
    missed += tripped ? 0 : 1;
    delay_matches.push_back(count);
    delay_minutes.push_back((at - begin) * 60);
  }
  std::sort(delay_matches.begin(), delay_matches.end());
  std::sort(delay_minutes.begin(), delay_minutes.end());
  const auto at = [](const std::vector<double>& sorted, double share) {
    return sorted[static_cast<std::size_t>(share * double(sorted.size() - 1))];
  };
  std::printf("seed %llu: %llu matches, buckets tripped falsely: %llu in the first 48 hours, %llu after\n",
              static_cast<unsigned long long>(kSeed), static_cast<unsigned long long>(matched),
              static_cast<unsigned long long>(learning_trips), static_cast<unsigned long long>(false_trips));
  std::printf(
      "%llu floods of 50 times: %llu not seen within 3 hours; matches until the trip: median %.0f, p99 %.0f; "
      "minutes: median %.1f, p99 %.1f\n",
      static_cast<unsigned long long>(floods), static_cast<unsigned long long>(missed),
      at(delay_matches, 0.5), at(delay_matches, 0.99), at(delay_minutes, 0.5), at(delay_minutes, 0.99));
  EXPECT_EQ(false_trips, 0U);
  EXPECT_EQ(missed, 0U);
  EXPECT_LE(at(delay_minutes, 0.99), 120);
}

}  // namespace
}  // namespace seawall
