#include "seawall/store_sql/service_records.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "must.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"
#include "store_places.h"

// The port ServiceRecords, on every database. Each test is a sentence of what it promises.
namespace seawall {
namespace {

using Kind = IdempotencyClaim::Kind;
using test::must;
using test_support::Backend;

Time at(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
Sha256 digest_of(int number) {
  Sha256 digest{};
  digest[0] = static_cast<std::byte>(number);
  return digest;
}

struct Ask {
  std::string caller = "k/one";
  std::string key = "key";
  int request = 1;
  std::string holder = "alive";
  std::int64_t now = 1000;
  std::int64_t until = 9000;
  std::int64_t stale_before = 500;
};

LookupJob new_job(const std::string& id, const std::string& caller = "k/one", bool webhook = true) {
  LookupJob job;
  job.id = id;
  job.tenant = "one";
  job.caller = caller;
  job.key_id = "one";
  job.holder = "alive";
  job.asked = at(1000);
  if (webhook) {
    job.webhook = WebhookState::kWaiting;
    job.address = std::string("sealed \0 \xff", 10);
    job.host = -7;
    job.owner = 8;
  }
  return job;
}

JobEnd end_of(std::string_view id, std::string_view holder = "alive") {
  return {id,       holder,      JobState::kDone, R"({"verdict":"allow"})",
          at(2000), at(400'000), at(500'000),     at(300'000)};
}

class ServiceStores : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    must(open_store(place_->url(), {.create = true}));
    store_ = open_again();
    must(store_->beat("alive", at(1000)));
    must(store_->beat("other", at(1000)));
  }
  std::unique_ptr<ServiceRecords> open_again(const ServiceRecordLimits& limits = {}) {
    return must(open_service_records(place_->url(), {}, limits));
  }
  Result<IdempotencyClaim> try_claim(const Ask& ask, ServiceRecords* store = nullptr) {
    return (store != nullptr ? store : store_.get())
        ->claim({ask.caller, ask.key, digest_of(ask.request), ask.holder, at(ask.now), at(ask.until),
                 at(ask.stale_before)});
  }
  Kind claim(const Ask& ask) { return must(try_claim(ask)).kind; }
  std::vector<std::string> due(std::int64_t now, std::vector<std::int64_t> hosts = {},
                               std::vector<std::int64_t> owners = {}, std::size_t limit = 100) {
    std::vector<std::string> ids;
    for (const auto& one : must(store_->due_webhooks(at(now), hosts, owners, limit))) ids.push_back(one.id);
    return ids;
  }
  std::vector<LookupJob> take(const std::vector<std::string>& ids, std::int64_t now, std::int64_t until) {
    return must(store_->take_webhooks(ids, at(now), at(until)));
  }

  std::unique_ptr<test_support::StorePlace> place_ = GetParam().make();
  std::unique_ptr<ServiceRecords> store_;
};

TEST_P(ServiceStores, CarryARequestOutOnceAndGiveItsAnswerAgain) {
  EXPECT_EQ(claim({}), Kind::kNew);
  EXPECT_EQ(claim({}), Kind::kUnderWay);
  EXPECT_EQ(claim({.holder = "other"}), Kind::kUnderWay);
  EXPECT_EQ(claim({.request = 2}), Kind::kOtherRequest);
  EXPECT_EQ(claim({.caller = "k/two", .request = 2}), Kind::kNew) << "another caller's key is another";
  const KeptAnswer answer{201, std::string("sealed \0 \xff", 10)};
  must(store_->settle("k/one", "key", "alive", answer));
  const auto again = must(open_again()->claim({"k/one", "key", digest_of(1), "other", at(8999), at(1), {}}));
  EXPECT_EQ(again.kind, Kind::kAnswered);
  EXPECT_EQ(again.answer, answer);
  EXPECT_EQ(claim({.request = 2}), Kind::kOtherRequest);
  EXPECT_EQ(claim({.now = 9000, .until = 20'000}), Kind::kNew) << "forgotten after its time";
  EXPECT_EQ(claim({.request = 2, .now = 9000}), Kind::kOtherRequest);
}

TEST_P(ServiceStores, LetAReleasedRequestBeTriedAnew) {
  EXPECT_EQ(claim({}), Kind::kNew);
  must(store_->release("k/one", "key", "other"));
  EXPECT_EQ(claim({}), Kind::kUnderWay) << "only its holder releases it";
  must(store_->release("k/one", "key", "alive"));
  EXPECT_EQ(claim({.request = 2}), Kind::kNew) << "and it may be another request then";
  must(store_->settle("k/one", "key", "alive", {200, "x"}));
  must(store_->release("k/one", "key", "alive"));
  EXPECT_EQ(claim({.request = 2}), Kind::kAnswered) << "what is answered stays so";
}

TEST_P(ServiceStores, TakeOverWhatADeadProcessHeldAndFenceItOff) {
  EXPECT_EQ(claim({}), Kind::kNew);
  EXPECT_EQ(claim({.holder = "other", .stale_before = 1000}), Kind::kUnderWay);
  must(store_->beat("other", at(2000)));
  EXPECT_EQ(claim({.holder = "other", .stale_before = 1001}), Kind::kNew);
  EXPECT_EQ(claim({.holder = "third", .stale_before = 1001}), Kind::kUnderWay);
  EXPECT_CODE(store_->settle("k/one", "key", "alive", {200, "late"}), Code::kConflict);
  must(store_->settle("k/one", "key", "other", {200, "right"}));
  EXPECT_EQ(must(try_claim({})).answer.sealed, "right");
  EXPECT_EQ(claim({.key = "second"}), Kind::kNew);
  must(store_->leave("alive"));
  EXPECT_EQ(claim({.key = "second", .holder = "other"}), Kind::kNew) << "at once, if it ended in order";
}

TEST_P(ServiceStores, GiveAClaimToOneOfManyWhoAskAtTheSameTime) {
  constexpr int kThreads = 8;
  constexpr int kKeys = 12;
  std::vector<std::atomic<int>> won(kKeys);
  std::vector<std::unique_ptr<ServiceRecords>> stores;
  for (int i = 0; i < kThreads; ++i) stores.push_back(open_again());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int key = 0; key < kKeys; ++key) {
          const auto claimed =
              try_claim({.key = "key" + std::to_string(key)}, stores[static_cast<std::size_t>(i)].get());
          ASSERT_TRUE(claimed) << claimed.error().message;
          if (claimed->kind == Kind::kNew) ++won[static_cast<std::size_t>(key)];
        }
      });
    }
  }
  for (const auto& winners : won) EXPECT_EQ(winners, 1);
}

TEST_P(ServiceStores, KeepABoundedNumberOfKeysAndBytesForEachCaller) {
  store_ = open_again({.keys_max = 32, .key_bytes_max = 16 * 100});
  int kept = 0;
  for (int i = 0; i < 64; ++i) {
    const std::string key = "key" + std::to_string(i);
    const auto claimed = try_claim({.key = key});
    if (!claimed) {
      EXPECT_EQ(claimed.error().code, Code::kLimitExceeded);
      continue;
    }
    ++kept;
    must(store_->settle("k/one", key, "alive", {200, std::string(60, 'x')}));
  }
  EXPECT_LE(kept, 32);
  EXPECT_GE(kept, 20) << "dealt out by a digest";
  EXPECT_EQ(claim({.caller = "k/two"}), Kind::kNew);
  int with_text = 0;
  for (int i = 0; i < 64; ++i) {
    const auto claimed = try_claim({.key = "key" + std::to_string(i)});
    if (!claimed) continue;
    EXPECT_EQ(claimed->kind, Kind::kAnswered);
    EXPECT_EQ(claimed->answer.status, 200);
    with_text += claimed->answer.sealed ? 1 : 0;
  }
  EXPECT_LE(with_text, 16) << "one of 60 bytes in each of 16 parts";
  EXPECT_GT(with_text, 4);
  EXPECT_EQ(must(store_->tidy(at(9000), at(0))).keys, static_cast<std::uint64_t>(kept) + 1);
  EXPECT_EQ(claim({.key = "key1", .until = 99'999}), Kind::kNew) << "there is room again";
}

TEST_P(ServiceStores, KeepAJobFromItsAcceptanceToItsWebhook) {
  LookupJob job = new_job("r_one");
  must(store_->add_job(job));
  EXPECT_CODE(store_->add_job(job), Code::kConflict);
  EXPECT_EQ(must(open_again()->job("r_one")), job);
  EXPECT_EQ(must(store_->job("r_two")), std::nullopt);
  EXPECT_TRUE(due(1'000'000).empty()) << "not finished";
  EXPECT_CODE(store_->finish_job(end_of("r_one", "other")), Code::kConflict);
  EXPECT_CODE(store_->finish_job(end_of("r_two")), Code::kNotFound);
  must(store_->finish_job(end_of("r_one")));
  EXPECT_CODE(store_->finish_job(end_of("r_one")), Code::kConflict);
  job.state = JobState::kDone;
  job.answer = R"({"verdict":"allow"})";
  job.done = at(2000);
  job.next = at(2000);
  job.give_up = at(300'000);
  job.keep_until = at(500'000);
  EXPECT_EQ(must(open_again()->job("r_one")), job);
  EXPECT_TRUE(due(1999).empty());
  EXPECT_EQ(due(2000), std::vector<std::string>{"r_one"});
  ASSERT_EQ(take({"r_one", "r_two"}, 2000, 62'000).size(), 1U);
  job.round = 1;
  job.next = at(62'000);
  EXPECT_EQ(must(store_->job("r_one")), job);
  EXPECT_TRUE(take({"r_one"}, 2001, 62'001).empty()) << "taken";
  must(store_->settle_webhook({"r_one", 1, WebhookState::kWaiting, at(7000), 503, std::nullopt}));
  must(store_->settle_webhook({"r_one", 0, WebhookState::kDelivered, {}, 200, at(1)}));
  job.attempts = job.tries = 1;
  job.next = at(7000);
  job.last_status = 503;
  EXPECT_EQ(must(store_->job("r_one")), job) << "what came of another round counts for nothing";
  ASSERT_EQ(take({"r_one"}, 7000, 67'000).size(), 1U);
  must(store_->settle_webhook({"r_one", 2, WebhookState::kDelivered, {}, 200, at(400'000)}));
  job.webhook = WebhookState::kDelivered;
  job.attempts = job.tries = job.round = 2;
  job.next.reset();
  job.last_status = 200;
  job.keep_until = at(400'000);
  EXPECT_EQ(must(store_->job("r_one")), job);
  EXPECT_TRUE(due(9'000'000).empty());
}

TEST_P(ServiceStores, LetAWebhookThatNobodySettlesBeTakenAgain) {
  must(store_->add_job(new_job("r_one")));
  must(store_->finish_job(end_of("r_one")));
  EXPECT_EQ(take({"r_one"}, 2000, 62'000).size(), 1U);
  EXPECT_TRUE(due(61'999).empty());
  const auto again = take(due(62'000), 62'000, 122'000);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].round, 2U);
  EXPECT_EQ(again[0].attempts, 0U) << "nobody knows what came of it";
}

TEST_P(ServiceStores, SendAgainForTheCallerAlone) {
  must(store_->add_job(new_job("r_one")));
  must(store_->add_job(new_job("r_bare", "k/one", false)));
  const auto replay = [&](const std::string& caller, const std::string& id) {
    return store_->replay_job(caller, id, at(10'000), at(20'000), at(30'000));
  };
  EXPECT_CODE(replay("k/one", "r_one"), Code::kConflict);  // Not finished.
  must(store_->finish_job(end_of("r_one")));
  must(store_->finish_job(end_of("r_bare")));
  EXPECT_EQ(must(store_->job("r_bare"))->next, std::nullopt);
  EXPECT_CODE(replay("k/two", "r_one"), Code::kNotFound);
  EXPECT_CODE(replay("k/one", "r_no"), Code::kNotFound);
  EXPECT_CODE(replay("k/one", "r_bare"), Code::kConflict);
  take({"r_one"}, 2000, 62'000);
  must(store_->settle_webhook({"r_one", 1, WebhookState::kHeld, {}, {}, at(3000)}));
  EXPECT_EQ(must(store_->job("r_one"))->webhook, WebhookState::kHeld);
  const LookupJob replayed = must(replay("k/one", "r_one"));
  EXPECT_EQ(replayed.webhook, WebhookState::kWaiting);
  EXPECT_EQ(replayed.attempts, 1U);
  EXPECT_EQ(replayed.tries, 0U);
  EXPECT_EQ(replayed.next, at(10'000));
  EXPECT_EQ(replayed.give_up, at(20'000));
  EXPECT_EQ(replayed.keep_until, at(30'000));
  EXPECT_EQ(must(store_->job("r_one")), replayed);
  EXPECT_EQ(due(10'000), std::vector<std::string>{"r_one"});
}

TEST_P(ServiceStores, FindDueWebhooksOldestFirstButNotOfThoseNamed) {
  for (int i = 0; i < 4; ++i) {
    LookupJob job = new_job("r_" + std::to_string(i));
    job.host = i % 2 == 0 ? 10 : std::numeric_limits<std::int64_t>::min();
    job.owner = i;
    must(store_->add_job(job));
    JobEnd end = end_of(job.id);
    end.done = at(2000 - i);
    must(store_->finish_job(end));
  }
  using Ids = std::vector<std::string>;
  EXPECT_EQ(due(5000), (Ids{"r_3", "r_2", "r_1", "r_0"}));
  EXPECT_EQ(due(5000, {10}), (Ids{"r_3", "r_1"}));
  EXPECT_EQ(due(5000, {std::numeric_limits<std::int64_t>::min()}, {0}), (Ids{"r_2"}));
  EXPECT_EQ(due(5000, {}, {1, 2}), (Ids{"r_3", "r_0"}));
  EXPECT_EQ(due(5000, {}, {}, 1), (Ids{"r_3"}));
}

TEST_P(ServiceStores, NameTheJobsWhoseProcessIsDead) {
  must(store_->add_job(new_job("r_one")));
  LookupJob other = new_job("r_two");
  other.holder = "other";
  must(store_->add_job(other));
  must(store_->beat("other", at(5000)));
  const auto orphans = [&](std::int64_t stale_before) {
    std::vector<std::string> ids;
    for (const auto& orphan : must(store_->orphan_jobs(at(stale_before), 10))) ids.push_back(orphan.id);
    return ids;
  };
  EXPECT_TRUE(orphans(1000).empty());
  EXPECT_EQ(orphans(1001), std::vector<std::string>{"r_one"});
  must(store_->leave("other"));
  EXPECT_EQ(orphans(0), std::vector<std::string>{"r_two"});
  must(store_->finish_job(end_of("r_two", "other")));
  EXPECT_TRUE(orphans(0).empty());
}

TEST_P(ServiceStores, KeepABoundedNumberOfJobsForEachCaller) {
  store_ = open_again({.jobs_max = 48, .webhooks_waiting_max = 16});
  int jobs = 0;
  int with_webhook = 0;
  std::string last;
  for (int i = 0; i < 100; ++i) {
    const std::string id = "r_" + std::to_string(i);
    if (store_->add_job(new_job(id))) {
      ++with_webhook;
      ++jobs;
      last = id;
    } else {
      jobs += store_->add_job(new_job(id, "k/one", false)) ? 1 : 0;
    }
  }
  EXPECT_LE(jobs, 48);
  EXPECT_GE(jobs, 40);
  EXPECT_LE(with_webhook, 16);
  EXPECT_GE(with_webhook, 14);
  must(store_->add_job(new_job("r_0_of_two", "k/two")));
  must(store_->finish_job(end_of(last)));
  take({last}, 2000, 62'000);
  must(store_->settle_webhook({last, 1, WebhookState::kDelivered, {}, 200, at(3000)}));
  EXPECT_EQ(must(store_->tidy(at(2999), at(0))).jobs, 0U);
  EXPECT_EQ(must(store_->tidy(at(3000), at(0))).jobs, 1U);
  EXPECT_EQ(must(store_->job(last)), std::nullopt);
  must(store_->add_job(new_job(last)));
}

TEST_P(ServiceStores, DropWhatIsOverAndNothingElse) {
  EXPECT_EQ(claim({}), Kind::kNew);
  EXPECT_EQ(claim({.key = "later", .until = 90'000}), Kind::kNew);
  must(store_->add_job(new_job("r_pending")));
  must(store_->add_job(new_job("r_done")));
  must(store_->finish_job(end_of("r_done")));
  const auto none = must(store_->tidy(at(8999), at(1000)));
  EXPECT_EQ(none.keys + none.jobs + none.processes, 0U);
  const auto some = must(store_->tidy(at(600'000), at(1001)));
  EXPECT_EQ(some.keys, 2U);
  EXPECT_EQ(some.jobs, 1U);
  EXPECT_EQ(some.processes, 2U);
  EXPECT_TRUE(must(store_->job("r_pending")));
  EXPECT_FALSE(must(store_->job("r_done")));
}

TEST_P(ServiceStores, RefuseWhatCannotBeKept) {
  EXPECT_CODE(try_claim({.caller = ""}), Code::kInvalidInput);
  EXPECT_CODE(try_claim({.caller = std::string(501, 'x')}), Code::kInvalidInput);
  EXPECT_CODE(try_claim({.key = std::string(65, 'x')}), Code::kInvalidInput);
  EXPECT_CODE(try_claim({.key = std::string("a\0b", 3)}), Code::kInvalidInput);
  EXPECT_EQ(claim({}), Kind::kNew);
  EXPECT_CODE(store_->settle("k/one", "key", "alive", {99, "x"}), Code::kInvalidInput);
  const KeptAnswer large{200, std::string(ServiceRecords::kSealedBytesMax + 1, 'x')};
  EXPECT_CODE(store_->settle("k/one", "key", "alive", large), Code::kInvalidInput);
  must(store_->settle("k/one", "key", "alive", {200, std::string(ServiceRecords::kSealedBytesMax, 'x')}));
  EXPECT_EQ(must(try_claim({})).answer.sealed->size(), ServiceRecords::kSealedBytesMax);
  LookupJob job = new_job("r_one");
  job.state = JobState::kDone;
  EXPECT_CODE(store_->add_job(job), Code::kInvalidInput);
  job = new_job("r_one");
  job.address.clear();
  EXPECT_CODE(store_->add_job(job), Code::kInvalidInput);
  must(store_->add_job(new_job("r_one")));
  JobEnd end = end_of("r_one");
  end.answer = {};
  EXPECT_CODE(store_->finish_job(end), Code::kInvalidInput);
  const std::string long_answer(ServiceRecords::kJobAnswerBytesMax + 1, ' ');
  end.answer = long_answer;
  EXPECT_CODE(store_->finish_job(end), Code::kInvalidInput);
  EXPECT_CODE(store_->settle_webhook({"r_one", 0, WebhookState::kWaiting, {}, {}, {}}), Code::kInvalidInput);
}

TEST_P(ServiceStores, LoseNothingThatWasAcknowledgedWhenTheProcessIsKilled) {
  std::mt19937 random(7);
  for (int round = 0; round < 4; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t process = ::fork();
    if (process == 0) {
      const auto store = open_again();
      for (int i = 0;; ++i) {
        const std::string id = "r_" + std::to_string(round) + "_" + std::to_string(i);
        must(store->claim({"k/one", id, digest_of(1), "alive", at(1000), at(9000), at(0)}));
        must(store->add_job(new_job(id)));
        must(store->finish_job(end_of(id)));
        must(store->settle("k/one", id, "alive", {202, id}));
        if (::write(ends[1], &i, sizeof i) != sizeof i) std::_Exit(1);
      }
    }
    ::close(ends[1]);
    int acknowledged = -1;
    const int wanted = 1 + static_cast<int>(random() % 5);
    while (acknowledged + 1 < wanted && ::read(ends[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 5000);
    while (std::chrono::steady_clock::now() < until) {
    }
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    while (::read(ends[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    ::close(ends[0]);
    for (int i = 0; i <= acknowledged; ++i) {
      const std::string id = "r_" + std::to_string(round) + "_" + std::to_string(i);
      EXPECT_EQ(must(store_->job(id))->state, JobState::kDone);
      EXPECT_EQ(must(try_claim({.key = id})).answer, (KeptAnswer{202, id}));
    }
    EXPECT_GE(due(2000).size(), static_cast<std::size_t>(acknowledged) + 1);
  }
}

TEST_P(ServiceStores, AreInNoBackup) {
  must(store_->add_job(new_job("r_one")));
  EXPECT_EQ(claim({}), Kind::kNew);
  const TemporaryFolder folder = must(TemporaryFolder::make("seawall-service"));
  must(backup_store(place_->url(), folder.path() / "backup"));
  const auto place = GetParam().make();
  must(restore_store(place->url(), folder.path() / "backup"));
  const auto restored = must(open_service_records(place->url()));
  EXPECT_EQ(must(restored->job("r_one")), std::nullopt);
  EXPECT_EQ(must(try_claim({}, restored.get())).kind, Kind::kNew);
}

TEST_P(ServiceStores, AreThereAfterAnUpgradeFromEveryEarlierSchema) {
  for (int number = 1; number < store_sql_detail::schema_newest(); ++number) {
    const auto place = GetParam().make();
    {
      const auto connection = must(
          store_sql_detail::connect(must(store_sql_detail::parse_store_url(place->url())), {.create = true}));
      must(store_sql_detail::migrate_to(*connection, number));
    }
    EXPECT_CODE(open_service_records(place->url()), Code::kUnsupported);
    must(migrate_store(place->url()));
    const auto store = must(open_service_records(place->url()));
    must(store->add_job(new_job("r_one")));
    EXPECT_EQ(must(store->job("r_one")), new_job("r_one"));
    EXPECT_EQ(must(try_claim({}, store.get())).kind, Kind::kNew);
  }
}

INSTANTIATE_TEST_SUITE_P(Store, ServiceStores, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
