#include "seawall/access/key_service.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "seawall/access/detail/test_clock.h"
#include "seawall/access/key_watch.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/crypto/sha256.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/open.h"

namespace seawall {
namespace {

using access_detail::TestClock;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

MasterKey master_key() {
  Credentials credentials;
  credentials.set("access_key", Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
  return must(MasterKey::from(credentials));
}

/// A store that counts what it is asked, and can be made silent.
class WatchedStore final : public AccessStore {
 public:
  explicit WatchedStore(std::unique_ptr<AccessStore> store) : store_(std::move(store)) {}
  int versions = 0;
  int look_ups = 0;
  bool silent = false;
  std::function<void()> before_version = [] {};

  Result<std::uint64_t> access_version() override {
    ++versions;
    before_version();
    if (silent) return fail(Code::kUnavailable, "the store does not answer");
    return store_->access_version();
  }
  /// Runs after the store has answered, before whoever asked has the answer.
  std::function<void(std::string_view id)> after_key = [](std::string_view) {};
  Result<KeyAt> key(std::string_view id) override {
    ++look_ups;
    if (silent) return fail(Code::kUnavailable, "the store does not answer");
    auto answer = store_->key(id);
    after_key(id);
    return answer;
  }
  Result<std::vector<AccessChange>> access_changes(std::uint64_t after, std::size_t limit) override {
    return store_->access_changes(after, limit);
  }
  Result<std::uint64_t> add_key(const AccessKey& key) override { return store_->add_key(key); }
  Result<std::vector<AccessKey>> keys(std::string_view tenant, std::size_t limit) override {
    return store_->keys(tenant, limit);
  }
  Result<KeyAt> rotate_key(std::string_view tenant, std::string_view id, const KeySecret& secret, Time until,
                           std::optional<Time> expires) override {
    return store_->rotate_key(tenant, id, secret, until, expires);
  }
  Result<KeyAt> revoke_key(std::string_view tenant, std::string_view id, const Authorship& by) override {
    return store_->revoke_key(tenant, id, by);
  }
  Result<void> keep_uses(std::span<const KeyUse> uses) override { return store_->keep_uses(uses); }
  Result<void> add_account(const AccessAccount& a, bool first) override {
    return store_->add_account(a, first);
  }
  Result<std::optional<AccessAccount>> account(std::string_view name) override {
    return store_->account(name);
  }
  Result<std::vector<AccessAccount>> accounts(std::string_view after, std::size_t limit) override {
    return store_->accounts(after, limit);
  }
  Result<void> set_grants(std::string_view name, std::span<const AccessGrant> before,
                          std::span<const AccessGrant> grants, const Authorship& by) override {
    return store_->set_grants(name, before, grants, by);
  }
  Result<void> set_active(std::string_view name, bool active, const Authorship& by) override {
    return store_->set_active(name, active, by);
  }
  Result<void> set_password(std::string_view name, std::string_view text, const Authorship& by) override {
    return store_->set_password(name, text, by);
  }
  Result<void> set_totp(std::string_view name, std::string_view totp, std::span<const Sha256> codes,
                        const Authorship& by) override {
    return store_->set_totp(name, totp, codes, by);
  }
  Result<void> replace_password(std::string_view name, std::string_view from, std::string_view to) override {
    return store_->replace_password(name, from, to);
  }
  Result<bool> take_totp_step(std::string_view name, std::int64_t step) override {
    return store_->take_totp_step(name, step);
  }
  Result<bool> take_recovery(std::string_view name, const Sha256& digest, Time at) override {
    return store_->take_recovery(name, digest, at);
  }
  Result<void> add_session(const AccessSession& s, const AccessAccount& a) override {
    return store_->add_session(s, a);
  }
  Result<std::optional<SessionAt>> session(const Sha256& digest) override { return store_->session(digest); }
  Result<void> see_session(const Sha256& digest, Time seen) override {
    return store_->see_session(digest, seen);
  }
  Result<void> end_session(const Sha256& digest) override { return store_->end_session(digest); }
  Result<std::uint64_t> end_sessions(std::string_view name) override { return store_->end_sessions(name); }
  Result<std::uint64_t> drop_sessions(Time seen, Time begun) override {
    return store_->drop_sessions(seen, begun);
  }

 private:
  std::unique_ptr<AccessStore> store_;
};

/// One process over a store that others may use, too.
struct Process {
  Process(const std::string& url, const TestClock& clock, const MasterKey& master,
          const KeyGateOptions& options = {})
      : store(must(open_access_store(url))),
        gate(must(KeyGate::make(store, clock, options))),
        keys(store, *gate, clock, master) {}
  WatchedStore store;
  std::unique_ptr<KeyGate> gate;
  KeyService keys;
};

class Keys : public testing::Test {
 protected:
  void SetUp() override { must(open_store(url_, {.create = true})); }

  NewKey wanted(const std::string& name = "forum") {
    NewKey key;
    key.tenant = "one";
    key.name = name;
    key.scopes = {Scope::kMatch};
    key.expires = clock_.now() + days(100);
    return key;
  }
  static Admission<Identity> ask(Process& process, const Secret& secret,
                                 const std::string& from = "192.0.2.1",
                                 std::optional<Sha256> certificate = std::nullopt) {
    return must(process.gate->identify({secret.reveal(), must(PeerAddress::from_text(from)), certificate}));
  }
  static std::optional<AccessRefusal> why(const Admission<Identity>& admission) {
    if (admission) return std::nullopt;
    return admission.error().why;
  }

  TestClock clock_;
  MasterKey master_ = master_key();
  TemporaryFolder folder_ = must(TemporaryFolder::make("seawall-access"));
  std::string url_ = "sqlite:" + (folder_.path() / "lists.db").string();
  Actor ann_{"ann", "the forum goes live"};
};

TEST_F(Keys, OpenWithTheirSecretAndSayWhoseTheyAre) {
  Process process(url_, clock_, master_);
  NewKey key = wanted();
  key.banks = {"known", "harbour"};
  key.rate = KeyRate{100, 2};
  const auto made = must(process.keys.create(key, ann_));
  EXPECT_EQ(made.secret.reveal().size(), 80U);
  const auto admitted = ask(process, made.secret);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->kind, IdentityKind::kKey);
  EXPECT_EQ(admitted->who, "forum");
  EXPECT_EQ(admitted->tenant, "one");
  EXPECT_EQ(admitted->scopes, ScopeSet{Scope::kMatch});
  EXPECT_EQ(admitted->banks, key.banks);
  EXPECT_EQ(admitted->rate, key.rate);
  EXPECT_EQ(admitted->key_id, made.key.id);
  EXPECT_TRUE(admitted->roles.empty());
}

TEST_F(Keys, AreKeptWithoutTheirSecret) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  KeyText text;
  ASSERT_EQ(text.read(made.secret.reveal()), KeyTextFault::kNone);
  EXPECT_EQ(made.key.secrets.front().digest, text.digest());
  const auto listed = must(process.keys.list("one"));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0], made.key);
  EXPECT_EQ(listed[0].created, (Authorship{"ann", "the forum goes live", clock_.now()}));
  EXPECT_TRUE(must(process.keys.list("other")).empty());
}

