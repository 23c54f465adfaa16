#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "../follow/follow_fixture.h"
#include "seawall/crypto/digest.h"
#include "seawall/feed_store/published_feed.h"
#include "seawall/lookup/lookup_service.h"
#include "seawall/match/detail/test_pictures.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/sightings/selected_entries.h"
#include "seawall/store_sql/log_records.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// A gray picture as a PGM file.
std::vector<std::byte> file_of(const test::GrayPicture& picture) {
  std::string text =
      "P5\n" + std::to_string(picture.width_px) + " " + std::to_string(picture.height_px) + "\n255\n";
  text.append(picture.luma.begin(), picture.luma.end());
  return bytes_of(text);
}

/// A feed that can be cut off, in front of the store's own.
class CutFeed final : public Feed {
 public:
  explicit CutFeed(Store& store) : feed_(store) {}
  Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) override {
    if (cut) return fail(Code::kUnavailable, "the store is away");
    return feed_.read(after, limit);
  }
  Result<bool> wait(std::uint64_t after, std::chrono::milliseconds deadline) override {
    if (cut) return fail(Code::kUnavailable, "the store is away");
    return feed_.wait(after, deadline);
  }
  std::atomic<bool> cut = false;

 private:
  StoreFeed feed_;
};

/// A follower that never comes to the end of its feed, in front of a real one.
class EndlessFollower final : public ListFollower {
 public:
  explicit EndlessFollower(ListFollower& real) : real_(real) {}
  Result<FollowStep> step(std::chrono::milliseconds deadline) override {
    ++steps;
    SEAWALL_TRY(FollowStep step, real_.step(deadline));
    step.all_seen = false;
    return step;
  }
  [[nodiscard]] ListVersion proof() const override { return real_.proof(); }
  [[nodiscard]] Result<ListVerdict> match(const ListQuery& query) const override {
    return real_.match(query);
  }
  [[nodiscard]] Result<void> match_batch(std::span<const ListQuery> queries,
                                         FunctionRef<void(std::size_t, ListVerdict&&)> visit) const override {
    return real_.match_batch(queries, visit);
  }
  [[nodiscard]] std::uint64_t silent_matches(ReleaseId release) const override {
    return real_.silent_matches(release);
  }
  [[nodiscard]] FollowSizes sizes() const override { return real_.sizes(); }
  [[nodiscard]] Result<void> verify() const override { return real_.verify(); }
  std::atomic<std::uint64_t> steps = 0;

 private:
  ListFollower& real_;
};

/// A store of alerts that does not raise one before it is let go, in front of the real one.
class SlowAlerts final : public AlertStore {
 public:
  explicit SlowAlerts(AlertStore& real) : real_(real) {}
  Result<Alert> raise(const Alert& alert) override {
    begun.set_value();
    go.get_future().wait();
    return real_.raise(alert);
  }
  Result<std::optional<Alert>> alert(AlertId id) override { return real_.alert(id); }
  Result<std::vector<Alert>> alerts(AlertId after, bool open_only, std::size_t limit) override {
    return real_.alerts(after, open_only, limit);
  }
  Result<std::uint64_t> held_back_since(Time since) override { return real_.held_back_since(since); }
  Result<void> set_request(AlertId id, RequestId request) override { return real_.set_request(id, request); }
  Result<void> close_alert(AlertId id, AlertState state, const Authorship& by) override {
    return real_.close_alert(id, state, by);
  }
  std::promise<void> begun, go;

 private:
  AlertStore& real_;
};

