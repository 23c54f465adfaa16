#include "seawall/streams/stream_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "seawall/base/temporary_folder.h"
#include "seawall/json/json.h"
#include "seawall/model/time_text.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/open.h"
#include "seawall/store_sql/service_records.h"
#include "seawall/stream_watch/detail/pattern_decoder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class ManualClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return Time{milliseconds(ms_.load())}; }
  void pass(milliseconds time) { ms_ += time.count(); }

 private:
  std::atomic<std::int64_t> ms_{1'700'000'000'000};
};

/// Gives, of each stream that is followed, what a test says.
class Hand final : public StreamSource {
 public:
  explicit Hand(PollSink& to) : sink(to) {}
  Result<StreamId> add(StreamSettings settings) override {
    const std::scoped_lock lock(mutex);
    const StreamId id{++last};
    streams[settings.url] = id;
    return id;
  }
  bool remove(StreamId stream) override {
    const std::scoped_lock lock(mutex);
    return std::erase_if(streams, [&](const auto& one) { return one.second == stream; }) > 0;
  }
  void step(milliseconds at_most) override {
    std::vector<std::pair<std::string, LiveSegment>> now;
    {
      std::unique_lock lock(mutex);
      changed.wait_for(lock, at_most, [this] { return woken || !given.empty(); });
      woken = false;
      now.swap(given);
    }
    for (auto& [url, segment] : now) {
      if (streams.contains(url)) segment.stream = streams.at(url);
      if (segment.stream != StreamId{}) sink.on_segment(std::move(segment));
    }
    const std::scoped_lock lock(mutex);
    taken += now.size();
    changed.notify_all();
  }
  void wake() override {
    const std::scoped_lock lock(mutex);
    woken = true;
    changed.notify_all();
  }
  PollSink& sink;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, StreamId> streams;
  std::vector<std::pair<std::string, LiveSegment>> given;
  std::size_t taken = 0;
  std::uint32_t last = 0;
  bool woken = false;
};

struct Directory final : ClipDirectory {
  ClipScope scope(std::string_view tenant, std::span<const BankId>) const override {
    return {.clip =
                [this, whose = std::string(tenant)](ClipId clip) {
                  return of.contains({whose, clip});
                },
            .benign = {}};
  }
  Result<std::optional<ClipStanding>> standing(const ClipQuestion& question) const override {
    ++asked;
    if (away > 0 && away-- > 0) return fail(Code::kUnavailable, "away");
    const std::scoped_lock lock(mutex);
    const auto at = of.find({std::string(question.tenant), question.shown.clip});
    if (at == of.end()) return std::nullopt;
    const BankId bank = at->second.bank;
    const bool wanted =
        question.banks.empty() || std::ranges::find(question.banks, bank) != question.banks.end();
    if (!wanted) return std::nullopt;
    ClipStanding standing = at->second;
    if (!question.beside.empty() && standing.force == ClipForce::kInForce)
      standing.force = ClipForce::kSilent;
    return standing;
  }
  [[nodiscard]] std::uint64_t version() const override { return stands; }
  /// The clip counts for that from now on.
  void set(ClipId clip, ClipForce force) {
    const std::scoped_lock lock(mutex);
    of.at({"one", clip}).force = force;
    ++stands;
  }
  mutable std::mutex mutex;  // Guards `of`.
  mutable std::atomic<int> asked = 0, away = 0;
  std::atomic<std::uint64_t> stands = 1;
  std::map<std::pair<std::string, ClipId>, ClipStanding> of;
};

