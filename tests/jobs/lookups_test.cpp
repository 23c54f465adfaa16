#include "fixture.h"
#include "seawall/jobs/job_text.h"

// Idempotency-Keys and asynchronous look-ups over the real store, on each database.
namespace seawall::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using Kind = IdempotencyVerdict::Kind;

/// The real store, which does not answer when it is told not to.
class AwayRecords final : public ServiceRecords {
 public:
  explicit AwayRecords(ServiceRecords& records) : records_(records) {}
  bool away = false;

  Result<void> beat(std::string_view token, Time now) override {
    return ask([&] { return records_.beat(token, now); });
  }
  Result<void> leave(std::string_view token) override {
    return ask([&] { return records_.leave(token); });
  }
  Result<IdempotencyClaim> claim(const IdempotencyAsk& asked) override {
    return ask([&] { return records_.claim(asked); });
  }
  Result<void> settle(std::string_view caller, std::string_view key, std::string_view holder,
                      const KeptAnswer& answer) override {
    return ask([&] { return records_.settle(caller, key, holder, answer); });
  }
  Result<void> release(std::string_view caller, std::string_view key, std::string_view holder) override {
    return ask([&] { return records_.release(caller, key, holder); });
  }
  Result<void> add_job(const LookupJob& job) override {
    return ask([&] { return records_.add_job(job); });
  }
  Result<void> add_done_job(const LookupJob& job, const JobEnd& end) override {
    return ask([&] { return records_.add_done_job(job, end); });
  }
  Result<std::optional<LookupJob>> job(std::string_view id) override {
    return ask([&] { return records_.job(id); });
  }
  Result<void> finish_job(const JobEnd& end) override {
    return ask([&] { return records_.finish_job(end); });
  }
  Result<std::vector<OrphanJob>> orphan_jobs(Time stale_before, std::size_t limit) override {
    return ask([&] { return records_.orphan_jobs(stale_before, limit); });
  }
  Result<LookupJob> replay_job(std::string_view caller, std::string_view id, Time now, Time give_up,
                               Time keep_until) override {
    return ask([&] { return records_.replay_job(caller, id, now, give_up, keep_until); });
  }
  Result<std::vector<DueWebhook>> due_webhooks(Time now, std::span<const std::int64_t> hosts,
                                               std::span<const std::int64_t> owners,
                                               std::size_t limit) override {
    return ask([&] { return records_.due_webhooks(now, hosts, owners, limit); });
  }
  Result<std::vector<LookupJob>> take_webhooks(std::span<const std::string> ids, Time now,
                                               Time until) override {
    return ask([&] { return records_.take_webhooks(ids, now, until); });
  }
  Result<void> settle_webhook(const WebhookOutcome& outcome) override {
    return ask([&] { return records_.settle_webhook(outcome); });
  }
  Result<ServiceTidied> tidy(Time now, Time processes_before) override {
    return ask([&] { return records_.tidy(now, processes_before); });
  }

 private:
  auto ask(auto question) -> decltype(question()) {
    if (away) return fail(Code::kUnavailable, "the store does not answer");
    return question();
  }
  ServiceRecords& records_;
};

class Lookups : public JobsTest {
 protected:
  void SetUp() override {
    JobsTest::SetUp();
    records_ = std::make_unique<AwayRecords>(*desk_->records);
    mark_ = must(ProcessMark::make(*records_, clock_, {}));
    other_mark_ = must(ProcessMark::make(*desk_->records, clock_, {}));
    lookups_ = make();
  }
  std::unique_ptr<AsyncLookups> make(const AsyncLookups::Options& options = {}) {
    return std::make_unique<AsyncLookups>(
        AsyncLookups::Parts{*records_, *mark_, desk_->master, clock_, [this] { ++nudges_; }}, options);
  }
  /// Both processes live on for so long.
  void live(std::chrono::seconds time, bool this_one = true, bool other_one = true) {
    for (auto left = time; left > 0s; left -= 20s) {
      clock_.advance(20s);
      if (this_one) must(mark_->beat());
      if (other_one) must(other_mark_->beat());
    }
  }

  std::unique_ptr<AwayRecords> records_;
  std::unique_ptr<ProcessMark> mark_;
  std::unique_ptr<ProcessMark> other_mark_;
  std::unique_ptr<AsyncLookups> lookups_;
  int nudges_ = 0;
};