TEST_F(Keys, AreRefusedWithWordsThatFit) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  const std::string text(made.secret.reveal());
  EXPECT_EQ(why(ask(process, Secret(""))), AccessRefusal::kNoCredentials);
  EXPECT_EQ(why(ask(process, Secret("hunter2"))), AccessRefusal::kNotAKey);
  EXPECT_EQ(why(ask(process, Secret(text.substr(0, 79)))), AccessRefusal::kDamagedKey);
  const int before = process.store.look_ups;
  std::string mistyped = text;
  mistyped[30] = mistyped[30] == 'a' ? 'b' : 'a';
  EXPECT_EQ(why(ask(process, Secret(mistyped))), AccessRefusal::kDamagedKey);
  EXPECT_EQ(process.store.look_ups, before) << "a mistyped key costs no look-up";
  const KeyText other_secret(made.key.id, must(KeyText::new_secret()));
  const KeyText other_id(must(KeyText::new_id()), must(KeyText::new_secret()));
  EXPECT_EQ(why(ask(process, other_secret.text())), AccessRefusal::kWrongKey);
  EXPECT_EQ(why(ask(process, other_id.text())), AccessRefusal::kWrongKey) << "the same as of a wrong secret";
}

TEST_F(Keys, ExpireToTheMillisecond) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  clock_.advance(days(100) - milliseconds(1));
  EXPECT_TRUE(ask(process, made.secret));
  clock_.advance(milliseconds(1));
  EXPECT_EQ(why(ask(process, made.secret)), AccessRefusal::kExpiredKey);
  EXPECT_EQ(state_of(made.key, clock_.now()), KeyState::kExpired);
}

