#include <gmock/gmock.h>

#include <array>

#include "../lists/store_test.h"
#include "follow_fixture.h"
#include "seawall/sqlite/database.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;

class FollowerTest : public test::StoreTest {
 protected:
  TemporaryFolder folder = test::temporary_folder();
  Lists lists{another_place()};
  test::Follower follower{lists, folder.path() / "follow"};

  Standing standing(std::uint64_t seed) {
    const ListVerdict verdict = follower.match(seed);
    EXPECT_EQ(verdict.matches.size(), 1U);
    return verdict.matches.empty() ? Standing{} : verdict.matches[0].standing;
  }
};

TEST_P(FollowerTest, FollowsAReleaseThroughItsStates) {
  const BankId bank = lists.make_bank("b");
  const Release release = lists.propose(bank, "k", 1);
  follower.catch_up();
  EXPECT_TRUE(follower.match(1).matches.empty());
  get(lists.service->stage(release.id, lists.ann));
  follower.catch_up();
  EXPECT_EQ(standing(1), Standing::kStaged);
  EXPECT_EQ(follower.match(1).action, BankAction::kAllow);
  EXPECT_EQ(follower.follower->silent_matches(release.id), 2U);
  const MetEntry met{.entry = entry_id(release.id, 0), .how = "is shown"};
  ListQuery again{};
  again.met = std::span(&met, 1);
  again.again = true;
  EXPECT_EQ(get(follower.follower->match(again)).matches.size(), 1U);
  EXPECT_EQ(follower.follower->silent_matches(release.id), 2U) << "what was asked before counts once";
  again.again = false;
  EXPECT_EQ(get(follower.follower->match(again)).matches.size(), 1U);
  EXPECT_EQ(follower.follower->silent_matches(release.id), 3U);
  get(lists.service->approve(release.id, lists.bob));
  get(lists.service->activate(release.id, lists.bob));
  follower.catch_up();
  const ListVerdict verdict = follower.match(1);
  EXPECT_EQ(verdict.action, BankAction::kBlock);
  ASSERT_EQ(verdict.matches.size(), 1U);
  EXPECT_EQ(verdict.matches[0].type, SignalType::kMd5);
  EXPECT_EQ(verdict.matches[0].entry, entry_id(release.id, 0));
  EXPECT_EQ(verdict.reasons.size(), 1U);
  const ChangeOutcome asked = get(lists.service->take_back(release.id, lists.ann));
  get(lists.service->approve_request(*asked.request, lists.bob));
  follower.catch_up();
  EXPECT_TRUE(follower.match(1).matches.empty());
  EXPECT_EQ(follower.follower->sizes().pdq, 0U);
}

TEST_P(FollowerTest, ProvesTheVersionOfTheStore) {
  lists.list(lists.make_bank("b"), "k", 1);
  follower.catch_up();
  EXPECT_EQ(follower.follower->proof(), get(get(lists.store->view())->version()));
  EXPECT_GT(follower.follower->proof().number, 0U);
}

TEST_P(FollowerTest, ARadiusOfTheEntryGoesBeforeThatOfTheBank) {
  const BankId bank = lists.make_bank("b");
  const EntryId id = lists.list(bank, "k", 1);
  follower.catch_up();
  EXPECT_EQ(follower.near(1, 31).matches.size(), 1U);
  EXPECT_EQ(follower.near(1, 32).matches.size(), 0U);
  for (const int radius : {60, 5}) {
    EntrySettings settings;
    settings.radius_bits = radius;
    get(lists.service->approve_request(*get(lists.service->set_settings(id, settings, lists.ann)).request,
                                       lists.bob));
    follower.catch_up();
    EXPECT_EQ(follower.near(1, radius).matches.size(), 1U);
    EXPECT_EQ(follower.near(1, radius + 1).matches.size(), 0U);
    EXPECT_EQ(follower.near(1, radius).matches[0].distance_bits, radius);
    EXPECT_EQ(follower.near(1, radius).matches[0].radius_bits, radius);
  }
}

