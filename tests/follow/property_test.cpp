#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "../lists/store_test.h"
#include "random_script.h"

namespace seawall {
namespace {

using test::get;
using test::Lists;
using test::Look;

std::uint64_t seed_of_run() {
  const char* const given = std::getenv("SEAWALL_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'261'121;
  std::printf("seed %llu (SEAWALL_TEST_SEED repeats a run)\n", static_cast<unsigned long long>(seed));
  return seed;
}

ListVerdict ask(const ListFollower& follower, Look look, bool with_digest) {
  const PdqHash hash = test::hash_of(look);
  ListQuery query;
  query.pdq = std::span(&hash, 1);
  if (with_digest) query.md5 = test::digest_of_look(look);
  return get(follower.match(query));
}

/// How often each standing was compared: a run that never met one has not tested it.
using Seen = std::map<Standing, int>;

/// All looks in one batch, as one by one.
void expect_batch_as_single(const ListFollower& follower) {
  std::vector<std::array<PdqHash, 2>> hashes;
  std::vector<ListQuery> queries;
  for (int i = 0; i < 64; ++i) {
    const Look look{i / 4 % 4, i % 4}, other{i % 4, i / 16};
    hashes.push_back({test::hash_of(look), test::hash_of(other)});
    queries.emplace_back();
    if (i % 5 != 0) queries.back().md5 = test::digest_of_look(other);
    if (i % 7 == 0) queries.back().radius_bits = 3;
  }
  for (std::size_t i = 0; i < queries.size(); ++i) {
    queries[i].pdq = std::span<const PdqHash>(hashes[i]).first(i % 3);
  }
  std::size_t next = 0;
  get(follower.match_batch(queries, [&](std::size_t place, ListVerdict&& verdict) {
    ASSERT_EQ(place, next++);
    const ListVerdict one = get(follower.match(queries[place]));
    EXPECT_EQ(verdict.matches, one.matches);
    EXPECT_EQ(verdict.action, one.action);
    EXPECT_EQ(verdict.reasons, one.reasons);
  }));
  EXPECT_EQ(next, queries.size());
}

/// Every look, with and without its digest, against the model.
void expect_as_model(const ListFollower& follower, const test::ListsModel& model, Time now,
                     Seen* seen = nullptr) {
  for (int i = 0; i < 32; ++i) {
    const Look look{i / 8, i / 2 % 4};
    const bool with_digest = i % 2 == 0;
    ListVerdict verdict = ask(follower, look, with_digest);
    const std::vector<ListMatch> expected = model.matches(look, with_digest, now);
    BankAction action = BankAction::kAllow;
    for (const ListMatch& match : expected) {
      if (match.standing == Standing::kEnforced && !match.harmless) action = std::min(action, match.action);
    }
    for (ListMatch& match : verdict.matches) match.source = SourceId{};  // One for all of the model.
    ASSERT_EQ(verdict.matches, expected)
        << "look " << look.family << "/" << look.variant << " at version " << verdict.list_version;
    ASSERT_EQ(verdict.action, action);
    for (const ListMatch& match : expected) {
      if (seen != nullptr) ++(*seen)[match.standing];
    }
  }
}

class FollowerProperty : public test::StoreTest {};

TEST_P(FollowerProperty, AnswersAsPlainMapsDoAtAnyVersionThroughRestarts) {
  const std::uint64_t seed = seed_of_run();
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(another_place());
  test::RandomScript script(lists, seed);
  test::Follower follower(lists, folder.path() / "follow");
  Seen seen;
  for (int step = 0; step < 300; ++step) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " step " + std::to_string(step));
    script.change();
    lists.clock.at += std::chrono::milliseconds(script.below(400));
    if (script.below(4) == 0) follower.open();
    if (script.below(3) == 0) {
      follower.catch_up();
      expect_as_model(*follower.follower, script.model, lists.clock.at, &seen);
      EXPECT_EQ(follower.follower->proof(), get(get(lists.store->view())->version()));
    }
    if (testing::Test::HasFatalFailure()) return;
  }
  for (const Standing standing : {Standing::kEnforced, Standing::kOverruled, Standing::kStaged,
                                  Standing::kQuarantined, Standing::kExpired, Standing::kBankOff}) {
    // A seed that somebody gives may meet fewer.
    if (std::getenv("SEAWALL_TEST_SEED") != nullptr) break;
    EXPECT_GT(seen[standing], 0) << name_of(standing) << " was never met: seed " << seed;
  }
  // The script depends on its seed alone: not on time, load or the database.
  static const Seen kOfTheFirstRun = seen;
  EXPECT_EQ(seen, kOfTheFirstRun);
  test::Follower fresh(lists, folder.path() / "fresh");
  fresh.catch_up();
  follower.catch_up();
  expect_as_model(*fresh.follower, script.model, lists.clock.at);
  expect_batch_as_single(*fresh.follower);
  EXPECT_EQ(fresh.follower->proof(), follower.follower->proof());
  EXPECT_EQ(fresh.follower->sizes().pdq, follower.follower->sizes().pdq);
  EXPECT_EQ(fresh.follower->sizes().md5, follower.follower->sizes().md5);
}

/// A process that follows until it is killed; says after each step that it took.
struct FollowingProcess {
  pid_t pid = 0;
  int steps = -1;  // Read end.

