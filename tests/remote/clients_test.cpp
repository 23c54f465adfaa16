#include "seawall/remote/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>

#include "net/stand_in_server.h"
#include "remote/page_format.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/remote/checkpoint.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::stand_in;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array<std::string_view, 6> kNames = {"user",         "password",      "token",
                                                    "access_token", "functions_key", "subscription_key"};
constexpr const char* kCredentials =
    "user=seawall\npassword=open-sesame-4711\ntoken=token-sesame-4712\naccess_token=token-sesame-4712\n"
    "functions_key=functions-sesame-4713\nsubscription_key=subscription-sesame-4714\n";

class TestClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void set(Time now) { now_ = now; }

 private:
  Time now_{std::chrono::sys_days(2026y / 11 / 21)};
};

class Seeded final : public RandomSource {
 public:
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_{20261121};
};

/// A list as its records leave it: key -> listed or withdrawn.
using List = std::map<std::string, bool>;

class Clients : public ::testing::Test {
 public:
  Clients() {
    ::setenv("no_proxy", "127.0.0.1", 1);
    fetcher_ = *CurlFetcher::open({});
    credentials_ = *credentials_from_text(kCredentials, kNames);
  }

  RemoteContext context() { return {*fetcher_, clock_, random_, BackOff{.first = 1s, .most = 60s}}; }

  /// A scenario of this test's own, with those traps.
  std::string url(const std::string& body, const std::string& traps = "") {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    scenario_ = "/s/" + std::string(test->name()) + std::to_string(++scenarios_) + traps;
    return stand_in().url(scenario_ + "/" + body);
  }