TEST_P(FollowerTest, AHarmlessBankOverrulesHashesAndADigestOverrulesAll) {
  const BankId bank = lists.make_bank("b");
  lists.list(bank, "k", 1);
  const BankId harmless = lists.make_bank("h", true, BankKind::kHarmless);
  EntryContent look_alike;
  look_alike.signals.pdq.push_back({test::pattern(1), 90});
  look_alike.signals.pdq[0].bits.words[0] ^= 7;
  lists.put_in_force(get(lists.service->propose({harmless, "look-alike", look_alike}, lists.ann)));
  follower.catch_up();
  EXPECT_EQ(follower.near(1, 0).action, BankAction::kAllow);
  EXPECT_EQ(follower.near(1, 0).matches[0].standing, Standing::kOverruled);
  EXPECT_EQ(follower.match(1).action, BankAction::kBlock) << "the listed file itself, by its digest";
  EntryContent same_file;
  same_file.signals.md5 = test::md5_of(1);
  lists.put_in_force(get(lists.service->propose({harmless, "same", same_file}, lists.ann)));
  follower.catch_up();
  EXPECT_EQ(follower.match(1).action, BankAction::kAllow);
}

TEST_P(FollowerTest, AKnownHarmlessFrameFreesNoOtherFrame) {
  const EntryId listed = lists.list(lists.make_bank("b"), "k", 1);
  lists.list(lists.make_bank("h", true, BankKind::kHarmless), "h", 2);
  follower.catch_up();
  // The second is nearer to what is listed than the third, and of the harmless frame.
  const PdqHash harmless{test::pattern(2), 100}, near{test::pattern(1), 100};
  PdqHash far = near;
  far.bits.words[0] ^= 0xff;
  const std::array hashes{harmless, near, far};
  const std::array<int, 3> apart{0, 0, 1}, together{0, 0, 0};
  ListQuery query;
  query.pdq = hashes;
  const auto ask = [&](std::span<const int> frames) {
    query.frames = frames;
    return get(follower.follower->match(query));
  };
  const auto standing = [&](const ListVerdict& verdict) {
    for (const ListMatch& match : verdict.matches) {
      if (match.entry == listed) return std::pair(match.standing, match.distance_bits);
    }
    return std::pair(Standing::kBankOff, -1);
  };
  EXPECT_EQ(ask({}).action, BankAction::kBlock) << "each hash is a frame of its own";
  EXPECT_EQ(standing(ask({})), std::pair(Standing::kEnforced, 0));
  EXPECT_EQ(ask(apart).action, BankAction::kBlock);
  EXPECT_EQ(standing(ask(apart)), std::pair(Standing::kEnforced, 8)) << "by the frame that is not overruled";
  EXPECT_EQ(ask(together).action, BankAction::kAllow);
  EXPECT_EQ(standing(ask(together)), std::pair(Standing::kOverruled, 0));
}

TEST_P(FollowerTest, AQueryMayAskSomeBanksOnlyButHarmlessOnesAlwaysCount) {
  const BankId first = lists.make_bank("b"), second = lists.make_bank("c");
  const EntryId of_first = lists.list(first, "k", 1);
  lists.list(second, "k", 1);
  follower.catch_up();
  const PdqHash hash{test::pattern(1), 100};
  ListQuery query;
  query.pdq = std::span(&hash, 1);
  query.banks = std::span(&first, 1);
  const ListVerdict asked = get(follower.follower->match(query));
  ASSERT_EQ(asked.matches.size(), 1U);
  EXPECT_EQ(asked.matches[0].entry, of_first);
  lists.list(lists.make_bank("h", true, BankKind::kHarmless), "k", 1);
  follower.catch_up();
  EXPECT_EQ(get(follower.follower->match(query)).action, BankAction::kAllow);
}

TEST_P(FollowerTest, AQueryNarrowsRadiiButNeverWidensThem) {
  lists.list(lists.make_bank("b"), "k", 1);
  follower.catch_up();
  const auto meets = [&](int bits, int radius) {
    PdqHash hash{test::pattern(1), 100};
    hash.bits.words[0] ^= (std::uint64_t{1} << bits) - 1;
    ListQuery query;
    query.pdq = std::span(&hash, 1);
    query.radius_bits = radius;
    return !get(follower.follower->match(query)).matches.empty();
  };
  EXPECT_TRUE(meets(10, 10));
  EXPECT_FALSE(meets(11, 10));
  EXPECT_TRUE(meets(31, 256));
  EXPECT_FALSE(meets(32, 256)) << "the bank's is 31";
  EXPECT_FALSE(meets(1, 0));
}

TEST_P(FollowerTest, TenantsDoNotSeeNorOverruleEachOther) {
  ListBank other;
  other.name = "b";
  other.tenant = "other";
  const BankId theirs = get(lists.service->make_bank(other, lists.ann));
  lists.list(theirs, "k", 1);
  const BankId harmless = lists.make_bank("h", true, BankKind::kHarmless);
  lists.list(harmless, "k", 1);
  follower.catch_up();
  EXPECT_EQ(follower.match(1, "other").action, BankAction::kBlock);
  EXPECT_EQ(follower.match(1, "other").matches.size(), 1U);
  EXPECT_EQ(follower.match(1, "default").action, BankAction::kAllow);
  EXPECT_EQ(follower.match(1).action, BankAction::kBlock);
}