/// The whole of a look-up service over the real store and real decoder processes.
class LookupTest : public testing::Test {
 protected:
  static ListKeeper::Options keeping() {
    ListKeeper::Options options;
    options.idle = options.retry = std::chrono::milliseconds(5);
    return options;
  }
  LookupService::Options options() {
    LookupService::Options options;
    options.fresh_within = std::chrono::seconds(20);
    options.flooded = [&](EntryId entry, const FloodTrip&) { held_back.push_back(entry); };
    return options;
  }
  LookupService::Parts parts() { return {*follower, *keeper, *decoder, lists.clock, log.get(), watch.get()}; }
  AskedItem item(std::uint64_t seed, const std::string& id) {
    AskedItem one;
    one.id = id;
    one.signals.pdq.push_back({test::pattern(seed), 80});
    return one;
  }
  LookupAnswer ask(const AskedItem& one, const LookupOptions& how = {}) {
    return get(service.look_up(std::span(&one, 1), how)).front();
  }
  LookupAnswer ask(const std::vector<std::byte>& file, const LookupOptions& how = {}) {
    return get(service.look_up(file, {.id = "up", .place = {}, .signals = {}}, how));
  }
  /// Lists a file as it is, by hash and digests.
  EntryId list_file(BankId into, const std::string& key, const std::vector<std::byte>& file, bool digests) {
    SignalOptions how;
    how.side = VariantSide::kStored;
    EntryContent content;
    const auto signals = service.signals(file, how);
    if (signals && !digests) {
      const PdqHash& hash = signals->frames.front().pdq;
      content.signals.pdq.push_back({hash.bits, hash.quality});
    }
    if (digests) content.signals.sha256 = digests_of(file).sha256;
    const Release release = get(lists.service->propose({into, key, content}, lists.ann));
    lists.put_in_force(release);
    return entry_id(release.id, 0);
  }

  TemporaryFolder folder = test::temporary_folder();
  Lists lists{folder.path() / "store.db"};
  CutFeed feed{*lists.store};
  std::unique_ptr<ListFollower> follower =
      get(ListFollower::open(folder.path() / "index", feed, *lists.store, lists.clock));
  std::unique_ptr<LogRecordStore> log_records = get(open_log_records(lists.url));
  std::unique_ptr<ListKeeper> keeper = std::make_unique<ListKeeper>(*follower, feed, keeping());
  std::unique_ptr<MediaDecoder> decoder = get(SandboxedDecoder::create());
  std::unique_ptr<ObservationLog> log = get(ObservationLog::open(folder.path() / "observed", lists.clock));
  AlertService alerts{*lists.store, *lists.records.requests, *lists.records.alerts, lists.clock};
  std::unique_ptr<FloodWatch> watch = get(FloodWatch::open(folder.path() / "flood", alerts, lists.clock));
  std::vector<EntryId> held_back;
  LookupService service{parts(), options()};
  BankId bank = lists.make_bank("b");
};

TEST_F(LookupTest, MediaMeetsItsEntryAndTheAnswerSaysHow) {
  const auto picture = test::natural_picture(3, 400, 320);
  const EntryId id = list_file(bank, "k", file_of(picture), false);
  const LookupAnswer answer = ask(file_of(test::mirrored(picture)));
  EXPECT_EQ(answer.verdict, BankAction::kBlock);
  ASSERT_THAT(answer.matches, SizeIs(1));
  EXPECT_EQ(answer.matches[0].match.entry, id);
  EXPECT_EQ(answer.matches[0].variant.name(), "flip_y") << "left and right changed places";
  EXPECT_GE(answer.matches[0].quality.value(), kPdqQualityMin);
  EXPECT_THAT(answer.reasons, SizeIs(1));
  ASSERT_TRUE(answer.media);
  EXPECT_TRUE(answer.media->decoded);
  EXPECT_EQ(answer.media->info.width_px, 400);
  EXPECT_TRUE(answer.observed);
  EXPECT_FALSE(answer.failed);
  EXPECT_GT(answer.times.decode.count(), 0);
  EXPECT_GT(answer.times.hash.count(), 0);
  EXPECT_THAT(ask(file_of(test::natural_picture(4, 400, 320))).matches, IsEmpty());
}

TEST_F(LookupTest, AFileOfNoPictureFormatIsLookedUpByItsDigests) {
  const auto file = bytes_of("no picture, but a listed file");
  const EntryId id = list_file(bank, "k", file, true);
  const LookupAnswer answer = ask(file);
  EXPECT_EQ(answer.verdict, BankAction::kBlock);
  ASSERT_THAT(answer.matches, SizeIs(1));
  EXPECT_EQ(answer.matches[0].match.entry, id);
  EXPECT_EQ(answer.matches[0].match.type, SignalType::kSha256);
  EXPECT_FALSE(answer.matches[0].quality);
  EXPECT_FALSE(answer.media->decoded);
  EXPECT_FALSE(answer.failed) << answer.failed->message;
  EXPECT_TRUE(answer.observed);
  EXPECT_EQ(ask(bytes_of("another")).verdict, BankAction::kAllow);
}

