// What somebody is called for: kept with the alarm, until it was told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/key_vault/test_vault.h"

namespace seawall {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::IsEmpty;
using What = KeyOffice::What;

class Pages : public ::testing::Test {
 protected:
  Pages() {
    test.keeps_pages = true;
    test.open();
    test.new_key("rec-1");
    test.order(TestVault::kOrder, {"rec-1"}, 1000);
  }
  std::optional<VaultPage> due() { return test.vault->due_page().value(); }
  TestVault test{VaultLimits{.person_hour = 1}};
};

TEST_F(Pages, AreMadeForALimitThatIsHitOnceAnHour) {
  EXPECT_FALSE(due());
  for (const char* answer : {"given", "person-hour", "person-hour"})
    EXPECT_EQ(test.answer_to(test.wish("rec-1")), answer);
  const auto page = due();
  ASSERT_TRUE(page);
  EXPECT_EQ(page->kind, "limit");
  EXPECT_EQ(page->detail, "person-hour");
  EXPECT_EQ(page->id.size(), 32U);
  EXPECT_EQ(page->tries, 0U);
  EXPECT_EQ(test.vault->pages()->waiting, 1U);
}

TEST_F(Pages, TellNothingOfACanaryButThatItWasTouched) {
  ASSERT_TRUE(test.carry_out(
      {.what = What::kCanary, .tenant = "forum", .record = "rec-1", .guards = "backup 3", .grounds = "None."},
      {"ann", "bob"}));
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "frozen");
  const auto page = due();
  ASSERT_TRUE(page);
  EXPECT_EQ(page->kind, "canary");
  EXPECT_THAT(page->detail, IsEmpty());
}

TEST_F(Pages, AreMadeForAPersonWhomACustodianFreezes) {
  ASSERT_TRUE(test.carry_out({.what = What::kFreeze, .person = "amy", .grounds = "Stolen."}, {"cat"}));
  ASSERT_TRUE(due());
  EXPECT_EQ(due()->kind, "frozen");
  EXPECT_THAT(due()->detail, IsEmpty());
}

TEST_F(Pages, WaitThroughAStartUntilTheyAreToldAndAreTriedAgainWhenDue) {
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-hour");
  const std::string id = due()->id;
  ASSERT_TRUE(test.vault->settle_page(due()->number, seconds(10)));
  EXPECT_FALSE(due());
  test.open();
  test.office.pass(seconds(9));
  EXPECT_FALSE(due());
  test.office.pass(seconds(1));
  ASSERT_TRUE(due());
  EXPECT_EQ(due()->id, id);
  EXPECT_EQ(due()->tries, 1U);
  EXPECT_EQ(test.vault->pages()->oldest_s, 10U);
  const std::int64_t number = due()->number;
  ASSERT_TRUE(test.vault->settle_page(number, std::nullopt));
  EXPECT_FALSE(due());
  EXPECT_EQ(test.vault->settle_page(number, std::nullopt).error().code, Code::kNotFound);
  EXPECT_EQ(test.vault->counts().pages_sent, 1U);
}

TEST_F(Pages, AreDroppedAndCountedAfterThreeDays) {
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-hour");
  test.office.pass(hours(72));
  EXPECT_TRUE(due());
  test.office.pass(seconds(1));
  EXPECT_FALSE(due());
  EXPECT_EQ(test.vault->counts().pages_lost, 1U);
}

TEST_F(Pages, AreKeptUpToALimitAndThoseBeyondCounted) {
  test.settle();
  for (std::uint64_t i = 0; i < KeyVault::kPagesMax + 3; ++i) {
    test.office.pass(hours(1));
    TestPeople strangers;
    EXPECT_EQ(TestVault::word(test.ask(strangers.signed_by_all(
                  *draft_key_use(test.office.clock.time, test.wish("rec-1"), PersonRole::kApplicant, "")))),
              "signature");
  }
  EXPECT_EQ(test.vault->pages()->waiting, KeyVault::kPagesMax);
  EXPECT_EQ(test.vault->counts().pages_lost, 3U);
}

TEST_F(Pages, AreNotKeptWhereNobodySendsThem) {
  test.keeps_pages = false;
  test.open();
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "given");
  EXPECT_EQ(test.answer_to(test.wish("rec-1")), "person-hour");
  EXPECT_EQ(test.vault->pages()->waiting, 0U);
}

}  // namespace
}  // namespace seawall
