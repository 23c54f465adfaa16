#include "seawall/key_vault/key_vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>

#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using What = KeyOffice::What;

constexpr const char* kExportOrder = "o-00000000000000ee";

class Vault : public ::testing::Test {
 protected:
  Vault() {
    key = test.new_key("rec-1");
    test.new_key("rec-2");
    test.order(TestVault::kOrder, {"rec-1", "rec-2"}, 1000);
  }
  TestVault test{VaultLimits{.person_hour = 5, .person_day = 8, .total_hour = 6, .refusals_hour = 4}};
  std::string key;
};

TEST_F(Vault, GivesARecordsKeyToWhomTheOrderNames) {
  const auto statement = test.signed_use(test.wish("rec-1"));
  const auto answer = test.ask(statement);
  ASSERT_TRUE(answer);
  ASSERT_EQ(TestVault::word(answer), "given");
  EXPECT_THAT(test.keys_of(*answer, statement), ElementsAre(key));
  EXPECT_THAT(answer->sealed, Not(HasSubstr(key))) << "for her alone";
  EXPECT_EQ(answer->mark, "");
  EXPECT_EQ(test.vault->book().order(TestVault::kOrder)->used, 1U);
}

TEST_F(Vault, RefusesWhatNobodyOfItsRosterSigned) {
  const auto at = test.office.clock.time;
  const SignedStatement unsigned_one = *draft_key_use(at, test.wish("rec-1"), PersonRole::kApplicant, "");
  EXPECT_EQ(TestVault::word(test.ask(unsigned_one)), "signature");
  TestPeople strangers;
  EXPECT_EQ(TestVault::word(test.ask(strangers.signed_by_all(unsigned_one))), "signature") << "another amy";
  KeyUse use = test.wish("rec-1");
  use.person = "mallory";
  EXPECT_EQ(test.answer_to(use), "signature");
  EXPECT_EQ(TestVault::word(test.ask(test.signed_use(test.wish("rec-1"), PersonRole::kOfficer))), "signature")
      << "a role that she has not";
  ASSERT_EQ(test.alarms.size(), 1U) << "told once an hour";
  EXPECT_EQ(test.alarms[0].kind, VaultAlarm::Kind::kForged);
  EXPECT_EQ(test.vault->alarms(10)->at(0).times, 4U);
}

TEST_F(Vault, RefusesWhatIsOldAheadOrHandedInTwice) {
  const auto statement = test.signed_use(test.wish("rec-1"));
  test.office.pass(minutes(-6));
  EXPECT_EQ(TestVault::word(test.ask(statement)), "given") << "the vault's time does not go back";
  EXPECT_EQ(TestVault::word(test.ask(statement)), "replayed");
  test.open();
  EXPECT_EQ(TestVault::word(test.ask(statement)), "replayed") << "remembered";
  test.office.pass(minutes(6) + minutes(5));
  EXPECT_EQ(TestVault::word(test.ask(statement)), "stale");
  EXPECT_EQ(TestVault::word(test.ask(test.office.people.signed_by_all(*draft_key_use(
                test.office.clock.time + minutes(6), test.wish("rec-1"), PersonRole::kApplicant, "")))),
            "stale");
}

TEST_F(Vault, AsksTheOrdersGateEachTime) {
  KeyUse use = test.wish("rec-1");
  use.order = "o-ffffffffffffffff";
  EXPECT_EQ(test.answer_to(use), "unknown");
  use = test.wish("rec-1");
  use.action = OrderAction::kDisclosure;
  EXPECT_EQ(test.answer_to(use), "action");
  test.new_key("rec-3");
  EXPECT_EQ(test.answer_to(test.wish("rec-3")), "record");
  test.evidence[TestVault::kOrder].proof =
      test.log.proof_of(test.vault->book().grant_opening(TestVault::kOrder)->entry, false);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "not-in-log") << "no witness has seen it";
  EXPECT_EQ(test.vault->book().order(TestVault::kOrder)->used, 0U);
}

TEST_F(Vault, TakesAProofOnlyFromTheLogThatItTrusts) {
  TestLog forged;
  test.evidence[TestVault::kOrder].proof =
      forged.proof_of(test.vault->book().grant_opening(TestVault::kOrder)->entry);
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "not-in-log");
  test.evidence[TestVault::kOrder].proof = test.log.proof_of("another entry");
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "not-in-log");
}