TEST_F(LookupTest, WhereDecodingFailsTheCallerSaysWhatTheVerdictIs) {
  const auto damaged = bytes_of("P5\n100000 100000\n255\nfar too large");
  LookupOptions how;
  const LookupAnswer told = ask(damaged, how);
  ASSERT_TRUE(told.failed);
  EXPECT_FALSE(told.decided);
  how.on_error = OnError::kFailOpen;
  EXPECT_EQ(ask(damaged, how).verdict, BankAction::kAllow);
  EXPECT_TRUE(ask(damaged, how).decided);
  how.on_error = OnError::kFailClosed;
  EXPECT_EQ(ask(damaged, how).verdict, BankAction::kBlock);
  EXPECT_TRUE(ask(damaged, how).decided);
  // A match stands whatever failed.
  list_file(bank, "k", damaged, true);
  how.on_error = OnError::kTell;
  const LookupAnswer met = ask(damaged, how);
  EXPECT_TRUE(met.failed);
  EXPECT_TRUE(met.decided);
  EXPECT_EQ(met.verdict, BankAction::kBlock);
}

TEST_F(LookupTest, APictureOfAKindThatIsNotReadIsAFailureAndAnotherFileIsNot) {
  // The head of a JPEG with samples of 12 bits: a picture that libjpeg says it cannot read.
  constexpr unsigned char kJpeg[] = {0xff, 0xd8, 0xff, 0xc1, 0, 11, 12, 0, 64, 0, 64, 1, 1, 0x11, 0,
                                     0xff, 0xda, 0,    8,    1, 1,  0,  0, 63, 0, 0,  0, 0, 0xff, 0xd9};
  const auto bytes = std::as_bytes(std::span(kJpeg));
  const std::vector<std::byte> file(bytes.begin(), bytes.end());
  LookupOptions how;
  how.on_error = OnError::kFailClosed;
  const LookupAnswer answer = ask(file, how);
  ASSERT_TRUE(answer.failed);
  EXPECT_EQ(answer.failed->code, Code::kUnsupported);
  EXPECT_EQ(answer.verdict, BankAction::kBlock);
  EXPECT_EQ(answer.media->info.type, MediaType::kJpeg);
  EXPECT_FALSE(ask(bytes_of("PK\3\4 an archive"), how).failed);
  EXPECT_EQ(ask(bytes_of("some text"), how).verdict, BankAction::kAllow);
}