TEST_F(Keys, AreRotatedWithoutAMomentInWhichNoneWorks) {
  Process process(url_, clock_, master_);
  const auto first = must(process.keys.create(wanted(), ann_));
  const auto second = must(process.keys.rotate("one", first.key.id, seconds(3600), {}, {"bob", "yearly"}));
  EXPECT_TRUE(ask(process, first.secret));
  EXPECT_TRUE(ask(process, second.secret));
  EXPECT_EQ(state_of(second.key, clock_.now()), KeyState::kRotating);
  EXPECT_EQ(second.key.secrets[0].made.who, "bob");
  EXPECT_EQ(process.keys.webhook_secrets(second.key).size(), 2U);
  clock_.advance(seconds(3600));
  EXPECT_EQ(why(ask(process, first.secret)), AccessRefusal::kOldSecret);
  EXPECT_TRUE(ask(process, second.secret));
  EXPECT_EQ(state_of(second.key, clock_.now()), KeyState::kActive);
  EXPECT_EQ(process.keys.webhook_secrets(second.key).size(), 1U);
}

TEST_F(Keys, HaveTwoSecretsAtMost) {
  Process process(url_, clock_, master_);
  const auto first = must(process.keys.create(wanted(), ann_));
  const auto second = must(process.keys.rotate("one", first.key.id, seconds(3600), {}, ann_));
  const auto third = must(process.keys.rotate("one", first.key.id, seconds(3600), {}, ann_));
  EXPECT_EQ(why(ask(process, first.secret)), AccessRefusal::kWrongKey)
      << "rotating again ends the oldest at once";
  EXPECT_TRUE(ask(process, second.secret));
  EXPECT_TRUE(ask(process, third.secret));
  const auto fourth = must(process.keys.rotate("one", first.key.id, seconds(0), {}, ann_));
  EXPECT_EQ(why(ask(process, third.secret)), AccessRefusal::kOldSecret);
  EXPECT_TRUE(ask(process, fourth.secret));
}

TEST_F(Keys, LiveOnWhenAnExpiredOneIsRotatedWithANewEnd) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  clock_.advance(days(101));
  EXPECT_EQ(process.keys.rotate("one", made.key.id, seconds(0), {}, ann_).error().code, Code::kInvalidInput);
  const auto again = must(process.keys.rotate("one", made.key.id, seconds(0), clock_.now() + days(1), ann_));
  EXPECT_TRUE(ask(process, again.secret));
}

TEST_F(Keys, OpenNothingAfterTheyWereRevokedHere) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  ASSERT_TRUE(ask(process, made.secret));
  const AccessKey revoked = must(process.keys.revoke("one", made.key.id, {"bob", "it leaked"}));
  EXPECT_EQ(why(ask(process, made.secret)), AccessRefusal::kRevokedKey);
  EXPECT_EQ(revoked.revoked, (Authorship{"bob", "it leaked", clock_.now()}));
  EXPECT_EQ(process.keys.revoke("one", made.key.id, ann_).error().code, Code::kConflict);
  EXPECT_EQ(process.keys.rotate("one", made.key.id, seconds(0), {}, ann_).error().code, Code::kConflict);
  EXPECT_TRUE(process.keys.webhook_secrets(revoked).empty());
}