class Desk : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string url = "sqlite:" + (folder.path() / "lists.db").string();
    ASSERT_TRUE(open_store(url, {.create = true}));
    records = *open_service_records(url);
    mark = *ProcessMark::make(*records, clock, {});
    notices = std::make_unique<Notices>(Notices::Parts{*records, *mark, master, clock});
    list(500, ClipId{1});
    list(900, ClipId{2});
    directory.of[{"one", ClipId{1}}] = {BankId{3}, "known", entry_id(ReleaseId{4}, 17), BankAction::kBlock};
    open();
  }
  void TearDown() override { desk.reset(); }

  void list(std::uint32_t first_seed, ClipId clip) {
    HashTrack track;
    FrameHasher hasher({.side = VariantSide::kStored});
    for (int i = 0; i < 10; ++i) {
      VideoFrame frame = test::pattern_frame(first_seed + static_cast<std::uint32_t>(i));
      frame.time_us = i * 1'000'000;
      for (const TimedHash& hash : hasher.hash(frame)) track.hashes.push_back(hash);
    }
    track.labels = hasher.labels();
    ASSERT_TRUE(index->add(clip, *prune(track)));
  }

  void open() {
    desk.reset();
    store.reset();
    store = *StreamStore::open(folder.path() / "state", master);
    options.nice = 0;
    options.outbox.own_thread = false;
    options.recorder.look_every = milliseconds(1);
    StreamDesk::Parts parts{
        *store, decoder, *index, directory, *notices, clock, {}, [this](const Error& error) {
          const std::scoped_lock lock(mutex);
          troubles.push_back(error.message);
        }};
    parts.families = {{{"rtmp", "https"},
                       [this](PollSink& sink) -> Result<std::unique_ptr<StreamSource>> {
                         auto made = std::make_unique<Hand>(sink);
                         hand = made.get();
                         return made;
                       },
                       [](std::string_view url) -> Result<void> {
                         if (url.find("/app/") != std::string_view::npos) return {};
                         return fail(Code::kInvalidInput, "no name");
                       }}};
    auto opened = StreamDesk::open(std::move(parts), options);
    ASSERT_TRUE(opened) << opened.error().message;
    desk = *std::move(opened);
  }
  static AttachedStream wish(const std::string& name, const std::string& tenant = "one") {
    AttachedStream made;
    made.tenant = tenant;
    made.name = name;
    made.url = "rtmp://live.example/app/" + tenant + name + "?key=topsecret";
    made.who = "forum";
    made.caller = "k/abc";
    made.key_id = "abc";
    return made;
  }
  AttachEnd attach(const AttachedStream& stream) {
    const auto done = desk->attach(stream);
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->end : AttachEnd{};
  }
  /// Until what is given to that address reaches the stream.
  void until_followed(const std::string& url) {
    until([&] {
      const std::scoped_lock lock(hand->mutex);
      return hand->streams.contains(url);
    });
  }
  /// A listed clip's pictures, one a second, to the stream of that address; waits until they were looked at.
  void show(const std::string& url, std::uint32_t first_seed, std::uint32_t pictures = 6) {
    for (std::uint32_t i = 0; i < pictures; ++i) {
      LiveSegment piece;
      piece.media = test::pattern_media({{(shown_s += 1) * 1'000'000, first_seed + i, 1}});
      piece.fetched_at = clock.now();
      clock.pass(seconds(1));
      std::unique_lock lock(hand->mutex);
      hand->given.emplace_back(url, std::move(piece));
      const std::size_t wanted = hand->taken + 1;
      hand->changed.notify_all();
      hand->changed.wait(lock, [&] { return hand->taken >= wanted; });
      lock.unlock();
      until([&] { return desk->counts().watch.pieces_waiting == 0; });
    }
  }
  /// Threads have their time: no sleep decides, only a condition.
  template <class Condition>
  static void until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(condition());
  }
  std::vector<std::string> alerts(const std::string& tenant = "one", bool silent = false) {
    return desk->alerts({.tenant = tenant, .with_silent = silent})->bodies;
  }
  /// Of the alert that came last.
  std::string last(const std::string& field) {
    const auto all = alerts("one", true);
    return all.empty() ? "" : (*parse_json(all.back(), 1 << 20))[field].get<std::string>();
  }
  std::size_t due() { return records->due_webhooks(clock.now(), {}, {}, 100)->size(); }

  TemporaryFolder folder = *TemporaryFolder::make("desk");
  MasterKey master = [] {
    Credentials credentials;
    credentials.set("access_key", Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    return *MasterKey::from(credentials);
  }();
  ManualClock clock;
  std::unique_ptr<ServiceRecords> records;
  std::unique_ptr<ProcessMark> mark;
  std::unique_ptr<Notices> notices;
  test::PatternDecoder decoder;
  Directory directory;
  std::unique_ptr<ClipIndex> index = *ClipIndex::make();
  std::unique_ptr<StreamStore> store;
  StreamDesk::Options options;
  std::mutex mutex;
  std::vector<std::string> troubles;
  Hand* hand = nullptr;
  std::int64_t shown_s = 0;
  std::unique_ptr<StreamDesk> desk;
};