TEST_P(Lookups, AreAnsweredToWhoeverAskedAndToNobodyElse) {
  OpenLookup open = must(lookups_->accept(lookup()));
  EXPECT_THAT(open.id(), testing::MatchesRegex("r_[a-z2-7]+"));
  EXPECT_EQ(open.id().size(), 28U);
  EXPECT_EQ(must(lookups_->result(caller_, open.id())).state, JobState::kPending);
  EXPECT_CODE(lookups_->result("k/other", open.id()), Code::kNotFound);
  EXPECT_CODE(lookups_->result(caller_, open.id() + "x"), Code::kNotFound);
  EXPECT_CODE(lookups_->result(caller_, "'; --"), Code::kNotFound);
  clock_.advance(5s);
  must(open.finish({false, R"({"verdict":"block"})"}));
  EXPECT_CODE(open.finish({false, "{}"}), Code::kConflict);
  const LookupJob done = must(lookups_->result(caller_, open.id()));
  EXPECT_EQ(done.state, JobState::kDone);
  EXPECT_EQ(done.answer, R"({"verdict":"block"})");
  EXPECT_EQ(done.done, clock_.now());
  EXPECT_EQ(lookups_->open(), 0U);
  EXPECT_CODE(lookups_->replay(caller_, open.id()), Code::kConflict);
  clock_.advance(72h - 1ms);
  EXPECT_TRUE(lookups_->result(caller_, open.id()));
  clock_.advance(1ms);
  EXPECT_CODE(lookups_->result(caller_, open.id()), Code::kNotFound);
}

TEST_P(Lookups, SealTheAddressOfTheirWebhookAndRefuseWhatIsNone) {
  OpenLookup open = must(lookups_->accept(lookup("https://hooks.example/a?b=c")));
  const LookupJob kept = *must(desk_->records->job(open.id()));
  EXPECT_FALSE(kept.address.empty());
  EXPECT_THAT(kept.address, Not(HasSubstr("hooks")));
  EXPECT_THAT(kept.address, Not(HasSubstr("example")));
  EXPECT_EQ(must(WebhookAddresses(desk_->master).open(kept)), "https://hooks.example/a?b=c");
  LookupJob moved = kept;
  moved.id = "r_another1";
  EXPECT_CODE(WebhookAddresses(desk_->master).open(moved), Code::kCorrupt);
  for (const char* url :
       {"http://hooks.example/", "https://user:pw@hooks.example/", "https://", "hooks.example",
        "https://hooks.example:22/", "https://hooks.example:80/", "https://h o/"}) {
    const auto refused = lookups_->accept(lookup(url));
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, Code::kInvalidInput);
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hooks")));
  }
  EXPECT_CODE(lookups_->accept(lookup("https://a.example/" + std::string(2048, 'x'))), Code::kInvalidInput);
  EXPECT_CODE(lookups_->accept({"one", "p/3/one/ann", "", "https://hooks.example/"}), Code::kInvalidInput);
  EXPECT_EQ(lookups_->open(), 1U);
}

TEST_P(Lookups, AreBoundedForEachCallerAndInAll) {
  lookups_ = make({.open_max = 3, .open_of_caller_max = 2});
  std::vector<OpenLookup> open;
  open.push_back(must(lookups_->accept(lookup())));
  open.push_back(must(lookups_->accept(lookup())));
  EXPECT_CODE(lookups_->accept(lookup()), Code::kLimitExceeded);
  open.push_back(must(lookups_->accept({"one", "k/other", "other", ""})));
  EXPECT_CODE(lookups_->accept({"one", "k/third", "third", ""}), Code::kUnavailable);
  must(open.front().finish({false, "{}"}));
  EXPECT_TRUE(lookups_->accept({"one", "k/third", "third", ""}));
}