TEST_F(LookupTest, ListsThatWereNeverReadOrTooLongAgoFail) {
  LookupService::Parts without = parts();
  without.log = nullptr;
  lists.list(bank, "k", 1);
  ASSERT_EQ(ask(item(1, "a")).verdict, BankAction::kBlock);
  feed.cut = true;
  keeper.reset();
  std::atomic<std::int64_t> now_s = 0;
  ListKeeper::Options how = keeping();
  how.now = [&] { return ListKeeper::Steady::time_point(std::chrono::seconds(now_s)); };
  ListKeeper away(*follower, feed, how);
  LookupService asked({without.lists, away, without.decoder, without.clock}, options());
  const auto of = [&](std::uint64_t seed) {
    const AskedItem one = item(seed, "a");
    return get(asked.look_up(std::span(&one, 1), {})).front();
  };
  EXPECT_FALSE(away.age());
  EXPECT_EQ(of(2).failed.value().code, Code::kUnavailable);
  EXPECT_FALSE(of(2).decided);
  EXPECT_EQ(of(1).verdict, BankAction::kBlock) << "a match stands";
  feed.cut = false;
  get(away.fresh(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  EXPECT_EQ(away.age(), std::chrono::nanoseconds(0));
  EXPECT_FALSE(of(2).failed);
  feed.cut = true;
  // A wait that had begun before may still tell that nothing was new: by the next trouble that is over.
  while (!away.trouble()) std::this_thread::yield();
  now_s = 300;
  EXPECT_FALSE(of(2).failed);
  now_s = 301;
  EXPECT_EQ(away.age(), std::chrono::seconds(301));
  EXPECT_EQ(of(2).failed.value().code, Code::kUnavailable);
  feed.cut = false;
  while (away.trouble()) std::this_thread::yield();
  EXPECT_FALSE(of(2).failed) << "without a change of the lists, and without anybody who asked for a reading";
  EXPECT_EQ(away.age(), std::chrono::nanoseconds(0));
}

TEST_F(LookupTest, AFeedWithNothingNewKeepsTheListsYoung) {
  std::atomic<std::int64_t> now_s = 0;
  keeper.reset();
  ListKeeper::Options how = keeping();
  how.now = [&] { return ListKeeper::Steady::time_point(std::chrono::seconds(now_s)); };
  ListKeeper quiet(*follower, feed, how);
  get(quiet.fresh(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  now_s = 59;
  while (quiet.age().value() != std::chrono::nanoseconds(0)) std::this_thread::yield();
  const std::uint64_t readings = quiet.readings();
  now_s = 119;
  while (quiet.readings() == readings) std::this_thread::yield();  // Once a minute it is read all the same.
}

TEST_F(LookupTest, ListsAgeWhileTheLogStandsStill) {
  keeper.reset();
  std::atomic<std::int64_t> now_s = 0;
  ListKeeper::Options how = keeping();
  how.now = [&] { return ListKeeper::Steady::time_point(std::chrono::seconds(now_s)); };
  PublishedFeed published(*lists.store, *log_records);
  const auto newest = [&] { return get(get(lists.store->view())->version()).number; };
  get(log_records->set_published("lists", newest()));
  const auto follows =
      get(ListFollower::open(folder.path() / "published", published, *lists.store, lists.clock));
  ListKeeper kept(*follows, published, how);
  const auto read = [&] { get(kept.fresh(std::chrono::steady_clock::now() + std::chrono::seconds(20))); };
  read();
  now_s = 10;
  read();
  EXPECT_EQ(kept.age(), std::chrono::nanoseconds(0));
  lists.list(bank, "k", 1);
  now_s = 20;
  read();
  now_s = 30;
  read();
  EXPECT_GE(kept.age().value(), std::chrono::seconds(10)) << "the store holds more than may be seen";
  for (const char* key : {"l", "m"}) {
    get(log_records->set_published("lists", newest()));
    lists.list(bank, key, 2);
    read();
    now_s += 10;
    read();
  }
  EXPECT_LE(kept.age().value(), std::chrono::seconds(20)) << "a log that comes after keeps them young";
  get(log_records->set_published("lists", newest()));
  read();
  EXPECT_EQ(kept.age(), std::chrono::nanoseconds(0));
}

TEST_F(LookupTest, TheEndOfAKeeperIsNoTrouble) {
  keeper.reset();
  EndlessFollower endless(*follower);
  std::vector<std::string> troubles;
  ListKeeper::Options how = keeping();
  how.trouble = [&](const std::optional<Error>& error) { troubles.push_back(error ? error->message : ""); };
  {
    const ListKeeper ends(endless, feed, how);
    while (endless.steps == 0) std::this_thread::yield();
  }
  EXPECT_THAT(troubles, IsEmpty());
}

TEST_F(LookupTest, CallersGetTheCodeOfWhatFailedInsideAndOperatorsItsWords) {
  std::vector<std::string> problems;
  LookupService::Options how = options();
  how.problem = [&](const Error& error) { problems.push_back(error.message); };
  LookupService asked(parts(), how);
  feed.cut = true;
  const std::vector<AskedItem> items(3, item(2, "b"));
  const auto answers = get(asked.look_up(items, {}));
  EXPECT_EQ(answers[2].failed.value().code, Code::kUnavailable);
  EXPECT_THAT(answers[2].failed->message, testing::Not(testing::HasSubstr("store")));
  EXPECT_THAT(problems, ElementsAre(testing::HasSubstr("the store is away")));
}

TEST_F(LookupTest, TidyTakesTheBytesOfWhatHasExpired) {
  ask(item(1, "a"));
  get(log->set_retention("default", std::chrono::hours(1)));
  lists.clock.at += std::chrono::hours(2);
  EXPECT_EQ(log->stats().observations, 1U);
  get(service.tidy());
  EXPECT_EQ(log->stats().observations, 0U);
}

TEST_F(LookupTest, ABatchIsAnsweredInOrderAtOneVersion) {
  lists.list(bank, "k", 1);
  std::vector<AskedItem> items;
  for (std::uint64_t i = 0; i < 100; ++i) items.push_back(item(i % 3, "post " + std::to_string(i)));
  const auto answers = get(service.look_up(items, {}));
  ASSERT_THAT(answers, SizeIs(100));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].id, "post " + std::to_string(i));
    EXPECT_EQ(answers[i].verdict, i % 3 == 1 ? BankAction::kBlock : BankAction::kAllow);
    EXPECT_EQ(answers[i].list_version, answers[0].list_version);
    EXPECT_EQ(answers[i].list_version, follower->proof());
    EXPECT_TRUE(answers[i].observed);
  }
  EXPECT_EQ(log->stats().observations, 100U);
}

TEST_F(LookupTest, OfSeveralGivenHashesTheAnswerSaysWhichOneMet) {
  lists.list(bank, "k", 1);
  AskedItem several = item(77, "several");
  several.signals.pdq.push_back(item(1, "").signals.pdq.front());
  const LookupAnswer answer = ask(several);
  ASSERT_THAT(answer.matches, SizeIs(1));
  EXPECT_EQ(answer.matches[0].frame, 1);
}

TEST_F(LookupTest, RefusesWhatIsOutsideItsLimits) {
  LookupOptions how;
  how.radius_bits = 257;
  const AskedItem one = item(1, "a");
  EXPECT_FALSE(service.look_up(std::span(&one, 1), how));
  EXPECT_FALSE(service.look_up(std::span<const AskedItem>(), {}));
  EXPECT_FALSE(service.look_up(std::vector<AskedItem>(LookupService::kItemsMax + 1), {}));
  const AskedItem long_name = item(1, std::string(129, 'x'));
  EXPECT_FALSE(service.look_up(std::span(&long_name, 1), {}));
  AskedItem many = item(1, "a");
  many.signals.pdq.resize(257);
  EXPECT_FALSE(service.look_up(std::span(&many, 1), {}));
  std::vector<AskedItem> full(256, item(1, "a"));
  for (AskedItem& each : full) each.signals.pdq.resize(256, each.signals.pdq.front());
  full.push_back(item(1, "a"));
  const auto too_many = service.look_up(full, {});
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, Code::kLimitExceeded);
  EXPECT_EQ(log->stats().observations, 0U);
}