TEST_F(Vault, OpensOnlyWhatTheOrderNamesOrItsCase) {
  const auto answer_under = [&](const char* id, auto change) {
    OrderDocument document = test.office.order(id, 1000);
    document.actions = {OrderAction::kEvidenceOpen};
    change(document.scope);
    test.office.grant_all(document);
    test.evidence[id].proof = test.log.proof_of(test.vault->book().grant_opening(id)->entry);
    test.settle();
    KeyUse use = test.wish("rec-1");
    use.order = id;
    return test.answer_to(use);
  };
  const auto select = [](const char* words) {
    return [words](OrderScope& scope) {
      scope.records.clear();
      scope.selector = words;
    };
  };
  EXPECT_EQ(answer_under("o-0000000000000001", select("everything of forum")), "scope");
  EXPECT_EQ(answer_under("o-0000000000000002", select("case:case-1")), "given");
  EXPECT_EQ(answer_under("o-0000000000000003", select("case:case-2")), "record");
  EXPECT_EQ(answer_under("o-0000000000000004", [&](OrderScope& one) { one.until = test.office.clock.time; }),
            "scope")
      << "the vault does not know of when a record is";
  EXPECT_THAT(std::string(advice_on(KeyRefusal::kScope)), HasSubstr("case:<id>"));
}

TEST_F(Vault, GivesNothingThatItCannotSealForWhoAsks) {
  KeyUse use = test.wish("rec-1");
  use.reply_to = {};
  EXPECT_EQ(test.ask(test.signed_use(use)).error().code, Code::kInvalidInput);
  EXPECT_EQ(test.vault->book().order(TestVault::kOrder)->used, 0U) << "and counts nothing";
}

TEST_F(Vault, SealsForAKeyThatIsMadeOfThePersonsOwn) {
  const PersonKey& amy = test.office.people.key("amy");
  const std::string nonce = *new_key_nonce();
  const auto reply = reply_key_of(amy, nonce);
  EXPECT_EQ(reply->public_key(), reply_key_of(amy, nonce)->public_key()) << "each time the same";
  EXPECT_NE(reply->public_key(), reply_key_of(amy, *new_key_nonce())->public_key());
  EXPECT_NE(reply->public_key(), reply_key_of(test.office.people.key("dora"), nonce)->public_key());
}

TEST_F(Vault, TakesNoSelectorFromWhoAsks) {
  const auto plain = test.signed_use(test.wish("rec-1"));
  Json members = plain.body();
  for (const char* name : {"at", "kind", "signers"}) members.erase(name);
  members["selector"] = "everything of forum";
  const auto wide =
      SignedStatement::make("key-unwrap", test.office.clock.time, plain.signers(), members).value();
  EXPECT_THAT(key_use_from(wide).error().message, HasSubstr("apply for an order with the records' ids"));
}

TEST_F(Vault, OpensNothingTwiceOrLateWhenOneOfItsFilesIsSetBack) {
  const auto file = test.office.folder.path() / "vault.db";
  const auto keep = test.office.folder.path() / "vault.before";
  const auto set_back = [&] {
    test.vault.reset();
    std::filesystem::copy_file(keep, file, std::filesystem::copy_options::overwrite_existing);
    test.open();
  };
  test.vault.reset();
  std::filesystem::copy_file(file, keep);
  test.open();
  const auto statement = test.signed_use(test.wish("rec-1"));
  ASSERT_EQ(TestVault::word(test.ask(statement)), "given");
  set_back();
  EXPECT_EQ(TestVault::word(test.ask(statement)), "replayed") << "the order's book remembers it";
  test.office.pass(minutes(10));
  ASSERT_EQ(test.answer_to(test.wish("rec-1")), "given");
  const auto late = test.signed_use(test.wish("rec-2"));
  test.office.pass(minutes(10));
  ASSERT_TRUE(test.vault->book().tidy()) << "the book has seen a later time";
  test.office.pass(-minutes(10));
  set_back();
  EXPECT_EQ(TestVault::word(test.ask(late)), "stale") << "by the book's time";
}

TEST_F(Vault, HasOneTimeForItselfAndItsOrders) {
  test.office.pass(days(8));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "expired");
  const auto later = test.signed_use(test.wish("rec-1"));
  test.office.pass(-days(8));
  EXPECT_EQ(*test.vault->book().now(), test.vault->status()->now);
  EXPECT_EQ(TestVault::word(test.ask(later)), "expired") << "a clock that is set back revives no order";
}

TEST_F(Vault, RefusesAWrapOfAnotherRecordAndACaseThatHasNoKey) {
  KeyUse use = test.wish("rec-1");
  use.records[0].wrapped = test.wrapped.at("rec-2");
  EXPECT_EQ(test.answer_to(use), "wrapped");
  EXPECT_EQ(test.answer_to(test.wish("rec-1", "case-9")), "no-key");
}