TEST_P(Lookups, FailWhereNobodyFinishesThem) {
  std::string id;
  {
    const OpenLookup open = must(lookups_->accept(lookup("https://hooks.example/")));
    id = open.id();
  }
  const LookupJob failed = must(lookups_->result(caller_, id));
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_THAT(failed.answer, HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(failed.answer, HasSubstr("send it again"));
  EXPECT_EQ(failed.next, clock_.now()) << "and its webhook says so";
  EXPECT_EQ(nudges_, 1);
}

TEST_P(Lookups, FailWhereTheAnswerIsTooLargeOrNone) {
  for (const auto& [json, code] : {std::pair<std::string, const char*>{"", "unavailable"},
                                   {"[1]", "unavailable"},
                                   {R"({"a":"\xff"})", "unavailable"},
                                   {"{\"a\":\"" + std::string(9 << 20, 'x') + "\"}", "limit_exceeded"}}) {
    OpenLookup open = must(lookups_->accept(lookup()));
    must(open.finish({false, json}));
    const LookupJob failed = must(lookups_->result(caller_, open.id()));
    EXPECT_EQ(failed.state, JobState::kFailed);
    EXPECT_THAT(failed.answer, HasSubstr(std::string(R"("code":")") + code));
  }
}

TEST_P(Lookups, KeepAnAnswerUntilTheStoreTakesIt) {
  OpenLookup first = must(lookups_->accept(lookup()));
  OpenLookup second = must(lookups_->accept(lookup()));
  records_->away = true;
  EXPECT_CODE(first.finish({false, R"({"verdict":"allow"})"}), Code::kUnavailable);
  EXPECT_CODE(second.finish({false, R"({"verdict":"block"})"}), Code::kUnavailable);
  EXPECT_FALSE(lookups_->step());
  EXPECT_EQ(lookups_->open(), 2U) << "they count until they are written";
  records_->away = false;
  must(lookups_->step());
  EXPECT_EQ(lookups_->open(), 0U);
  EXPECT_EQ(must(lookups_->result(caller_, first.id())).answer, R"({"verdict":"allow"})");
  EXPECT_EQ(must(lookups_->result(caller_, second.id())).answer, R"({"verdict":"block"})");
}

TEST_P(Lookups, KeepTheFailureAloneWhereMemoryIsFull) {
  lookups_ = make({.unsaved_bytes_max = 100});
  OpenLookup open = must(lookups_->accept(lookup()));
  records_->away = true;
  EXPECT_FALSE(open.finish({false, "{\"a\":\"" + std::string(200, 'x') + "\"}"}));
  records_->away = false;
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, open.id())).state, JobState::kFailed);
}

TEST_P(Lookups, AreTakenFromAProcessThatDiedAndNotFromOneThatLives) {
  LookupJob job;
  job.id = "r_of_the_other";
  job.caller = caller_;
  job.holder = other_mark_->token();
  job.asked = clock_.now();
  must(desk_->records->add_job(job));
  live(600s);
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kPending) << "it lives";
  live(100s, true, false);
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kPending) << "not known to be dead yet";
  live(60s, true, false);
  must(lookups_->step());
  const LookupJob failed = must(lookups_->result(caller_, job.id));
  EXPECT_EQ(failed.state, JobState::kFailed);
  EXPECT_THAT(failed.answer, HasSubstr("the service stopped before it was looked up; send it again"));
}

TEST_P(Lookups, OfNobodyAreTakenWhenTheStoreComesBackFromAnAbsence) {
  LookupJob job;
  job.id = "r_of_the_other";
  job.caller = caller_;
  job.holder = other_mark_->token();
  must(desk_->records->add_job(job));
  live(600s);
  clock_.advance(10min);  // Nobody could write.
  must(mark_->beat());
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kPending);
  live(140s, true, false);
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kFailed)
      << "the other one did not come back";
}

TEST_P(Lookups, OfAProcessThatEndedInOrderAreTakenAtOnce) {
  LookupJob job;
  job.id = "r_of_the_other";
  job.caller = caller_;
  job.holder = other_mark_->token();
  must(desk_->records->add_job(job));
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kPending);
  must(other_mark_->leave());
  must(lookups_->step());
  EXPECT_EQ(must(lookups_->result(caller_, job.id)).state, JobState::kFailed);
}

class Repeats : public Lookups {
 protected:
  void SetUp() override {
    Lookups::SetUp();
    desk_one_ = std::make_unique<Idempotency>(*records_, *mark_, desk_->master, clock_);
    desk_two_ = std::make_unique<Idempotency>(*desk_->records, *other_mark_, desk_->master, clock_);
  }
  static Sha256 request(int number) {
    Sha256Hasher hasher = begin_request_digest({"POST", "/v1/keys", "application/json"});
    hasher.update(std::to_string(number));
    return hasher.finish();
  }
  IdempotencyVerdict ask(Idempotency& desk, int number = 1) {
    return must(desk.begin(caller_, "key", request(number)));
  }

  std::unique_ptr<Idempotency> desk_one_;
  std::unique_ptr<Idempotency> desk_two_;
};

