#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>

#include "seawall/base/base64.h"
#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/key_vault/key_vault.h"
#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using What = KeyOffice::What;

std::string bytes_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class VaultOffice : public ::testing::Test {
 protected:
  VaultOffice() {
    key = test.new_key("rec-1");
    test.new_key("rec-2");
    test.order(TestVault::kOrder, {"rec-1", "rec-2"}, 1000);
  }
  KeyOffice destroy_case() {
    return {.what = What::kDestroy, .tenant = "forum", .case_id = "case-1", .grounds = "The case is closed."};
  }
  TestVault test{VaultLimits{.person_hour = 5, .person_day = 8, .total_hour = 6, .refusals_hour = 4}};
  std::string key;
};

TEST_F(VaultOffice, FreezesWhoTouchesACanaryAndTwoCustodiansEndIt) {
  const KeyOffice canary{.what = What::kCanary,
                         .tenant = "forum",
                         .record = "rec-2",
                         .guards = "backup 3",
                         .grounds = "Nobody needs it."};
  EXPECT_EQ(test.carry_out(canary, {"ann"}).error().code, Code::kInvalidInput);
  ASSERT_TRUE(test.carry_out(canary, {"ann", "bob"}));
  EXPECT_EQ(test.carry_out(canary, {"ann", "bob"}).error().code, Code::kConflict);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.answer_to(test.wish("rec-2")), "frozen") << "not told why";
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen");
  ASSERT_EQ(test.alarms.size(), 1U);
  EXPECT_EQ(test.alarms[0].kind, VaultAlarm::Kind::kCanary);
  EXPECT_EQ(test.alarms[0].detail, "backup 3");
  EXPECT_THAT(test.alarms[0].told, ElementsAre("ann", "bob"));
  test.open();
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen") << "remembered";
  const KeyOffice end{.what = What::kUnfreeze, .person = "amy", .grounds = "It was a mistake of ours."};
  EXPECT_FALSE(test.carry_out(end, {"ann"}));
  ASSERT_TRUE(test.carry_out(end, {"ann", "cat"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
}

TEST_F(VaultOffice, IsStoppedForAPersonByOneCustodianButNotByThatPerson) {
  const KeyOffice stop{.what = What::kFreeze, .person = "amy", .grounds = "Her key was stolen."};
  ASSERT_TRUE(test.carry_out(stop, {"cat"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen");
  KeyOffice own{.what = What::kUnfreeze, .person = "ann", .grounds = "I am ann."};
  EXPECT_FALSE(test.carry_out(own, {"ann", "bob"}));
}

TEST_F(VaultOffice, IsStoppedByOneCustodianForADayAndByTwoForGood) {
  const KeyOffice stop{.what = What::kFreeze, .person = "amy", .grounds = "Her key was stolen."};
  const auto first = test.carry_out(stop, {"cat"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->until, test.office.clock.time + hours(24));
  EXPECT_EQ(test.carry_out(stop, {"cat"}).error().code, Code::kConflict) << "one person's word twice";
  EXPECT_EQ(test.vault->status()->frozen_until.at("amy"), *first->until);
  test.settle();
  test.office.pass(hours(24));
  const auto told = test.vault->pending(VaultSource::kVault, 100)->size();
  ASSERT_TRUE(test.vault->tidy());
  EXPECT_EQ(test.vault->pending(VaultSource::kVault, 100)->size(), told + 1) << "the log is told";
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.carry_out(stop, {"cat"}).error().code, Code::kConflict) << "not day after day";
  ASSERT_TRUE(test.carry_out(stop, {"bob"}));
  const auto second = test.carry_out(stop, {"cat"});
  ASSERT_TRUE(second) << "confirms it";
  EXPECT_EQ(second->until, std::nullopt);
  test.settle();
  test.office.pass(hours(48));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen");
}

TEST_F(VaultOffice, KeepsAThiefFrozenWhomACustodianHadStoppedForADay) {
  ASSERT_TRUE(test.carry_out(
      {.what = What::kCanary, .tenant = "forum", .record = "rec-2", .guards = "backup 3", .grounds = "None."},
      {"ann", "bob"}));
  ASSERT_TRUE(test.carry_out({.what = What::kFreeze, .person = "amy", .grounds = "To be sure."}, {"cat"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-2")), "frozen");
  test.settle();
  test.office.pass(hours(25));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen") << "the canary's freeze does not end by itself";
}

TEST_F(VaultOffice, IsNotTakenOverByOneCustodianWhoFreezesTheOthers) {
  const auto stop = [](const char* who) {
    return KeyOffice{.what = What::kFreeze, .person = who, .grounds = "I want to be alone."};
  };
  ASSERT_TRUE(test.carry_out(stop("bob"), {"ann"}));
  EXPECT_EQ(test.carry_out(stop("cat"), {"ann"}).error().code, Code::kConflict) << "two are left";
  EXPECT_EQ(test.carry_out(stop("ann"), {"cat"}).error().code, Code::kConflict) << "and so is she";
  EXPECT_FALSE(test.carry_out(stop("ann"), {"bob"})) << "who is frozen signs nothing";
  test.office.pass(hours(24));
  EXPECT_TRUE(test.carry_out(stop("ann"), {"bob"})) << "his freeze is over";
  EXPECT_TRUE(test.carry_out({.what = What::kUnfreeze, .person = "ann", .grounds = "We have talked to her."},
                             {"bob", "cat"}));
}

TEST_F(VaultOffice, KeepsKeysReadableThroughARotation) {
  for (int i = 0; i < 600; ++i) test.new_key("many-" + std::to_string(i), "case-" + std::to_string(i + 10));
  const std::string before = test.backup();
  const KeyOffice rotate{.what = What::kRotate, .tenant = "forum", .grounds = "A year is over."};
  EXPECT_FALSE(test.carry_out(rotate, {"ann"}));
  ASSERT_TRUE(test.carry_out(rotate, {"ann", "bob"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_THAT(test.backup(), Not(HasSubstr(R"("epoch":1,)")));
  EXPECT_THAT(before, Not(HasSubstr(R"("epoch":2,)")));
  test.open();
  const auto statement = test.signed_use(test.wish("rec-1"));
  const auto answer = test.ask(statement);
  ASSERT_EQ(TestVault::word(answer), "given");
  EXPECT_THAT(test.keys_of(*answer, statement), ElementsAre(key));
}

TEST_F(VaultOffice, ErasesACasesKeyFromItsFilesAndFromEveryCopy) {
  const std::string backup = test.backup();
  const auto file = test.office.folder.path() / "vault.db";
  test.open();
  const auto wrapped_case =
      *from_base64(Json::parse(backup.substr(0, backup.find('\n')))["wrapped"].get<std::string>());
  const auto anywhere = [&] {
    return bytes_of_file(file).find(wrapped_case) != std::string::npos ||
           bytes_of_file(file.string() + "-wal").find(wrapped_case) != std::string::npos;
  };
  EXPECT_TRUE(anywhere());
  const auto receipt = test.carry_out(destroy_case(), {"ann", "bob"});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->records, 2U);
  EXPECT_FALSE(anywhere());
  const auto told = test.vault->opening(receipt->entry).value();
  EXPECT_EQ(log_entry_from_text(told.entry)->kind, LogKind::kDestruction);
  EXPECT_TRUE(opens(*log_entry_from_text(told.entry), told.salt, told.record)) << "the receipt proves it";
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key");
  EXPECT_EQ(test.vault->new_record_key({"forum", "case-1", "rec-9", 1}).error().code, Code::kConflict);
  EXPECT_EQ(test.carry_out(destroy_case(), {"ann", "bob"}).error().code, Code::kNotFound);
  const KeyOffice restore{
      .what = What::kRestore, .backup = to_hex(sha256_of(backup)), .grounds = "We lost it."};
  EXPECT_EQ(test.carry_out(restore, {"ann", "bob"}, backup)->records, 0U) << "a backup opens nothing of it";
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key");
}

TEST_F(VaultOffice, DestroysWhileSomebodyReadsItsFileAndTellsWhatIsLeft) {
  const auto file = test.office.folder.path() / "vault.db";
  const std::string backup = test.backup();
  const auto wrapped_case =
      *from_base64(Json::parse(backup.substr(0, backup.find('\n')))["wrapped"].get<std::string>());
  const auto anywhere = [&] {
    return bytes_of_file(file).find(wrapped_case) != std::string::npos ||
           bytes_of_file(file.string() + "-wal").find(wrapped_case) != std::string::npos;
  };
  auto reader = *Database::open(file, {.read_only = true});
  auto snapshot = std::optional(*Transaction::begin_read(reader));
  auto looks = std::optional(*reader.prepare("SELECT count(*) FROM cases"));
  ASSERT_TRUE(*looks->step());
  const auto receipt = test.carry_out(destroy_case(), {"ann", "bob"});
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_TRUE(receipt->residue);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key") << "but it is destroyed";
  EXPECT_GT(test.vault->status()->bytes_pending, 0U);
  ASSERT_TRUE(test.vault->tidy());
  EXPECT_TRUE(anywhere());
  test.open();
  EXPECT_GT(test.vault->status()->bytes_pending, 0U) << "a restart forgets nothing";
  looks.reset();
  snapshot.reset();
  ASSERT_TRUE(test.vault->tidy());
  EXPECT_EQ(test.vault->status()->bytes_pending, 0U);
  EXPECT_FALSE(anywhere());
}

TEST_F(VaultOffice, GivesTheReceiptOfADestructionAgain) {
  const auto statement = test.office.people.signed_by_all(
      *draft_key_office(test.office.clock.time, destroy_case(),
                        {{"ann", PersonRole::kCustodian}, {"bob", PersonRole::kCustodian}}));
  const auto first = test.vault->carry_out(statement);
  ASSERT_TRUE(first);
  test.office.pass(days(30));
  test.open();
  const auto again = test.vault->carry_out(statement);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(std::tie(again->kind, again->statement, again->entry, again->records),
            std::tie(first->kind, first->statement, first->entry, first->records));
  TestPeople strangers;
  SignedStatement forged = *SignedStatement::make(statement.kind(), statement.at(), statement.signers(), [&] {
    Json members = statement.body();
    for (const char* name : {"at", "kind", "signers"}) members.erase(name);
    return members;
  }());
  EXPECT_FALSE(test.vault->carry_out(strangers.signed_by_all(forged))) << "for whoever has the signatures";
  EXPECT_EQ(test.vault->pending(VaultSource::kOrders, 100)->size(), 0U);
}

TEST_F(VaultOffice, RestoresCasesOfItsOwnFromABackupThatTwoCustodiansName) {
  const std::string backup = test.backup();
  const KeyOffice restore{
      .what = What::kRestore, .backup = to_hex(sha256_of(backup)), .grounds = "We lost it."};
  EXPECT_FALSE(test.carry_out(restore, {"ann", "bob"}, backup + "\n"));
  ASSERT_TRUE(Database::open(test.office.folder.path() / "vault.db")->run("DELETE FROM cases"));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "no-key");
  EXPECT_EQ(test.carry_out(restore, {"ann", "bob"}, backup)->records, 1U);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
}

TEST_F(VaultOffice, ChangesItsLimitsByTwoCustodiansOnly) {
  KeyOffice policy{.what = What::kPolicy, .limits = {.person_hour = 1}, .grounds = "Fewer will do."};
  EXPECT_FALSE(test.carry_out(policy, {"ann"}));
  EXPECT_FALSE(test.carry_out(policy, {"ann", "dora"})) << "dora is none";
  ASSERT_TRUE(test.carry_out(policy, {"ann", "bob"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-hour");
}

TEST_F(VaultOffice, TakesEachStatementOfItsCustodiansOnce) {
  const KeyOffice rotate{.what = What::kRotate, .tenant = "forum", .grounds = "A year is over."};
  const auto statement = test.office.people.signed_by_all(*draft_key_office(
      test.office.clock.time, rotate, {{"ann", PersonRole::kCustodian}, {"bob", PersonRole::kCustodian}}));
  ASSERT_TRUE(test.vault->carry_out(statement));
  EXPECT_EQ(test.vault->carry_out(statement).error().code, Code::kConflict);
  test.office.pass(hours(1));
  EXPECT_FALSE(test.vault->carry_out(statement));
}

TEST_F(VaultOffice, OpensWithItsOwnRootKeyOnly) {
  test.vault.reset();
  TestVault other;
  EXPECT_EQ(KeyVault::open({.folder = test.office.folder.path(),
                            .root = *other.root,
                            .clock = test.office.clock,
                            .log = test.log.trusted()})
                .error()
                .code,
            Code::kCorrupt);
  EXPECT_EQ(KeyVault::create(test.office.folder.path(), *test.root, test.office.clock, {}).error().code,
            Code::kConflict);
}

}  // namespace
}  // namespace seawall
