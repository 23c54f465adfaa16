#include "seawall/subscription/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>

#include "net/stand_in_server.h"
#include "remote/page_format.h"
#include "remote/support.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/remote/clients.h"
#include "seawall/subscription/folder.h"
#include "subscription/store_sink.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::StoreSink;
using ::testing::HasSubstr;
using ::testing::Not;
using Records = std::vector<std::pair<std::string, bool>>;

/// Passes everything on, and calls `tick` before and after each change.
class TickingFiles final : public durable::FileSystem {
  template <class F>
  auto ticking(F change) {
    tick_();
    auto result = change();
    tick_();
    return result;
  }

 public:
  TickingFiles(std::unique_ptr<durable::FileSystem> files, std::function<void()> tick)
      : files_(std::move(files)), tick_(std::move(tick)) {}
  Result<std::unique_ptr<durable::AppendFile>> create(const std::string& name) override {
    return ticking([&] { return files_->create(name); });
  }
  Result<std::unique_ptr<durable::AppendFile>> reopen(const std::string& name, std::uint64_t size) override {
    return ticking([&] { return files_->reopen(name, size); });
  }
  Result<std::shared_ptr<const durable::FileContent>> map(const std::string& name) override {
    return files_->map(name);
  }
  Result<std::shared_ptr<const durable::ReadFile>> open_read(const std::string& name) override {
    return files_->open_read(name);
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return ticking([&] { return files_->rename(from, to); });
  }
  Result<void> remove(const std::string& name) override {
    return ticking([&] { return files_->remove(name); });
  }
  Result<void> sync_folder() override {
    return ticking([&] { return files_->sync_folder(); });
  }
  Result<std::vector<std::string>> list() override { return files_->list(); }
  Result<std::unique_ptr<durable::FolderLock>> lock(const std::string& name) override {
    return files_->lock(name);
  }

 private:
  std::unique_ptr<durable::FileSystem> files_;
  std::function<void()> tick_;
};

/// One feed from the stand-in to a database, as a program would set it up.
struct Feed {
  test::TestClock clock;
  test::SeededRandom random;
  std::unique_ptr<CurlFetcher> fetcher = *CurlFetcher::open({});
  std::unique_ptr<durable::FileSystem> files;
  std::unique_ptr<StoreSink> sink;
  std::unique_ptr<RemoteClient> client;
  std::unique_ptr<Subscription> subscription;

  RemoteContext context() { return {*fetcher, clock, random, BackOff{.first = 1s, .most = 60s}}; }

  /// `body`: "ncmec", "seawall", "file"; `tick`: see TickingFiles.
  Feed(
      const std::string& body, const std::string& scenario, const std::filesystem::path& folder,
      std::function<void()> tick = [] {}, SubscriptionOptions options = {}) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const auto credentials = *credentials_from_text(test::kCredentials, test::kCredentialNames);
    const std::string url = test::stand_in().url("/s/" + scenario + "/" + body);
    const auto& format = test::page_format();
    if (body == "ncmec") {
      const auto begin = std::chrono::sys_seconds(1'600'000'000s);
      client = *ncmec_client(context(), format, credentials, {.url = url, .begin = begin});
    } else if (body == "seawall") {
      client = *seawall_client(context(), format, credentials, {.url = url, .public_key_pem = "of the test"});
    } else {
      client = *file_client(context(), format, {}, {.url = url});
    }
    files = std::make_unique<TickingFiles>(*open_subscription_folder(folder / "feed"), tick);
    sink = StoreSink::open((folder / "lists.db").string(), tick);
    options.feed = body + scenario;
    subscription = *Subscription::open(context(), *client, format, {}, *sink, *files, options);
  }

  /// Runs it, by its own clock, until the end of the remote list.
  bool finish() {
    for (int runs = 0; runs < 300; ++runs) {
      clock.set(std::max(clock.now(), subscription->health().next_at));
      const auto report = subscription->run({});
      if (!report) return false;
      if (report->finished) return true;
    }
    return false;
  }
};

class Subscriptions : public ::testing::Test {
 public:
  std::filesystem::path folder() {
    const auto made = folder_.path() / std::to_string(++folders_);
    std::filesystem::create_directories(made);
    return made;
  }
  std::string scenario(const std::string& traps = "") {
    return ::testing::UnitTest::GetInstance()->current_test_info()->name() + std::to_string(++folders_) +
           traps;
  }

  /// In memory where the system has such a place: killing a process does not touch what is written.
  static TemporaryFolder make_folder() {
    if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
    return *TemporaryFolder::make("subscription-test");
  }

  TemporaryFolder folder_ = make_folder();
  int folders_ = 0;
};

