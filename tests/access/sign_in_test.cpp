#include <gtest/gtest.h>

#include <thread>

#include "seawall/access/account_service.h"
#include "seawall/access/detail/test_clock.h"
#include "seawall/access/local_sign_in.h"
#include "seawall/access/operations.h"
#include "seawall/access/session_gate.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/open.h"

namespace seawall {
namespace {

using access_detail::TestClock;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kPassword = "correct horse battery staple";

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

HashLimits small_hashes() {
  HashLimits limits;
  limits.cost = {64, 1};
  return limits;
}

class SigningIn : public testing::Test {
 protected:
  void SetUp() override {
    must(open_store(url_, {.create = true}));
    store_ = must(open_access_store(url_));
    accounts_ = std::make_unique<AccountService>(*store_, hashes_, clock_, master_);
    sign_in_ = must(LocalSignIn::make(*store_, hashes_, clock_, &master_));
    sessions_ = std::make_unique<SessionService>(*store_, clock_);
    const AccessGrant grant{"one", {Role::kReviewer, Role::kListManager}};
    must(accounts_->create("Ann Lee", Secret(kPassword), std::span(&grant, 1), boss_));
  }
  static MasterKey master_key() {
    Credentials credentials;
    credentials.set("access_key", Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    return must(MasterKey::from(credentials));
  }
  Admission<AccessAccount> sign_in(std::string_view account, std::string_view password,
                                   std::string_view code = {}, std::string_view from = "192.0.2.1") {
    const Secret secret(password);
    return must(sign_in_->sign_in({account, secret, code, must(PeerAddress::from_text(from))}));
  }
  template <class T>
  static std::optional<AccessRefusal> why(const Admission<T>& admission) {
    if (admission) return std::nullopt;
    return admission.error().why;
  }
  NewSession begin(std::string_view tenant = {}) {
    auto begun = must(sessions_->begin(*sign_in("ann lee", kPassword), tenant));
    EXPECT_TRUE(begun);
    return *std::move(begun);
  }
  /// Gives "Ann Lee" a second factor.
  SecondFactor enrol() {
    SecondFactor factor = must(accounts_->new_second_factor("Ann Lee"));
    must(accounts_->set_second_factor("Ann Lee", factor, code_of(factor), boss_));
    clock_.advance(seconds(30));
    return factor;
  }
  std::string code_of(const SecondFactor& factor, std::int64_t steps = 0) const {
    return hotp_code(factor.secret, static_cast<std::uint64_t>(totp_step_of(clock_.now()) + steps));
  }

  TestClock clock_;
  MasterKey master_ = master_key();
  TemporaryFolder folder_ = must(TemporaryFolder::make("seawall-sign-in"));
  std::string url_ = "sqlite:" + (folder_.path() / "lists.db").string();
  HashGate hashes_{small_hashes()};
  Actor boss_{"boss", "joins the team"};
  std::unique_ptr<AccessStore> store_;
  std::unique_ptr<AccountService> accounts_;
  std::unique_ptr<LocalSignIn> sign_in_;
  std::unique_ptr<SessionService> sessions_;
};

TEST_F(SigningIn, TakesTheRightPasswordUnderAnySpellingOfTheName) {
  const auto account = sign_in(" ANN lee", kPassword);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, "Ann Lee") << "as it goes into Authorship::who";
  EXPECT_EQ(why(sign_in("Ann Lee", "correct horse battery stapl")), AccessRefusal::kWrongSignIn);
}

TEST_F(SigningIn, AnswersTheSameWhateverWasWrong) {
  must(accounts_->create("Bob", Secret("another long password"), {}, boss_));
  must(accounts_->set_active("Bob", false, boss_));
  for (const auto& [account, password] : {std::pair<std::string, std::string>{"ann lee", "wrong wrong wrong"},
                                          {"nobody", std::string(kPassword)},
                                          {"nobody", "no account has this password"},
                                          {"bob", "another long password"},
                                          {"", ""},
                                          {std::string(300, 'x'), "x"}}) {
    EXPECT_EQ(why(sign_in(account, password, "", "198.51.100.9")), AccessRefusal::kWrongSignIn) << account;
  }
}

TEST_F(SigningIn, IsSlowedDownAfterFiveWrongTriesAndFreeAgainSoon) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(why(sign_in("ann lee", "wrong")), AccessRefusal::kWrongSignIn);
  const auto slow = sign_in("ann lee", kPassword);
  EXPECT_EQ(why(slow), AccessRefusal::kTooManyTries);
  EXPECT_EQ(slow.error().retry_after_s, 12U);
  EXPECT_TRUE(sign_in("ann lee", kPassword, "", "203.0.113.1")) << "elsewhere the rightful user goes on";
  clock_.advance(seconds(12));
  EXPECT_TRUE(sign_in("ann lee", kPassword));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(why(sign_in("nobody", "wrong")), AccessRefusal::kWrongSignIn);
  EXPECT_EQ(why(sign_in("nobody", "wrong")), AccessRefusal::kTooManyTries)
      << "the same of an account there is not";
}

TEST_F(SigningIn, CannotBeBlockedFromManyNetworksWhereSomebodySignedInBefore) {
  ASSERT_TRUE(sign_in("ann lee", kPassword, "", "192.0.2.1"));
  int slowed = 0;
  for (int i = 0; i < 60; ++i) {
    const std::string from = "10." + std::to_string(i) + ".0.1";
    slowed += why(sign_in("ann lee", "wrong", "", from)) == AccessRefusal::kTooManyTries ? 1 : 0;
  }
  EXPECT_EQ(slowed, 30) << "guesses from everywhere together are slowed down, too";
  EXPECT_EQ(why(sign_in("ann lee", kPassword, "", "172.16.0.1")), AccessRefusal::kTooManyTries);
  EXPECT_TRUE(sign_in("ann lee", kPassword, "", "192.0.2.99")) << "the network that is known";
}

TEST_F(SigningIn, SlowsDownANetworkThatTriesManyAccounts) {
  int slowed = 0;
  for (int i = 0; i < 60; ++i) {
    slowed += why(sign_in("user " + std::to_string(i), "wrong")) == AccessRefusal::kTooManyTries ? 1 : 0;
  }
  EXPECT_EQ(slowed, 10);
}

TEST_F(SigningIn, AsksForTheCodeOfASecondFactorAndTakesEachOnce) {
  const SecondFactor factor = enrol();
  EXPECT_EQ(why(sign_in("ann lee", kPassword)), AccessRefusal::kCodeRequired);
  EXPECT_EQ(why(sign_in("ann lee", "wrong")), AccessRefusal::kWrongSignIn)
      << "never asked before the password";
  EXPECT_EQ(why(sign_in("ann lee", kPassword, "000000")), AccessRefusal::kWrongSignIn);
  const std::string code = code_of(factor);
  EXPECT_TRUE(sign_in("ann lee", kPassword, code));
  EXPECT_EQ(why(sign_in("ann lee", kPassword, code)), AccessRefusal::kWrongSignIn) << "used";
  EXPECT_EQ(why(sign_in("ann lee", kPassword, code_of(factor, -1))), AccessRefusal::kWrongSignIn) << "older";
  EXPECT_TRUE(sign_in("ann lee", kPassword, code_of(factor, 1)));
  clock_.advance(seconds(60));
  EXPECT_TRUE(sign_in("ann lee", kPassword, code_of(factor)));
}

TEST_F(SigningIn, TakesNoCodeThatWasShownToEnrol) {
  SecondFactor factor = must(accounts_->new_second_factor("Ann Lee"));
  const std::string code = code_of(factor);
  EXPECT_EQ(accounts_->set_second_factor("Ann Lee", factor, "000000", boss_).error().code,
            Code::kInvalidInput);
  EXPECT_TRUE(sign_in("ann lee", kPassword)) << "nothing is in force before a code was right";
  must(accounts_->set_second_factor("Ann Lee", factor, code, boss_));
  EXPECT_EQ(why(sign_in("ann lee", kPassword, code)), AccessRefusal::kWrongSignIn);
}

TEST_F(SigningIn, TakesARecoveryCodeOnceHoweverItIsTyped) {
  const SecondFactor factor = enrol();
  ASSERT_EQ(factor.recovery_codes.size(), 10U);
  std::string typed(factor.recovery_codes[3].reveal());
  EXPECT_EQ(typed.size(), 19U);
  for (char& c : typed) c = c == '-' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto account = sign_in("ann lee", kPassword, typed);
  ASSERT_TRUE(account);
  EXPECT_EQ(must(store_->account("annlee"))->recoveries, 9U);
  EXPECT_EQ(why(sign_in("ann lee", kPassword, typed)), AccessRefusal::kWrongSignIn);
}

TEST_F(SigningIn, AllowsTenWrongCodesAnHourFromWhereverTheyCome) {
  const SecondFactor factor = enrol();
  for (int i = 0; i < 10; ++i) {
    const std::string from = "10." + std::to_string(i) + ".0.1";
    EXPECT_EQ(why(sign_in("ann lee", kPassword, "000000", from)), AccessRefusal::kWrongSignIn);
  }
  EXPECT_EQ(why(sign_in("ann lee", kPassword, code_of(factor))), AccessRefusal::kTooManyTries);
  clock_.advance(minutes(6));
  EXPECT_TRUE(sign_in("ann lee", kPassword, code_of(factor)));
}

TEST_F(SigningIn, SetsASecondFactorOnlyWithTheMasterKeyAndTakesItAwayWithoutToo) {
  AccountService bare(*store_, hashes_, clock_);
  const SecondFactor factor = must(bare.new_second_factor("Ann Lee"));
  EXPECT_EQ(bare.set_second_factor("Ann Lee", factor, code_of(factor), boss_).error().code,
            Code::kInvalidInput);
  enrol();
  must(bare.remove_second_factor("Ann Lee", boss_));
  EXPECT_TRUE(must(store_->account("annlee"))->totp.empty());
}

TEST_F(SigningIn, WithoutTheMasterKeyChecksPasswordsAndRecoveryCodesAlone) {
  const auto bare = must(LocalSignIn::make(*store_, hashes_, clock_, nullptr));
  const auto try_in = [&](std::string_view password, std::string_view code) {
    const Secret secret(password);
    return why(must(bare->sign_in({"ann lee", secret, code, {}})));
  };
  EXPECT_EQ(try_in(kPassword, ""), std::nullopt);
  const SecondFactor factor = enrol();
  EXPECT_EQ(try_in(kPassword, ""), AccessRefusal::kCodeRequired);
  EXPECT_EQ(try_in("wrong", code_of(factor)), AccessRefusal::kWrongSignIn);
  EXPECT_EQ(try_in(kPassword, code_of(factor)), AccessRefusal::kNoAccessKey);
  EXPECT_EQ(try_in(kPassword, factor.recovery_codes[0].reveal()), std::nullopt);
  EXPECT_TRUE(sign_in("ann lee", kPassword, code_of(factor))) << "the code was not spent";
}

TEST_F(SigningIn, LosesNoRoleWhenSeveralAreSetAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto other = must(open_access_store(url_));
      AccountService accounts(*other, hashes_, clock_);
      for (int i = 0; i < 3; ++i) {
        const std::string tenant = "t" + std::to_string(t) + "." + std::to_string(i);
        must(accounts.set_roles("ann lee", tenant, {Role::kViewer}, boss_));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(must(store_->account("annlee"))->grants.size(), 13U);
  EXPECT_EQ(accounts_->set_roles("ann lee", "t0.0", {Role::kOverseer}, boss_).error().code,
            Code::kInvalidInput);
}

TEST_F(SigningIn, KeepsTheSecondFactorSealedForItsAccountAlone) {
  const SecondFactor factor = enrol();
  const auto account = must(store_->account("annlee"));
  const std::string_view secret(reinterpret_cast<const char*>(factor.secret.data()), factor.secret.size());
  EXPECT_EQ(account->totp.find(secret), std::string::npos);
  EXPECT_EQ(must(open_totp(master_, "annlee", account->totp)), factor.secret);
  EXPECT_EQ(open_totp(master_, "bob", account->totp).error().code, Code::kCorrupt);
}

TEST_F(SigningIn, HashesAPasswordAnewWhenTheCostWasRaised) {
  const std::string before = must(store_->account("annlee"))->password;
  HashLimits dearer = small_hashes();
  dearer.cost = {128, 2};
  HashGate gate(dearer);
  const auto later = must(LocalSignIn::make(*store_, gate, clock_, &master_));
  const Secret password(kPassword);
  const auto account = must(later->sign_in({"ann lee", password, {}, {}}));
  ASSERT_TRUE(account);
  const std::string after = must(store_->account("annlee"))->password;
  EXPECT_NE(after, before);
  EXPECT_EQ(must(argon2id_cost_of(after)), dearer.cost);
  EXPECT_TRUE(must(sessions_->begin(*account))) << "with the account as the sign-in has left it";
  EXPECT_TRUE(sign_in("ann lee", kPassword));
}

TEST_F(SigningIn, TurnsPeopleAwayRatherThanHashTooManyAtOnce) {
  HashLimits limits;
  limits.cost = {16 * 1024, 2};
  limits.at_once = 1;
  limits.waiting_max = 0;
  HashGate gate(limits);
  std::atomic<int> busy = 0;
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) ++(must(gate.hash("password")) ? done : busy);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(busy + done, 16);
  EXPECT_GE(done, 1);
}

TEST_F(SigningIn, GivesASessionWithTheRolesOfNow) {
  const NewSession made = begin();
  EXPECT_EQ(made.token.reveal().size(), 52U);
  const auto open = must(sessions_->identify(made.token.reveal()));
  ASSERT_TRUE(open);
  EXPECT_EQ(open->identity.kind, IdentityKind::kPerson);
  EXPECT_EQ(open->identity.who, "Ann Lee");
  EXPECT_EQ(open->identity.tenant, "one");
  EXPECT_EQ(authorise(&open->identity, Operation::kApproveRelease), std::nullopt);
  must(accounts_->set_roles("ann lee", "one", {Role::kViewer}, boss_));
  const auto less = must(sessions_->identify(made.token.reveal()));
  ASSERT_TRUE(less);
  EXPECT_EQ(authorise(&less->identity, Operation::kApproveRelease), AccessRefusal::kRoleMissing);
  must(accounts_->set_roles("ann lee", "one", {}, boss_));
  EXPECT_EQ(why(must(sessions_->identify(made.token.reveal()))), AccessRefusal::kRoleMissing);
}

TEST_F(SigningIn, EndsASessionThatIsIdleOrOld) {
  const NewSession idle = begin();
  clock_.advance(minutes(30) - seconds(1));
  EXPECT_TRUE(must(sessions_->identify(idle.token.reveal())));
  clock_.advance(minutes(30));
  EXPECT_EQ(why(must(sessions_->identify(idle.token.reveal()))), AccessRefusal::kSessionOver);
  const NewSession busy = begin();
  for (int i = 0; i < 71; ++i) {
    clock_.advance(minutes(10));
    ASSERT_TRUE(must(sessions_->identify(busy.token.reveal()))) << i;
  }
  clock_.advance(minutes(10));
  EXPECT_EQ(why(must(sessions_->identify(busy.token.reveal()))), AccessRefusal::kSessionOver)
      << "twelve hours";
  EXPECT_EQ(must(sessions_->tidy()), 2U);
}

TEST_F(SigningIn, SignsOutHereAndEverywhere) {
  const NewSession first = begin();
  const NewSession second = begin();
  const NewSession third = begin();
  must(sessions_->sign_out(first.token.reveal()));
  EXPECT_EQ(why(must(sessions_->identify(first.token.reveal()))), AccessRefusal::kSessionOver);
  const auto open = must(sessions_->identify(second.token.reveal()));
  ASSERT_TRUE(open);
  EXPECT_EQ(must(sessions_->sign_out_everywhere(open->identity)), 2U);
  EXPECT_EQ(why(must(sessions_->identify(third.token.reveal()))), AccessRefusal::kSessionOver);
}

TEST_F(SigningIn, EndsAllSessionsWhenSomethingIsTakenAway) {
  for (const int what : {0, 1, 2}) {
    const NewSession made = begin();
    if (what == 0) must(accounts_->set_password("ann lee", Secret(kPassword), boss_));
    if (what == 1) must(accounts_->remove_second_factor("ann lee", boss_));
    if (what == 2) must(accounts_->set_active("ann lee", false, boss_));
    EXPECT_EQ(why(must(sessions_->identify(made.token.reveal()))), AccessRefusal::kSessionOver) << what;
  }
}

TEST_F(SigningIn, GivesNoSessionToWhoeverKnewThePasswordBeforeItChanged) {
  const auto verified = sign_in("ann lee", kPassword);
  must(accounts_->set_password("ann lee", Secret("a new and longer password"), boss_));
  EXPECT_EQ(sessions_->begin(*verified).error().code, Code::kConflict);
}

TEST_F(SigningIn, KeepsATokenForEachSessionAgainstForgedRequests) {
  const NewSession one = begin();
  const NewSession other = begin();
  const auto open = must(sessions_->identify(one.token.reveal()));
  ASSERT_TRUE(open);
  EXPECT_TRUE(SessionService::csrf_matches(*open, one.session.csrf_token.reveal()));
  EXPECT_FALSE(SessionService::csrf_matches(*open, other.session.csrf_token.reveal()));
  EXPECT_FALSE(SessionService::csrf_matches(*open, one.token.reveal()));
  EXPECT_FALSE(SessionService::csrf_matches(*open, ""));
}

TEST_F(SigningIn, ReadsNoTokenThatItDidNotGive) {
  const std::string token(begin().token.reveal());
  for (const std::string& wrong : {std::string("x"), token.substr(1), token + "a", std::string(52, 'a')}) {
    EXPECT_EQ(why(must(sessions_->identify(wrong))), AccessRefusal::kSessionOver);
    must(sessions_->sign_out(wrong));
  }
  EXPECT_EQ(why(must(sessions_->identify(""))), AccessRefusal::kNoCredentials);
  EXPECT_TRUE(must(sessions_->identify(token)));
}

TEST_F(SigningIn, IsForATenantInWhichThereIsARole) {
  must(accounts_->set_roles("ann lee", "one", {Role::kViewer}, boss_));
  must(accounts_->set_roles("ann lee", "two", {Role::kReviewer}, boss_));
  const auto two = must(sessions_->identify(begin("two").token.reveal()));
  EXPECT_EQ(two->identity.tenant, "two");
  EXPECT_EQ(two->identity.roles, RoleSet{Role::kReviewer});
  EXPECT_EQ(why(must(sessions_->begin(*sign_in("ann lee", kPassword), "three"))),
            AccessRefusal::kRoleMissing);
}

TEST_F(SigningIn, HasAFirstAccountOnce) {
  const std::string other = "sqlite:" + (folder_.path() / "new.db").string();
  must(open_store(other, {.create = true}));
  const auto store = must(open_access_store(other));
  AccountService accounts(*store, hashes_, clock_, master_);
  must(accounts.bootstrap("root admin", Secret(kPassword), "one", "the first account"));
  EXPECT_EQ(must(store->account("rootadmin"))->grants,
            (std::vector<AccessGrant>{{"one", {Role::kAdministrator}}}));
  EXPECT_EQ(accounts.bootstrap("eve", Secret(kPassword), "one", "me too").error().code, Code::kConflict);
}

TEST_F(SigningIn, RefusesAccountsThatAreNotAsTheyShouldBe) {
  const auto code_for = [&](std::string_view name, std::string_view password,
                            std::vector<AccessGrant> grants) {
    const auto made = accounts_->create(name, Secret(password), grants, boss_);
    return made ? Code{} : made.error().code;
  };
  EXPECT_EQ(code_for("carol", "short", {}), Code::kInvalidInput);
  EXPECT_EQ(code_for("carol", "Carol's password", {}), Code::kInvalidInput) << "it holds the name";
  EXPECT_EQ(code_for(" ", kPassword, {}), Code::kInvalidInput);
  EXPECT_EQ(code_for("annlee", kPassword, {}), Code::kConflict) << "one name in two spellings";
  EXPECT_EQ(code_for("carol", kPassword, {{"one", {}}}), Code::kInvalidInput);
  EXPECT_EQ(code_for("carol", kPassword, {{"one", RoleSet::from_bits(1024)}}), Code::kInvalidInput);
  EXPECT_EQ(code_for("carol", kPassword, {{"one", {Role::kViewer}}, {"one", {Role::kViewer}}}),
            Code::kInvalidInput);
  for (const Role role : {Role::kReviewer, Role::kListManager, Role::kAdministrator}) {
    EXPECT_EQ(code_for("carol", kPassword, {{"one", {Role::kOverseer, role}}}), Code::kInvalidInput);
    EXPECT_EQ(code_for("carol", kPassword, {{"one", {Role::kOverseer}}, {"two", {role}}}),
              Code::kInvalidInput);
  }
  EXPECT_EQ(code_for("carol", kPassword, {{"one", {Role::kOverseer, Role::kViewer}}}), Code{});
}

TEST(MasterKeyText, IsThirtyTwoBytesAndMadeAnewEachTime) {
  for (const std::string_view wrong :
       {"", "c2hvcnQ=", "not base64!", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ=="}) {
    Credentials credentials;
    credentials.set("access_key", Secret(wrong));
    EXPECT_EQ(MasterKey::from(credentials).error().code, Code::kInvalidInput) << wrong;
  }
  const Secret first = must(MasterKey::new_text());
  EXPECT_NE(first.reveal(), must(MasterKey::new_text()).reveal());
  Credentials credentials;
  credentials.set("access_key", Secret(first.reveal()));
  const MasterKey key = must(MasterKey::from(credentials));
  EXPECT_NE(key.derive("a"), key.derive("b"));
}

TEST_F(SigningIn, MadeUpSessionsAreFewTriesOfANetworkAndRightOnesNone) {
  SessionGateOptions options;
  options.unknown_limit = {2, 1000};
  const auto gate = must(SessionGate::make(*sessions_, clock_, options));
  const auto here = must(PeerAddress::from_text("192.0.2.1"));
  const auto there = must(PeerAddress::from_text("198.51.100.1"));
  const auto verified = sign_in("ann lee", kPassword);
  ASSERT_TRUE(verified);
  const auto session = must(sessions_->begin(*verified));
  ASSERT_TRUE(session);
  const std::string_view right = session->token.reveal();
  const auto made_up = [](char c) { return std::string(51, c) + "a"; };
  bool counted = true;
  EXPECT_EQ(gate->refusal_of("no token", here, counted)->why, AccessRefusal::kSessionOver);
  EXPECT_FALSE(counted) << "what is no token costs no look-up";
  EXPECT_FALSE(gate->refusal_of(right, here, counted));
  EXPECT_TRUE(counted);
  EXPECT_TRUE(must(gate->identify(right, here, counted)));
  for (const char c : {'b', 'c'}) {
    EXPECT_FALSE(gate->refusal_of(made_up(c), here, counted));
    EXPECT_TRUE(counted);
    EXPECT_FALSE(must(gate->identify(made_up(c), here, counted)));
  }
  EXPECT_EQ(gate->refusal_of(made_up('d'), here, counted)->why, AccessRefusal::kTooManyTries);
  EXPECT_FALSE(gate->refusal_of(made_up('d'), there, counted)) << "another network has its own tries";
  EXPECT_FALSE(gate->refusal_of(right, here, counted)) << "whoever was right here is not slowed";
  EXPECT_FALSE(counted);
  must(sessions_->sign_out(right));
  EXPECT_FALSE(must(gate->identify(right, here, counted)));
  EXPECT_EQ(gate->refusal_of(right, here, counted)->why, AccessRefusal::kTooManyTries)
      << "it is right no more";
}

TEST_F(SigningIn, TheFirstUseOfANewSessionIsNoTryWhateverOthersOnItsNetworkSend) {
  SessionGateOptions options;
  options.unknown_limit = {1, 1000};
  const auto gate = must(SessionGate::make(*sessions_, clock_, options));
  const auto here = must(PeerAddress::from_text("192.0.2.1"));
  bool counted = false;
  EXPECT_FALSE(gate->refusal_of(std::string(51, 'b') + "a", here, counted));
  const auto verified = sign_in("ann lee", kPassword);
  ASSERT_TRUE(verified);
  const auto session = must(sessions_->begin(*verified));
  ASSERT_TRUE(session);
  const std::string_view token = session->token.reveal();
  EXPECT_EQ(gate->refusal_of(token, here, counted)->why, AccessRefusal::kTooManyTries)
      << "as in a process that did not begin it";
  gate->learn(token);
  EXPECT_FALSE(gate->refusal_of(token, here, counted));
  EXPECT_FALSE(counted);
  EXPECT_TRUE(must(gate->identify(token, here, counted)));
  gate->learn("no token");
  EXPECT_EQ(gate->refusal_of("no token", here, counted)->why, AccessRefusal::kSessionOver);
}

}  // namespace
}  // namespace seawall