TEST_F(Keys, OfAnotherTenantAreNotThere) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  EXPECT_EQ(process.keys.revoke("two", made.key.id, ann_).error().code, Code::kNotFound);
  EXPECT_EQ(process.keys.rotate("two", made.key.id, seconds(0), {}, ann_).error().code, Code::kNotFound);
  EXPECT_TRUE(ask(process, made.secret));
}

TEST_F(Keys, OpenNothingElsewhereTwoSecondsAfterTheyWereRevoked) {
  Process here(url_, clock_, master_);
  Process there(url_, clock_, master_);
  const auto made = must(here.keys.create(wanted(), ann_));
  ASSERT_TRUE(ask(there, made.secret));
  must(here.keys.revoke("one", made.key.id, ann_));
  clock_.advance(milliseconds(2000));
  EXPECT_EQ(why(ask(there, made.secret)), AccessRefusal::kRevokedKey);
}

TEST_F(Keys, AreKnownElsewhereAtOnceWhenNew) {
  Process here(url_, clock_, master_);
  Process there(url_, clock_, master_);
  must(here.keys.create(wanted("first"), ann_));
  const KeyText none(must(KeyText::new_id()), must(KeyText::new_secret()));
  EXPECT_EQ(why(ask(there, none.text())), AccessRefusal::kWrongKey);
  const auto made = must(here.keys.create(wanted("second"), ann_));
  EXPECT_TRUE(ask(there, made.secret)) << "an id that was never asked for is looked up";
}

TEST_F(Keys, CostTheStoreOneLookUpAndThenAVersionASecond) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  Process other(url_, clock_, master_);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(ask(other, made.secret));
    clock_.advance(milliseconds(50));
  }
  EXPECT_EQ(other.store.look_ups, 1);
  EXPECT_EQ(other.store.versions, 5);
  const KeyText none(must(KeyText::new_id()), must(KeyText::new_secret()));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(why(ask(other, none.text())), AccessRefusal::kWrongKey);
  EXPECT_EQ(other.store.look_ups, 2) << "an id that there is not is remembered, too";
}

