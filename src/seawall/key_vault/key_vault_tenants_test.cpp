#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;
using testing::IsEmpty;
using What = KeyOffice::What;

class VaultTenants : public ::testing::Test {
 protected:
  VaultTenants() {
    test.new_key("rec-1");
    test.order(TestVault::kOrder, {"rec-1", "rec-2"}, 1000);
  }
  Code made(const std::string& tenant, const std::string& case_id = "case-1") {
    const auto key = test.vault->new_record_key({tenant, case_id, "rec-9", 1});
    return key ? Code{} : key.error().code;
  }
  Result<OfficeReceipt> tenant(What what, const char* name, std::vector<std::string> by = {"ann", "bob"}) {
    return test.carry_out({.what = what, .tenant = name, .grounds = "It was agreed."}, std::move(by));
  }
  Result<OfficeReceipt> restore(const std::string& backup) {
    return test.carry_out(
        {.what = What::kRestore, .backup = to_hex(sha256_of(backup)), .grounds = "We lost it."},
        {"ann", "bob"}, backup);
  }
  TestVault test{VaultLimits{.made_hour = 5, .cases_hour = 3}};
};

TEST_F(VaultTenants, MakesKeysForTenantsThatTwoCustodiansMadeKnown) {
  EXPECT_EQ(made("other"), Code::kNotFound);
  EXPECT_THAT(*test.vault->pending(VaultSource::kVault, 10), IsEmpty()) << "it fills nothing";
  EXPECT_FALSE(tenant(What::kTenant, "other", {"ann"}));
  EXPECT_FALSE(tenant(What::kTenant, "an other"));
  ASSERT_TRUE(tenant(What::kTenant, "other"));
  EXPECT_EQ(tenant(What::kTenant, "other").error().code, Code::kConflict);
  EXPECT_TRUE(test.vault->new_record_key({"other", "case-1", "rec-9", 1}));
  EXPECT_EQ(test.vault->status()->tenants, 2U);
}

TEST_F(VaultTenants, BoundsWhatIsMadeForATenantInAnHour) {
  const auto make = [&](const char* of, const char* case_id) {
    const auto key = test.vault->new_record_key({of, case_id, "rec-9", 1});
    return key ? std::string("made") : key.error().message;
  };
  EXPECT_EQ(make("forum", "case-2"), "made");
  EXPECT_EQ(make("forum", "case-3"), "made");
  EXPECT_THAT(make("forum", "case-4"), HasSubstr("cases-hour")) << "the fourth case";
  EXPECT_EQ(make("forum", "case-3"), "made");
  EXPECT_EQ(make("forum", "case-3"), "made");
  EXPECT_THAT(make("forum", "case-3"), HasSubstr("made-hour"));
  ASSERT_TRUE(tenant(What::kTenant, "other"));
  EXPECT_EQ(make("other", "case-1"), "made") << "each for itself";
  test.office.pass(hours(1));
  EXPECT_EQ(make("forum", "case-4"), "made");
}

TEST_F(VaultTenants, RemovesATenantSoThatNothingOfItOpens) {
  test.new_key("rec-2", "case-2");
  const std::string backup = test.backup();
  EXPECT_FALSE(tenant(What::kDropTenant, "forum", {"ann"}));
  EXPECT_EQ(tenant(What::kDropTenant, "none").error().code, Code::kNotFound);
  const auto receipt = tenant(What::kDropTenant, "forum");
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->records, 2U);
  EXPECT_FALSE(receipt->residue);
  EXPECT_EQ(log_entry_from_text(test.vault->opening(receipt->entry)->entry)->kind, LogKind::kDestruction);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key");
  EXPECT_EQ(made("forum"), Code::kConflict) << "the name is never used again";
  EXPECT_EQ(tenant(What::kTenant, "forum").error().code, Code::kConflict);
  EXPECT_EQ(restore(backup)->records, 0U) << "nor does a backup open it";
  EXPECT_EQ(test.vault->status()->cases, 0U);
}

