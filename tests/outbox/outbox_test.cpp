#include "seawall/outbox/outbox.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "../lists/list_fixture.h"
#include "../lists/store_test.h"
#include "net/stand_in_server.h"
#include "remote/page_format.h"
#include "remote/support.h"
#include "seawall/lists/decision.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/remote/clients.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::get;
using test::Lists;
using testing::HasSubstr;
using testing::Not;

/// A remote client over a connection of its own, as each process has one.
struct Remote {
  Remote(const Clock& clock, const std::string& url) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    fetcher = get(CurlFetcher::open({}));
    const auto credentials = get(credentials_from_text(test::kCredentials, test::kCredentialNames));
    const RemoteContext context{*fetcher, clock, random, BackOff{.first = 1s, .most = 60s}};
    client = get(seawall_client(context, test::page_format(), credentials, {url, "of the test"}));
  }
  test::SeededRandom random;
  std::unique_ptr<CurlFetcher> fetcher;
  std::unique_ptr<RemoteClient> client;
};

class OutboxTest : public test::StoreTest {
 protected:
  void SetUp() override {
    const BankId bank = lists.make_bank("b");
    std::vector<ExchangeRecord> records;
    for (std::uint64_t i = 0; i < 6; ++i) records.push_back(test::record_of("k" + std::to_string(i), i));
    test::VectorReader reader(records);
    ImportOptions options = lists.import_options(bank);
    options.source = source = get(lists.service->ensure_source("other", "seawall", lists.ann));
    lists.put_in_force(get(import_list(*lists.store, lists.clock, reader, options)).release.value());
    entries = lists.entries(bank);
  }

  /// An address of a scenario of this test's own, with those traps.
  std::string url(const std::string& traps = "") {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = test->name();
    std::ranges::replace(name, '/', '_');
    scenario = "/s/" + name + std::to_string(++scenarios) + traps;
    return test::stand_in().url(scenario + "/seawall");
  }
  /// The names under which the stand-in was told, in order.
  std::vector<std::string> told() {
    const auto fetcher = get(CurlFetcher::open({}));
    const auto log = get(fetcher->fetch({.url = test::stand_in().url(scenario + "/log")}, {}));
    std::string text = get(log.body->text(1 << 20));
    std::vector<std::string> names;
    for (std::size_t at = text.find("key=\""); at != std::string::npos; at = text.find("key=\"", at)) {
      names.push_back(text.substr(at + 5, 32));
      at += 5;
    }
    return names;
  }
  void decide(std::size_t entry, const std::string& match, bool confirmed = true) {
    const Authorship bob{"bob", "looked at it", lists.clock.at};
    get(record_decision(*lists.store, feedback, {entries.at(entry).id, match, confirmed}, bob));
  }
  std::vector<FeedbackRow> waiting() { return get(feedback.waiting(source, 0, 100)); }
  OutboxReport send(Remote& remote, bool held = false) {
    OutboxOptions options{.back_off = {.first = 1s, .most = 60s}, .held = held};
    return get(send_outbox(feedback, source, *remote.client, lists.clock, remote.random, options, {}));
  }

  Lists lists{another_place()};
  FeedbackStore& feedback = *lists.records.feedback;
  SourceId source{};
  std::vector<Entry> entries;
  std::string scenario;
  int scenarios = 0;
};

TEST_P(OutboxTest, SendsEachDecisionOnceInTheirOrder) {
  decide(0, "m0");
  decide(1, "m1", false);
  decide(2, "m2");
  const auto rows = waiting();
  Remote remote(lists.clock, url());
  const OutboxReport report = send(remote);
  EXPECT_EQ(report.sent, 3U);
  EXPECT_EQ(report.waiting + report.held, 0U);
  EXPECT_EQ(told(), (std::vector{feedback_id(rows[0]), feedback_id(rows[1]), feedback_id(rows[2])}));
  EXPECT_EQ(send(remote).sent, 0U);
  decide(1, "m1", true);
  EXPECT_EQ(send(remote).sent, 1U) << "a second thought is told too";
  const auto names = told();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 4U) << "under a name of its own";
}

