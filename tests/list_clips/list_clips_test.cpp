#include "seawall/list_clips/list_clips.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "../follow/follow_fixture.h"
#include "seawall/clip_match/clip_matcher.h"
#include "seawall/feed_store/published_feed.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/video_print/vpdq.h"
#include "store_places.h"
#include "video/generated_walk.h"

namespace seawall::test {
namespace {

using generated::Showing;
using generated::Walk;

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Twenty seconds of a generated video.
HashTrack track_of_walk(std::uint64_t seed, std::int64_t step_us = 33'333) {
  HashTrack track;
  append_showing(track, Walk{seed}, {.end_us = 20'000'000, .step_us = step_us});
  return track;
}

CarriedSignal dense(std::uint64_t seed) {
  return {std::string(CarriedSignal::kDensePrint),
          text_of(get(write_dense_print(get(prune(track_of_walk(seed))))))};
}
CarriedSignal sampled(std::uint64_t seed) {
  return {std::string(CarriedSignal::kVpdq), write_vpdq_text(vpdq_of(track_of_walk(seed, 1'000'000)))};
}
/// A made-up TMK print whose mean features point where `seed` says.
TmkPrint tmk_print(std::uint64_t seed) {
  TmkPrint print;
  print.frame_count = 100;
  print.periods = {50, 70};
  print.coefficients = {0.5F, 0.25F};
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> any(-1, 1);
  for (int i = 0; i < 16; ++i) print.average.push_back(any(random));
  for (int i = 0; i < 64; ++i) print.cosines.push_back(any(random));
  for (int i = 0; i < 64; ++i) print.sines.push_back(any(random));
  return print;
}
CarriedSignal tmk(std::uint64_t seed) {
  return {std::string(CarriedSignal::kTmk), text_of(write_tmk(tmk_print(seed)))};
}

EntryContent video(std::vector<CarriedSignal> carried) {
  EntryContent content;
  content.signals.carried = std::move(carried);
  return content;
}

/// What it is that a query of five seconds from the middle of a walk meets.
class ListClipsTest : public testing::TestWithParam<test_support::Backend> {
 protected:
  void SetUp() override {
    place_ = GetParam().make();
    lists_ = std::make_unique<Lists>(place_->url());
    bank_ = lists_->make_bank("films", false);
    feed_ = std::make_unique<StoreFeed>(*lists_->store);
    open();
  }
  void open() { clips_ = get(ListClips::make(*feed_, *lists_->store, lists_->clock)); }
  void catch_up() {
    for (int i = 0; i < 1'000; ++i) {
      if (get(clips_->step(std::chrono::milliseconds(0))).all_seen) return;
    }
    FAIL() << "the feed has no end";
  }
  EntryId list(const std::string& key, EntryContent content) {
    const Release release = get(lists_->service->propose({bank_, key, std::move(content)}, lists_->ann));
    get(lists_->service->activate(release.id, lists_->ann));
    return entry_id(release.id, 0);
  }
  /// Past the guards, as a store of an older build has it.
  EntryId list_unchecked(const std::string& key, EntryContent content) {
    const SourceId source = get(lists_->service->ensure_source("partner", "ndjson", lists_->ann));
    const Authorship by{"ann", "test", lists_->clock.now()};
    const auto load = get(lists_->store->begin_load(bank_, source, by));
    const std::vector<NewEntry> entries{{key, std::move(content), false, ""}};
    get(load->write({.add = entries}));
    return entry_id(get(load->seal(by)).id, 0);
  }
  /// Entries whose clips are found, each with its tier.
  std::map<EntryId, ClipTier> found(std::uint64_t seed, std::int64_t step_us = 500'000) {
    HashTrack query;
    append_showing(query, Walk{seed}, {.begin_us = 7'000'000, .end_us = 13'000'000, .step_us = step_us});
    std::map<EntryId, ClipTier> entries;
    for (const ClipMatch& match : get(ClipMatcher(clips_->index()).match(query)).matches) {
      const auto clip = clips_->find(match.clip);
      if (clip) entries[clip->entry] = match.tier;
    }
    return entries;
  }
  using Found = std::map<EntryId, ClipTier>;

