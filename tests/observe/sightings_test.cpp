#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "../lists/list_fixture.h"
#include "seawall/sightings/recorder.h"
#include "seawall/sightings/retro_follower.h"
#include "seawall/sightings/selected_entries.h"
#include "seawall/store_sql/admin.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr auto kNoProgress = [](std::uint64_t, std::uint64_t) {};

/// The log of a matcher, and whoever searches it, over the real store.
class SightingsTest : public testing::Test {
 protected:
  SightingsTest() { open_log(); }

  void open_log() {
    log.reset();
    log = get(ObservationLog::open(folder.path() / "observed", lists.clock));
  }
  /// Content `seed` with so many bits turned.
  void observe(std::uint64_t seed, const std::string& place, int bits = 0, RecorderOptions options = {}) {
    Recorder recorder(*log, lists.clock, std::move(options));
    SignalRecord record;
    record.id = place;
    record.pdq.push_back({test::pattern(seed), 80});
    for (int i = 0; i < bits; ++i)
      record.pdq[0].bits.words[static_cast<std::size_t>(i) / 64] ^= std::uint64_t{1} << (i % 64);
    get(recorder.add(record));
    get(recorder.flush());
  }
  void open(std::size_t batch = 4096) {
    follower.reset();
    RetroFollowOptions options;
    options.batch_entries = batch;
    follower = get(RetroFollower::open(folder.path() / "retro", folder.path() / "observed", *lists.store,
                                       lists.clock, options));
  }
  /// Steps until up to date.
  void run() {
    for (int i = 0; i < 1'000; ++i) {
      if (get(follower->step({}, kNoProgress)).up_to_date) return;
    }
    FAIL() << "no end";
  }
  std::vector<std::string> waiting_places() {
    std::vector<std::string> places;
    for (const RetroFinding& one : get(follower->waiting(1'000'000))) places.push_back(one.place);
    return places;
  }
  /// Places found so far, which are then told.
  std::vector<std::string> take() {
    run();
    const auto found = get(follower->waiting(1'000'000));
    std::vector<std::string> places;
    for (const RetroFinding& one : found) places.push_back(one.place);
    if (!found.empty()) get(follower->told(found.back().number));
    return places;
  }
  std::vector<std::string> search(const Selection& selection) {
    SelectedEntries entries = get(SelectedEntries::make(*lists.store, lists.clock, selection));
    std::vector<std::string> places;
    for (int i = 0; i < 1'000; ++i) {
      const auto page = get(entries.next(2));
      get(find_sightings(
          *log, page.entries, {}, [&](const Sighting& one) { places.emplace_back(one.place); }, kNoProgress));
      if (page.last) return places;
    }
    throw std::runtime_error("no end");
  }

  TemporaryFolder folder = test::temporary_folder();
  Lists lists{folder.path() / "store.db"};
  BankId bank = lists.make_bank("b");
  std::unique_ptr<ObservationLog> log;
  std::unique_ptr<RetroFollower> follower;
};

TEST_F(SightingsTest, FindsWhatWasSeenBeforeTheEntryCameInForce) {
  open();
  observe(1, "post 1", 31);
  observe(1, "post 2", 32);
  observe(2, "post 3");
  const Release proposed = lists.propose(bank, "k", 1);
  run();
  EXPECT_THAT(waiting_places(), IsEmpty());
  get(lists.service->approve(proposed.id, lists.bob));
  get(lists.service->activate(proposed.id, lists.bob));
  run();
  const auto found = get(follower->waiting(10));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].number, 1U);
  EXPECT_EQ(found[0].place, "post 1");
  EXPECT_EQ(found[0].tenant, "default");
  EXPECT_EQ(found[0].sighting.entry, entry_id(proposed.id, 0));
  EXPECT_EQ(found[0].sighting.bank, bank);
  EXPECT_EQ(found[0].sighting.distance_bits, 31);
  EXPECT_EQ(found[0].sighting.radius_bits, 31);
  EXPECT_EQ(found[0].sighting.time, lists.clock.now());
  EXPECT_EQ(found[0].sighting.list_version, get(get(lists.store->view())->version()).number);
}

TEST_F(SightingsTest, BeginsAtTheStoresVersionAndTellsEachFindingOnce) {
  observe(1, "before");
  lists.list(bank, "old", 1);
  open();
  EXPECT_THAT(take(), IsEmpty());
  observe(2, "seen");
  lists.list(bank, "new", 2);
  run();
  EXPECT_THAT(waiting_places(), ElementsAre("seen"));
  open();
  EXPECT_THAT(waiting_places(), ElementsAre("seen"));  // Not told yet.
  get(follower->told(1));
  open();
  EXPECT_THAT(take(), IsEmpty());
  lists.list(bank, "newer", 2);
  run();
  EXPECT_EQ(get(follower->waiting(1)).front().number, 2U);
}