TEST_F(LookupTest, AnswersFromTheListsAsTheyAreWhenTheStoreIsAwayAndSaysSo) {
  lists.list(bank, "k", 1);
  EXPECT_EQ(ask(item(1, "a")).verdict, BankAction::kBlock);
  feed.cut = true;
  const LookupAnswer met = ask(item(1, "a"));
  EXPECT_EQ(met.verdict, BankAction::kBlock);
  EXPECT_TRUE(met.decided);
  EXPECT_EQ(met.failed.value().code, Code::kUnavailable);
  EXPECT_TRUE(met.observed);
  const LookupAnswer unknown = ask(item(2, "b"));
  EXPECT_FALSE(unknown.decided) << "it may be listed by now";
  EXPECT_TRUE(keeper->trouble());
  // Without a log nothing hangs on being up to date to the moment.
  LookupService::Parts without = parts();
  without.log = nullptr;
  LookupService plain(without, options());
  const AskedItem one = item(2, "b");
  EXPECT_FALSE(get(plain.look_up(std::span(&one, 1), {})).front().failed);
  feed.cut = false;
  EXPECT_FALSE(ask(item(2, "b")).failed);
  EXPECT_FALSE(keeper->trouble());
}

TEST_F(LookupTest, AFloodIsHeldBack) {
  const EntryId id = lists.list(bank, "k", 1);
  for (int i = 0; i < 40; ++i) ask(item(1, "post"));
  EXPECT_THAT(held_back, ElementsAre(id));
  EXPECT_EQ(ask(item(1, "post")).verdict, BankAction::kAllow);
  get(service.finish());
}

