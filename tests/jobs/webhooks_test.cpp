#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "fixture.h"
#include "seawall/base/unique_fd.h"
#include "seawall/jobs/job_text.h"
#include "seawall/jobs/notices.h"
#include "seawall/jobs/webhook_signature.h"

// Webhooks from the real store over real TLS to a receiver with traps, on each database.
namespace seawall::test {
namespace {

using namespace std::chrono_literals;
using End = WebhookDelivery::End;

/// Deliveries one by one, by hand, on a clock that the test sets.
class Deliveries : public JobsTest {
 protected:
  void SetUp() override {
    JobsTest::SetUp();
    mark_ = must(ProcessMark::make(*desk_->records, clock_, {}));
    lookups_ = std::make_unique<AsyncLookups>(
        AsyncLookups::Parts{*desk_->records, *mark_, desk_->master, clock_}, AsyncLookups::Options{});
    fetcher_ = fetcher();
    delivery_ = make({.deadline = 5s});
  }
  std::unique_ptr<WebhookDelivery> make(const WebhookDelivery::Options& options) {
    return std::make_unique<WebhookDelivery>(
        WebhookDelivery::Parts{*desk_->records, desk_->master, desk_->secrets(), *fetcher_, clock_}, options);
  }
  std::string finished(const std::string& url) {
    OpenLookup open = must(lookups_->accept(lookup(url)));
    must(open.finish({false, R"({"verdict":"block","id":"é"})"}));
    return open.id();
  }
  /// Takes what is due and sends it once.
  std::vector<End> send_due() {
    std::vector<std::string> ids;
    for (const auto& due : must(desk_->records->due_webhooks(clock_.now(), {}, {}, 100)))
      ids.push_back(due.id);
    std::vector<End> ends;
    for (const auto& job : must(desk_->records->take_webhooks(ids, clock_.now(), clock_.now() + 1min)))
      ends.push_back(delivery_->send(job, random_, {}));
    return ends;
  }
  LookupJob job(const std::string& id) { return must(lookups_->result(caller_, id)); }

