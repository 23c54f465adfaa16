#include "seawall/subscription/import_sink.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "net/stand_in_server.h"
#include "remote/page_format.h"
#include "remote/support.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/remote/clients.h"
#include "seawall/store_sql/open.h"
#include "seawall/subscription/folder.h"
#include "seawall/subscription/subscription.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;

/// Calls `tick` before and after whatever an import tells of.
class TickingSink final : public ListSink {
 public:
  TickingSink(ListSink& sink, std::function<void()> tick) : sink_(sink), tick_(std::move(tick)) {}
  Result<SinkReport> take(ExchangeReader& reader, const SinkRequest& request) override {
    SinkRequest ticking = request;
    ticking.began = [this, &request](std::uint32_t release) {
      tick_();
      auto noted = request.began(release);
      tick_();
      return noted;
    };
    auto report = sink_.take(reader, ticking);
    tick_();
    return report;
  }
  Result<bool> is_sealed(std::uint32_t release) override { return sink_.is_sealed(release); }
  Result<SinkReport> settle(std::uint32_t release) override { return sink_.settle(release); }
  Result<std::string> mark() override { return sink_.mark(); }
  Result<bool> holds(std::string_view mark) override { return sink_.holds(mark); }

 private:
  ListSink& sink_;
  std::function<void()> tick_;
};

struct Lists {
  std::unique_ptr<Store> store;
  BankId bank{};
  SourceId source{};

  explicit Lists(const std::filesystem::path& folder) {
    store = *open_store("sqlite:" + (folder / "lists.db").string(), {.create = true});
    const Authorship by{"tests", "a test", Time(1'795'302'000'000ms)};
    const auto change = *store->change();
    const auto known_bank = *change->bank_named("default", "followed");
    const auto known_source = *change->source_named("feed");
    ListBank wanted;
    wanted.name = "followed";
    bank = known_bank ? known_bank->id : *change->add_bank(wanted, by);
    source = known_source ? known_source->id : *change->add_source({{}, "feed", "test-pages"}, by);
    if (known_bank && known_source) return;
    EXPECT_TRUE(change->commit());
  }

  /// Of all releases together.
  ReleaseCounts counts() {
    ReleaseCounts sum;
    const auto releases = (*store->view())->releases(ReleaseId{0}, 1000);
    for (const Release& release : releases.value()) {
      sum.added += release.counts.added;
      sum.unchanged += release.counts.unchanged;
      sum.refused += release.counts.refused;
    }
    return sum;
  }
  std::size_t keys() {
    std::set<std::string> keys;
    const auto entries = (*store->view())->entries_of_bank(bank, EntryId{0}, 10'000);
    for (const Entry& entry : entries.value()) keys.insert(entry.key);
    return keys.size();
  }
};

/// Follows the stand-in's NCMEC list to its end; `tick` may end the process.
Result<RunReport> follow(const std::string& scenario, const std::filesystem::path& folder,
                         const std::function<void()>& tick) {
  test::TestClock clock;
  test::SeededRandom random;
  const auto fetcher = *CurlFetcher::open({});
  const RemoteContext context{*fetcher, clock, random};
  const auto credentials = *credentials_from_text(test::kCredentials, test::kCredentialNames);
  const auto client = *ncmec_client(context, test::page_format(), credentials,
                                    {.url = test::stand_in().url("/s/" + scenario + "/ncmec"),
                                     .begin = std::chrono::sys_seconds(1'600'000'000s)});
  Lists lists(folder);
  ImportSink import(*lists.store, clock, {lists.bank, lists.source, {"feeds", "follow ncmec"}, 7});
  TickingSink sink(import, tick);
  SEAWALL_TRY(const auto files, open_subscription_folder(folder / "feed"));
  SubscriptionOptions options;
  options.feed = scenario;
  options.batch_pages = 8;
  SEAWALL_TRY(const auto subscription,
              Subscription::open(context, *client, test::page_format(), {}, sink, *files, options));
  return subscription->run({});
}

bool follow_and_kill(const std::string& scenario, const std::filesystem::path& folder, int ticks) {
  test::stand_in();  // The parent's: the child must not start one of its own.
  const ::pid_t child = ::fork();
  if (child == 0) {
    const auto done = follow(scenario, folder, [&ticks] {
      if (--ticks == 0) ::kill(::getpid(), SIGKILL);
    });
    ::_exit(done && done->finished ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "status " << status;
  return WIFEXITED(status);
}

TEST(ImportSink, ProposesEveryEntryOnceThroughTheGuardsHoweverOftenTheProcessIsKilled) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
  const auto place = *TemporaryFolder::make("import-sink-test");
  for (const int gap : {1, 2, 3, 4, 5, 7, 100}) {
    const auto folder = place.path() / std::to_string(gap);
    std::filesystem::create_directories(folder);
    const std::string scenario = "importsink" + std::to_string(gap) + "-hundred";
    // A gap of one or two changes alone would never get on: every third process lives longer.
    int kills = 0;
    while (kills < 200 && !follow_and_kill(scenario, folder, kills % 3 == 2 ? gap + 8 : gap)) ++kills;
    EXPECT_EQ(kills > 0, gap < 100);
    Lists lists(folder);
    const ReleaseCounts counts = lists.counts();
    EXPECT_EQ(lists.keys(), 86u) << "of 103 records, 17 are tombstones of what was never listed";
    EXPECT_EQ(counts.added, 86u) << gap;
    EXPECT_EQ(counts.unchanged, 0u) << "something was proposed twice: " << gap;
    EXPECT_EQ(counts.refused, 0u);
  }
}

}  // namespace
}  // namespace seawall
