#include "seawall/store_sql/access_store.h"

#include <gtest/gtest.h>

#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/admin.h"
#include "seawall/store_sql/detail/migrations.h"
#include "seawall/store_sql/detail/sql_store.h"
#include "store_places.h"

// The port AccessStore, on every database. Each test is a sentence of what it promises.
namespace seawall {
namespace {

using test_support::Backend;

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

#define EXPECT_CODE(expression, expected)                                           \
  do {                                                                              \
    const auto expect_code_ = (expression);                                         \
    ASSERT_FALSE(expect_code_);                                                     \
    EXPECT_EQ(expect_code_.error().code, expected) << expect_code_.error().message; \
  } while (false)

Time at(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
Authorship by(const std::string& who, std::int64_t ms = 1000) { return {who, "a reason", at(ms)}; }
Sha256 digest_of(int number) {
  Sha256 digest{};
  digest[0] = static_cast<std::byte>(number);
  return digest;
}
KeySecret secret_of(int number, std::int64_t ms = 1000) {
  return {1, digest_of(number), by("ann", ms), std::nullopt};
}

AccessKey new_key(const std::string& name, const std::string& tenant = "one") {
  AccessKey key;
  key.id = "id-" + tenant + "-" + name;
  key.tenant = tenant;
  key.name = name;
  key.name_key = name;
  key.scopes = {Scope::kMatch, Scope::kMetrics};
  key.banks = {"known", "a name, with a comma"};
  key.networks = {"192.0.2.0/24"};
  key.certificate = digest_of(99);
  key.rate = KeyRate{10, 2};
  key.expires = at(1'800'000'000'000);
  key.created = by("ann");
  key.secrets = {secret_of(1)};
  return key;
}

AccessAccount new_account(const std::string& name) {
  AccessAccount account;
  account.name = name;
  account.name_key = name;
  account.password = "$argon2id$...";
  account.created = by("boss");
  account.grants = {{"one", {Role::kViewer}}, {"two", {Role::kReviewer, Role::kListManager}}};
  return account;
}

class AccessStores : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    must(open_store(place_->url(), {.create = true}));
    store_ = open_again();
  }
  std::unique_ptr<AccessStore> open_again() { return must(open_access_store(place_->url())); }
  std::vector<AccessDeed> deeds() {
    std::vector<AccessDeed> done;
    for (const AccessChange& change : must(store_->access_changes(0, 100))) done.push_back(change.deed);
    return done;
  }