TEST_F(Desk, FollowsWhatIsAttachedUntilItIsDetachedAlsoAfterARestart) {
  EXPECT_EQ(attach(wish("lobby")), AttachEnd::kAttached);
  EXPECT_EQ(attach(wish("lobby")), AttachEnd::kThereAlready);
  AttachedStream other = wish("lobby");
  other.url += "1";
  EXPECT_EQ(attach(other), AttachEnd::kOtherOfThatName);
  EXPECT_EQ(attach(wish("lobby", "two")), AttachEnd::kAttached) << "names are a tenant's own";
  EXPECT_EQ(attach(wish("attic")), AttachEnd::kAttached);
  EXPECT_THAT(desk->streams("one", "", 10), SizeIs(2));
  EXPECT_EQ(desk->streams("one", "attic", 10)[0].stream->name, "lobby");
  EXPECT_FALSE(desk->stream("two", "attic"));
  EXPECT_FALSE(*desk->detach("two", "attic"));
  EXPECT_TRUE(*desk->detach("one", "attic"));
  open();
  EXPECT_THAT(desk->streams("one", "", 10), SizeIs(1));
  until([&] {
    const std::scoped_lock lock(hand->mutex);
    return hand->streams.size() == 2;
  });
}

TEST_F(Desk, RefusesWhatItCannotFollowAndMoreThanItMay) {
  AttachedStream odd = wish("odd");
  odd.url = "gopher://live.example/topsecret";
  const auto refused = desk->attach(odd);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr("rtmp://"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("topsecret")));
  odd.url = "rtmp://live.example/topsecret";
  EXPECT_EQ(desk->attach(odd).error().message, "no name") << "as the family says";
  EXPECT_TRUE(desk->streams("one", "", 10).empty());
  for (const char* name : {"", "a b", "../a", "a//b", "caf\xc3\xa9"}) {
    EXPECT_EQ(desk->attach(wish(name)).error().code, Code::kInvalidInput) << name;
  }
  options.streams_max = 3;
  options.tenant_streams_max = 2;
  open();
  EXPECT_EQ(attach(wish("a")), AttachEnd::kAttached);
  EXPECT_TRUE(desk->load().admits);
  EXPECT_EQ(attach(wish("b")), AttachEnd::kAttached);
  EXPECT_FALSE(desk->load("one").admits) << "it has all that it may have";
  EXPECT_TRUE(desk->load("two").admits);
  EXPECT_EQ(attach(wish("c")), AttachEnd::kTooManyOfTenant);
  EXPECT_EQ(attach(wish("c", "two")), AttachEnd::kAttached);
  EXPECT_EQ(attach(wish("d", "two")), AttachEnd::kFull);
  EXPECT_FALSE(desk->load().admits);
  EXPECT_EQ(desk->counts().refused_full, 2U);
}

TEST_F(Desk, WritesAnAlertDownBeforeItIsToldAndTellsItOnce) {
  AttachedStream stream = wish("lobby");
  stream.labels = {{"room", "4"}};
  stream.cut_off = {"https://hooks.example/topsecret", ClipTier::kThreeAligned, BankAction::kBlock};
  attach(stream);
  show(stream.url, 502);
  until([&] { return !alerts().empty() && alerts().back().find("three-aligned") != std::string::npos; });
  const auto json = parse_json(alerts().back(), 1 << 20);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["stream"], "lobby");
  EXPECT_EQ((*json)["labels"]["room"], "4");
  EXPECT_EQ((*json)["bank"], "known");
  EXPECT_EQ((*json)["entry"], "4.17");
  EXPECT_EQ((*json)["evidence"]["stream"], "lobby");
  EXPECT_THAT(alerts().back(), Not(HasSubstr("topsecret")));
  EXPECT_EQ(desk->stream("one", "lobby")->count.alerts, 1U) << "a showing once, however often it rose";
  EXPECT_EQ(due(), 0U);
  ASSERT_TRUE(AlertOutbox(*store, *notices, [](const Error&) {}, {.own_thread = false}).step());
  EXPECT_EQ(due(), 1U);
  EXPECT_EQ(*store->count_unsent(), 0U);
  const std::string id = records->due_webhooks(clock.now(), {}, {}, 9)->front().id;
  const LookupJob job = **records->job(id);
  EXPECT_THAT(job.answer, HasSubstr(R"({"type":"stream.match","timestamp":)"));
  EXPECT_THAT(job.answer, HasSubstr(id));
  EXPECT_EQ(job.key_id, "abc");
}