/// Runs the feed in a process that is killed after `ticks` changes of its files or its database; true: it
/// came to its end before.
bool run_and_kill(const std::string& body, const std::string& scenario, const std::filesystem::path& folder,
                  std::uint64_t ticks, const SubscriptionOptions& options) {
  test::stand_in();  // The parent's: the child must not start one of its own.
  const ::pid_t child = ::fork();
  if (child == 0) {
    const auto tick = [left = std::make_shared<std::uint64_t>(ticks)] {
      if (--*left == 0) ::kill(::getpid(), SIGKILL);
    };
    Feed feed(body, scenario, folder, tick, options);
    ::_exit(feed.finish() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "status " << status;
  return WIFEXITED(status);
}

/// How many kills it took.
int expect_same_as_undisturbed(Subscriptions& test, const std::string& body, const std::string& traps,
                               std::uint64_t seed) {
  SubscriptionOptions options;
  options.batch_pages = 4;
  const auto quiet = test.folder();
  Feed undisturbed(
      body, test.scenario("-hundred"), quiet, [] {}, options);
  EXPECT_TRUE(undisturbed.finish());
  const Records expected = undisturbed.sink->sealed_records();
  EXPECT_EQ(expected.size(), 103u);

  const auto folder = test.folder();
  const std::string scenario = test.scenario("-hundred" + traps);
  std::mt19937_64 engine(seed);
  int kills = 0;
  while (kills < 2000 && !run_and_kill(body, scenario, folder, 1 + engine() % 50, options)) ++kills;
  const auto sink = StoreSink::open((folder / "lists.db").string());
  EXPECT_EQ(sink->sealed_records(), expected) << body << ", seed " << seed;
  return kills;
}

TEST_F(Subscriptions, EndWithTheSameListsHoweverOftenTheProcessIsKilled) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const int kills = expect_same_as_undisturbed(*this, "ncmec", "", seed);
    EXPECT_GT(kills, 5);
    RecordProperty("kills_ncmec_" + std::to_string(seed), kills);
  }
  EXPECT_GT(expect_same_as_undisturbed(*this, "seawall", "", 4), 5);
  EXPECT_GT(expect_same_as_undisturbed(*this, "ncmec", "-flaky", 5), 5);
  EXPECT_GT(expect_same_as_undisturbed(*this, "file", "", 6), 0);
}

TEST_F(Subscriptions, EndWithTheSameListsWhereverTheProcessIsKilledOnce) {
  // A short list, and a kill at each change in turn: no step is left out.
  SubscriptionOptions options;
  options.batch_pages = 2;
  Feed undisturbed(
      "ncmec", scenario(), folder(), [] {}, options);
  ASSERT_TRUE(undisturbed.finish());
  const Records expected = undisturbed.sink->sealed_records();
  ASSERT_EQ(expected.size(), 23u);
  std::uint64_t ticks = 1;
  for (bool ended = false; !ended && ticks < 1000; ++ticks) {
    const auto place = folder();
    const std::string name = scenario();
    ended = run_and_kill("ncmec", name, place, ticks, options);
    if (!ended) {
      ASSERT_TRUE(run_and_kill("ncmec", name, place, 1'000'000, options)) << ticks;
    }
    const auto sink = StoreSink::open((place / "lists.db").string());
    ASSERT_EQ(sink->sealed_records(), expected) << "killed at " << ticks;
  }
  EXPECT_GT(ticks, 100u);
  RecordProperty("kill_points", static_cast<int>(ticks));
}

TEST_F(Subscriptions, BeginAReleaseAnewThatWasTakenAwayWhileItWasLoading) {
  int taken_away = 0;
  for (const std::uint64_t ticks : {48U, 52U, 54U, 56U, 58U, 60U, 62U, 64U, 66U}) {
    const auto place = folder();
    const std::string name = scenario();
    if (run_and_kill("ncmec", name, place, ticks, {})) break;
    {
      const auto sink = StoreSink::open((place / "lists.db").string());
      const auto files = *open_subscription_folder(place / "feed");
      const auto pages = PageStore::open(*files);
      taken_away += pages->state().release != 0 && sink->sealed_releases() == 0;
      sink->forget_unsealed();
    }
    ASSERT_TRUE(run_and_kill("ncmec", name, place, 1'000'000, {}));
    EXPECT_EQ(StoreSink::open((place / "lists.db").string())->sealed_records().size(), 23u);
  }
  EXPECT_GT(taken_away, 0) << "no kill fell into the loading: choose other ticks";
}

TEST_F(Subscriptions, CutALongPullIntoReleasesOfABatchEach) {
  SubscriptionOptions options;
  options.batch_pages = 2;
  Feed feed(
      "ncmec", scenario(), folder(), [] {}, options);
  ASSERT_TRUE(feed.finish());
  EXPECT_EQ(feed.sink->sealed_releases(), 3u);
  EXPECT_EQ(feed.subscription->health().releases, 3u);
}