  std::unique_ptr<test_support::StorePlace> place_ = GetParam().make();
  std::unique_ptr<AccessStore> store_;
};

TEST_P(AccessStores, KeepAKeyAsItIsForWhoeverOpensThemAgain) {
  EXPECT_EQ(must(store_->access_version()), 0U);
  AccessKey bare = new_key("bare");
  bare.banks = {};
  bare.networks = {};
  bare.certificate.reset();
  bare.rate.reset();
  EXPECT_EQ(must(store_->add_key(new_key("forum"))), 1U);
  EXPECT_EQ(must(store_->add_key(bare)), 2U);
  const auto again = open_again();
  const KeyAt read = must(again->key("id-one-forum"));
  EXPECT_EQ(read.key, new_key("forum"));
  EXPECT_EQ(read.version, 2U);
  EXPECT_EQ(must(again->key("id-one-bare")).key, bare);
  EXPECT_EQ(must(again->key("id-one-other")).key, std::nullopt);
  EXPECT_EQ(must(again->keys("one", 10)), (std::vector{bare, new_key("forum")}));
  EXPECT_EQ(must(again->keys("one", 1)), std::vector{bare});
  EXPECT_TRUE(must(again->keys("two", 10)).empty());
}

TEST_P(AccessStores, GiveANameOnce) {
  must(store_->add_key(new_key("forum")));
  must(store_->add_account(new_account("ann"), false));
  EXPECT_CODE(store_->add_key(new_key("forum")), Code::kConflict);
  AccessKey same_id = new_key("other");
  same_id.id = "id-one-forum";
  EXPECT_CODE(store_->add_key(same_id), Code::kConflict);
  EXPECT_CODE(store_->add_key(new_key("ann", "two")), Code::kConflict);
  EXPECT_CODE(store_->add_account(new_account("ann"), false), Code::kConflict);
  EXPECT_CODE(store_->add_account(new_account("forum"), false), Code::kConflict);
  EXPECT_CODE(store_->add_account(new_account("carol"), true), Code::kConflict);
  must(store_->add_key(new_key("forum", "two")));
  EXPECT_EQ(must(store_->access_version()), 3U) << "what was refused is no change";
}

TEST_P(AccessStores, EndTheOldestSecretAtOnceAndTheOneBeforeWhenItIsSaid) {
  must(store_->add_key(new_key("forum")));
  const KeyAt second =
      must(store_->rotate_key("one", "id-one-forum", secret_of(2, 2000), at(9000), at(7777)));
  ASSERT_EQ(second.key->secrets.size(), 2U);
  EXPECT_EQ(second.key->secrets[0].serial, 2U);
  EXPECT_EQ(second.key->secrets[0].until, std::nullopt);
  EXPECT_EQ(second.key->secrets[1].until, at(9000));
  EXPECT_EQ(second.key->expires, at(7777));
  const KeyAt third = must(store_->rotate_key("one", "id-one-forum", secret_of(3, 3000), at(4000), {}));
  ASSERT_EQ(third.key->secrets.size(), 2U) << "the newest two";
  EXPECT_EQ(third.key->secrets[1].digest, digest_of(2));
  EXPECT_EQ(third.key->secrets[1].until, at(4000));
  EXPECT_EQ(third.key->expires, at(7777));
  EXPECT_EQ(must(open_again()->key("id-one-forum")).key, third.key);
  EXPECT_CODE(store_->rotate_key("two", "id-one-forum", secret_of(4), at(1), {}), Code::kNotFound);
  const KeyAt revoked = must(store_->revoke_key("one", "id-one-forum", by("bob", 5000)));
  EXPECT_EQ(revoked.key->revoked, by("bob", 5000));
  EXPECT_EQ(revoked.version, 4U);
  EXPECT_CODE(store_->rotate_key("one", "id-one-forum", secret_of(4), at(1), {}), Code::kConflict);
  EXPECT_CODE(store_->revoke_key("one", "id-one-forum", by("bob")), Code::kConflict);
  EXPECT_EQ(must(open_again()->key("id-one-forum")).key, revoked.key);
}

TEST_P(AccessStores, MoveTheLastUseForwardOnly) {
  must(store_->add_key(new_key("forum")));
  const auto keep = [&](std::int64_t ms) {
    const std::vector<KeyUse> uses = {{"id-one-forum", at(ms)}, {"no such", at(ms)}};
    must(store_->keep_uses(uses));
    return must(store_->key("id-one-forum")).key->last_used;
  };
  EXPECT_EQ(keep(500), at(500));
  EXPECT_EQ(keep(400), at(500));
  EXPECT_EQ(keep(600), at(600));
  EXPECT_EQ(must(store_->access_version()), 1U);
}

TEST_P(AccessStores, KeepAnAccountAndEveryChangeOfIt) {
  must(store_->add_account(new_account("ann"), true));
  EXPECT_EQ(must(open_again()->account("ann")), new_account("ann"));
  EXPECT_EQ(must(store_->account("bob")), std::nullopt);
  const std::vector<AccessGrant> grants = {{"one", {Role::kAdministrator}}};
  must(store_->set_grants("ann", new_account("ann").grants, grants, by("boss", 1)));
  must(store_->set_password("ann", "$new", by("boss", 2)));
  const std::vector<Sha256> codes = {digest_of(1), digest_of(2)};
  must(store_->set_totp("ann", "sealed", codes, by("boss", 3)));
  must(store_->set_active("ann", false, by("boss", 4)));
  const auto account = must(open_again()->account("ann"));
  EXPECT_EQ(account->grants, grants);
  EXPECT_EQ(account->password, "$new");
  EXPECT_EQ(account->totp, "sealed");
  EXPECT_EQ(account->recoveries, 2U);
  EXPECT_FALSE(account->active);
  must(store_->set_active("ann", true, by("boss", 5)));
  must(store_->set_totp("ann", "", {}, by("boss", 6)));
  EXPECT_EQ(deeds(), (std::vector{AccessDeed::kAccountMade, AccessDeed::kGrantsSet, AccessDeed::kPasswordSet,
                                  AccessDeed::kSecondFactorSet, AccessDeed::kAccountDisabled,
                                  AccessDeed::kAccountEnabled, AccessDeed::kSecondFactorRemoved}));
  const auto changes = must(store_->access_changes(1, 1));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0], (AccessChange{2, AccessDeed::kGrantsSet, "ann", by("boss", 1)}));
  for (const auto& done :
       {store_->set_grants("bob", {}, grants, by("boss")), store_->set_active("bob", true, by("boss")),
        store_->set_password("bob", "$new", by("boss")), store_->set_totp("bob", "", {}, by("boss"))})
    EXPECT_EQ(done.error().code, Code::kNotFound);
  must(store_->add_account(new_account("bea"), false));
  EXPECT_EQ(must(store_->accounts("", 10)).size(), 2U);
  EXPECT_EQ(must(store_->accounts("ann", 10)), std::vector{new_account("bea")});
}