TEST_F(Keys, GoOnForAMinuteWhenTheStoreIsSilentAndNoLonger) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  ASSERT_TRUE(ask(process, made.secret));
  process.store.silent = true;
  clock_.advance(seconds(59));
  EXPECT_TRUE(ask(process, made.secret));
  clock_.advance(seconds(1));
  const auto refused = process.gate->identify({made.secret.reveal(), {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  process.store.silent = false;
  EXPECT_TRUE(ask(process, made.secret));
}

/// What KeyGate says without asking the store.
struct Known {
  std::optional<Admission<Identity>> answer;
  bool counted = false;
};
Known known(Process& process, const Secret& secret, const std::string& from = "192.0.2.1") {
  Known known;
  known.answer = process.gate->known({secret.reveal(), must(PeerAddress::from_text(from))}, known.counted);
  return known;
}
bool lets_in(const Known& known) { return known.answer && *known.answer; }

TEST_F(Keys, AreAnsweredFromMemoryWithoutAskingTheStore) {
  Process here(url_, clock_, master_);
  const auto made = must(here.keys.create(wanted(), ann_));
  Process process(url_, clock_, master_);
  EXPECT_FALSE(known(process, made.secret).answer) << "nothing is known before the first refresh";
  must(process.gate->refresh());
  const Known first = known(process, made.secret);
  EXPECT_FALSE(first.answer);
  EXPECT_TRUE(first.counted);
  EXPECT_EQ(process.store.look_ups, 0);
  EXPECT_TRUE(must(process.gate->ask({made.secret.reveal(), {}}, true)));
  const int versions = process.store.versions;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(lets_in(known(process, made.secret)));
  EXPECT_TRUE(*process.gate->known_identity_of(made.key.id));
  const KeyText wrong(made.key.id, must(KeyText::new_secret()));
  EXPECT_EQ(why(*known(process, wrong.text()).answer), AccessRefusal::kWrongKey);
  EXPECT_EQ(process.store.look_ups, 1);
  EXPECT_EQ(process.store.versions, versions);
  clock_.advance(milliseconds(2000));
  EXPECT_FALSE(known(process, made.secret).answer) << "the store answers: it must be asked by now";
}

TEST_F(Keys, AreKnownForAMinuteWithoutTheStoreAndThenNobodyGetsIn) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  must(process.gate->refresh());
  ASSERT_TRUE(ask(process, made.secret));
  process.store.silent = true;
  clock_.advance(milliseconds(1999));
  EXPECT_TRUE(lets_in(known(process, made.secret)));
  EXPECT_FALSE(process.gate->refresh());
  EXPECT_FALSE(process.gate->store_answers());
  clock_.advance(milliseconds(58'000));
  EXPECT_TRUE(lets_in(known(process, made.secret)));
  EXPECT_TRUE(process.gate->lets_in());
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(known(process, made.secret).answer);
  EXPECT_FALSE(process.gate->lets_in());
  process.store.silent = false;
  must(process.gate->refresh());
  EXPECT_TRUE(process.gate->lets_in());
  EXPECT_TRUE(lets_in(known(process, made.secret)));
}

TEST_F(Keys, AreBelievedWhileARefreshHangs) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  must(process.gate->refresh());
  ASSERT_TRUE(ask(process, made.secret));
  clock_.advance(milliseconds(1100));
  process.store.before_version = [&] {
    clock_.advance(milliseconds(999));  // Known for 2,099 ms: too old, were it not for the next step.
    EXPECT_TRUE(process.gate->store_answers());
    EXPECT_FALSE(known(process, made.secret).answer);
    clock_.advance(milliseconds(1));
    EXPECT_FALSE(process.gate->store_answers()) << "a second without an answer is none";
    EXPECT_TRUE(lets_in(known(process, made.secret)));
  };
  must(process.gate->refresh());
  EXPECT_TRUE(process.gate->store_answers());
}

TEST_F(Keys, AreRefusedByTheNextRefreshAfterTheyWereRevokedAndOthersStayKnown) {
  Process here(url_, clock_, master_);
  Process there(url_, clock_, master_);
  const auto lost = must(here.keys.create(wanted("lost"), ann_));
  const auto kept = must(here.keys.create(wanted("kept"), ann_));
  must(there.gate->refresh());
  ASSERT_TRUE(ask(there, lost.secret));
  ASSERT_TRUE(ask(there, kept.secret));
  const KeyText none(must(KeyText::new_id()), must(KeyText::new_secret()));
  ASSERT_EQ(why(ask(there, none.text())), AccessRefusal::kWrongKey);
  must(here.keys.revoke("one", lost.key.id, ann_));
  const int before = there.store.look_ups;
  must(there.gate->refresh());
  EXPECT_EQ(there.store.look_ups, before + 1) << "the one that changed is read";
  EXPECT_EQ(why(*known(there, lost.secret).answer), AccessRefusal::kRevokedKey);
  EXPECT_TRUE(lets_in(known(there, kept.secret)));
  EXPECT_EQ(there.store.look_ups, before + 1);
}

TEST_F(Keys, ThatWereReadBeforeARevocationAreNotKeptAfterIt) {
  Process here(url_, clock_, master_);
  Process there(url_, clock_, master_);
  auto lost = must(here.keys.create(wanted("one"), ann_));
  auto other = must(here.keys.create(wanted("another"), ann_));
  if (other.key.id < lost.key.id) std::swap(lost, other);  // Changes are read in the order of ids.
  must(there.gate->refresh());
  ASSERT_TRUE(ask(there, other.secret));
  // A first look-up of `lost` has its answer from the store. Then both keys are changed elsewhere, a refresh
  // begins and is reading `other` anew, when that look-up goes on and keeps what it read.
  std::thread refresh;
  std::mutex mutex;
  std::condition_variable turn;
  int stage = 0;
  const auto reach = [&](int next) {
    const std::lock_guard lock(mutex);
    stage = std::max(stage, next);
    turn.notify_all();
  };
  const auto wait_for = [&](int wanted_stage) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(turn.wait_for(lock, seconds(30), [&] { return stage >= wanted_stage; }));
  };
  there.store.after_key = [&](std::string_view id) {
    if (id == lost.key.id && !refresh.joinable()) {
      must(here.keys.revoke("one", lost.key.id, ann_));
      must(here.keys.rotate("one", other.key.id, seconds(60), {}, ann_));
      refresh = std::thread([&] { must(there.gate->refresh()); });
      wait_for(1);
    } else if (id == other.key.id) {
      reach(1);
      wait_for(2);
    }
  };
  (void)there.gate->ask({lost.secret.reveal(), {}}, true);
  reach(2);
  refresh.join();
  there.store.after_key = [](std::string_view) {};
  const Known after = known(there, lost.secret);
  EXPECT_FALSE(lets_in(after)) << "it was revoked before this refresh";
  EXPECT_FALSE(lets_in(Known{must(there.gate->ask({lost.secret.reveal(), {}}, true)), true}));
}

TEST_F(Keys, ThatAreNotInMemoryYetAreOneTryHoweverManyAskAtOnce) {
  KeyGateOptions options;
  options.unknown_limit = {1, 1000};
  Process here(url_, clock_, master_);
  const auto made = must(here.keys.create(wanted(), ann_));
  Process process(url_, clock_, master_, options);
  must(process.gate->refresh());
  for (int i = 0; i < 5; ++i) {
    const Known one = known(process, made.secret);
    EXPECT_FALSE(one.answer);
    EXPECT_EQ(one.counted, i == 0);
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(
        must(process.gate->ask({made.secret.reveal(), must(PeerAddress::from_text("192.0.2.1"))}, i == 0)));
  }
  const auto made_up = [&] { return KeyText(must(KeyText::new_id()), must(KeyText::new_secret())).text(); };
  EXPECT_TRUE(known(process, made_up()).counted) << "the try was given back";
  EXPECT_EQ(why(*known(process, made_up()).answer), AccessRefusal::kTooManyTries);
  EXPECT_TRUE(known(process, made_up(), "198.51.100.1").counted);
}

TEST_F(Keys, AreWatchedByAThreadThatTellsOfTroubleOnce) {
  Process process(url_, clock_, master_);
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> told;
  int asked = 0;
  bool silent = true;
  process.store.before_version = [&] {
    const std::scoped_lock lock(mutex);
    ++asked;
    process.store.silent = silent;
    changed.notify_all();
  };
  const KeyWatch watch(*process.gate, milliseconds(1), [&](const std::optional<Error>& error) {
    const std::scoped_lock lock(mutex);
    told.push_back(error.has_value());
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return asked >= 5; });
  EXPECT_EQ(told, std::vector<bool>{true});
  silent = false;
  changed.wait(lock, [&] { return told.size() == 2; });
  EXPECT_FALSE(told[1]);
}

TEST_F(Keys, AreForgottenWhenTheStoreItselfWentBack) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  ASSERT_TRUE(ask(process, made.secret));
  process.gate->learn({std::nullopt, 99});  // As if there had been more changes before a restore.
  EXPECT_TRUE(ask(process, made.secret));
  clock_.advance(seconds(2));
  EXPECT_TRUE(ask(process, made.secret));
  const int before = process.store.look_ups;
  EXPECT_TRUE(ask(process, made.secret));
  EXPECT_EQ(process.store.look_ups, before) << "what is read now counts again";
}