TEST_F(SightingsTest, LooksAgainWhenAnEntryComesBackInForceOrIsMetByMore) {
  open();
  observe(1, "near", 5);
  observe(1, "far", 40);
  const EntryId id = lists.list(bank, "k", 1);
  EXPECT_THAT(take(), ElementsAre("near"));
  get(lists.service->quarantine(id, lists.ann));
  EXPECT_THAT(take(), IsEmpty());
  const ChangeOutcome ended = get(lists.service->end_quarantine(id, lists.ann));
  get(lists.service->approve_request(*ended.request, lists.bob));
  EXPECT_THAT(take(), ElementsAre("near"));
  get(lists.service->set_tags(id, {"tag"}, lists.ann));
  get(lists.service->set_review(id, Time(std::chrono::hours(1)), lists.ann));
  EXPECT_THAT(take(), IsEmpty());
  const ChangeOutcome wider =
      get(lists.service->set_settings(id, {.radius_bits = 40, .action = {}, .expires_at = {}}, lists.ann));
  get(lists.service->approve_request(*wider.request, lists.bob));
  EXPECT_THAT(take(), UnorderedElementsAre("near", "far"));
  const ChangeOutcome narrower =
      get(lists.service->set_settings(id, {.radius_bits = 10, .action = {}, .expires_at = {}}, lists.ann));
  get(lists.service->approve_request(*narrower.request, lists.bob));
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(SightingsTest, GoesThroughABankThatIsSwitchedOnOrWidened) {
  open(2);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    observe(i, "near " + std::to_string(i), 10);
    observe(i, "far " + std::to_string(i), 35);
    lists.list(bank, "k" + std::to_string(i), i);
  }
  EXPECT_THAT(take(), SizeIs(5));
  const auto alter = [&](const std::function<void(ListBank&)>& change) {
    auto wanted = *get(get(lists.store->view())->bank(bank));
    change(wanted);
    const ChangeOutcome asked = get(lists.service->alter_bank(wanted, lists.ann));
    if (asked.request) get(lists.service->approve_request(*asked.request, lists.bob));
  };
  alter([](ListBank& b) { b.active = false; });
  EXPECT_THAT(take(), IsEmpty());
  alter([](ListBank& b) { b.active = true; });
  EXPECT_THAT(take(), SizeIs(5));
  alter([](ListBank& b) { b.radius_bits = 20; });
  EXPECT_THAT(take(), IsEmpty());
  alter([](ListBank& b) { b.radius_bits = 40; });
  EXPECT_THAT(take(), SizeIs(10));
  alter([](ListBank& b) { b.name = "renamed"; });
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(SightingsTest, GoesOnInTheMiddleOfAReleaseAfterARestart) {
  open(3);
  std::vector<ExchangeRecord> many;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    many.push_back(test::record_of("k" + std::to_string(i), i));
    observe(i, "post " + std::to_string(i));
  }
  const Release release = lists.import(bank, many).release.value();
  get(lists.service->approve(release.id, lists.bob));
  get(lists.service->activate(release.id, lists.bob));
  std::multiset<std::string> places;
  for (int i = 0; i < 20; ++i) {
    open(3);  // As after kill -9: only what is on disk counts.
    const RetroFollowStep step = get(follower->step({}, kNoProgress));
    EXPECT_LE(step.entries, 3U);
    if (step.up_to_date && step.entries == 0) break;
  }
  for (const std::string& place : waiting_places()) places.insert(place);
  EXPECT_EQ(places.size(), 10U);
  EXPECT_EQ(std::set<std::string>(places.begin(), places.end()).size(), 10U);
}

TEST_F(SightingsTest, ACancelledStepHasDoneNothing) {
  open();
  observe(1, "post");
  lists.list(bank, "k", 1);
  RetroOptions options;
  std::stop_source stop;
  options.cancel = stop.get_token();
  stop.request_stop();
  const RetroFollowStep cut = get(follower->step(options, kNoProgress));
  EXPECT_EQ(cut.report.end, RetroReport::End::kCancelled);
  EXPECT_THAT(waiting_places(), IsEmpty());
  EXPECT_THAT(take(), ElementsAre("post"));
}

TEST_F(SightingsTest, DroppedObservationsAreNotFoundNorToldLater) {
  open();
  observe(1, "old");
  observe(2, "old too");
  lists.clock.at += std::chrono::hours(48);
  observe(1, "new");
  lists.list(bank, "k2", 2);
  run();
  EXPECT_THAT(waiting_places(), ElementsAre("old too"));
  get(log->set_retention("default", std::chrono::hours(24)));
  open();
  EXPECT_THAT(waiting_places(), IsEmpty());
  lists.list(bank, "k1", 1);
  EXPECT_THAT(take(), ElementsAre("new"));
}

TEST_F(SightingsTest, KeepsAtMostSoManyFindingsOfAnEntryAndCountsTheRest) {
  RetroFollowOptions options;
  options.findings_per_entry = 3;
  follower = get(RetroFollower::open(folder.path() / "retro", folder.path() / "observed", *lists.store,
                                     lists.clock, options));
  for (int i = 0; i < 10; ++i) observe(1, "post " + std::to_string(i));
  lists.list(bank, "k", 1);
  RetroFollowStep step;
  do {
    step = get(follower->step({}, kNoProgress));
  } while (step.entries == 0);
  EXPECT_EQ(step.report.matches, 10U);
  EXPECT_EQ(step.not_kept, 7U);
  EXPECT_THAT(waiting_places(), SizeIs(3));
}