  SeededRandom random_{7};
  std::unique_ptr<ProcessMark> mark_;
  std::unique_ptr<AsyncLookups> lookups_;
  std::unique_ptr<Fetcher> fetcher_;
  std::unique_ptr<WebhookDelivery> delivery_;
};

TEST_P(Deliveries, AreSignedWithEverySecretInForce) {
  auto rotated = must(desk_->keys->rotate("one", key_.id, 1h, std::nullopt, {"ann", "a test"}));
  const std::string id = finished(receiver());
  EXPECT_EQ(send_due(), std::vector{End::kDelivered});
  const Json got = received();
  ASSERT_EQ(got.size(), 1U);
  const Json& headers = got[0]["headers"];
  EXPECT_EQ(headers["content-type"], "application/json");
  EXPECT_EQ(headers["webhook-id"], "msg_" + id);
  EXPECT_EQ(headers["webhook-timestamp"], "1800000000");
  const std::string body = got[0]["body"];
  EXPECT_EQ(body, webhook_body(job(id)));
  std::vector<Secret> secrets;
  secrets.push_back(std::move(rotated.webhook_secret));
  secrets.emplace_back(webhook_secret_);
  const std::string message_id = "msg_" + id;
  const WebhookMessage message{message_id, std::chrono::sys_seconds(1'800'000'000s), body};
  EXPECT_EQ(headers["webhook-signature"], must(webhook_signature(message, secrets)));
  const LookupJob done = job(id);
  EXPECT_EQ(done.webhook, WebhookState::kDelivered);
  EXPECT_EQ(done.attempts, 1U);
  EXPECT_EQ(done.last_status, 204);
  clock_.advance(2h);
  must(lookups_->replay(caller_, id));
  EXPECT_EQ(send_due(), std::vector{End::kDelivered});
  const Json later = received();
  secrets.pop_back();
  const WebhookMessage replayed{message_id, std::chrono::sys_seconds(1'800'000'000s + 2h), body};
  EXPECT_EQ(later[1]["headers"]["webhook-signature"], must(webhook_signature(replayed, secrets)))
      << "the old secret is over";
  EXPECT_EQ(later[1]["headers"]["webhook-id"], message_id) << "a receiver counts it once";
  EXPECT_EQ(later[1]["body"], body);
}

TEST_P(Deliveries, AreTriedAgainLaterAndLaterUntilAcknowledged) {
  const std::string id = finished(receiver("flaky/3"));
  std::chrono::milliseconds wait = 5s;
  for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(send_due(), std::vector{End::kRefused});
    const LookupJob tried = job(id);
    EXPECT_EQ(tried.attempts, attempt);
    EXPECT_EQ(tried.last_status, 500);
    ASSERT_TRUE(tried.next);
    EXPECT_GE(*tried.next - clock_.now(), wait / 2);
    EXPECT_LE(*tried.next - clock_.now(), wait);
    wait *= 2;
    clock_.set(*tried.next - 1ms);
    EXPECT_TRUE(send_due().empty());
    clock_.set(*tried.next);
  }
  EXPECT_EQ(send_due(), std::vector{End::kDelivered});
  const Json got = received();
  ASSERT_EQ(got.size(), 4U);
  std::set<std::string> timestamps;
  for (const Json& one : got) {
    EXPECT_EQ(one["headers"]["webhook-id"], "msg_" + id);
    EXPECT_EQ(one["body"], got[0]["body"]);
    timestamps.insert(one["headers"]["webhook-timestamp"]);
  }
  EXPECT_EQ(timestamps.size(), 4U) << "each attempt says when it was";
}

TEST_P(Deliveries, AreGivenUpAfterThreeDaysAndSentAgainWhenAsked) {
  const WebhookDelivery::Options by_default;
  EXPECT_EQ(by_default.back_off.first, 5s);
  EXPECT_EQ(by_default.back_off.most, 1h);
  EXPECT_EQ(by_default.deadline, 10s);
  delivery_ = make({.back_off = {.first = 5s, .most = 12h}});  // Fewer attempts for the same three days.
  const std::string id = finished(receiver("status/503"));
  const Time begun = clock_.now();
  int attempts = 0;
  while (job(id).webhook == WebhookState::kWaiting) {
    clock_.set(*job(id).next);
    EXPECT_EQ(send_due(), std::vector{End::kRefused});
    ASSERT_LT(++attempts, 50);
  }
  EXPECT_LE(clock_.now() - begun, 72h);
  EXPECT_GE(clock_.now() - begun, 60h);
  EXPECT_GE(attempts, 15);
  LookupJob held = job(id);
  EXPECT_EQ(held.webhook, WebhookState::kHeld);
  EXPECT_EQ(held.next, std::nullopt);
  clock_.advance(71h);
  EXPECT_TRUE(send_due().empty());
  EXPECT_EQ(job(id).state, JobState::kDone) << "kept for three days more";
  must(lookups_->replay(caller_, id));
  EXPECT_EQ(send_due(), std::vector{End::kRefused});
  EXPECT_LE(*job(id).next - clock_.now(), 5s) << "the waits begin anew";
  EXPECT_EQ(received().size(), static_cast<std::size_t>(attempts) + 1);
  clock_.advance(15 * 24h);
  EXPECT_CODE(lookups_->result(caller_, id), Code::kNotFound);
}

TEST_P(Deliveries, WaitAsLongAsTheReceiverAsks) {
  const std::string id = finished(receiver("status/429/600"));
  EXPECT_EQ(send_due(), std::vector{End::kRefused});
  EXPECT_GE(*job(id).next - clock_.now(), 600s);
  EXPECT_LE(*job(id).next - clock_.now(), 660s);
  finished(receiver("status/429/90000"));
  EXPECT_EQ(send_due(), std::vector{End::kRefused});
  EXPECT_LE(*must(desk_->records->job(id))->next - clock_.now(), 66min) << "but not for a day";
}

TEST_P(Deliveries, OfNoticesHaveTheirOwnTextAndAreNobodysLookUp) {
  Notices notices({*desk_->records, *mark_, desk_->master, clock_, [] {}});
  Notice notice{"a_0123456789abcdef", "one", caller_, key_.id, receiver(), R"({"type":"stream.match"})"};
  must(notices.send(notice));
  notice.body = "{}";
  must(notices.send(notice));
  clock_.advance(10min);
  must(lookups_->step());
  EXPECT_EQ(send_due(), std::vector{End::kDelivered}) << "once, and no orphan of a process that is gone";
  const Json got = received();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0]["body"], R"({"type":"stream.match"})");
  EXPECT_EQ(got[0]["headers"]["webhook-id"], "msg_a_0123456789abcdef");
  EXPECT_CODE(lookups_->result(caller_, notice.id), Code::kNotFound);
  EXPECT_CODE(lookups_->replay(caller_, notice.id), Code::kNotFound);
}

TEST_P(Deliveries, OfNoticesAreRefusedWithoutAKeyAndToOddAddresses) {
  Notices notices({*desk_->records, *mark_, desk_->master, clock_, [] {}});
  Notice notice{"a_0123456789abcdef", "one", caller_, "", receiver(), "{}"};
  EXPECT_CODE(notices.send(notice), Code::kInvalidInput);
  notice.key_id = key_.id;
  for (const char* url :
       {"http://hooks.example/", "https://u:p@hooks.example/", "https://hooks.example:22/", ""}) {
    notice.webhook = url;
    EXPECT_CODE(notices.send(notice), Code::kInvalidInput);
    EXPECT_CODE(notices.check_address(url), Code::kInvalidInput);
  }
  EXPECT_TRUE(notices.check_address("https://hooks.example/"));
  for (const char* id : {"r_0123456789abcdef", "a_1", "a_0123456789.abcdef", ""}) {
    notice.id = id;
    EXPECT_CODE(notices.send(notice), Code::kInvalidInput);
  }
}

TEST_P(Deliveries, FollowNoRedirect) {
  const std::string id = finished(receiver("redirect"));
  EXPECT_EQ(send_due(), std::vector{End::kRefused});
  EXPECT_EQ(job(id).last_status, 302);
  EXPECT_EQ(received().size(), 1U);
}

TEST_P(Deliveries, AreAcknowledgedByAnyTwoHundredWhateverFollows) {
  for (const char* what : {"status/200", "status/299", "drip", "half"}) {
    const std::string id = finished(receiver(what));
    EXPECT_EQ(send_due(), std::vector{End::kDelivered}) << what;
    EXPECT_EQ(job(id).webhook, WebhookState::kDelivered) << what;
  }
}

TEST_P(Deliveries, AreOverAtTheirDeadline) {
  delivery_ = make({.deadline = 300ms});
  const std::string id = finished(receiver("silent"));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(send_due(), std::vector{End::kSilent});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
  EXPECT_EQ(job(id).last_status, std::nullopt);
  EXPECT_EQ(job(id).attempts, 1U);
}

TEST_P(Deliveries, GoNowhereThatIsNotPublicUnlessTheOperatorNamesIt) {
  fetcher_ = fetcher({});
  delivery_ = make({.deadline = 5s});
  const std::string url = receiver();
  finished(url);
  EXPECT_EQ(send_due(), std::vector{End::kSilent});
  EXPECT_TRUE(received().empty());
  EXPECT_CODE(open_webhook_fetcher({{"10.0.0.1/8"}, {}, {}}), Code::kInvalidInput);
}

TEST_P(Deliveries, AreHeldAtOnceWhereNoSecretIsInForce) {
  const std::string id = finished(receiver());
  must(desk_->keys->revoke("one", key_.id, {"ann", "a test"}));
  EXPECT_EQ(send_due(), std::vector{End::kHeld});
  EXPECT_TRUE(received().empty());
  EXPECT_EQ(job(id).webhook, WebhookState::kHeld);
}

/// Waits until it holds; 60 s at most.
void wait_until(auto holds) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::sleep_for(2ms);  // Leaves the machine to what it waits for.
  }
}

/// A port of this machine that takes connections and says nothing, ever.
struct SilentPort {
  SilentPort() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
    if (::listen(socket.get(), 128) != 0) std::abort();
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    url = "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
  }
  UniqueFd socket;
  std::string url;
};