TEST_F(Keys, AreBoundedInMemory) {
  KeyGateOptions options;
  options.keys_max = 4;
  options.unknown_ids_max = 4;
  options.unknown_limit = {10'000, 1000};
  Process process(url_, clock_, master_, options);
  std::vector<KeyWithSecrets> made;
  for (int i = 0; i < 12; ++i)
    made.push_back(must(process.keys.create(wanted("k" + std::to_string(i)), ann_)));
  for (int round = 0; round < 2; ++round) {
    for (const auto& key : made) EXPECT_TRUE(ask(process, key.secret)) << "less memory, the same answers";
    for (int i = 0; i < 12; ++i) {
      const KeyText none(must(KeyText::new_id()), must(KeyText::new_secret()));
      EXPECT_EQ(why(ask(process, none.text())), AccessRefusal::kWrongKey);
    }
  }
}

TEST_F(Keys, OpenOnlyFromTheirNetworks) {
  Process process(url_, clock_, master_);
  NewKey key = wanted();
  key.networks = {"192.0.2.0/24", "2001:db8::/32"};
  const auto made = must(process.keys.create(key, ann_));
  EXPECT_TRUE(ask(process, made.secret, "192.0.2.77"));
  EXPECT_TRUE(ask(process, made.secret, "2001:db8::1"));
  EXPECT_EQ(why(ask(process, made.secret, "198.51.100.1")), AccessRefusal::kWrongNetwork);
  EXPECT_EQ(must(process.keys.list("one"))[0].networks, key.networks);
}

TEST_F(Keys, OpenOnlyWithTheCertificateThatTheyAreBoundTo) {
  Process process(url_, clock_, master_);
  NewKey key = wanted();
  key.certificate = sha256_of("a certificate");
  const auto made = must(process.keys.create(key, ann_));
  EXPECT_EQ(why(ask(process, made.secret)), AccessRefusal::kWrongCertificate);
  EXPECT_EQ(why(ask(process, made.secret, "192.0.2.1", sha256_of("another"))),
            AccessRefusal::kWrongCertificate);
  EXPECT_TRUE(ask(process, made.secret, "192.0.2.1", sha256_of("a certificate")));
}

TEST_F(Keys, SlowDownWhoeverGuessesAndNobodyWithARightKey) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    const KeyText none(must(KeyText::new_id()), must(KeyText::new_secret()));
    refused += why(ask(process, none.text())) == AccessRefusal::kTooManyTries ? 1 : 0;
  }
  EXPECT_EQ(refused, 50);
  const KeyText wrong(made.key.id, must(KeyText::new_secret()));
  EXPECT_EQ(why(ask(process, wrong.text())), AccessRefusal::kTooManyTries)
      << "a known id with a wrong secret, too";
  EXPECT_TRUE(ask(process, made.secret)) << "on the same network";
  EXPECT_EQ(why(ask(process, wrong.text(), "203.0.113.1")), AccessRefusal::kWrongKey) << "on another";
}

