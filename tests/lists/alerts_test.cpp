#include <gmock/gmock.h>

#include "list_fixture.h"
#include "seawall/lists/alert_service.h"
#include "seawall/store_sql/admin.h"
#include "store_test.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Deed = FloodOutcome::Deed;
constexpr FloodCounts kCounts{31, 25, std::chrono::hours(1)};

/// What the flood breaker does and what people do about it, against the real store.
class AlertServiceTest : public test::StoreTest {
 protected:
  EntryState state(EntryId id) { return lists.entry(id).state; }
  std::vector<AlertStanding> open() { return get(alerts.alerts(AlertId{}, true, 100)); }
  std::vector<AlertStanding> all() { return get(alerts.alerts(AlertId{}, false, 100)); }

  TemporaryFolder folder = test::temporary_folder();
  Lists lists{another_place()};
  AlertService alerts{*lists.store, *lists.records.requests, *lists.records.alerts, lists.clock};
  BankId bank = lists.make_bank("b");
  EntryId entry = lists.list(bank, "k", 1);
};

TEST_P(AlertServiceTest, HoldsBackAtOnceWithTheCountsInTheHistory) {
  const FloodOutcome outcome = get(alerts.hold_back(entry, kCounts));
  EXPECT_EQ(outcome.deed, Deed::kHeldBack);
  EXPECT_EQ(outcome.version, lists.entry(entry).version);
  EXPECT_EQ(state(entry), EntryState::kQuarantined);
  const auto history = get(get(lists.store->view())->history(entry));
  EXPECT_EQ(history.back().by.who, "flood-breaker");
  EXPECT_THAT(history.back().by.why, HasSubstr("31 times within 60 minutes"));
  ASSERT_THAT(open(), SizeIs(1));
  const AlertStanding one = open().front();
  EXPECT_TRUE(one.undecided());
  EXPECT_FALSE(one.waits_for_second_person);
  EXPECT_EQ(one.alert.matches, 31U);
  EXPECT_EQ(one.alert.limit, 25U);
  EXPECT_EQ(one.alert.bank, bank);
}

TEST_P(AlertServiceTest, HoldsBackNothingThatIsHeldBackOrNotInForce) {
  const FloodOutcome first = get(alerts.hold_back(entry, kCounts));
  EXPECT_EQ(get(alerts.hold_back(entry, kCounts)).version, first.version);
  EXPECT_THAT(all(), SizeIs(1));
  const Release proposed = lists.propose(bank, "k2", 2);
  EXPECT_EQ(get(alerts.hold_back(entry_id(proposed.id, 0), kCounts)).deed, Deed::kNothing);
  EXPECT_EQ(get(alerts.hold_back(EntryId{77}, kCounts)).deed, Deed::kNothing);
  const BankId harmless = lists.make_bank("harmless", true, BankKind::kHarmless);
  EXPECT_EQ(get(alerts.hold_back(lists.list(harmless, "k", 3), kCounts)).deed, Deed::kNothing);
  EXPECT_THAT(all(), SizeIs(1));
}

TEST_P(AlertServiceTest, HoldsBackAStagedEntryToo) {
  const Release staged = lists.propose(bank, "k2", 2);
  get(lists.service->stage(staged.id, lists.ann));
  const EntryId id = entry_id(staged.id, 0);
  EXPECT_EQ(get(alerts.hold_back(id, kCounts)).deed, Deed::kHeldBack);
  EXPECT_EQ(state(id), EntryState::kQuarantined);
}

TEST_P(AlertServiceTest, TwoPeopleAcceptAndTheEntryIsEnforcedAgain) {
  get(alerts.hold_back(entry, kCounts));
  const AlertId id = open().front().alert.id;
  const ChangeOutcome asked = get(alerts.accept(id, lists.ann));
  EXPECT_FALSE(asked.done);
  EXPECT_EQ(state(entry), EntryState::kQuarantined);
  EXPECT_TRUE(open().front().waits_for_second_person);
  const auto again = alerts.accept(id, {"A N N", "again"});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_TRUE(get(alerts.accept(id, lists.bob)).done);
  EXPECT_EQ(state(entry), EntryState::kActive);
  EXPECT_THAT(open(), IsEmpty());
  EXPECT_EQ(all().front().alert.state, AlertState::kAccepted);
  EXPECT_EQ(all().front().alert.closed->who, "bob");
  EXPECT_EQ(alerts.accept(id, lists.bob).error().code, Code::kConflict);
}