class Senders : public JobsTest {
 protected:
  std::unique_ptr<Jobs> jobs(Desk& desk, Fetcher& fetcher) {
    Jobs::Options options;
    options.sender.look_every = 20ms;
    options.sender.delivery.deadline = 60s;
    options.sender.lanes = {.threads = 4, .host_max = 2, .owner_max = 3};
    options.keeper.own_thread = false;
    return must(Jobs::open({*desk.records, desk.master, desk.secrets(), fetcher, clock_}, options));
  }
};

TEST_P(Senders, AreNotHeldUpByAReceiverThatHangs) {
  const auto curl = fetcher();
  const SilentPort silent;
  const auto running = jobs(*desk_, *curl);
  const std::string good = receiver();
  for (int i = 0; i < 30; ++i) {
    OpenLookup open = must(running->lookups().accept(lookup(silent.url)));
    must(open.finish({false, "{}"}));
  }
  wait_until([&] { return running->webhooks().sending == 2; });
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    OpenLookup open = must(running->lookups().accept(lookup(good)));
    must(open.finish({false, "{}"}));
    ids.push_back(open.id());
  }
  wait_until([&] { return running->webhooks().delivered == 20; });
  EXPECT_EQ(received().size(), 20U);
  EXPECT_EQ(running->webhooks().silent, 0U) << "those hang still: none waited for them";
  for (const auto& id : ids)
    EXPECT_EQ(must(running->lookups().result(caller_, id)).webhook, WebhookState::kDelivered);
}

TEST_P(Senders, StopAtOnceAndLeaveTheRestForTheNext) {
  const auto curl = fetcher();
  const SilentPort silent;
  std::string id;
  {
    const auto running = jobs(*desk_, *curl);
    OpenLookup open = must(running->lookups().accept(lookup(silent.url)));
    must(open.finish({false, "{}"}));
    id = open.id();
    wait_until([&] { return running->webhooks().sending == 1; });
  }
  const LookupJob left = *must(desk_->records->job(id));
  EXPECT_EQ(left.webhook, WebhookState::kWaiting);
  EXPECT_EQ(left.attempts, 0U) << "stopping is no outcome";
  EXPECT_LE(*left.next - clock_.now(), 1min);
}