TEST_P(AccessStores, SetRolesOnlyWhereTheyAreWhatTheCallerRead) {
  must(store_->add_account(new_account("ann"), true));
  const auto before = new_account("ann").grants;
  const std::vector<AccessGrant> one = {{"one", {Role::kAdministrator}}};
  const std::vector<AccessGrant> two = {{"two", {Role::kViewer}}};
  must(store_->set_grants("ann", before, one, by("boss", 1)));
  EXPECT_EQ(store_->set_grants("ann", before, two, by("boss", 2)).error().code, Code::kConflict);
  EXPECT_EQ(store_->set_grants("ann", {}, two, by("boss", 2)).error().code, Code::kConflict);
  EXPECT_EQ(must(store_->account("ann"))->grants, one);
  must(store_->set_grants("ann", one, {}, by("boss", 3)));
  must(store_->set_grants("ann", {}, two, by("boss", 4)));
  EXPECT_EQ(must(store_->account("ann"))->grants, two);
  EXPECT_EQ(deeds().size(), 4U);
}

TEST_P(AccessStores, TakeACodeOnceWhoeverAsksAtTheSameTime) {
  must(store_->add_account(new_account("ann"), false));
  const std::vector<Sha256> codes = {digest_of(1), digest_of(2)};
  must(store_->set_totp("ann", "sealed", codes, by("boss")));
  const auto other = open_again();
  EXPECT_TRUE(must(store_->take_totp_step("ann", 100)));
  EXPECT_FALSE(must(other->take_totp_step("ann", 100)));
  EXPECT_FALSE(must(other->take_totp_step("ann", 99)));
  EXPECT_TRUE(must(other->take_totp_step("ann", 101)));
  EXPECT_FALSE(must(store_->take_totp_step("bob", 1)));
  EXPECT_TRUE(must(store_->take_recovery("ann", digest_of(1), at(5))));
  EXPECT_FALSE(must(other->take_recovery("ann", digest_of(1), at(5))));
  EXPECT_FALSE(must(other->take_recovery("ann", digest_of(7), at(5))));
  EXPECT_EQ(must(other->account("ann"))->recoveries, 1U);
}

TEST_P(AccessStores, ReplaceAPasswordOnlyIfItIsStillTheSame) {
  must(store_->add_account(new_account("ann"), false));
  must(store_->replace_password("ann", "$other", "$new"));
  EXPECT_EQ(must(store_->account("ann"))->password, "$argon2id$...");
  must(store_->replace_password("ann", "$argon2id$...", "$new"));
  EXPECT_EQ(must(store_->account("ann"))->password, "$new");
  EXPECT_EQ(deeds().size(), 1U);
}

TEST_P(AccessStores, KeepSessionsWhileTheirAccountAllowsIt) {
  must(store_->add_account(new_account("ann"), false));
  const AccessAccount verified = *must(store_->account("ann"));
  const AccessSession session{digest_of(1), "ann", "one", at(1000), at(1000)};
  must(store_->add_session(session, verified));
  EXPECT_EQ(must(open_again()->session(digest_of(1)))->session, session);
  EXPECT_EQ(must(store_->session(digest_of(1)))->account, verified);
  EXPECT_FALSE(must(store_->session(digest_of(2))));
  must(store_->see_session(digest_of(1), at(3000)));
  must(store_->see_session(digest_of(1), at(2000)));
  EXPECT_EQ(must(store_->session(digest_of(1)))->session.seen, at(3000));
  must(store_->set_password("ann", "$new", by("boss")));
  EXPECT_FALSE(must(store_->session(digest_of(1))));
  EXPECT_CODE(store_->add_session(session, verified), Code::kConflict);
  EXPECT_CODE(store_->add_session({digest_of(3), "bob", "one", at(1), at(1)}, verified), Code::kNotFound);
}

