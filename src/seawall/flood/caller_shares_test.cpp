#include "seawall/flood/caller_shares.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace seawall {
namespace {

constexpr unsigned kSeed = 31;
constexpr EntryId kEntry{42};
constexpr Time kNow{std::chrono::hours(1'000'000)};

TEST(CallerShares, OfEachCallerAShareCountsAndTheRestIsBeyond) {
  CallerShares shares(100);
  for (int i = 0; i < 20; ++i) shares.count(kEntry, 1, 7, 13);
  EXPECT_EQ(shares.beyond(kEntry, 7), 7U);
  for (int i = 0; i < 12; ++i) shares.count(kEntry, 2, 7, 13);
  EXPECT_EQ(shares.beyond(kEntry, 7), 7U) << "another caller has a share of its own";
  EXPECT_EQ(shares.beyond(EntryId{43}, 7), 0U);
  EXPECT_EQ(shares.beyond(kEntry, 8), 0U) << "the next bucket begins anew";
  shares.count(kEntry, 1, 8, 13);
  EXPECT_EQ(shares.beyond(kEntry, 8), 0U);
  EXPECT_EQ(shares.size(), 1U);
}

TEST(CallerShares, AgreesWithItsTextbookTwin) {
  std::mt19937 random(kSeed);
  for (int trial = 0; trial < 100; ++trial) {
    CallerShares shares(1'000);
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint32_t> counts;
    const auto share = static_cast<std::uint32_t>(1 + random() % 20);
    std::int64_t bucket = 1;
    for (int i = 0; i < 500; ++i) {
      if (random() % 200 == 0) {
        ++bucket;
        counts.clear();
      }
      const std::uint64_t entry = 1 + random() % 3, caller = random() % 4;
      shares.count(EntryId{entry}, caller, bucket, share);
      ++counts[{entry, caller}];
      std::uint32_t beyond = 0;
      for (const auto& [pair, count] : counts) {
        if (pair.first == entry) beyond += count - std::min(count, share);
      }
      ASSERT_EQ(shares.beyond(EntryId{entry}, bucket), beyond) << "seed " << kSeed << " trial " << trial;
    }
  }
}

TEST(CallerShares, KeepsItsLimitAndTakesWhatItCannotRememberForBeyond) {
  CallerShares shares(10);
  for (std::uint64_t i = 1; i <= 1'000; ++i) shares.count(EntryId{i}, 1, 1, 5);
  EXPECT_EQ(shares.size(), 10U);
  EXPECT_EQ(shares.beyond(EntryId{11}, 1), 1U);
  EXPECT_GE(shares.beyond(EntryId{1'000}, 1), 1U);
  EXPECT_GE(shares.beyond(EntryId{1'001}, 1), 1U) << "there is no room to say otherwise";
  shares.count(EntryId{1}, 1, 2, 5);
  EXPECT_EQ(shares.size(), 1U);
  EXPECT_EQ(shares.beyond(EntryId{1'000}, 2), 0U);
}

TEST(RecentCallers, KnowsOfSeveralForAWeek) {
  RecentCallers callers;
  EXPECT_FALSE(callers.several(kNow));
  for (int i = 0; i < 3; ++i) callers.see(1, kNow);
  EXPECT_FALSE(callers.several(kNow));
  callers.see(2, kNow);
  EXPECT_TRUE(callers.several(kNow));
  callers.see(3, kNow + std::chrono::hours(1));
  EXPECT_TRUE(callers.several(kNow + RecentCallers::kRemembered));
  EXPECT_FALSE(callers.several(kNow + RecentCallers::kRemembered + std::chrono::hours(1)));
  callers.see(2, kNow + std::chrono::hours(2));
  callers.see(3, kNow + std::chrono::hours(3));
  callers.see(3, kNow + std::chrono::hours(4));
  EXPECT_TRUE(callers.several(kNow + RecentCallers::kRemembered + std::chrono::hours(2)));
}

}  // namespace
}  // namespace seawall