  static FollowingProcess start(const std::string& store, const std::filesystem::path& folder) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      Lists lists(store, false);
      test::Follower follower(lists, folder);
      for (;;) {
        const auto step = follower.follower->step(std::chrono::milliseconds(1'000));
        const char told = step ? '.' : 'x';
        if (::write(ends[1], &told, 1) != 1 || !step) ::_exit(1);
      }
    }
    ::close(ends[1]);
    return {child, ends[0]};
  }
  /// True once it has taken a step; false if it ended.
  [[nodiscard]] bool stepped() const {
    char told = 0;
    return ::read(steps, &told, 1) == 1 && told == '.';
  }
  void kill() const {
    ::kill(pid, SIGKILL);
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFSIGNALED(status));
    ::close(steps);
  }
};

TEST_P(FollowerProperty, Kill9AtAnyPointLosesAndDoublesNothing) {
  const std::uint64_t seed = seed_of_run();
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(another_place());
  test::RandomScript script(lists, seed + 1);
  for (int round = 0; round < 12; ++round) {
    const auto process = FollowingProcess::start(lists.url, folder.path() / "follow");
    // The process follows while these are made, and dies wherever it happens to be.
    for (std::uint64_t changes = script.below(8) + 1; changes > 0; --changes) script.change();
    if (script.below(2) == 0) {
      EXPECT_TRUE(process.stepped());
    }
    process.kill();
  }
  test::Follower follower(lists, folder.path() / "follow");
  follower.catch_up();
  expect_as_model(*follower.follower, script.model, lists.clock.at);
  test::Follower fresh(lists, folder.path() / "fresh");
  fresh.catch_up();
  EXPECT_EQ(fresh.follower->proof(), follower.follower->proof());
  EXPECT_EQ(fresh.follower->sizes().md5, follower.follower->sizes().md5);
  get(follower.follower->verify());
}

TEST_P(FollowerProperty, SeveralFollowersOfOneStoreAgreeWhileItChanges) {
  const std::uint64_t seed = seed_of_run();
  const TemporaryFolder folder = test::temporary_folder();
  Lists lists(another_place());
  test::RandomScript script(lists, seed + 2);
  std::atomic<bool> done{false};
  std::vector<std::unique_ptr<test::Follower>> followers;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    followers.push_back(std::make_unique<test::Follower>(lists, folder.path() / std::to_string(i)));
    threads.emplace_back([&done, one = followers.back().get()] {
      while (!done) static_cast<void>(get(one->follower->step(std::chrono::milliseconds(50))).items);
    });
  }
  // A reader that never waits for the steps.
  threads.emplace_back([&done, one = followers.front().get()] {
    std::uint64_t version = 0;
    while (!done) {
      const ListVerdict verdict = ask(*one->follower, {1, 1}, true);
      EXPECT_GE(verdict.list_version, version);
      version = verdict.list_version;
    }
  });
  for (int step = 0; step < 40; ++step) script.change();
  done = true;
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : followers) {
    one->catch_up();
    expect_as_model(*one->follower, script.model, lists.clock.at);
    EXPECT_EQ(one->follower->proof(), followers.front()->follower->proof());
  }
}

INSTANTIATE_TEST_SUITE_P(Lists, FollowerProperty, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
