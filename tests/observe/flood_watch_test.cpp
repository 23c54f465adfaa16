#include "seawall/flood_watch/flood_watch.h"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "../lists/list_fixture.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::SizeIs;

constexpr std::chrono::hours kHour{1};

/// The breaker's loop through the real store: floods, quarantine, people, in force again.
class FloodWatchTest : public testing::Test {
 protected:
  void open(const FloodWatchOptions& options = {}) {
    watch.reset();
    watch = get(FloodWatch::open(folder.path() / "flood", alerts, lists.clock, options));
  }
  std::uint64_t version() { return get(get(lists.store->view())->version()).number; }
  /// After how many of `most` matches the entry was held back; 0: never.
  int trips_after(int most, std::uint64_t at_version) {
    for (int i = 1; i <= most; ++i) {
      lists.clock.at += std::chrono::milliseconds(100);
      if (get(watch->met(entry, at_version))) return i;
    }
    return 0;
  }
  EntryState state() { return lists.entry(entry).state; }
  AlertStanding alert() { return get(alerts.alerts(AlertId{}, false, 1'000)).back(); }
  void accept() {
    const AlertId id = alert().alert.id;
    get(alerts.accept(id, lists.ann));
    ASSERT_TRUE(get(alerts.accept(id, lists.bob)).done);
  }

  TemporaryFolder folder = test::temporary_folder();
  Lists lists{folder.path() / "store.db"};
  AlertService alerts{*lists.store, *lists.records.requests, *lists.records.alerts, lists.clock};
  EntryId entry = lists.list(lists.make_bank("b"), "k", 1);
  std::unique_ptr<FloodWatch> watch;
};

TEST_F(FloodWatchTest, HoldsAFloodBackOnceAndTellsPeople) {
  open();
  const std::uint64_t before = version();
  EXPECT_EQ(trips_after(100, before), 25);
  EXPECT_EQ(state(), EntryState::kQuarantined);
  EXPECT_EQ(alert().alert.matches, 25U);
  EXPECT_EQ(alert().alert.limit, 25U);
  // The matcher is still at the version before: nothing more happens.
  const std::uint64_t after = version();
  EXPECT_EQ(trips_after(100, before), 0);
  EXPECT_EQ(version(), after);
}

TEST_F(FloodWatchTest, AcceptingMakesWhatWasSeenInQuarantineNormal) {
  open();
  ASSERT_EQ(trips_after(100, version()), 25);
  for (int i = 0; i < 400; ++i) watch->met_in_quarantine(entry, version());
  accept();
  EXPECT_EQ(state(), EntryState::kActive);
  lists.clock.at += kHour;
  EXPECT_EQ(trips_after(2000, version()), 0);  // 6 times 425.
  lists.clock.at += kHour;
  EXPECT_GT(trips_after(10'000, version()), 2000);
  EXPECT_EQ(state(), EntryState::kQuarantined);
}

TEST_F(FloodWatchTest, GoesOnAfterARestart) {
  open();
  EXPECT_EQ(trips_after(20, version()), 0);
  get(watch->save());
  open();
  ASSERT_EQ(trips_after(100, version()), 5);
  const std::uint64_t quarantined = version();
  open();
  EXPECT_EQ(trips_after(100, quarantined - 1), 0);
  accept();
  open();
  EXPECT_EQ(trips_after(100, version()), 0);  // 6 times 125: what it matched while the matcher was behind.
}

TEST_F(FloodWatchTest, AKilledMatcherLearnsOfTheQuarantineWhenItMeetsIt) {
  open();
  EXPECT_EQ(trips_after(20, version()), 0);
  get(watch->save());
  {
    // Another process holds it back, as this one would have before it was killed.
    get(alerts.hold_back(entry, {25, 25, kHour}));
  }
  open();
  for (int i = 0; i < 300; ++i) watch->met_in_quarantine(entry, version());
  accept();
  EXPECT_EQ(trips_after(1000, version()), 0);
}

TEST_F(FloodWatchTest, TellsOfAFloodThatItMayNotHoldBackAndGoesOn) {
  for (std::uint64_t i = 0; i < AlertService::kHeldBackMax; ++i) {
    Alert alert;
    alert.entry = EntryId{i + 1};
    alert.raised = {"flood-breaker", "test", lists.clock.now()};
    get(lists.records.alerts->raise(alert));
  }
  open();
  EXPECT_EQ(trips_after(100, version()), 25);
  EXPECT_EQ(state(), EntryState::kActive);
  EXPECT_EQ(alert().alert.state, AlertState::kTold);
  EXPECT_EQ(trips_after(100, version()), 0);    // Once for this level,
  EXPECT_GT(trips_after(1'000, version()), 0);  // and again far above it.
  EXPECT_GT(alert().alert.matches, 100U);
}

TEST_F(FloodWatchTest, OneCallerOfSeveralHasNoEntryHeldBackAndPeopleAreTold) {
  open();
  watch->asked_by("forum");
  watch->asked_by("rogue");
  std::vector<FloodTrip> trips;
  for (int i = 0; i < 150; ++i) {
    const auto trip = get(watch->met(entry, version(), "rogue"));
    if (trip) trips.push_back(*trip);
  }
  ASSERT_THAT(trips, SizeIs(2)) << "at 25, and at six times as many";
  EXPECT_FALSE(trips[0].held_back);
  EXPECT_TRUE(trips[0].counts.one_caller);
  EXPECT_EQ(trips[0].counts.matches, 25U);
  EXPECT_EQ(trips[1].counts.matches, 150U);
  EXPECT_EQ(state(), EntryState::kActive);
  EXPECT_EQ(alert().alert.state, AlertState::kTold);
  EXPECT_THAT(alert().alert.raised.why, testing::HasSubstr("one caller"));
  // 13 of them count: another caller's 12 make a flood.
  for (int i = 1; i <= 11; ++i) EXPECT_FALSE(get(watch->met(entry, version(), "forum")));
  const auto trip = get(watch->met(entry, version(), "forum"));
  ASSERT_TRUE(trip);
  EXPECT_TRUE(trip->held_back);
  EXPECT_EQ(state(), EntryState::kQuarantined);
  EXPECT_EQ(alert().alert.state, AlertState::kOpen);
}

TEST_F(FloodWatchTest, TheOnlyCallerThereIsCountsInFull) {
  open();
  watch->asked_by("forum");
  for (int i = 1; i < 25; ++i) EXPECT_FALSE(get(watch->met(entry, version(), "forum")));
  const auto trip = get(watch->met(entry, version(), "forum"));
  ASSERT_TRUE(trip);
  EXPECT_TRUE(trip->held_back);
}

TEST_F(FloodWatchTest, KnowsItsCallersAfterARestart) {
  open();
  watch->asked_by("forum");
  watch->asked_by("rogue");
  get(watch->save());
  open();
  bool held_back = false;
  for (int i = 0; i < 100; ++i) {
    const auto trip = get(watch->met(entry, version(), "rogue"));
    held_back = held_back || (trip && trip->held_back);
  }
  EXPECT_FALSE(held_back);
  EXPECT_EQ(state(), EntryState::kActive);
}

TEST_F(FloodWatchTest, CountsFromManyThreadsAndHoldsAnEntryBackOnce) {
  open();
  const std::uint64_t at = version();
  std::atomic<int> trips = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) {
          const auto trip = watch->met(entry, at);
          if (trip && *trip) ++trips;
          (void)watch->save_if_due();
        }
      });
    }
  }
  EXPECT_EQ(trips, 1);
  EXPECT_EQ(state(), EntryState::kQuarantined);
  EXPECT_THAT(get(alerts.alerts(AlertId{}, false, 10)), SizeIs(1));
}

TEST_F(FloodWatchTest, SavesWhatItCountedWhenThatIsDue) {
  open();
  EXPECT_EQ(trips_after(20, version()), 0);
  get(watch->save_if_due());
  open();
  EXPECT_EQ(trips_after(20, version()), 0);  // Lost: it was not due.
  lists.clock.at += std::chrono::seconds(10);
  get(watch->save_if_due());
  open();
  EXPECT_EQ(trips_after(20, version()), 5);
}

TEST_F(FloodWatchTest, RemembersAtMostHeldMax) {
  FloodWatchOptions options;
  options.held_max = 2;
  open(options);
  for (std::uint64_t i = 1; i < 100; ++i) watch->met_in_quarantine(EntryId{i}, i);
  get(watch->save());
  open(options);
  EXPECT_EQ(trips_after(100, version()), 25);
}

TEST_F(FloodWatchTest, RefusesASecondProcessAndDamage) {
  open();
  const auto second = FloodWatch::open(folder.path() / "flood", alerts, lists.clock);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
  get(watch->save());
  watch.reset();
  std::filesystem::remove(folder.path() / "flood" / "flood.db-wal");
  std::ofstream(folder.path() / "flood" / "flood.db") << "not a database, but long enough to be read as one";
  const auto damaged = FloodWatch::open(folder.path() / "flood", alerts, lists.clock);
  ASSERT_FALSE(damaged.has_value());
  EXPECT_EQ(damaged.error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace seawall
