#include <gmock/gmock.h>

#include "../follow/follow_fixture.h"
#include "seawall/sightings/selected_entries.h"
#include "seawall/watch/observing_matcher.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// The whole of a matcher over the real store: follower, log of observations, flood watch.
class WatchTest : public testing::Test {
 protected:
  static SignalRecord record(std::uint64_t seed, const std::string& id) {
    SignalRecord one;
    one.id = id;
    one.pdq.push_back({test::pattern(seed), 80});
    return one;
  }
  /// The verdicts' actions, in order.
  std::vector<BankAction> ask(const std::vector<SignalRecord>& records) {
    std::vector<BankAction> actions;
    const auto answered = [&](const SignalRecord&, const ListVerdict& verdict) {
      actions.push_back(verdict.action);
    };
    const auto problem = [&](const Error& error) { problems.push_back(error.message); };
    const auto held = [&](EntryId entry, const FloodTrip&) { held_back.push_back(entry); };
    const auto stopping = [] { return false; };
    get(matcher.answer(records, {answered, problem, held, stopping}));
    return actions;
  }

  TemporaryFolder folder = test::temporary_folder();
  Lists lists{folder.path() / "store.db"};
  test::Follower following{lists, folder.path() / "index"};
  std::unique_ptr<ObservationLog> log = get(ObservationLog::open(folder.path() / "observed", lists.clock));
  AlertService alerts{*lists.store, *lists.records.requests, *lists.records.alerts, lists.clock};
  std::unique_ptr<FloodWatch> watch = get(FloodWatch::open(folder.path() / "flood", alerts, lists.clock));
  Recorder recorder{*log, lists.clock, {}};
  ObservingMatcher matcher{*following.follower, &recorder, watch.get()};
  std::vector<std::string> problems;
  std::vector<EntryId> held_back;
  BankId bank = lists.make_bank("b");
};

TEST_F(WatchTest, AnswersWithTheListsAsTheyAreAfterObserving) {
  lists.list(bank, "k", 1);  // Nobody steps the follower but answer().
  EXPECT_THAT(ask({record(1, "post 1"), record(2, "post 2")}),
              ElementsAre(BankAction::kBlock, BankAction::kAllow));
  EXPECT_EQ(log->stats().observations, 2U);  // What meets nothing is kept too.
}

TEST_F(WatchTest, AnEntryMeetsEachRecordInItsAnswerOrInTheLog) {
  // Whatever the order of observing and activating: one of the two meets it.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const bool before = seed % 2 == 0;
    EntryId id{};
    if (before) id = lists.list(bank, "k" + std::to_string(seed), seed);
    const auto actions = ask({record(seed, "post")});
    if (!before) id = lists.list(bank, "k" + std::to_string(seed), seed);
    SelectedEntries entries = get(SelectedEntries::make(
        *lists.store, lists.clock, {.release = {}, .entries = {id}, .bank = {}, .since = {}}));
    std::size_t found = 0;
    get(find_sightings(
        *log, get(entries.next(10)).entries, {}, [&](const Sighting&) { ++found; },
        [](std::uint64_t, std::uint64_t) {}));
    EXPECT_EQ(found, 1U);
    EXPECT_THAT(actions, ElementsAre(before ? BankAction::kBlock : BankAction::kAllow));
  }
}

TEST_F(WatchTest, AFloodStopsBeingEnforced) {
  const EntryId id = lists.list(bank, "k", 1);
  const std::vector<SignalRecord> many(30, record(1, "post"));
  EXPECT_THAT(ask(many), testing::Each(BankAction::kBlock));  // One block of records, one list version.
  EXPECT_THAT(held_back, ElementsAre(id));
  EXPECT_THAT(ask({record(1, "post")}), ElementsAre(BankAction::kAllow));
  EXPECT_THAT(get(alerts.alerts(AlertId{}, true, 10)), SizeIs(1));
  EXPECT_THAT(problems, IsEmpty());
  get(matcher.finish());
}

TEST_F(WatchTest, CountsOnlyWhatIsOrMayBeEnforced) {
  lists.list(bank, "overruled", 1);
  lists.list(lists.make_bank("harmless", true, BankKind::kHarmless), "k", 1);
  const Release proposed = lists.propose(bank, "proposed", 2);
  const EntryId held = lists.list(bank, "held", 3);
  get(lists.service->quarantine(held, lists.ann));
  const Release staged = lists.propose(bank, "staged", 4);
  get(lists.service->stage(staged.id, lists.ann));
  for (std::uint64_t seed = 1; seed <= 4; ++seed) ask(std::vector<SignalRecord>(100, record(seed, "post")));
  EXPECT_THAT(held_back, ElementsAre(entry_id(staged.id, 0)));
  EXPECT_THAT(problems, IsEmpty());
}

TEST_F(WatchTest, SaysWhatItCouldNotObserveAndAnswersIt) {
  EXPECT_THAT(ask({record(1, std::string(129, 'x'))}), ElementsAre(BankAction::kAllow));
  EXPECT_EQ(matcher.not_observed(), 1U);
  EXPECT_THAT(problems, SizeIs(1));
  EXPECT_EQ(log->stats().observations, 0U);
}

TEST_F(WatchTest, AnswersWithoutALogAndWithoutAWatch) {
  lists.list(bank, "k", 1);
  ObservingMatcher plain(*following.follower, nullptr, nullptr);
  std::size_t answers = 0;
  get(plain.answer(std::vector<SignalRecord>(30, record(1, "post")),
                   {[&](const SignalRecord&, const ListVerdict&) { ++answers; }, [](const Error&) {},
                    [](EntryId, const FloodTrip&) {}, [] { return false; }}));
  EXPECT_EQ(answers, 30U);
  EXPECT_THAT(get(alerts.alerts(AlertId{}, true, 10)), IsEmpty());
}

}  // namespace
}  // namespace seawall