TEST_F(Subscriptions, TellHowTheFeedIsDoing) {
  Feed feed("ncmec", scenario("-flaky"), folder());
  const auto first = feed.subscription->run({});
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->finished);
  EXPECT_EQ(feed.subscription->health().consecutive_failures, 1u);
  EXPECT_THAT(feed.subscription->health().last_error, HasSubstr("429"));
  EXPECT_FALSE(feed.subscription->due());
  EXPECT_EQ(feed.subscription->health().lag(feed.clock.now()), std::nullopt);
  ASSERT_TRUE(feed.finish());
  const SubscriptionHealth& health = feed.subscription->health();
  EXPECT_EQ(health.last_success, feed.clock.now());
  EXPECT_EQ(health.last_error, "");
  EXPECT_EQ(health.consecutive_failures, 0u);
  EXPECT_EQ(health.records, 23u);
  EXPECT_EQ(health.pages, 5u);
  EXPECT_TRUE(health.newest);
  EXPECT_GE(health.next_at, feed.clock.now() + 15min * 9 / 10);
  EXPECT_LE(health.next_at, feed.clock.now() + 15min * 11 / 10);
  EXPECT_EQ(health.lag(feed.clock.now() + 5min), 5min);
}

TEST_F(Subscriptions, WriteNoSecretIntoTheirFilesTheirHealthOrTheLists) {
  const auto place = folder();
  {
    Feed feed("ncmec", scenario("-flaky"), place);
    while (true) {
      const auto report = feed.subscription->run({});
      ASSERT_TRUE(report);
      EXPECT_THAT(feed.subscription->health().last_error, Not(HasSubstr("sesame")));
      if (report->finished) break;
      feed.clock.set(feed.subscription->health().next_at);
    }
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_THAT(text, Not(HasSubstr("sesame"))) << entry.path();
    EXPECT_THAT(text, Not(HasSubstr("b3Blbi1zZXNhbWU"))) << "in base64, in " << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2u);
}

TEST_F(Subscriptions, SayInADryRunWhatWouldComeAndChangeNothing) {
  Feed feed("ncmec", scenario(), folder());
  const SubscriptionState before = {};
  const auto scratch = *open_subscription_folder(folder_.path() / "scratch");
  const auto rehearsal = *Subscription::open(feed.context(), *feed.client, test::page_format(), {},
                                             *feed.sink, *scratch, {.feed = "dry"});
  const auto report = rehearsal->rehearse("", {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->changes.added + report->changes.withdrawn, 23u);
  EXPECT_EQ(feed.sink->sealed_releases(), 0u);
  EXPECT_EQ(feed.subscription->health(), before.health);
  EXPECT_TRUE(feed.finish());
  EXPECT_EQ(feed.sink->sealed_records().size(), 23u);
}

TEST_F(Subscriptions, RefuseAStoreThatIsAnOlderCopyOfTheOneTheyFilled) {
  const auto place = folder();
  const std::string name = scenario();
  std::filesystem::create_directories(place / "before");
  const auto old = (place / "before" / "lists.db").string();
  StoreSink::open(old);
  {
    Feed feed("ncmec", name, place);
    ASSERT_TRUE(feed.finish());
  }
  Feed other("ncmec", scenario(), folder());
  const auto files = *open_subscription_folder(place / "feed");
  const auto sink = StoreSink::open(old);
  const auto opened = Subscription::open(other.context(), *other.client, test::page_format(), {}, *sink,
                                         *files, {.feed = "ncmec" + name});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kConflict);
  EXPECT_THAT(opened.error().message, HasSubstr("older copy"));
}

TEST_F(Subscriptions, GoOnAfterAStopWithoutCountingItAsAFailure) {
  Feed feed("ncmec", scenario(), folder());
  std::stop_source stop;
  stop.request_stop();
  const auto report = feed.subscription->run(stop.get_token());
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message, HasSubstr("stopped"));
  EXPECT_EQ(feed.subscription->health(), SubscriptionHealth{});
  EXPECT_TRUE(feed.finish());
  EXPECT_EQ(feed.sink->sealed_records().size(), 23u);
}

TEST_F(Subscriptions, RefuseAFolderOfAnotherFeedAndASecondProcess) {
  const auto place = folder();
  const std::string name = scenario();
  Feed feed("ncmec", name, place);
  ASSERT_TRUE(feed.finish());
  const auto second = Subscription::open(feed.context(), *feed.client, test::page_format(), {}, *feed.sink,
                                         *feed.files, {.feed = "ncmec" + name});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  feed.subscription.reset();
  const auto other = Subscription::open(feed.context(), *feed.client, test::page_format(), {}, *feed.sink,
                                        *feed.files, {.feed = "another"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kInvalidInput);
}

TEST_F(Subscriptions, TakeOfAKeyThatComesTwiceInOnePullOnlyWhatCameLast) {
  // Two processes later: after a pull the remote's last second is asked for again, and grows.
  Feed feed("seawall", scenario("-repeats"), folder());
  ASSERT_TRUE(feed.finish());
  std::map<std::string, int> times;
  for (const auto& [key, withdrawn] : feed.sink->sealed_records()) ++times[key];
  EXPECT_EQ(times.size(), 23u);
  for (const auto& [key, count] : times) EXPECT_EQ(count, 1) << key;
}

}  // namespace
}  // namespace seawall