TEST_F(LookupTest, AnEntryCountsOnceACallForFloods) {
  const EntryId id = lists.list(bank, "k", 1);
  const std::vector<AskedItem> batch(100, item(1, "post"));
  for (int i = 0; i < 24; ++i) get(service.look_up(batch, {}));
  EXPECT_THAT(held_back, IsEmpty());
  get(service.look_up(batch, {}));
  EXPECT_THAT(held_back, ElementsAre(id));
}

TEST_F(LookupTest, OneCallerOfSeveralHasNoEntryHeldBack) {
  lists.list(bank, "k", 1);
  LookupOptions forum, rogue;
  forum.caller = "forum";
  rogue.caller = "rogue";
  ask(item(2, "nothing"), forum);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(ask(item(1, "post"), rogue).verdict, BankAction::kBlock);
}

TEST_F(LookupTest, WhoeverMeetsAFloodHoldsUpNobodyElse) {
  lists.list(bank, "flooding", 1);
  lists.list(bank, "other", 2);
  SlowAlerts slow(*lists.records.alerts);
  AlertService waits(*lists.store, *lists.records.requests, slow, lists.clock);
  watch = get(FloodWatch::open(folder.path() / "other", waits, lists.clock));
  LookupService asked(parts(), options());
  const auto one_of = [&](std::uint64_t seed) {
    const AskedItem one = item(seed, "a");
    return get(asked.look_up(std::span(&one, 1), {})).front();
  };
  for (int i = 0; i < 24; ++i) one_of(1);
  const std::jthread trips([&] { one_of(1); });
  slow.begun.get_future().wait();
  // While that thread waits for the store, others are counted and answered.
  auto others = std::async(std::launch::async, [&] {
    one_of(1);
    return one_of(2).verdict;
  });
  const bool answered = others.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  slow.go.set_value();
  EXPECT_TRUE(answered);
  EXPECT_EQ(others.get(), BankAction::kBlock);
}

TEST_F(LookupTest, WhileListsChangeEachAskedItemIsMetByItsAnswerOrStandsInTheLog) {
  constexpr std::uint64_t kEach = 40;
  constexpr std::uint64_t kThreads = 3;
  // A flood watch would take the entries away again.
  LookupService::Parts without = parts();
  without.flood = nullptr;
  LookupService asked(without, options());
  std::array<std::atomic<bool>, kEach * kThreads + 1> met{};
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 1; i <= kEach; ++i) {
        const std::uint64_t seed = t * kEach + i;
        const AskedItem one = item(seed, "post " + std::to_string(seed));
        met[seed] = !get(asked.look_up(std::span(&one, 1), {})).front().matches.empty();
      }
    });
  }
  std::vector<std::pair<std::uint64_t, bool>> in_log;
  for (std::uint64_t i = 1; i <= kEach * kThreads; i += 2) {
    // Out of step with whoever asks: some before, some after.
    const std::uint64_t seed = 1 + (i * 37) % (kEach * kThreads);
    const EntryId id = lists.list(bank, "k" + std::to_string(i), seed);
    SelectedEntries entries = get(SelectedEntries::make(
        *lists.store, lists.clock, {.release = {}, .entries = {id}, .bank = {}, .since = {}}));
    bool found = false;
    get(find_sightings(
        *log, get(entries.next(10)).entries, {}, [&](const Sighting&) { found = true; },
        [](std::uint64_t, std::uint64_t) {}));
    in_log.emplace_back(seed, found);
  }
  threads.clear();
  for (const auto& [seed, found] : in_log) {
    EXPECT_TRUE(found || met[seed]) << "post " << seed << " was met by neither";
  }
}

TEST_F(LookupTest, AKeeperIsFreshOrSaysWhyNot) {
  const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds(20); };
  get(keeper->fresh(soon()));
  EXPECT_GE(keeper->readings(), 1U);
  lists.list(bank, "k", 1);
  const ListVersion version = get(get(lists.store->view())->version());
  get(keeper->fresh(soon()));
  EXPECT_EQ(follower->proof(), version);
  feed.cut = true;
  const auto away = keeper->fresh(soon());
  ASSERT_FALSE(away);
  EXPECT_THAT(away.error().message, testing::HasSubstr("away"));
  EXPECT_FALSE(keeper->fresh(std::chrono::steady_clock::now() - std::chrono::seconds(1)));
}

}  // namespace
}  // namespace seawall