TEST_P(Repeats, GetTheFirstAnswerInWhicheverProcess) {
  auto first = ask(*desk_one_);
  ASSERT_EQ(first.kind, Kind::kCarryOut);
  EXPECT_EQ(ask(*desk_two_).kind, Kind::kUnderWay);
  EXPECT_EQ(ask(*desk_one_, 2).kind, Kind::kOtherRequest);
  const RememberedAnswer answer{
      201, "application/json", {{"Location", "/v1/keys/k"}}, R"({"secret":"swk_sesame"})"};
  must(first.attempt->settle(answer));
  EXPECT_CODE(first.attempt->settle(answer), Code::kConflict);
  const auto again = ask(*desk_two_);
  EXPECT_EQ(again.kind, Kind::kReplay);
  EXPECT_EQ(again.answer, answer);
  const auto kept = must(desk_->records->claim({caller_, "key", request(1), "p_x", clock_.now(), {}, {}}));
  EXPECT_THAT(*kept.answer.sealed, Not(HasSubstr("sesame"))) << "no database holds it";
  clock_.advance(24h);
  EXPECT_EQ(ask(*desk_two_, 2).kind, Kind::kCarryOut);
}

TEST_P(Repeats, AreCarriedOutAgainWhereTheFirstWasNot) {
  ask(*desk_one_).attempt->release();
  {
    const auto dropped = ask(*desk_two_, 2);
    EXPECT_EQ(dropped.kind, Kind::kCarryOut);
  }
  EXPECT_EQ(ask(*desk_one_, 3).kind, Kind::kCarryOut);
}

TEST_P(Repeats, AreToldWhereTheAnswerWasTooLargeToKeep) {
  must(ask(*desk_one_).attempt->settle({200, "text/plain", {}, std::string((1 << 20) + 1, 'x')}));
  const auto again = ask(*desk_two_);
  EXPECT_EQ(again.kind, Kind::kNotKept);
  EXPECT_EQ(again.answer.status, 200);
  EXPECT_TRUE(again.answer.body.empty());
}

TEST_P(Repeats, TakeOverFromAProcessThatDied) {
  auto first = ask(*desk_one_);
  live(140s, false, true);
  auto second = ask(*desk_two_);
  EXPECT_EQ(second.kind, Kind::kCarryOut);
  EXPECT_CODE(first.attempt->settle({200, "", {}, "late"}), Code::kConflict);
  must(second.attempt->settle({200, "", {}, "right"}));
  EXPECT_EQ(ask(*desk_one_).answer.body, "right");
}

TEST_P(Repeats, AreNotCarriedOutTwiceWhereTheStoreWasAwayForTheAnswer) {
  auto first = ask(*desk_one_);
  records_->away = true;
  EXPECT_CODE(first.attempt->settle({200, "", {}, "x"}), Code::kUnavailable);
  EXPECT_CODE(desk_one_->begin(caller_, "other", request(1)), Code::kUnavailable);
  records_->away = false;
  EXPECT_EQ(ask(*desk_one_).kind, Kind::kUnderWay);
}

TEST_P(Repeats, CostOneOfEightThreadsOnly) {
  std::atomic<int> carried_out = 0;
  std::atomic<int> replayed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        Idempotency& desk = i % 2 == 0 ? *desk_one_ : *desk_two_;
        for (bool answered = false; !answered;) {
          auto verdict = ask(desk);
          if (verdict.kind == Kind::kUnderWay) continue;
          if (verdict.kind == Kind::kCarryOut) {
            ++carried_out;
            must(verdict.attempt->settle({200, "", {}, "done"}));
          } else {
            EXPECT_EQ(verdict.answer.body, "done");
            ++replayed;
          }
          answered = true;
        }
      });
    }
  }
  EXPECT_EQ(carried_out, 1);
  EXPECT_EQ(replayed, 7);
}

TEST_P(Repeats, MeetAKeeperThatTidiesThem) {
  JobKeeper::Options options;
  options.own_thread = false;
  JobKeeper keeper({*records_, *mark_, *lookups_, clock_}, options);
  must(ask(*desk_one_).attempt->settle({200, "", {}, "x"}));
  keeper.step();
  EXPECT_FALSE(keeper.trouble());
  EXPECT_EQ(ask(*desk_one_).kind, Kind::kReplay);
  records_->away = true;
  clock_.advance(24h);
  keeper.step();
  ASSERT_TRUE(keeper.trouble());
  EXPECT_EQ(keeper.trouble()->code, Code::kUnavailable);
  records_->away = false;
  keeper.step();
  EXPECT_FALSE(keeper.trouble());
  EXPECT_EQ(must(desk_->records->tidy(clock_.now(), {})).keys, 0U) << "the keeper did it";
}

INSTANTIATE_TEST_SUITE_P(Store, Lookups, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);
INSTANTIATE_TEST_SUITE_P(Store, Repeats, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall::test