TEST_P(AlertServiceTest, ADroppedRequestMayBeAskedAnew) {
  get(alerts.hold_back(entry, kCounts));
  const AlertId id = open().front().alert.id;
  const ChangeOutcome asked = get(alerts.accept(id, lists.ann));
  get(lists.service->drop_request(*asked.request, lists.bob));
  EXPECT_FALSE(open().front().waits_for_second_person);
  const ChangeOutcome anew = get(alerts.accept(id, lists.bob));
  EXPECT_NE(anew.request, asked.request);
  EXPECT_TRUE(get(alerts.accept(id, lists.ann)).done);
  EXPECT_EQ(state(entry), EntryState::kActive);
}

TEST_P(AlertServiceTest, AQuarantineEndedByOtherMeansLeavesNothingToDecide) {
  get(alerts.hold_back(entry, kCounts));
  const AlertId id = open().front().alert.id;
  const ChangeOutcome asked = get(lists.service->end_quarantine(entry, lists.ann));
  get(lists.service->approve_request(*asked.request, lists.bob));
  EXPECT_FALSE(open().front().undecided());
  // It may flood again before anybody looks at the alert: that one then tells of the new flood.
  get(alerts.hold_back(entry, {99, 50, std::chrono::hours(1)}));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(all().front().alert.matches, 99U);
  EXPECT_TRUE(all().front().undecided());
  get(alerts.close(id, lists.ann));
  EXPECT_EQ(all().front().alert.state, AlertState::kClosed);
  EXPECT_EQ(state(entry), EntryState::kQuarantined);
  EXPECT_EQ(alerts.close(id, lists.ann).error().code, Code::kConflict);
  EXPECT_EQ(alerts.close(AlertId{9}, lists.ann).error().code, Code::kNotFound);
}

TEST_P(AlertServiceTest, AnAlertWhoseGuardWasCutOffIsRaisedAgainAsOne) {
  Alert alert;
  alert.entry = entry;
  alert.bank = bank;
  alert.raised = {"flood-breaker", "cut off", lists.clock.now()};
  get(lists.records.alerts->raise(alert));
  EXPECT_FALSE(open().front().undecided());
  get(alerts.hold_back(entry, kCounts));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(open().front().alert.matches, 31U);
}

TEST_P(AlertServiceTest, HoldsBackAtMostSoManyADayAndTellsOfTheRest) {
  std::vector<EntryId> ids = {entry};
  for (std::uint64_t i = 2; i <= AlertService::kHeldBackMax + 1; ++i) {
    ids.push_back(lists.list(bank, "k" + std::to_string(i), i));
  }
  for (const EntryId id : ids) get(alerts.hold_back(id, kCounts));
  EXPECT_EQ(state(ids[AlertService::kHeldBackMax - 1]), EntryState::kQuarantined);
  const EntryId last = ids.back();
  EXPECT_EQ(state(last), EntryState::kActive);
  EXPECT_EQ(open().back().alert.state, AlertState::kTold);
  EXPECT_TRUE(open().back().undecided());
  EXPECT_EQ(get(alerts.hold_back(last, kCounts)).deed, Deed::kTold);
  EXPECT_EQ(get(lists.records.alerts->held_back_since(lists.clock.now())), AlertService::kHeldBackMax);
  const AlertId told = open().back().alert.id;
  lists.clock.at += AlertService::kHeldBackSpan + std::chrono::milliseconds(1);
  EXPECT_EQ(get(alerts.hold_back(last, kCounts)).deed, Deed::kHeldBack);
  EXPECT_EQ(open().back().alert.id, told);
  EXPECT_EQ(open().back().alert.state, AlertState::kOpen);
  // Accepting one that was only told of needs nothing to be ended.
  const EntryId other = lists.list(bank, "other", 1000);
  Alert alert;
  alert.entry = other;
  alert.bank = bank;
  alert.state = AlertState::kTold;
  alert.raised = {"flood-breaker", "test", lists.clock.now()};
  const AlertId only_told = get(lists.records.alerts->raise(alert)).id;
  EXPECT_TRUE(get(alerts.accept(only_told, lists.ann)).done);
  EXPECT_EQ(all().back().alert.state, AlertState::kAccepted);
}

TEST_P(AlertServiceTest, AlertsAreInTheBackup) {
  get(alerts.hold_back(entry, kCounts));
  const AlertId id = open().front().alert.id;
  get(alerts.accept(id, lists.ann));
  get(alerts.close(id, lists.bob));
  get(backup_store(lists.url, folder.path() / "backup"));
  const std::string other = another_place();
  get(restore_store(other, folder.path() / "backup", {.create = true}));
  const auto records = get(open_store_records(other));
  EXPECT_EQ(get(records.alerts->alert(id)), get(lists.records.alerts->alert(id)));
  EXPECT_TRUE(get(records.alerts->alert(id))->request.has_value());
}

INSTANTIATE_TEST_SUITE_P(Lists, AlertServiceTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