TEST_F(VaultTenants, GivesABackupToACustodianAndSoManyInAnHour) {
  const KeyOffice wish{.what = What::kBackup, .grounds = "As each week."};
  EXPECT_FALSE(test.carry_out(wish, {"amy"}));
  const auto told = test.vault->pending(VaultSource::kVault, 100)->size();
  const auto page = test.carry_out(wish, {"ann"});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->records, 1U);
  EXPECT_EQ(test.vault->pending(VaultSource::kVault, 100)->size(), told + 1) << "the log is told";
  EXPECT_EQ(test.carry_out({.what = What::kBackup, .page = 2, .grounds = "As each week."}, {"ann"})->backup,
            "");
  for (std::uint64_t i = 2; i < KeyVault::kCopiesHourMax; ++i)
    ASSERT_TRUE(test.carry_out(wish, {"ann"})) << i;
  EXPECT_EQ(test.carry_out(wish, {"ann"}).error().code, Code::kUnavailable);
  EXPECT_EQ(restore(page->backup).error().code, Code::kUnavailable) << "restores, too";
  test.office.pass(hours(1));
  EXPECT_TRUE(restore(page->backup));
}

TEST_F(VaultTenants, ErasesRecordsAndAlarmsThatOutliveTheirClock) {
  const auto receipt = test.carry_out(
      {.what = What::kDestroy, .tenant = "forum", .case_id = "case-1", .grounds = "It is over."},
      {"ann", "bob"});
  TestPeople strangers;
  EXPECT_EQ(TestVault::word(test.ask(strangers.signed_by_all(
                *draft_key_use(test.office.clock.time, test.wish("rec-1"), PersonRole::kApplicant, "")))),
            "signature");
  test.settle();
  const auto late = test.vault->pending(VaultSource::kVault, 100)->size();
  ASSERT_EQ(late, 0U);
  test.office.pass(days(1'825));
  ASSERT_TRUE(test.vault->tidy());
  EXPECT_NE(test.vault->opening(receipt->entry)->record, "") << "not yet";
  EXPECT_EQ(test.vault->alarms(10)->size(), 1U);
  test.office.pass(days(1));
  ASSERT_TRUE(test.vault->tidy());
  const LogOpening gone = *test.vault->opening(receipt->entry);
  EXPECT_EQ(gone.record, "");
  EXPECT_THAT(gone.salt, IsEmpty());
  EXPECT_EQ(test.vault->alarms(10)->size(), 0U);
  const auto told = *test.vault->pending(VaultSource::kVault, 100);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(log_entry_from_text(told[0].entry)->kind, LogKind::kRetention);
  EXPECT_THAT(test.vault->opening(told[0].id)->record, HasSubstr("key-rows-over"));
  EXPECT_EQ(test.vault->status()->bytes_pending, 0U);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key") << "what was destroyed stays so";
}

TEST_F(VaultTenants, KeepsWhatTheLogHasNotTakenHoweverOldItIs) {
  const auto receipt = test.carry_out(
      {.what = What::kRotate, .tenant = "forum", .grounds = "A year is over."}, {"ann", "bob"});
  test.office.pass(days(3'000));
  ASSERT_TRUE(test.vault->tidy());
  EXPECT_NE(test.vault->opening(receipt->entry)->record, "");
}

TEST_F(VaultTenants, KeepsRecordsForThreeYearsWhateverCustodiansSay) {
  VaultLimits limits;
  limits.keep_days = kKeepDaysMin - 1;
  EXPECT_FALSE(vault_limits_from(to_json(limits)));
  limits.keep_days = kKeepDaysMin;
  EXPECT_TRUE(vault_limits_from(to_json(limits)));
}

TEST_F(VaultTenants, GoOnInAVaultOfTheVersionBefore) {
  test.vault.reset();
  {
    auto database = *Database::open(test.office.folder.path() / "vault.db");
    ASSERT_TRUE(
        database.run("ALTER TABLE frozen DROP COLUMN who; ALTER TABLE frozen DROP COLUMN ends; DROP TABLE "
                     "froze; DROP TABLE "
                     "receipts; DROP TABLE residue; DROP TABLE known_tenants; DROP TABLE made; DROP TABLE "
                     "copied; UPDATE vault "
                     "SET limits = json_remove(limits, '$.keep-days', '$.made-hour', '$.cases-hour'); PRAGMA "
                     "user_version = "
                     "1;"));
  }
  test.open();
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(made("forum"), Code{}) << "who has a key is known";
  EXPECT_EQ(made("other"), Code::kNotFound);
  EXPECT_EQ(test.vault->status()->limits.keep_days, VaultLimits{}.keep_days);
}

}  // namespace
}  // namespace seawall