  std::unique_ptr<test_support::StorePlace> place_;
  std::unique_ptr<Lists> lists_;
  std::unique_ptr<StoreFeed> feed_;
  std::unique_ptr<ListClips> clips_;
  BankId bank_{};
};

TEST_P(ListClipsTest, AListedVideoIsFoundAndNamed) {
  for (std::uint64_t seed = 1; seed < 20; ++seed)
    lists_->propose(bank_, "picture" + std::to_string(seed), seed);
  const EntryId film = list("film", video({dense(7)}));
  catch_up();
  EXPECT_EQ(clips_->sizes().entries, 1U);
  EXPECT_EQ(found(7), (Found{{film, ClipTier::kThreeAligned}}));
  EXPECT_TRUE(found(8).empty());
  const auto all = get(ClipMatcher(clips_->index()).match(track_of_walk(7)));
  ASSERT_EQ(all.matches.size(), 1U);
  const auto clip = clips_->find(all.matches[0].clip);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->key, "film");
  EXPECT_EQ(clip->bank, bank_);
  EXPECT_NEAR(clip->duration_ms, 20'000, 100);
  EXPECT_FALSE(clip->sampled);
}

TEST_P(ListClipsTest, ChangesAreFollowedAndAStartComesToTheSame) {
  const EntryId one = list("one", video({dense(1)}));
  catch_up();
  const Release waits = get(lists_->service->propose({bank_, "two", video({dense(2)})}, lists_->ann));
  catch_up();
  const EntryId two = entry_id(waits.id, 0);
  EXPECT_EQ(found(2).count(two), 1U) << "it is held before it is in force";
  get(lists_->service->reject(waits.id, lists_->ann));
  get(lists_->service->withdraw(std::vector{one}, lists_->ann));
  catch_up();
  EXPECT_TRUE(found(1).empty());
  EXPECT_TRUE(found(2).empty());
  EXPECT_EQ(clips_->sizes().clips, 0U);
  EXPECT_EQ(clips_->index().hashes(), 0U);
  const EntryId three = list("three", video({dense(3)}));
  catch_up();
  const auto before = found(3);
  open();
  catch_up();
  EXPECT_EQ(found(3), before);
  EXPECT_EQ(found(3), (Found{{three, ClipTier::kThreeAligned}}));
  EXPECT_TRUE(found(1).empty());
  EXPECT_EQ(clips_->version(), get(get(lists_->store->view())->version()).number);
}

TEST_P(ListClipsTest, AnEntryIsReplacedWhenItsVideoChangesAndOnlyThen) {
  const EntryId film = list("film", video({dense(1)}));
  catch_up();
  const auto clip_of = [&] {
    return get(ClipMatcher(clips_->index()).match(track_of_walk(1))).matches.at(0).clip;
  };
  const ClipId clip = clip_of();
  const auto set = [&](const auto& change) {
    const auto writing = get(lists_->store->change());
    Entry entry = get(writing->entries(std::span(&film, 1))).front();
    change(entry);
    get(writing->set_entry(entry, "changed", {"ann", "test", lists_->clock.now()}));
    get(writing->commit());
    catch_up();
  };
  set([](Entry& entry) { entry.content.tags = {"a"}; });
  EXPECT_EQ(clip_of(), clip);
  set([](Entry& entry) { entry.content.signals.carried = {dense(2)}; });
  EXPECT_TRUE(found(1).empty());
  EXPECT_EQ(found(2), (Found{{film, ClipTier::kThreeAligned}}));
  EXPECT_FALSE(clips_->find(clip));
  set([](Entry& entry) {
    entry.content.signals.carried.clear();
    entry.content.signals.md5 = md5_of(1);
  });
  EXPECT_TRUE(found(2).empty());
  set([](Entry& entry) { entry.content.signals.carried = {dense(3)}; });
  EXPECT_EQ(found(3), (Found{{film, ClipTier::kThreeAligned}})) << "a picture that becomes a video";
}

TEST_P(ListClipsTest, WhatCannotBeReadIsCountedAndHarmsNothing) {
  CarriedSignal broken = dense(5);
  broken.bytes.resize(broken.bytes.size() / 2);
  list_unchecked(
      "broken",
      video({broken, {"vpdq", "no such text"}, {"tmk", "TMK1"}, {"photodna", std::string(144, 'x')}}));
  HashTrack flat;
  for (int i = 0; i < 9; ++i) flat.hashes.push_back({i * 1'000'000, {Walk{9}.at(i * 1'000'000), 3}, 0});
  list_unchecked("flat", video({{"vpdq", write_vpdq_text(vpdq_of(flat))}}));
  const EntryId good = list_unchecked("good", video({broken, dense(6)}));
  catch_up();
  EXPECT_EQ(clips_->sizes().unusable, 5U);
  EXPECT_EQ(clips_->sizes().entries, 1U);
  EXPECT_EQ(found(6), (Found{{good, ClipTier::kThreeAligned}}));
}

TEST_P(ListClipsTest, WhatCannotBeReadIsRefusedWhenItIsListed) {
  CarriedSignal broken = dense(5);
  broken.bytes[broken.bytes.size() / 2] ^= 1;
  EntryContent content = video({broken});
  content.signals.md5 = md5_of(1);
  EXPECT_FALSE(lists_->service->propose({bank_, "broken", content}, lists_->ann));
  EXPECT_FALSE(lists_->service->propose({bank_, "broken", video({{"vpdq", "0,1,2"}})}, lists_->ann));
  content.signals.carried = {{"vpdq", "0,1,2"}};
  const ImportReport report =
      lists_->import(bank_, {{"others", false, content}, {"ours", false, video({broken})}});
  EXPECT_EQ(report.videos_not_matched, 1U);
  EXPECT_EQ(report.reasons.at("unreadable_video"), 1U);
  EXPECT_EQ(report.progress.counts.added, 1U);
}

TEST_P(ListClipsTest, OthersVpdqIsFoundByDenseQueries) {
  const EntryId film = list("film", video({sampled(4)}));
  list("both", video({sampled(5), dense(5)}));
  catch_up();
  EXPECT_TRUE(clips_->has_sampled());
  EXPECT_EQ(clips_->sizes().sampled, 1U) << "a dense print goes before a vPDQ";
  EXPECT_EQ(found(4, 33'333), (Found{{film, ClipTier::kThreeAligned}}));
}

TEST_P(ListClipsTest, TmkIsComparedByBothLevels) {
  const EntryId film = list("film", video({tmk(1)}));
  list("other", video({tmk(2)}));
  catch_up();
  const auto matches = get(clips_->tmk_matches(tmk_print(1), {}));
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].entry, film);
  EXPECT_GT(matches[0].level2, 0.99);
  EXPECT_TRUE(get(clips_->tmk_matches(tmk_print(3), {})).empty());
  TmkPrint otherwise = tmk_print(1);
  otherwise.periods = {51, 70};
  EXPECT_TRUE(get(clips_->tmk_matches(otherwise, {})).empty());
}

/// A title card for two seconds, then ten seconds of a video.
HashTrack with_card(std::uint64_t seed) {
  HashTrack track;
  for (int i = 0; i < 20; ++i) track.hashes.push_back({i * 100'000, {pattern(77), 100}, 0});
  append_showing(track, Walk{seed}, {.end_us = 10'000'000, .at_us = 2'000'000});
  return track;
}
CarriedSignal dense_with_card(std::uint64_t seed) {
  return {std::string(CarriedSignal::kDensePrint),
          text_of(get(write_dense_print(get(prune(with_card(seed))))))};
}

TEST_P(ListClipsTest, PicturesOfHarmlessBanksNeverCountInVideosWhileTheyAreInForce) {
  const EntryId film = list("film", video({dense_with_card(1)}));
  catch_up();
  const auto found_for = [&](const std::string& tenant) {
    catch_up();
    return get(ClipMatcher(clips_->index(), clips_->scope({tenant, {}})).match(with_card(2))).matches.size();
  };
  EXPECT_EQ(found_for("default"), 1U);
  const BankId harmless = lists_->make_bank("harmless", true, BankKind::kHarmless);
  lists_->list(harmless, "other", 78);
  EXPECT_EQ(found_for("default"), 1U);
  const Release card = lists_->propose(harmless, "card", 77);
  EXPECT_EQ(found_for("default"), 1U) << "it is not in force yet";
  lists_->put_in_force(card);
  EXPECT_EQ(found_for("default"), 0U);
  EXPECT_EQ(clips_->sizes().templates, 2U);
  // The film itself is found by the rest of it, and a start comes to the same.
  open();
  EXPECT_EQ(found_for("default"), 0U);
  EXPECT_EQ(found(1), (Found{{film, ClipTier::kThreeAligned}}));
  const EntryId entry = entry_id(card.id, 0);
  const auto set = [&](const auto& change) {
    const auto writing = get(lists_->store->change());
    Entry listed = get(writing->entries(std::span(&entry, 1))).front();
    change(listed);
    get(writing->set_entry(listed, "changed", {"ann", "test", lists_->clock.now()}));
    get(writing->commit());
  };
  set([&](Entry& listed) { listed.expires_at = lists_->clock.now() + std::chrono::hours(1); });
  EXPECT_EQ(found_for("default"), 0U);
  set([&](Entry& listed) { listed.expires_at = lists_->clock.now() - std::chrono::hours(1); });
  EXPECT_EQ(found_for("default"), 1U);
  set([&](Entry& listed) { listed.expires_at.reset(); });
  EXPECT_EQ(found_for("default"), 0U);
  const auto switch_bank = [&](bool active) {
    const auto writing = get(lists_->store->change());
    ListBank bank = *get(writing->bank(harmless));
    bank.active = active;
    get(writing->set_bank(bank, {"ann", "test", lists_->clock.now()}));
    get(writing->commit());
  };
  switch_bank(false);
  EXPECT_EQ(found_for("default"), 1U);
  switch_bank(true);
  EXPECT_EQ(found_for("default"), 0U);
  {
    const auto writing = get(lists_->store->change());
    get(writing->set_release_state(card.id, ReleaseState::kRejected, {"ann", "test", lists_->clock.now()}));
    get(writing->commit());
  }
  EXPECT_EQ(found_for("default"), 1U);
  EXPECT_EQ(clips_->sizes().templates, 1U);
}

TEST_P(ListClipsTest, WhatOtherTenantsListChangesNoAnswer) {
  const EntryId film = list("film", video({dense(1), tmk(1)}));
  catch_up();
  const auto answer = [&] {
    catch_up();
    const ClipMatcher matcher(clips_->index(), clips_->scope({"default", {}}));
    HashTrack frame;
    frame.hashes = {{0, {Walk{1}.at(5'000'000), 100}, 0}};
    std::vector<ClipMatch> matches = get(matcher.match(track_of_walk(1))).matches;
    for (ClipMatch& match : get(matcher.match(frame)).matches) matches.push_back(std::move(match));
    return matches;
  };
  const auto alone = answer();
  ASSERT_EQ(alone.size(), 2U);
  ListBank bank;
  bank.tenant = "other";
  bank.name = "films";
  bank.two_person = false;
  const BankId others = get(lists_->service->make_bank(bank, lists_->ann));
  std::vector<ExchangeRecord> copies;
  for (int i = 0; i < 40; ++i)
    copies.push_back({"copy" + std::to_string(i), false, video({dense(1), tmk(1)})});
  const Release release = *lists_->import(others, std::move(copies)).release;
  get(lists_->service->activate(release.id, lists_->ann));
  bank.name = "harmless";
  bank.kind = BankKind::kHarmless;
  bank.two_person = true;
  const BankId harmless = get(lists_->service->make_bank(bank, lists_->ann));
  EntryContent frame;
  frame.signals.pdq.push_back({Walk{1}.at(5'000'000), 100});
  lists_->put_in_force(get(lists_->service->propose({harmless, "frame", frame}, lists_->ann)));
  EXPECT_EQ(answer(), alone);
  EXPECT_EQ(clips_->sizes().clips, 41U);
  EXPECT_EQ(clips_->sizes().templates, 1U);
  EXPECT_EQ(clips_->find(alone[0].clip)->entry, film);
  EXPECT_EQ(get(clips_->tmk_matches(tmk_print(1), {"default", {}})).size(), 1U);
  EXPECT_EQ(get(clips_->tmk_matches(tmk_print(1), {"", {}})).size(), 41U);
  const ClipMatcher chosen(clips_->index(), clips_->scope({"other", {bank_}}));
  EXPECT_TRUE(get(chosen.match(track_of_walk(1))).matches.empty()) << "a bank that is not the tenant's";
}

TEST_P(ListClipsTest, TheFollowerSaysWhatAVideoCountsFor) {
  const TemporaryFolder folder = get(TemporaryFolder::make("seawall-clips"));
  Follower follower(*lists_, folder.path() / "index");
  const EntryId film = list("film", video({dense(1)}));
  const BankId harmless = lists_->make_bank("harmless", true, BankKind::kHarmless);
  const Release known = get(lists_->service->propose({harmless, "advert", video({dense(2)})}, lists_->ann));
  lists_->put_in_force(known);
  follower.catch_up();
  const auto ask = [&](std::vector<MetEntry> met) {
    ListQuery query;
    query.met = met;
    return get(follower.follower->match(query));
  };
  const MetEntry part{film, MetBy::kVideo, 5, 10'000, 15'000, "is shown"};
  ListVerdict verdict = ask({part});
  EXPECT_EQ(verdict.action, BankAction::kBlock);
  ASSERT_EQ(verdict.matches.size(), 1U);
  EXPECT_EQ(verdict.matches[0].met_by, MetBy::kVideo);
  EXPECT_EQ(verdict.matches[0].radius_bits, 0);
  EXPECT_EQ(verdict.reasons, std::vector{"bank 'films': entry " + to_text(film) + " is shown: block"});
  const MetEntry around{entry_id(known.id, 0), MetBy::kVideo, 5, 9'000, 16'000, "is shown"};
  const MetEntry beside{entry_id(known.id, 0), MetBy::kVideo, 5, 12'000, 16'000, "is shown"};
  EXPECT_EQ(ask({part, around}).action, BankAction::kAllow) << "a known advert that shows it";
  EXPECT_EQ(ask({part, beside}).action, BankAction::kBlock);
  get(lists_->service->withdraw(std::vector{film}, lists_->ann));
  follower.catch_up();
  EXPECT_TRUE(ask({part}).matches.empty());
}

TEST_P(ListClipsTest, LookUpsGoOnWhileListsChange) {
  const EntryId stays = list("stays", video({dense(1)}));
  catch_up();
  std::atomic<bool> stop = false;
  std::atomic<int> asked = 0;
  std::jthread asking([&] {
    while (!stop) {
      EXPECT_EQ(found(1), (Found{{stays, ClipTier::kThreeAligned}}));
      ++asked;
    }
  });
  const struct Stopper {
    std::atomic<bool>& stop;
    ~Stopper() { stop = true; }
  } stopper{stop};
  for (std::uint64_t seed = 10; seed < 20; ++seed) {
    const EntryId film = list("film" + std::to_string(seed), video({dense(seed)}));
    catch_up();
    get(lists_->service->withdraw(std::vector{film}, lists_->ann));
    catch_up();
  }
  while (asked < 3) std::this_thread::yield();
}

/// How many of `kTrials` five-second parts of a moving video are found in others' vPDQ of it (one hash a
/// second), by queries of this step, with 20 bits of noise and any phase.
int found_in_samples(std::int64_t step_us, std::int64_t leg_us) {
  constexpr int kTrials = 100;
  const Walk walk{77, leg_us};
  HashTrack listed;
  append_showing(listed, walk, {.end_us = 60'000'000, .step_us = 1'000'000});
  const auto index = get(ClipIndex::make());
  get(index->add(ClipId{1}, get(print_of_samples(listed))));
  int found = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto begin_us =
        static_cast<std::int64_t>(generated::mix(static_cast<std::uint64_t>(trial)) % 54'000'000);
    HashTrack query;
    append_showing(query, walk,
                   {.begin_us = begin_us,
                    .end_us = begin_us + 5'000'000,
                    .step_us = step_us,
                    .noise_bits = 20,
                    .noise_seed = static_cast<std::uint64_t>(trial) + 1});
    const auto matches = get(ClipMatcher(*index).match(query)).matches;
    if (!matches.empty() && matches.front().tier >= ClipTier::kTwoAligned) ++found;
  }
  return found;
}

TEST(SampledLists, AreFoundByQueriesThatAreDenseEnough) {
  EXPECT_EQ(found_in_samples(33'000, 250'000), 100);
  EXPECT_EQ(found_in_samples(100'000, 250'000), 100);
  EXPECT_EQ(found_in_samples(100'000, 2'000'000), 100);
  EXPECT_LT(found_in_samples(500'000, 250'000), 60) << "so the service looks at ten frames a second";
}

INSTANTIATE_TEST_SUITE_P(On, ListClipsTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

/// What is kept in the store as it is, and shown up to what the log has published.
class PublishedClipsTest : public ListClipsTest {
 protected:
  void SetUp() override {
    ListClipsTest::SetUp();
    records_ = get(open_log_records(place_->url()));
    shown_ = std::make_unique<PublishedFeed>(*lists_->store, *records_);
    film_ = list("film", video({dense(7)}));
    harmless_ = lists_->make_bank("harmless", true, BankKind::kHarmless);
    card_ = lists_->list(harmless_, "card", 77);
    publish();
    restart();
  }
  std::uint64_t version() { return get(get(lists_->store->view())->version()).number; }
  void publish() { get(records_->set_published("lists", version())); }
  void restart() {
    clips_ = get(ListClips::make(*shown_, *lists_->store, lists_->clock));
    come_as_far_as_may_be();
  }
  ListClipsStep come_as_far_as_may_be() {
    for (int i = 0; i < 1'000; ++i) {
      const ListClipsStep step = get(clips_->step(std::chrono::milliseconds(0)));
      if (step.all_seen) return step;
    }
    ADD_FAILURE() << "the feed has no end";
    return {};
  }
  bool finds_film() { return found(7).contains(film_); }
  std::size_t templates() { return clips_->sizes().templates; }

  std::unique_ptr<LogRecordStore> records_;
  std::unique_ptr<PublishedFeed> shown_;
  EntryId film_{}, card_{};
  BankId harmless_{};
};

TEST_P(PublishedClipsTest, AWithdrawalCountsOnceItIsPublished) {
  ASSERT_TRUE(finds_film());
  const std::uint64_t published = version();
  get(lists_->service->withdraw(std::vector{film_}, lists_->ann));
  const ListClipsStep step = come_as_far_as_may_be();
  EXPECT_TRUE(finds_film());
  EXPECT_FALSE(step.up_to_date);
  EXPECT_EQ(step.newest, version());
  EXPECT_EQ(clips_->version(), published);
  restart();
  EXPECT_TRUE(finds_film()) << "nor does a restart show it";
  EXPECT_EQ(clips_->version(), published);
  publish();
  EXPECT_TRUE(come_as_far_as_may_be().up_to_date);
  EXPECT_FALSE(finds_film());
}

TEST_P(PublishedClipsTest, ATemplateCountsOnceItIsPublished) {
  ASSERT_EQ(templates(), 1U);
  lists_->list(harmless_, "another", 78);
  const Release gone = get(lists_->service->withdraw(std::vector{card_}, lists_->ann));
  get(lists_->service->approve(gone.id, lists_->bob));
  get(lists_->service->activate(gone.id, lists_->bob));
  const BankId late = lists_->make_bank("late", true, BankKind::kHarmless);
  lists_->list(late, "third", 79);
  lists_->list(late, "fourth", 80);
  come_as_far_as_may_be();
  EXPECT_EQ(templates(), 1U);
  restart();
  EXPECT_EQ(templates(), 1U);
  publish();
  come_as_far_as_may_be();
  EXPECT_EQ(templates(), 3U);
}

TEST_P(PublishedClipsTest, AnotherVideoOfAnEntryComesOnceItIsPublished) {
  const Release update = get(lists_->service->propose({bank_, "film", video({dense(8)})}, lists_->ann));
  get(lists_->service->activate(update.id, lists_->ann));
  const EntryId other = list("other", video({dense(9)}));
  for (const bool again : {false, true}) {
    if (again) restart();
    come_as_far_as_may_be();
    EXPECT_TRUE(finds_film());
    EXPECT_TRUE(found(8).empty());
    EXPECT_TRUE(found(9).empty());
  }
  publish();
  come_as_far_as_may_be();
  EXPECT_FALSE(finds_film());
  EXPECT_TRUE(found(8).contains(film_));
  EXPECT_TRUE(found(9).contains(other));
}

TEST_P(PublishedClipsTest, WhatIsPublishedWaitsForWhatIsNotOfTheSameRelease) {
  const Release proposed = get(lists_->service->propose({bank_, "waits", video({dense(9)})}, lists_->ann));
  publish();
  get(lists_->service->activate(proposed.id, lists_->ann));
  const ListClipsStep step = come_as_far_as_may_be();
  EXPECT_EQ(step.items, 0U);
  EXPECT_FALSE(step.up_to_date);
  publish();
  EXPECT_TRUE(come_as_far_as_may_be().up_to_date);
  EXPECT_TRUE(found(9).contains(entry_id(proposed.id, 0)));
}

INSTANTIATE_TEST_SUITE_P(On, PublishedClipsTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall::test