TEST_P(OutboxTest, WaitsAsTheSourceAsksAndGoesOnFromThere) {
  decide(0, "m0");
  decide(1, "m1");
  Remote remote(lists.clock, url("-busy"));
  for (const std::uint32_t attempt : {1U, 2U}) {
    const OutboxReport report = send(remote);
    EXPECT_EQ(report.sent, 0U);
    EXPECT_EQ(report.waiting, 2U);
    ASSERT_TRUE(report.next_at.has_value());
    EXPECT_GT(*report.next_at, lists.clock.at);
    EXPECT_THAT(report.error, HasSubstr(attempt == 1 ? "503" : "409"));
    EXPECT_THAT(report.error, Not(HasSubstr("sesame")));
    EXPECT_EQ(waiting()[0].delivery.attempts, attempt);
    EXPECT_EQ(waiting()[1].delivery.attempts, 0U) << "the second is not tried while the first waits";
    const std::size_t before = told().size();
    EXPECT_EQ(send(remote).next_at, report.next_at) << "not before its time";
    EXPECT_EQ(told().size(), before);
    lists.clock.at = *report.next_at;
  }
  EXPECT_EQ(send(remote).sent, 2U);
  const auto names = told();
  ASSERT_EQ(names.size(), 4U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.begin() + 3).size(), 1U) << "one row, one name";
}

TEST_P(OutboxTest, HoldsWhatTheSourceWillNotTakeAndSendsTheRest) {
  decide(0, "m0");
  decide(1, "m1");
  Remote unknown(lists.clock, url("-unknown"));
  const OutboxReport report = send(unknown);
  EXPECT_EQ(report.held, 2U);
  EXPECT_EQ(report.waiting, 0U);
  EXPECT_THAT(report.error, HasSubstr("404"));
  decide(2, "m2");
  Remote remote(lists.clock, url());
  EXPECT_EQ(send(remote).sent, 1U) << "what is held is left alone";
  EXPECT_EQ(send(remote, true).sent, 2U) << "until somebody asks for it";
  EXPECT_TRUE(waiting().empty());
}

TEST_P(OutboxTest, ASourceThatCannotBeReachedLosesNothing) {
  decide(0, "m0");
  Remote nobody(lists.clock, "http://127.0.0.1:1/nobody");
  const OutboxReport report = send(nobody);
  EXPECT_EQ(report.waiting, 1U);
  EXPECT_GT(*report.next_at, lists.clock.at);
  const std::string name = feedback_id(waiting()[0]);
  lists.clock.at = *report.next_at;
  Remote remote(lists.clock, url());
  EXPECT_EQ(send(remote).sent, 1U);
  EXPECT_EQ(told(), std::vector{name});
}

TEST_P(OutboxTest, AfterKill9EverythingIsToldAndARepeatHasTheSameName) {
  for (int i = 0; i < 6; ++i) decide(static_cast<std::size_t>(i), "m" + std::to_string(i), i % 2 == 0);
  std::vector<std::string> expected;
  for (const FeedbackRow& row : waiting()) expected.push_back(feedback_id(row));
  const std::string address = url("-silent");  // Hears the third and never answers.
  const pid_t child = ::fork();
  if (child == 0) {
    Lists own(lists.url, false);
    Remote remote(own.clock, address);
    static_cast<void>(
        send_outbox(*own.records.feedback, source, *remote.client, own.clock, remote.random, {}, {}));
    ::_exit(0);
  }
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (told().size() < 3 && std::chrono::steady_clock::now() < end) continue;  // Each asks the server.
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(waiting().size(), 4U) << "the third was told, but nobody knows";
  Remote remote(lists.clock, address);
  EXPECT_EQ(send(remote).sent, 4U);
  expected.insert(expected.begin() + 2, expected[2]);
  EXPECT_EQ(told(), expected) << "nothing lost; one repeat, under its name";
}

INSTANTIATE_TEST_SUITE_P(Outbox, OutboxTest, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