  std::unique_ptr<RemoteClient> ncmec(const std::string& traps = "") {
    const auto begin = std::chrono::sys_seconds(1'600'000'000s);
    return *ncmec_client(context(), test::page_format(), credentials_,
                         {.url = url("ncmec", traps), .begin = begin});
  }
  std::unique_ptr<RemoteClient> stopncii(const std::string& traps = "") {
    return *stopncii_client(context(), test::page_format(), credentials_, {.url = url("stopncii", traps)});
  }
  std::unique_ptr<RemoteClient> threatexchange(const std::string& traps = "") {
    return *threatexchange_client(context(), test::page_format(), credentials_,
                                  {.url = url("threatexchange", traps), .privacy_group = "77"});
  }
  std::unique_ptr<RemoteClient> seawall(const std::string& traps = "") {
    return *seawall_client(context(), test::page_format(), credentials_,
                           {.url = url("seawall", traps), .public_key_pem = "of the test"});
  }
  std::unique_ptr<RemoteClient> file(const std::string& traps = "") {
    return *file_client(context(), test::page_format(), {}, {.url = url("file", traps)});
  }

  std::string ask(const std::string& what) {
    const auto response = fetcher_->fetch({.url = stand_in().url(scenario_ + what)}, {});
    return response ? response->body->text(1 << 20).value_or("") : "";
  }

  /// Pulls until there is nothing new, from `checkpoint` on, which is moved.
  List pull(RemoteClient& client, std::string& checkpoint) {
    List list;
    for (int steps = 0; steps < 500; ++steps) {
      auto step = client.next(checkpoint, {});
      if (!step) {
        ADD_FAILURE() << step.error().message;
        return list;
      }
      note(*step);
      if (step->kind == RemoteStep::Kind::kLater) {
        EXPECT_GT(step->retry_at, clock_.now());
        clock_.set(step->retry_at);
        continue;
      }
      checkpoint = step->checkpoint;
      if (step->kind == RemoteStep::Kind::kNothingNew) return list;
      take(step->page, list);
      if (step->last) return list;
    }
    ADD_FAILURE() << "it never ends";
    return list;
  }

  /// No word of a client may hold a secret or the address.
  void note(const RemoteStep& step) {
    for (const std::string& text : {step.checkpoint, step.reason})
      EXPECT_THAT(text, Not(HasSubstr("sesame")));
    EXPECT_THAT(step.reason, Not(HasSubstr("/s/")));
    if (!step.reason.empty()) reasons_.insert(step.reason);
  }

  static void take(const RemotePage& page, List& list) {
    const auto source = page.body->open();
    const auto reader = *page.format->reader(*source);
    ExchangeRecord record;
    std::uint64_t records = 0;
    for (;;) {
      const auto outcome = reader->next(record);
      ASSERT_TRUE(outcome);
      if (outcome->kind == ExchangeOutcome::Kind::kEnd) break;
      list[record.key] = !record.withdrawn;
      ++records;
    }
    EXPECT_EQ(records, page.records);
  }

  /// What the stand-in's list of `count` entries comes to.
  static List expected(int count = 23, int from = 0) {
    List list;
    for (int i = from; i < count; ++i) {
      std::array<char, 16> key{};
      std::snprintf(key.data(), key.size(), "9-e%04d", i);
      list[key.data()] = i % 6 != 5;
    }
    return list;
  }

  TestClock clock_;
  Seeded random_;
  std::unique_ptr<CurlFetcher> fetcher_;
  Credentials credentials_;
  std::string scenario_;
  int scenarios_ = 0;
  std::set<std::string> reasons_;
};

TEST_F(Clients, NcmecReadsAllPagesAlthoughEntriesDoNotComeInTheOrderOfTime) {
  const auto client = ncmec();
  std::string checkpoint;
  EXPECT_EQ(pull(*client, checkpoint), expected());
}

TEST_F(Clients, NcmecMovesTheStartOfItsWindowOnlyWhenTheLastPageWasRead) {
  const auto client = ncmec();
  std::string checkpoint;
  for (int page = 1; page <= 5; ++page) {
    const auto step = client->next(checkpoint, {});
    ASSERT_TRUE(step) << step.error().message;
    checkpoint = step->checkpoint;
    const auto from = Checkpoint::read("ncmec", checkpoint)->number("from").value();
    EXPECT_EQ(from == 1'600'000'000, page < 5) << checkpoint;
    EXPECT_EQ(step->last, page == 5);
  }
}

TEST_F(Clients, NcmecRepeatsFromAndToOfItsWindowOnAPageThatIsResumedMuchLater) {
  auto client = ncmec();
  const std::string scenario = scenario_;
  const auto first = client->next("", {});
  ASSERT_TRUE(first);
  clock_.set(clock_.now() +
             24h);  // "to" would be another if it were made anew: the stand-in answers 400 then.
  std::string checkpoint = first->checkpoint;
  List list;
  take(first->page, list);
  list.merge(pull(*client, checkpoint));
  EXPECT_EQ(list, expected());
}

TEST_F(Clients, NcmecBeginsItsNextWindowWhereTheLastOneEnded) {
  const auto client = ncmec();
  std::string checkpoint;
  pull(*client, checkpoint);
  const auto at_end = client->next(checkpoint, {});
  ASSERT_TRUE(at_end);
  EXPECT_EQ(at_end->kind, RemoteStep::Kind::kNothingNew) << "no time has passed";
  const auto from = Checkpoint::read("ncmec", checkpoint)->number("from").value();
  EXPECT_EQ(from, std::chrono::floor<std::chrono::seconds>(clock_.now() - 60s).time_since_epoch().count());
}

TEST_F(Clients, NcmecRefusesANextPageThatLeadsBackToItself) {
  const auto client = ncmec("-loops");
  const auto first = client->next("", {});
  ASSERT_TRUE(first);
  const auto second = client->next(first->checkpoint, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kCorrupt);
}

TEST_F(Clients, EachOfThemGetsThroughRefusalsHalfSentBodiesAndCutDocuments) {
  for (auto make :
       {&Clients::ncmec, &Clients::stopncii, &Clients::threatexchange, &Clients::seawall, &Clients::file}) {
    const auto client = (this->*make)("-flaky");
    std::string checkpoint;
    EXPECT_EQ(pull(*client, checkpoint), expected()) << scenario_;
  }
  std::string all;
  for (const auto& reason : reasons_) all += reason + "\n";
  for (const char* part : {"answered 429", "answered 503", "before the answer was whole", "dropped"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
}

TEST_F(Clients, EachOfThemIsResumedFromItsCheckpointByANewProcess) {
  for (auto make : {&Clients::ncmec, &Clients::stopncii, &Clients::threatexchange, &Clients::seawall}) {
    const auto client = (this->*make)("");
    List list;
    std::string checkpoint;
    const auto first = client->next(checkpoint, {});
    ASSERT_TRUE(first) << first.error().message;
    take(first->page, list);
    checkpoint = first->checkpoint;
    // Nothing but the checkpoint is in the client: asked again from "", the first page comes again.
    const auto again = client->next("", {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->checkpoint, checkpoint);
    list.merge(pull(*client, checkpoint));
    EXPECT_EQ(list, expected()) << scenario_;
  }
}

TEST_F(Clients, WaitAsLongAsRetryAfterSays) {
  const auto client = ncmec("-flaky");
  const auto step = client->next("", {});
  ASSERT_TRUE(step);
  ASSERT_EQ(step->kind, RemoteStep::Kind::kLater);
  EXPECT_GE(step->retry_at, clock_.now() + 30s);
  EXPECT_LE(step->retry_at, clock_.now() + 33s);
}

TEST_F(Clients, SayPlainlyThatCredentialsAreNotAccepted) {
  credentials_ = *credentials_from_text("user=a\npassword=wrong-sesame\n", kNames);
  const auto step = ncmec()->next("", {});
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kInvalidInput);
  EXPECT_THAT(step.error().message, HasSubstr("credentials"));
  EXPECT_THAT(step.error().message, Not(HasSubstr("sesame")));
}

TEST_F(Clients, AskOnlyForWhatIsNewAfterAPull) {
  for (auto make : {&Clients::stopncii, &Clients::threatexchange, &Clients::seawall}) {
    const auto client = (this->*make)("");
    std::string checkpoint;
    pull(*client, checkpoint);
    ask("/grow?by=9");
    const List more = pull(*client, checkpoint);
    List all = expected();
    for (const auto& [key, listed] : more) all[key] = listed;
    EXPECT_LT(more.size(), 32u) << "not everything once more";
    if (make == &Clients::seawall) {
      EXPECT_EQ(more, expected(32, 23));
    }
  }
}

TEST_F(Clients, StopNciiBeginsTheSpanAnewWhenItsPageTokenIsForgotten) {
  const auto client = stopncii("-forgets");
  std::string checkpoint;
  EXPECT_EQ(pull(*client, checkpoint), expected());
}

TEST_F(Clients, ThreatExchangeKeepsTheTokenOutOfAddressesAndCheckpoints) {
  const auto client = threatexchange();
  std::string checkpoint;
  EXPECT_EQ(pull(*client, checkpoint), expected());  // The stand-in answers 401 to a token in an address.
  const std::string log = ask("/log");
  EXPECT_THAT(log, HasSubstr("after=c5"));
  EXPECT_THAT(log, Not(HasSubstr("sesame")));
}

TEST_F(Clients, ThreatExchangeNeverFollowsTheNextPageToAnotherHost) {
  const auto client = threatexchange("-elsewhere");
  std::string checkpoint;
  EXPECT_EQ(pull(*client, checkpoint), expected());
}

TEST_F(Clients, SeawallRefusesAListWhoseHistoryIsNotTheOneItRead) {
  const auto client = seawall("-forked");
  const auto first = client->next("", {});
  ASSERT_TRUE(first);
  const auto second = client->next(first->checkpoint, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kCorrupt);
}

TEST_F(Clients, FileIsNotReadAgainWhileItsEtagOrItsBytesAreTheSame) {
  for (const char* traps : {"", "-plain"}) {
    const auto client = file(traps);
    std::string checkpoint;
    EXPECT_EQ(pull(*client, checkpoint), expected());
    const auto again = client->next(checkpoint, {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->kind, RemoteStep::Kind::kNothingNew);
    ask("/grow?by=3");
    const auto changed = client->next(checkpoint, {});
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->kind, RemoteStep::Kind::kPage);
    EXPECT_TRUE(changed->page.snapshot);
    EXPECT_EQ(changed->page.records, 26u);
  }
}

TEST_F(Clients, FeedbackGoesToEachBodyInItsOwnWords) {
  const RemoteFeedback::Verdict rejected = RemoteFeedback::Verdict::kRejected;
  auto client = ncmec();
  ASSERT_TRUE(client->send({"9-e0001", "PDQ", {}, ""}, {}).value().sent);
  ASSERT_TRUE(client->send({"9-e0001", "MD5", rejected, "1f0e-22"}, {}).value().sent);
  std::string log = ask("/log");
  EXPECT_THAT(log, HasSubstr("/v2/entries/9/e0001/PDQ/feedback <feedbackSubmission"));
  EXPECT_THAT(log, HasSubstr("<affirmative/>"));
  EXPECT_THAT(log, HasSubstr("<guid>1f0e-22</guid>"));
  client = stopncii();
  ASSERT_TRUE(client->send({"ImagePDQ:00ff", "", rejected, ""}, {}).value().sent);
  EXPECT_THAT(ask("/log"), HasSubstr(R"("feedbackValue":"NotBlocked","hashValue":"00ff")"));
  client = threatexchange();
  ASSERT_TRUE(client->send({"4242", "", {}, ""}, {}).value().sent);
  EXPECT_THAT(ask("/log"), HasSubstr("/4242/ reactions=HELPFUL"));
  EXPECT_EQ(file()->send({}, {}).error().code, Code::kUnsupported);
}

TEST_F(Clients, FeedbackThatWouldBreakOutOfItsPlaceIsRefused) {
  const RemoteFeedback::Verdict rejected = RemoteFeedback::Verdict::kRejected;
  const auto is_refused = [](auto client, const RemoteFeedback& feedback) {
    const auto outcome = client->send(feedback, {}).value();
    return outcome.refused && !outcome.sent;
  };
  EXPECT_TRUE(is_refused(ncmec(), {"9-e1", "PDQ", rejected, "</guid>"}));
  EXPECT_TRUE(is_refused(ncmec(), {"e1", "PDQ", {}, ""}));
  EXPECT_TRUE(is_refused(ncmec(), {"9-e1", "../x", {}, ""}));
  EXPECT_TRUE(is_refused(ncmec(), {"9/../8-e1", "PDQ", {}, ""}));
  EXPECT_TRUE(is_refused(stopncii(), {"ImagePDQ:a\"b", "", {}, ""}));
  EXPECT_TRUE(is_refused(stopncii(), {"VideoTMK:00ff", "", {}, ""})) << "its key may be a digest";
  EXPECT_TRUE(is_refused(threatexchange(), {"../me", "", {}, ""}));
  EXPECT_TRUE(is_refused(seawall(), {"", "", {}, ""}));
  EXPECT_FALSE(ncmec()->send({"9-e1", "PDQ", {}, "", "a\r\nX-Other: b"}, {}));
}

TEST_F(Clients, FeedbackCarriesItsIdSoThatARepeatCanBeTold) {
  const RemoteFeedback::Verdict rejected = RemoteFeedback::Verdict::kRejected;
  const RemoteFeedback feedback{"4242-a", "PDQ", rejected, "1f0e-22", "0af7"};
  for (auto make : {&Clients::ncmec, &Clients::seawall}) {
    const auto client = (this->*make)("");
    ASSERT_TRUE(client->send(feedback, {}).value().sent);
    EXPECT_THAT(ask("/log"), HasSubstr(" key=\"0af7\" ")) << scenario_;
  }
  EXPECT_THAT(ask("/log"), HasSubstr("/seawall/feedback"));
  EXPECT_THAT(ask("/log"),
              HasSubstr(R"({"format":"seawall-feedback","edition":1,"id":"0af7","entry":"4242-a",)"
                        R"("verdict":"false-match","signal":"PDQ","reason":"1f0e-22"})"));
}

TEST_F(Clients, FeedbackIsToldApartThatWaitsFromWhatIsNeverTaken) {
  for (auto make : {&Clients::ncmec, &Clients::seawall}) {
    const auto busy = (this->*make)("-busy");
    const RemoteFeedback feedback{"9-e0001", "PDQ", {}, "", "0af7"};
    for (const char* said : {"answered 503", "answered 409"}) {
      const auto outcome = busy->send(feedback, {}).value();
      EXPECT_FALSE(outcome.sent || outcome.refused);
      EXPECT_GT(outcome.retry_at, clock_.now());
      EXPECT_THAT(outcome.reason, HasSubstr(said));
      EXPECT_THAT(outcome.reason, Not(HasSubstr("/s/")));
    }
    EXPECT_TRUE(busy->send(feedback, {}).value().sent);
    const auto unknown = (this->*make)("-unknown");
    EXPECT_TRUE(unknown->send(feedback, {}).value().refused);
    EXPECT_THAT(unknown->send(feedback, {}).value().reason, HasSubstr("answered 404"));
  }
}

TEST(Checkpoint, ReadsWhatItWritesAndNothingElse) {
  const std::string text = Checkpoint("x").set("a", "1&2=?").set("n", 5).text();
  const auto read = Checkpoint::read("x", text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), text);
  EXPECT_EQ(read->get("a"), "1&2=?");
  EXPECT_EQ(read->number("n").value(), 5);
  for (const char* bad : {"y?a=1", "x", "x?a=1&a=2", "x?a=%"})
    EXPECT_FALSE(Checkpoint::read("x", bad)) << bad;
  EXPECT_FALSE(Checkpoint::read("x", "x?n=-1")->number("n"));
  EXPECT_FALSE(Checkpoint::read("x", "x?n=253402300800")->number("n"));
}

}  // namespace
}  // namespace seawall