TEST_F(Vault, HoldsAPersonToTheHourAndTheDayAndTellsTwoOthersOnce) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given") << i;
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-hour");
  EXPECT_EQ(test.answer_to(test.wish("rec-2")), "person-hour");
  ASSERT_EQ(test.alarms.size(), 1U);
  EXPECT_EQ(test.alarms[0].person, "amy");
  EXPECT_THAT(test.alarms[0].told, ElementsAre("ann", "bob"));
  test.settle();
  test.office.pass(hours(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given") << i;
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-day");
}

TEST_F(Vault, FreezesWhoIsRefusedOverAndOver) {
  KeyUse use = test.wish("rec-1");
  use.order = "o-ffffffffffffffff";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(test.answer_to(use), "unknown") << i;
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen");
  ASSERT_EQ(test.alarms.size(), 1U);
  EXPECT_EQ(test.alarms[0].kind, VaultAlarm::Kind::kFlood);
  const std::size_t told = test.vault->pending(VaultSource::kVault, 100)->size();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test.answer_to(use), "frozen") << i;
  EXPECT_EQ(test.vault->pending(VaultSource::kVault, 100)->size(), told) << "a flood does not fill the log";
  EXPECT_EQ(test.vault->alarms(10)->at(0).times, 5U) << "but it is counted";
  EXPECT_THAT(test.vault->status()->frozen, ElementsAre("amy"));
}

TEST_F(Vault, GivesNothingWhileTheLogDoesNotKeepUp) {
  test.office.pass(hours(2));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given") << "nothing waits";
  test.office.pass(minutes(15));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given") << "as old as it may be";
  test.office.pass(minutes(1));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "log-behind");
  const auto waiting = test.vault->pending(VaultSource::kVault, 10).value();
  TestLog forged;
  EXPECT_FALSE(*test.vault->settle(VaultSource::kVault, waiting[0].id, forged.proof_of(waiting[0].entry)));
  EXPECT_FALSE(*test.vault->settle(VaultSource::kVault, waiting[0].id, "no proof"));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "log-behind") << "a server's word does not settle anything";
  test.settle();
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
}

TEST_F(Vault, TellsTheLogOfEachUseAndRefusal) {
  const auto count = [&] { return test.vault->pending(VaultSource::kVault, 100)->size(); };
  EXPECT_EQ(count(), 0U);
  test.answer_to(test.wish("rec-1"));
  ASSERT_EQ(count(), 1U);
  const auto entry = test.vault->pending(VaultSource::kVault, 100)->at(0);
  EXPECT_EQ(log_entry_from_text(entry.entry)->kind, LogKind::kLimit);
  const std::string record = test.vault->opening(entry.id)->record;
  EXPECT_THAT(record, HasSubstr(R"("by":"amy")"));
  EXPECT_THAT(record, HasSubstr(R"("records":["rec-1"])"));
  EXPECT_THAT(entry.entry, Not(HasSubstr("amy")));
  test.answer_to(test.wish("rec-1", "case-9"));
  EXPECT_EQ(count(), 2U);
}

TEST_F(Vault, ExportsForTwoPeopleOnlyCappedAndMarkedAnew) {
  test.order(kExportOrder, {"rec-1", "rec-2"}, 1000, {OrderAction::kExport});
  KeyUse use = test.wish("rec-1");
  use.order = kExportOrder;
  use.action = OrderAction::kExport;
  use.recipient = "Example Court";
  use.records.push_back({"rec-2", 1, test.wrapped.at("rec-2")});
  auto half = *draft_key_use(test.office.clock.time, use, PersonRole::kApplicant, "dora");
  ASSERT_TRUE(half.sign(test.office.people.key("amy")));
  EXPECT_EQ(TestVault::word(test.ask(half)), "signature") << "dora has not";
  const auto whole = test.signed_use(use);
  const auto first = test.ask(whole);
  ASSERT_EQ(TestVault::word(first), "given");
  EXPECT_EQ(test.keys_of(*first, whole).size(), 2U);
  EXPECT_TRUE(test.keys_of(*first, test.signed_use(use)).empty()) << "bound to that demand";
  EXPECT_EQ(first->mark.size(), 32U);
  const auto waiting = test.vault->pending(VaultSource::kVault, 100).value();
  EXPECT_THAT(test.vault->opening(waiting.back().id)->record, HasSubstr(first->mark));
  EXPECT_EQ(log_entry_from_text(waiting.back().entry)->count, 2U);
  const auto second = test.ask(test.signed_use(use));
  ASSERT_EQ(TestVault::word(second), "given");
  EXPECT_NE(first->mark, second->mark);
  EXPECT_EQ(test.answer_to(use), "person-hour") << "each record counts";
  KeyUse one = use;
  one.action = OrderAction::kEvidenceOpen;
  EXPECT_FALSE(draft_key_use(test.office.clock.time, one, PersonRole::kApplicant, ""))
      << "several are an export";
}