TEST_P(FollowerTest, WhatHasExpiredOrIsSwitchedOffIsNotEnforced) {
  const BankId bank = lists.make_bank("b", false);
  const EntryId id = lists.list(bank, "k", 1);
  EntrySettings settings;
  settings.expires_at = lists.clock.at + std::chrono::seconds(10);
  EXPECT_TRUE(get(lists.service->set_settings(id, settings, lists.ann)).done);
  follower.catch_up();
  EXPECT_EQ(standing(1), Standing::kEnforced);
  lists.clock.at += std::chrono::seconds(10);
  EXPECT_EQ(standing(1), Standing::kExpired);
  settings.expires_at.reset();
  get(lists.service->set_settings(id, settings, lists.ann));
  ListBank off = lists.bank(bank);
  off.active = false;
  get(lists.service->alter_bank(off, lists.ann));
  follower.catch_up();
  EXPECT_EQ(standing(1), Standing::kBankOff);
  EXPECT_EQ(follower.match(1).action, BankAction::kAllow);
}

TEST_P(FollowerTest, AQuarantinedEntryMatchesSilently) {
  const EntryId id = lists.list(lists.make_bank("b"), "k", 1);
  get(lists.service->quarantine(id, {"breaker", "flood"}));
  follower.catch_up();
  EXPECT_EQ(standing(1), Standing::kQuarantined);
  EXPECT_EQ(follower.match(1).action, BankAction::kAllow);
  EXPECT_EQ(follower.follower->silent_matches(release_of(id)), 2U);
}

TEST_P(FollowerTest, AFolderGoesOnWhereItWasAndAnotherMakesTheSameOfTheFeed) {
  const BankId bank = lists.make_bank("b");
  const EntryId first = lists.list(bank, "k", 1);
  follower.catch_up();
  follower.open();
  EXPECT_EQ(standing(1), Standing::kEnforced) << "before any step";
  lists.put_in_force(get(lists.service->withdraw(std::span(&first, 1), lists.ann)));
  lists.list(bank, "k", 2);
  follower.catch_up();
  test::Follower other(lists, folder.path() / "other");
  other.catch_up();
  EXPECT_EQ(other.follower->proof(), follower.follower->proof());
  for (test::Follower* one : {&follower, &other}) {
    EXPECT_TRUE(one->match(1).matches.empty());
    EXPECT_EQ(one->match(2).action, BankAction::kBlock);
    EXPECT_EQ(one->follower->sizes().pdq, 1U);
    get(one->follower->verify());
  }
}

TEST_P(FollowerTest, RefusesAStoreWithAnotherHistory) {
  lists.list(lists.make_bank("b"), "k", 1);
  follower.catch_up();
  follower.follower.reset();
  Lists shorter(another_place());
  shorter.make_bank("b");
  test::Follower wrong(shorter, folder.path() / "follow");
  EXPECT_EQ(wrong.follower->step({}).error().code, Code::kCorrupt);
  Lists longer(another_place());
  for (int i = 0; i < 20; ++i) longer.make_bank("b" + std::to_string(i));
  wrong.follower.reset();
  test::Follower also_wrong(longer, folder.path() / "follow");
  EXPECT_EQ(also_wrong.follower->step({}).error().code, Code::kCorrupt);
}

TEST_P(FollowerTest, AStepWhoseStateCannotBeWrittenIsDoneAgain) {
  const BankId bank = lists.make_bank("b");
  lists.list(bank, "k", 1);
  {
    DatabaseOptions options;
    Database other = get(Database::open(follower.folder / "state.db", options));
    const Transaction held = get(Transaction::begin(other));
    EXPECT_FALSE(follower.follower->step({}).has_value()) << "waits for the lock, then gives up";
    EXPECT_EQ(follower.follower->proof().number, 0U);
  }
  lists.list(bank, "l", 2);
  follower.catch_up();
  follower.open();
  for (const std::uint64_t seed : {1U, 2U}) EXPECT_EQ(standing(seed), Standing::kEnforced);
  EXPECT_EQ(follower.follower->sizes().pdq, 2U);
}

