#include "seawall/jobs/sending_lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace seawall {
namespace {

using testing::UnorderedElementsAre;

SendingLanes::Lane enter(SendingLanes& lanes, std::int64_t host, std::int64_t owner) {
  const auto lane = lanes.enter(host, owner);
  EXPECT_TRUE(lane) << host << " " << owner;
  return lane.value_or(SendingLanes::Lane{});
}

TEST(SendingLanes, LetOneHostAndOneCallerHaveSoManyOnly) {
  SendingLanes lanes({.threads = 10, .host_max = 2, .owner_max = 3});
  const auto first = enter(lanes, 1, 100);
  enter(lanes, 1, 101);
  EXPECT_FALSE(lanes.enter(1, 102));
  EXPECT_THAT(lanes.blocked_hosts(), UnorderedElementsAre(1));
  enter(lanes, 2, 100);
  enter(lanes, 3, 100);
  EXPECT_FALSE(lanes.enter(4, 100));
  EXPECT_THAT(lanes.blocked_owners(), UnorderedElementsAre(100));
  EXPECT_EQ(lanes.free(), 6U);
  lanes.leave(first, true);
  EXPECT_TRUE(lanes.blocked_hosts().empty());
  EXPECT_TRUE(lanes.blocked_owners().empty());
  EXPECT_EQ(lanes.free(), 7U);
}

TEST(SendingLanes, KeepHalfOfTheThreadsFromThoseThatAreSlow) {
  SendingLanes lanes({.threads = 4, .host_max = 4, .owner_max = 4});
  lanes.leave(enter(lanes, 1, 100), false);
  lanes.leave(enter(lanes, 2, 200), false);
  enter(lanes, 1, 300);  // The host is slow, whoever sends there.
  EXPECT_TRUE(lanes.blocked_hosts().empty());
  const auto second = enter(lanes, 9, 200);  // And so is the caller, wherever that is to.
  EXPECT_FALSE(lanes.enter(1, 100));
  EXPECT_FALSE(lanes.enter(8, 100));
  EXPECT_THAT(lanes.blocked_hosts(), UnorderedElementsAre(1, 2));
  EXPECT_THAT(lanes.blocked_owners(), UnorderedElementsAre(100, 200));
  enter(lanes, 5, 500);
  enter(lanes, 5, 500);
  EXPECT_FALSE(lanes.enter(5, 500)) << "no thread is left";
  lanes.leave(second, true);
  EXPECT_TRUE(lanes.enter(9, 200)) << "it answered: it is slow no longer";
}

TEST(SendingLanes, LearnNothingFromWhatWasNotTried) {
  SendingLanes lanes({.threads = 2, .host_max = 2, .owner_max = 2});
  lanes.leave(enter(lanes, 1, 100), std::nullopt);
  enter(lanes, 1, 100);
  enter(lanes, 1, 100);
  EXPECT_EQ(lanes.free(), 0U);
}

TEST(SendingLanes, RememberSoManySlowOnesOnly) {
  SendingLanes lanes({.threads = 2, .host_max = 2, .owner_max = 2});
  const auto most = static_cast<std::int64_t>(SendingLanes::kSlowMax);
  for (std::int64_t host = 0; host <= most; ++host) lanes.leave(enter(lanes, host, host), false);
  enter(lanes, 1, 1);
  EXPECT_EQ(lanes.blocked_hosts().size(), SendingLanes::kSlowMax);
  EXPECT_TRUE(lanes.enter(0, 0)) << "forgotten";
}

TEST(SendingLanes, AgreeWithWhatTheyBlock) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  SendingLanes lanes({.threads = 6, .host_max = 2, .owner_max = 3});
  std::vector<SendingLanes::Lane> held;
  for (int i = 0; i < 5'000; ++i) {
    const auto host = static_cast<std::int64_t>(random() % 5);
    const auto owner = static_cast<std::int64_t>(100 + random() % 4);
    const auto hosts = lanes.blocked_hosts();
    const auto owners = lanes.blocked_owners();
    const bool blocked =
        lanes.free() == 0 || std::ranges::count(hosts, host) != 0 || std::ranges::count(owners, owner) != 0;
    const auto lane = lanes.enter(host, owner);
    ASSERT_EQ(lane.has_value(), !blocked);
    if (lane) held.push_back(*lane);
    if (!held.empty() && random() % 2 == 0) {
      std::swap(held[random() % held.size()], held.back());
      lanes.leave(held.back(), random() % 2 == 0);
      held.pop_back();
    }
    ASSERT_EQ(lanes.free(), 6 - held.size());
    const auto slow = std::ranges::count_if(held, [](const auto& one) { return one.slow; });
    ASSERT_LE(slow, 3);
  }
}

}  // namespace
}  // namespace seawall