// A process asks for keys and is killed in the middle, again and again; what left is never more than counted.
TEST(VaultKilled, NeverGivesMoreThanItCounted) {
  TestVault test(VaultLimits{
      .person_hour = 40, .person_day = 60, .total_hour = 60, .refusals_hour = 1000, .unsettled_max = 10'000});
  test.new_key("rec-1");
  test.order(TestVault::kOrder, {"rec-1"}, 1000);
  std::vector<SignedStatement> statements;
  for (int i = 0; i < 120; ++i) statements.push_back(test.signed_use(test.wish("rec-1")));
  test.vault.reset();
  test.office.book.reset();
  std::size_t next = 0;
  std::uint64_t left = 0;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      test.open();
      for (std::size_t i = next; i < statements.size(); ++i) {
        const char given = TestVault::word(test.ask(statements[i])) == "given" ? 1 : 0;
        if (::write(ends[1], &given, 1) != 1) break;
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    char given = 0;
    const auto take = [&] {
      if (::read(ends[0], &given, 1) != 1) return false;
      left += given == 1 ? 1U : 0U;
      ++next;
      return true;
    };
    for (int i = 0; i < 3 + round && take(); ++i) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (take()) {
    }
    ::close(ends[0]);
    ++next;  // The one that was under way may have been taken.
  }
  test.open();
  const auto counted = test.vault->status()->given_hour;
  EXPECT_GE(counted, left) << "what left was counted before";
  EXPECT_GE(test.vault->book().order(TestVault::kOrder)->used, counted);
  std::uint64_t more = 0;
  for (; next < statements.size(); ++next)
    more += TestVault::word(test.ask(statements[next])) == "given" ? 1U : 0U;
  EXPECT_EQ(counted + more, 40U);
}

/// Until some case's key is wrapped by the tenant's key of that number; a minute at most.
void wait_for_cases_of_epoch(TestVault& test, int epoch) {
  auto database = *Database::open(test.office.folder.path() / "vault.db", {.read_only = true});
  auto find = *database.prepare("SELECT 1 FROM cases WHERE epoch >= ?1");
  const auto end = std::chrono::steady_clock::now() + minutes(1);
  while (std::chrono::steady_clock::now() < end) {
    const auto any = find.bind(1, epoch).step();
    if (any && *any) return;
    find.reset();
  }
  FAIL() << "the rotation did not begin";
}

// Killed while a tenant's key is replaced, every case's key opens afterwards, by the new one.
TEST(VaultKilled, FinishesARotationThatWasCut) {
  TestVault test(VaultLimits{.person_hour = 1000,
                             .person_day = 1000,
                             .person_cases_day = 1000,
                             .total_hour = 1000,
                             .unsettled_max = 10'000});
  constexpr int kCases = 1000;
  std::map<std::string, std::string> keys;
  for (int i = 0; i < kCases; ++i) {
    const std::string n = std::to_string(i);
    keys["rec-" + n] = test.new_key("rec-" + n, "case-" + n);
  }
  test.order(TestVault::kOrder, {"rec-0", "rec-700", "rec-999"}, 1000);
  test.vault.reset();
  for (int round = 0; round < 4; ++round) {
    test.office.pass(minutes(1));
    const pid_t child = ::fork();
    if (child == 0) {
      test.open();
      (void)test.carry_out({.what = What::kRotate, .tenant = "forum", .grounds = "A year is over."},
                           {"ann", "bob"});
      ::_exit(0);
    }
    wait_for_cases_of_epoch(test, round + 2);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  test.open();
  for (const char* n : {"0", "700", "999"}) {
    const auto statement = test.signed_use(test.wish(std::string("rec-") + n, std::string("case-") + n));
    const auto answer = test.ask(statement);
    ASSERT_EQ(TestVault::word(answer), "given") << n;
    EXPECT_THAT(test.keys_of(*answer, statement), ElementsAre(keys[std::string("rec-") + n]));
  }
}

}  // namespace
}  // namespace seawall