/// Shows changes up to a version, as a feed does that waits for the transparency log.
class FeedUpTo final : public Feed {
 public:
  explicit FeedUpTo(Store& store) : all_(store) {}
  Result<std::vector<FeedItem>> read(std::uint64_t after, std::size_t limit) override {
    if (after >= last) return std::vector<FeedItem>();
    return all_.read(after, std::min<std::uint64_t>(limit, last - after));
  }
  Result<std::optional<std::uint64_t>> shown() override { return last; }
  Result<bool> wait(std::uint64_t after, std::chrono::milliseconds /*deadline*/) override {
    return after < last;
  }

  std::uint64_t last = 0;

 private:
  StoreFeed all_;
};

TEST_P(FollowerTest, ShowsNothingOfAChangeThatIsNotToBeSeenYet) {
  const Release quiet = lists.propose(lists.make_bank("quiet"), "q", 1);
  get(lists.service->stage(quiet.id, lists.ann));
  const Release busy = lists.propose(lists.make_bank("busy"), "b", 2);
  get(lists.service->stage(busy.id, lists.ann));
  FeedUpTo feed(*lists.store);
  const auto gated = get(ListFollower::open(folder.path() / "gated", feed, *lists.store, lists.clock));
  const auto standing_of = [&](std::uint64_t seed) -> std::optional<Standing> {
    while (get(gated->step(std::chrono::milliseconds(0))).items > 0) continue;
    ListQuery query;
    query.md5 = test::md5_of(seed);
    const ListVerdict verdict = get(gated->match(query));
    return verdict.matches.empty() ? std::nullopt : std::optional(verdict.matches[0].standing);
  };
  feed.last = get(get(lists.store->view())->version()).number;
  get(lists.service->approve(busy.id, lists.bob));
  get(lists.service->activate(busy.id, lists.bob));
  EXPECT_EQ(standing_of(1), Standing::kStaged) << "nothing unseen has changed it";
  EXPECT_NE(standing_of(2), Standing::kEnforced) << "the store has it in force, but that is not to be seen";
  const std::uint64_t newest = get(get(lists.store->view())->version()).number;
  for (; feed.last < newest; ++feed.last) EXPECT_NE(standing_of(2), Standing::kEnforced);
  EXPECT_EQ(standing_of(2), Standing::kEnforced);
}

TEST_P(FollowerTest, IsUpToDateOnlyWithWhatTheStoreHolds) {
  FeedUpTo feed(*lists.store);
  const auto gated = get(ListFollower::open(folder.path() / "gated", feed, *lists.store, lists.clock));
  const Release release = lists.propose(lists.make_bank("b"), "k", 1);
  const auto newest = [&] { return get(get(lists.store->view())->version()).number; };
  const auto last_step = [&] {
    FollowStep step = get(gated->step(std::chrono::milliseconds(0)));
    while (step.items > 0) step = get(gated->step(std::chrono::milliseconds(0)));
    EXPECT_TRUE(step.all_seen);
    EXPECT_EQ(step.newest, newest());
    return step;
  };
  EXPECT_FALSE(last_step().up_to_date) << "nothing of it may be seen";
  feed.last = newest();
  get(lists.service->stage(release.id, lists.ann));
  EXPECT_FALSE(last_step().up_to_date) << "what may be seen is of a release that has changed since";
  feed.last = newest();
  EXPECT_TRUE(last_step().up_to_date);
}

/// As the folder of a follower that is gone keeps them.
std::vector<std::string> stored_sources(const std::filesystem::path& folder) {
  Database database = get(Database::open(folder / "state.db"));
  Statement query = get(database.prepare("SELECT name FROM sources ORDER BY id"));
  std::vector<std::string> names;
  while (get(query.step())) names.emplace_back(query.text(0));
  return names;
}

TEST_P(FollowerTest, ASourceIsNamedOnceItMayBeSeen) {
  FeedUpTo feed(*lists.store);
  auto gated = get(ListFollower::open(folder.path() / "gated", feed, *lists.store, lists.clock));
  get(lists.service->ensure_source("first", "ndjson", lists.ann));
  feed.last = get(get(lists.store->view())->version()).number;
  get(lists.service->ensure_source("second", "ndjson", lists.ann));
  while (!get(gated->step(std::chrono::milliseconds(0))).all_seen) continue;
  EXPECT_EQ(gated->proof().number, feed.last);
  gated.reset();
  EXPECT_THAT(stored_sources(folder.path() / "gated"), testing::ElementsAre("first"));
}

TEST_P(FollowerTest, OneFolderHasOneFollower) {
  EXPECT_EQ(ListFollower::open(follower.folder, follower.feed, *lists.store, lists.clock).error().code,
            Code::kConflict);
}

INSTANTIATE_TEST_SUITE_P(Lists, FollowerTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