TEST_F(Desk, AKillBetweenWritingDownAndHandingOverTellsItOnceAllTheSame) {
  AttachedStream stream = wish("lobby");
  stream.cut_off = {"https://hooks.example/x", ClipTier::kThreeAligned, BankAction::kBlock};
  attach(stream);
  show(stream.url, 502);
  until([&] { return store->count_unsent().value_or(0) == 1; });
  const auto unsent = store->unsent("k/abc", 0, 10);
  open();  // What was not handed over is there still.
  EXPECT_EQ(*store->count_unsent(), 1U);
  AlertOutbox outbox(*store, *notices, [](const Error&) {}, {.own_thread = false});
  ASSERT_TRUE(outbox.step());
  // As if it had been killed after the records had it, and before that was written down.
  StreamAlert again = unsent->front().alert;
  Notice notice{again.id, again.tenant, again.caller, again.key_id, again.webhook, "{}"};
  EXPECT_TRUE(notices->send(notice)) << "the same id again is nothing";
  EXPECT_EQ(due(), 1U);
  EXPECT_THAT((*records->job(again.id))->answer, Not("{}"));
}

TEST_F(Desk, SilentEntriesAreNotedAndNotToldAndOthersBanksAreNot) {
  directory.of[{"one", ClipId{1}}].force = ClipForce::kSilent;
  AttachedStream stream = wish("lobby");
  stream.cut_off = {"https://hooks.example/x", ClipTier::kSingleFrame, BankAction::kReview};
  attach(stream);
  AttachedStream narrow = wish("narrow");
  narrow.banks = {BankId{9}};
  attach(narrow);
  const AttachedStream theirs = wish("theirs", "two");
  attach(theirs);
  show(narrow.url, 502);
  show(theirs.url, 502);
  show(stream.url, 502);
  until([&] { return !alerts("one", true).empty(); });
  EXPECT_TRUE(alerts().empty());
  EXPECT_TRUE(alerts("two", true).empty());
  for (const std::string& body : alerts("one", true)) EXPECT_THAT(body, HasSubstr(R"("stream":"lobby")"));
  EXPECT_EQ(*store->count_unsent(), 0U) << "what is silent cuts nothing off";
  EXPECT_EQ(desk->stream("one", "lobby")->count.alerts, 0U);
}

TEST_F(Desk, WhatAHarmlessBankKnowsIsNoAlertAndIsAskedWithTheNext) {
  directory.of[{"one", ClipId{2}}] = {BankId{5},          "harmless",          entry_id(ReleaseId{1}, 1),
                                      BankAction::kAllow, ClipForce::kInForce, true};
  const AttachedStream stream = wish("lobby");
  attach(stream);
  show(stream.url, 902);
  show(stream.url, 502);
  until([&] { return !alerts("one", true).empty(); });
  EXPECT_TRUE(alerts().empty()) << "the directory says what it overrules; here: all";
}

TEST_F(Desk, TriesAgainWhileTheListsDoNotAnswer) {
  const AttachedStream stream = wish("lobby");
  attach(stream);
  directory.away = 1;
  show(stream.url, 502);
  until([&] { return !alerts().empty(); });
  EXPECT_THAT(troubles, SizeIs(1));
  EXPECT_EQ(desk->counts().alerts_lost, 0U);
}