TEST_F(SightingsTest, RefusesAStoreThatWasPutBack) {
  get(backup_store(lists.url, folder.path() / "backup"));
  lists.list(bank, "k", 1);
  open();
  follower.reset();
  const std::string url = "sqlite:" + (folder.path() / "back.db").string();
  get(restore_store(url, folder.path() / "backup", {.create = true}));
  const auto store = get(open_store(url));
  const auto other =
      RetroFollower::open(folder.path() / "retro", folder.path() / "observed", *store, lists.clock);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, Code::kCorrupt);
  open();
  const auto second =
      RetroFollower::open(folder.path() / "retro", folder.path() / "observed", *lists.store, lists.clock);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
}

TEST_F(SightingsTest, NeedsALogThatIsThere) {
  const auto none =
      RetroFollower::open(folder.path() / "retro", folder.path() / "nowhere", *lists.store, lists.clock);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, Code::kNotFound);
}

TEST_F(SightingsTest, SearchesForWhatSomebodySelects) {
  observe(1, "one");
  observe(2, "two");
  observe(3, "three");
  const std::uint64_t before = get(get(lists.store->view())->version()).number;
  const EntryId one = lists.list(bank, "k1", 1);
  const EntryId two = lists.list(bank, "k2", 2);
  const Release proposed = lists.propose(bank, "k3", 3);
  EXPECT_THAT(search({.release = release_of(one), .entries = {}, .bank = {}, .since = {}}),
              ElementsAre("one"));
  EXPECT_THAT(search({.release = proposed.id, .entries = {}, .bank = {}, .since = {}}), ElementsAre("three"));
  EXPECT_THAT(search({.release = {}, .entries = {two, one, two}, .bank = {}, .since = {}}),
              UnorderedElementsAre("one", "two"));
  EXPECT_THAT(search({.release = {}, .entries = {}, .bank = bank, .since = {}}),
              UnorderedElementsAre("one", "two"));
  EXPECT_THAT(search({.release = {}, .entries = {}, .bank = {}, .since = before}),
              UnorderedElementsAre("one", "two"));
  const std::uint64_t later = get(get(lists.store->view())->version()).number;
  EXPECT_THAT(search({.release = {}, .entries = {}, .bank = {}, .since = later}), IsEmpty());
  const auto code = [&](const Selection& selection) {
    return SelectedEntries::make(*lists.store, lists.clock, selection).error().code;
  };
  EXPECT_EQ(code({}), Code::kInvalidInput);
  EXPECT_EQ(code({.release = ReleaseId{99}, .entries = {}, .bank = {}, .since = {}}), Code::kNotFound);
  EXPECT_EQ(code({.release = {}, .entries = {EntryId{99}}, .bank = {}, .since = {}}), Code::kNotFound);
  EXPECT_EQ(code({.release = {}, .entries = {}, .bank = BankId{99}, .since = {}}), Code::kNotFound);
}

TEST_F(SightingsTest, TheRecorderKeepsEverySignalOfARecord) {
  Recorder recorder(*log, lists.clock, {.tenant = "forum", .place = "", .tidy_every = std::chrono::hours(1)});
  SignalRecord record;
  record.id = "post 9";
  record.pdq.push_back({test::pattern(1), ListedPdq::kQualityUnknown});
  record.pdq.push_back({test::pattern(2), 90});
  record.md5 = test::md5_of(3);
  get(recorder.add(record));
  get(recorder.add(SignalRecord{}));
  record.id = std::string(129, 'x');
  EXPECT_EQ(recorder.add(record).error().code, Code::kInvalidInput);
  get(recorder.flush());
  EXPECT_EQ(log->stats().observations, 2U);
  Recorder placed(*log, lists.clock,
                  {.tenant = "forum", .place = "upload", .tidy_every = std::chrono::hours(1)});
  get(placed.add(record));
  get(placed.flush());
  lists.list(bank, "k1", 1);
  lists.list(bank, "k2", 2);
  EXPECT_THAT(search({.release = {}, .entries = {}, .bank = bank, .since = {}}),
              UnorderedElementsAre("post 9", "post 9", "upload", "upload"));
}

TEST_F(SightingsTest, TheRecorderTidiesOnceAnHour) {
  Recorder recorder(*log, lists.clock, {});
  observe(1, "post");
  get(log->set_retention("default", std::chrono::minutes(1)));
  lists.clock.at += std::chrono::minutes(59);
  get(recorder.tidy_if_due());
  EXPECT_EQ(log->stats().observations, 1U);
  lists.clock.at += std::chrono::minutes(1);
  get(recorder.tidy_if_due());
  EXPECT_EQ(log->stats().observations, 0U);
}

}  // namespace
}  // namespace seawall