TEST_P(Senders, ShareOneStoreAndSendEachWebhookOnce) {
  const auto curl = fetcher();
  Desk other(place_->url(), clock_);
  const auto one = jobs(*desk_, *curl);
  const auto two = jobs(other, *curl);
  const std::string url = receiver();
  for (int i = 0; i < 24; ++i) {
    OpenLookup open = must((i % 2 == 0 ? one : two)->lookups().accept(lookup(url)));
    must(open.finish({false, "{}"}));
  }
  wait_until([&] { return one->webhooks().delivered + two->webhooks().delivered == 24; });
  EXPECT_EQ(received().size(), 24U);
}

/// Takes look-ups on and finishes some, and writes down which it acknowledged.
[[noreturn]] void serve_until_killed(const std::string& url, const NewLookup& asked, const Clock& clock,
                                     Fetcher& fetcher, int pipe) {
  Desk desk(url, clock);
  Jobs::Options options;
  options.sender.look_every = 5ms;
  const auto jobs = must(Jobs::open({*desk.records, desk.master, desk.secrets(), fetcher, clock}, options));
  std::vector<OpenLookup> open;
  for (int i = 0; i < 24; ++i) {
    open.push_back(must(jobs->lookups().accept(asked)));
    const std::string line = open.back().id() + "\n";
    if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(1);
    if (i % 4 == 3) open.clear();  // And with that they fail, and are told.
    if (i % 4 == 1) must(open.back().finish({false, R"({"verdict":"allow"})"}));
  }
  for (;;) ::pause();  // Sending, until it is killed.
}

TEST_P(Senders, LoseNothingThatWasAcknowledgedWhenTheProcessIsKilled) {
  const auto curl = fetcher();
  const std::string url = receiver();
  std::set<std::string> acknowledged;
  for (const std::size_t sent : {0U, 1U, 6U}) {  // By so many, at least, in each round.
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t process = ::fork();
    if (process == 0) serve_until_killed(place_->url(), lookup(url), clock_, *curl, ends[1]);
    ::close(ends[1]);
    std::string text(29, ' ');
    ASSERT_EQ(::read(ends[0], text.data(), 29), 29) << "it has begun";
    const std::size_t before = received().size();
    wait_until([&] { return received().size() >= before + sent; });
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    std::array<char, 4096> more;
    for (ssize_t size = 0; (size = ::read(ends[0], more.data(), more.size())) > 0;)
      text.append(more.data(), static_cast<std::size_t>(size));
    ::close(ends[0]);
    for (std::size_t at = 0; at + 29 <= text.size(); at += 29) acknowledged.insert(text.substr(at, 28));
  }
  std::printf("%zu acknowledged, %zu sent before the end\n", acknowledged.size(), received().size());
  Jobs::Options options;
  options.sender.look_every = 20ms;
  options.keeper = {
      .beat_every = 1s, .sweep_every = 1s, .tidy_every = 1s, .look_every = 1h, .own_thread = false};
  options.mark.lease = 2min;
  Desk desk(place_->url(), clock_);
  // The keeper's turns are the test's: see JobKeeper::step().
  const auto mark = must(ProcessMark::make(*desk.records, clock_, options.mark));
  AsyncLookups lookups({*desk.records, *mark, desk.master, clock_}, {});
  JobKeeper keeper({*desk.records, *mark, lookups, clock_}, options.keeper);
  for (int i = 0; i < 12; ++i) {
    clock_.advance(20s);
    keeper.step();
    ASSERT_FALSE(keeper.trouble()) << keeper.trouble()->message;
  }
  options.sender.delivery.deadline = 60s;
  const WebhookSender sender({*desk.records, desk.master, desk.secrets(), *curl, clock_}, options.sender);
  std::set<std::string> told;
  wait_until([&] {
    for (const Json& one : received()) told.insert(one["headers"]["webhook-id"].get<std::string>().substr(4));
    clock_.advance(1s);  // For those that must be tried again.
    return std::ranges::includes(told, acknowledged);
  });
  int answered = 0;
  for (const std::string& id : acknowledged) {
    const LookupJob job = must(lookups.result(caller_, id));
    EXPECT_NE(job.state, JobState::kPending);
    answered += job.state == JobState::kDone ? 1 : 0;
  }
  EXPECT_GT(answered, 0);
}

INSTANTIATE_TEST_SUITE_P(Store, Deliveries, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);
INSTANTIATE_TEST_SUITE_P(Store, Senders, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall::test