TEST_F(Desk, AShowingThatBeganWhileItsEntryWasStagedIsToldWhenThatComesIntoForce) {
  directory.set(ClipId{1}, ClipForce::kSilent);
  AttachedStream stream = wish("lobby");
  stream.cut_off = {"https://hooks.example/x", ClipTier::kThreeAligned, BankAction::kBlock};
  attach(stream);
  show(stream.url, 502);
  until([&] { return last("tier") == "three-aligned"; });
  const std::size_t noted = alerts("one", true).size();
  const Time told = clock.now();
  // Long after that the stream shows it still, and then something else.
  show(stream.url, 508, 2);
  show(stream.url, 10'000, 1);  // What came before it was told of when it has been looked at.
  until([&] { return desk->stream("one", "lobby")->state.last_frame >= told + seconds(2); });
  clock.pass(std::chrono::minutes(14));
  until([&] { return desk->counts().showings_waiting == 1; });
  directory.set(ClipId{1}, ClipForce::kInForce);
  until([&] { return alerts().size() == 1; });
  ASSERT_FALSE(alerts().empty());
  const auto json = *parse_json(alerts().front(), 1 << 20);
  EXPECT_FALSE(json["silent"]);
  EXPECT_FALSE(json["is_rise"]) << "the silent ones do not count";
  EXPECT_EQ(json["tier"], "three-aligned");
  EXPECT_EQ(json["at"], to_text(clock.now()));
  EXPECT_EQ(json["last_shown"], to_text(told + seconds(1))) << "the last piece of it came then";
  EXPECT_LE(json["evidence"]["at"], to_text(told)) << "the evidence is of the match";
  EXPECT_EQ(*store->count_unsent(), 1U) << "and it cuts off";
  until([&] { return desk->stream("one", "lobby")->count.alerts == 1; });
  directory.set(ClipId{1}, ClipForce::kSilent);
  directory.set(ClipId{1}, ClipForce::kInForce);
  EXPECT_EQ(desk->counts().showings_waiting, 0U);
  EXPECT_EQ(alerts("one", true).size(), noted + 1) << "told once";
}

TEST_F(Desk, AShowingOfAProposedEntryIsNotedWhenItIsStagedAndToldWhenItIsInForce) {
  directory.set(ClipId{1}, ClipForce::kDormant);
  const AttachedStream stream = wish("lobby");
  attach(stream);
  show(stream.url, 502);
  until([&] { return desk->counts().showings_waiting == 1; });
  EXPECT_TRUE(alerts("one", true).empty()) << "proposed: nothing is noted";
  ASSERT_TRUE(*desk->detach("one", "lobby"));
  directory.set(ClipId{1}, ClipForce::kSilent);
  until([&] { return alerts("one", true).size() == 1; });
  EXPECT_TRUE(alerts().empty());
  directory.set(ClipId{1}, ClipForce::kInForce);
  until([&] { return alerts().size() == 1; });
  EXPECT_EQ(alerts("one", true).size(), 2U);
  until([&] { return desk->counts().showings_waiting == 0; });
}

TEST_F(Desk, AMatchThatRisesAfterItsEntryCameIntoForceCountsOnce) {
  directory.set(ClipId{1}, ClipForce::kDormant);
  const AttachedStream stream = wish("lobby");
  attach(stream);
  until_followed(stream.url);
  show(stream.url, 502, 1);
  until([&] { return desk->counts().showings_waiting == 1; });
  directory.set(ClipId{1}, ClipForce::kInForce);
  show(stream.url, 503, 5);
  until([&] { return last("tier") == "three-aligned"; });
  until([&] { return desk->counts().showings_waiting == 0; });
  until([&] { return desk->stream("one", "lobby")->count.alerts == 1; });
}

TEST_F(Desk, AShowingIsForgottenAWhileAfterItsLastPicture) {
  directory.set(ClipId{1}, ClipForce::kDormant);
  const AttachedStream stream = wish("lobby");
  attach(stream);
  show(stream.url, 502);
  until([&] { return desk->counts().showings_waiting == 1; });
  clock.pass(std::chrono::minutes(16));
  until([&] { return desk->counts().showings_waiting == 0; });
  directory.set(ClipId{1}, ClipForce::kInForce);
  show(stream.url, 10'000, 2);
  EXPECT_TRUE(alerts("one", true).empty());
  EXPECT_EQ(desk->counts().showings_forgotten, 0U);
}

TEST_F(Desk, WhatWaitsToBeJudgedIsAskedOfTheListsOnlyWhenTheyChange) {
  directory.set(ClipId{1}, ClipForce::kDormant);
  const AttachedStream stream = wish("lobby");
  attach(stream);
  show(stream.url, 502);
  until([&] { return desk->counts().showings_waiting == 1; });
  const int first = directory.asked;
  directory.set(ClipId{1}, ClipForce::kDormant);
  until([&] { return directory.asked > first; });
  const int asked = directory.asked;
  show(stream.url, 10'000, 40);  // While the recorder looks each millisecond.
  EXPECT_LE(directory.asked, asked + 3) << "matches that were on their way";
  directory.away = 2;
  directory.set(ClipId{1}, ClipForce::kInForce);
  until([&] { return alerts().size() == 1; });
  EXPECT_THAT(troubles, SizeIs(1)) << "once, until it is over";
}

TEST_F(Desk, PassesOverACallerWithTooManyWebhooksThatWait) {
  const auto few = open_service_records("sqlite:" + (folder.path() / "lists.db").string(), {},
                                        {.webhooks_waiting_max = 64});
  ASSERT_TRUE(few);
  Notices narrow({**few, *mark, master, clock});
  const auto add = [&](const std::string& caller, int many) {
    for (int i = 0; i < many; ++i) {
      StreamAlert alert;
      alert.id = "a_" + caller.substr(2) + std::to_string(100'000 + i);
      alert.tenant = "one";
      alert.stream = "lobby";
      alert.stream_id = "s";
      alert.body = "{}";
      alert.webhook = "https://hooks.example/x";
      alert.caller = caller;
      alert.key_id = "abc";
      ASSERT_TRUE(store->add(alert));
    }
  };
  add("k/abc", 200);
  add("k/other", 2);
  AlertOutbox outbox(*store, narrow, [](const Error&) {}, {.own_thread = false});
  ASSERT_TRUE(outbox.step()) << "a caller that has too many is not what does not answer";
  EXPECT_TRUE(store->unsent("k/other", 0, 10)->empty());
  const std::uint64_t left = *store->count_unsent();
  EXPECT_GT(left, 100U);
  const std::uint64_t tried = outbox.tried();
  EXPECT_EQ(tried, outbox.handed() + 1) << "one of the caller's was refused, the rest was not tried";
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(outbox.step());
  EXPECT_EQ(outbox.tried(), tried + 2) << "with the second step from here, and the sixth";
  add("k/third", 1);
  ASSERT_TRUE(outbox.step());
  EXPECT_TRUE(store->unsent("k/third", 0, 10)->empty());
}

TEST_F(Desk, LooksAtWhatWaitsOfAStreamThatAMediaServerEnded) {
  const AttachedStream stream = wish("lobby");
  attach(stream);
  until_followed(stream.url);
  {
    const std::scoped_lock lock(hand->mutex);
    for (std::uint32_t i = 0; i < 4; ++i) {
      LiveSegment piece;
      piece.media = test::pattern_media({{(i + 1) * 1'000'000, 502 + i, 1}});
      piece.fetched_at = clock.now();
      hand->given.emplace_back(stream.url, std::move(piece));
    }
    hand->changed.notify_all();
  }
  until([&] { return desk->counts().watch.pieces == 4; });
  ASSERT_TRUE(*desk->detach("one", "lobby", WatchEnd::kLookedAt));
  until([&] { return !alerts().empty() && last("tier") == "three-aligned"; });
  EXPECT_EQ(desk->counts().watch.pieces_unseen, 0U);
}

TEST_F(Desk, NamesTheStreamsThatAreWatchedForNoneButSomeBanks) {
  AttachedStream all = wish("all"), both = wish("both"), mine = wish("mine");
  both.banks = {BankId{3}, BankId{4}};
  mine.banks = {BankId{3}};
  for (const AttachedStream& stream : {all, both, mine}) attach(stream);
  const std::vector<BankId> three{BankId{3}}, more{BankId{3}, BankId{4}, BankId{5}}, none{BankId{0}};
  ASSERT_THAT(desk->streams("one", "", 10, three), SizeIs(1));
  EXPECT_EQ(desk->streams("one", "", 1, three)[0].stream->name, "mine") << "the limit is of those";
  EXPECT_THAT(desk->streams("one", "", 10, more), SizeIs(2));
  EXPECT_THAT(desk->streams("one", "", 10, none), SizeIs(0));
  EXPECT_THAT(desk->streams("one", "", 10), SizeIs(3));
}

TEST_F(Desk, DetachesWhatAMediaServerToldOfAndNothingCameOf) {
  AttachedStream hooked = wish("live/a");
  hooked.by_hook = true;
  attach(hooked);
  attach(wish("lobby"));
  clock.pass(std::chrono::minutes(14));
  ASSERT_TRUE(desk->step());
  EXPECT_THAT(desk->streams("one", "", 10), SizeIs(2));
  clock.pass(std::chrono::minutes(2));
  ASSERT_TRUE(desk->step());
  EXPECT_THAT(desk->streams("one", "", 10), SizeIs(1));
  EXPECT_EQ(desk->counts().hooked_ended, 1U);
}

TEST_F(Desk, SaysOfAStreamWhoseAddressDoesNotOpenWhatToDo) {
  attach(wish("lobby"));
  Credentials credentials;
  credentials.set("access_key", Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHx8="));
  desk.reset();
  store.reset();
  const MasterKey other = *MasterKey::from(credentials);
  const auto theirs = StreamStore::open(folder.path() / "state", other);
  StreamDesk::Parts parts{**theirs, decoder, *index, directory, *notices, clock, {}, [](const Error&) {}};
  const auto opened = StreamDesk::open(std::move(parts), options);
  ASSERT_TRUE(opened);
  const auto view = (*opened)->stream("one", "lobby");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->state.phase, WatchPhase::kFailing);
  EXPECT_THAT(view->state.trouble, HasSubstr("attach it anew"));
  EXPECT_TRUE(*(*opened)->detach("one", "lobby"));
}

}  // namespace