TEST_P(AccessStores, EndTheSessionsSeenLongestAgoWhenThereAreTooMany) {
  must(store_->add_account(new_account("ann"), false));
  must(store_->add_account(new_account("bea"), false));
  const AccessAccount ann = *must(store_->account("ann"));
  must(store_->add_session({digest_of(200), "bea", "one", at(0), at(0)}, *must(store_->account("bea"))));
  const int last = static_cast<int>(AccessStore::kSessionsMax) + 3;
  for (int i = 1; i <= last; ++i) must(store_->add_session({digest_of(i), "ann", "one", at(i), at(i)}, ann));
  EXPECT_FALSE(must(store_->session(digest_of(3))));
  EXPECT_TRUE(must(store_->session(digest_of(4))));
  EXPECT_TRUE(must(store_->session(digest_of(200)))) << "another account's";
  must(store_->end_session(digest_of(4)));
  EXPECT_FALSE(must(store_->session(digest_of(4))));
  EXPECT_EQ(must(store_->drop_sessions(at(6), at(0))), 2U) << "the one of bea, and the fifth";
  EXPECT_EQ(must(store_->drop_sessions(at(0), at(7))), 1U);
  EXPECT_EQ(must(store_->end_sessions("ann")), AccessStore::kSessionsMax - 3U);
}

TEST_P(AccessStores, RefuseWhatCannotBeKept) {
  AccessKey key = new_key("forum");
  key.banks = {"a\nb"};
  EXPECT_CODE(store_->add_key(key), Code::kInvalidInput);
  key = new_key("forum");
  key.secrets.clear();
  EXPECT_CODE(store_->add_key(key), Code::kInvalidInput);
  key = new_key("forum");
  key.created.why.clear();
  EXPECT_CODE(store_->add_key(key), Code::kInvalidInput);
  AccessAccount account = new_account("ann");
  account.grants = {{"one", {Role::kViewer}}, {"one", {Role::kViewer}}};
  EXPECT_CODE(store_->add_account(account, false), Code::kInvalidInput);
  account = new_account("ann");
  account.password.clear();
  EXPECT_CODE(store_->add_account(account, false), Code::kInvalidInput);
  EXPECT_EQ(must(store_->access_version()), 0U);
}

TEST_P(AccessStores, ComeBackFromABackupWithoutTheirSessions) {
  must(store_->add_key(new_key("forum")));
  must(store_->rotate_key("one", "id-one-forum", secret_of(2, 2000), at(9000), {}));
  must(store_->add_account(new_account("ann"), false));
  const std::vector<Sha256> codes = {digest_of(1), digest_of(2)};
  must(store_->set_totp("ann", "sealed", codes, by("boss")));
  must(store_->take_recovery("ann", digest_of(1), at(5)));
  must(store_->add_session({digest_of(1), "ann", "one", at(1), at(1)}, *must(store_->account("ann"))));
  const TemporaryFolder folder = must(TemporaryFolder::make("seawall-access"));
  must(backup_store(place_->url(), folder.path() / "backup"));
  for (const Backend& backend : test_support::quick_backends()) {
    const auto place = backend.make();
    must(restore_store(place->url(), folder.path() / "backup"));
    const auto restored = must(open_access_store(place->url()));
    EXPECT_EQ(must(restored->keys("one", 10)), must(store_->keys("one", 10)));
    EXPECT_EQ(must(restored->account("ann")), must(store_->account("ann")));
    EXPECT_EQ(must(restored->access_changes(0, 10)), must(store_->access_changes(0, 10)));
    EXPECT_FALSE(must(restored->take_recovery("ann", digest_of(1), at(6)))) << "used is used";
    EXPECT_FALSE(must(restored->session(digest_of(1)))) << "nobody is signed in by a file";
    for (const StoreProblem& problem : must(check_store(place->url())).problems) {
      EXPECT_EQ(problem.what, "database") << "the quick server has fsync off, and check says so";
    }
    EXPECT_CODE(restore_store(place->url(), folder.path() / "backup"), Code::kConflict);
  }
}

TEST_P(AccessStores, AreThereAfterAnUpgradeFromEveryEarlierSchema) {
  for (int number = 1; number < store_sql_detail::schema_newest(); ++number) {
    const auto place = GetParam().make();
    OpenStoreOptions create;
    create.create = true;
    {
      const auto connection =
          must(store_sql_detail::connect(must(store_sql_detail::parse_store_url(place->url())), create));
      must(store_sql_detail::migrate_to(*connection, number));
    }
    EXPECT_CODE(open_access_store(place->url()), Code::kUnsupported);
    must(migrate_store(place->url()));
    const auto store = must(open_access_store(place->url()));
    EXPECT_EQ(must(store->access_version()), 0U);
    must(store->add_key(new_key("forum")));
    EXPECT_EQ(must(store->key("id-one-forum")).key, new_key("forum"));
  }
}

INSTANTIATE_TEST_SUITE_P(Store, AccessStores, testing::ValuesIn(test_support::quick_backends()),
                         test_support::backend_name);

}  // namespace
}  // namespace seawall