TEST_F(Keys, SayWhenTheyWereLastUsedAtMostOnceAMinute) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  const auto last_used = [&] { return must(process.keys.list("one"))[0].last_used; };
  must(process.gate->write_uses());
  EXPECT_EQ(last_used(), std::nullopt);
  ASSERT_TRUE(ask(process, made.secret));
  const Time first = clock_.now();
  must(process.gate->write_uses());
  EXPECT_EQ(last_used(), first);
  clock_.advance(seconds(59));
  ASSERT_TRUE(ask(process, made.secret));
  must(process.gate->write_uses());
  EXPECT_EQ(last_used(), first);
  clock_.advance(seconds(1));
  ASSERT_TRUE(ask(process, made.secret));
  must(process.gate->write_uses());
  EXPECT_EQ(last_used(), clock_.now());
  EXPECT_EQ(must(process.store.access_version()), 1U) << "a use is no change";
}

TEST_F(Keys, AreRefusedWhenTheyAreNotAsTheyShouldBe) {
  Process process(url_, clock_, master_);
  const auto refused = [&](auto spoil) {
    NewKey key = wanted();
    spoil(key);
    const auto made = process.keys.create(key, ann_);
    return made ? Code{} : made.error().code;
  };
  EXPECT_EQ(refused([](NewKey& key) { key.scopes = {}; }), Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.name = "  "; }), Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.name = "f\xc3\xb6rum"; }), Code::kInvalidInput);
  EXPECT_EQ(refused([&](NewKey& key) { key.expires = clock_.now(); }), Code::kInvalidInput);
  EXPECT_EQ(refused([&](NewKey& key) { key.expires = clock_.now() + days(400) + milliseconds(1); }),
            Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.networks = {"192.0.2.9/24"}; }), Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.banks = {""}; }), Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.banks = {"a\nb"}; }), Code::kInvalidInput);
  EXPECT_EQ(refused([](NewKey& key) { key.rate = KeyRate{0, 1}; }), Code::kInvalidInput);
  must(process.keys.create(wanted("Forum"), ann_));
  EXPECT_EQ(refused([](NewKey& key) { key.name = "forum "; }), Code::kConflict)
      << "one name in two spellings";
  NewKey other = wanted("forum");
  other.tenant = "two";
  must(process.keys.create(other, ann_));
}

TEST_F(Keys, SignWebhooksWithSecretsThatNoDatabaseHolds) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  EXPECT_EQ(made.webhook_secret.reveal().substr(0, 6), "whsec_");
  EXPECT_EQ(made.webhook_secret.reveal().size(), 50U);
  EXPECT_EQ(process.keys.webhook_secrets(made.key)[0].reveal(), made.webhook_secret.reveal());
  const auto next = must(process.keys.rotate("one", made.key.id, seconds(60), {}, ann_));
  EXPECT_NE(next.webhook_secret.reveal(), made.webhook_secret.reveal());
  const auto both = process.keys.webhook_secrets(next.key);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].reveal(), next.webhook_secret.reveal());
  EXPECT_EQ(both[1].reveal(), made.webhook_secret.reveal());
}

TEST_F(Keys, AreThereWhenTheStoreIsOpenedAgain) {
  std::optional<KeyWithSecrets> made;
  std::optional<KeyWithSecrets> next;
  {
    Process process(url_, clock_, master_);
    made.emplace(must(process.keys.create(wanted(), ann_)));
    next.emplace(must(process.keys.rotate("one", made->key.id, seconds(60), {}, ann_)));
  }
  {
    Process process(url_, clock_, master_);
    EXPECT_TRUE(ask(process, made->secret));
    EXPECT_TRUE(ask(process, next->secret));
    must(process.keys.revoke("one", made->key.id, ann_));
  }
  Process process(url_, clock_, master_);
  EXPECT_EQ(why(ask(process, next->secret)), AccessRefusal::kRevokedKey);
}

TEST_F(Keys, StandForCallersWithoutOneOnlyWhileTheyHold) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  EXPECT_EQ(must(process.gate->identity_of(made.key.id))->who, "forum");
  EXPECT_EQ(process.gate->identity_of("aaaaaaaaaaaaaaaa").error().code, Code::kNotFound);
  must(process.keys.revoke("one", made.key.id, ann_));
  EXPECT_EQ(must(process.gate->identity_of(made.key.id)).error().why, AccessRefusal::kRevokedKey);
}

TEST_F(Keys, AreAskedForByManyThreadsWhileOneRevokesThem) {
  Process process(url_, clock_, master_);
  const auto made = must(process.keys.create(wanted(), ann_));
  std::atomic<bool> revoked = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const bool was_revoked = revoked;
        const auto answer = process.gate->identify({made.secret.reveal(), {}});
        if (!answer || (was_revoked && answer->has_value())) ++wrong;
        if (t == 0) clock_.advance(milliseconds(7));
      }
    });
  }
  must(process.keys.revoke("one", made.key.id, ann_));
  revoked = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0) << "once revoke() has returned nobody is let in";
}

}  // namespace
}  // namespace seawall
