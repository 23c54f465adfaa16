#include "seawall/statement/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/statement/test_people.h"

namespace seawall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using What = RosterChange::What;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'795'388'400 + seconds)); }

class RosterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    founders = {people.row("ann", {PersonRole::kCustodian}), people.row("bob", {PersonRole::kCustodian}),
                people.row("cat", {PersonRole::kCustodian, PersonRole::kReviewer}),
                people.row("dan", {PersonRole::kApprover})};
    ASSERT_TRUE(roster.apply(people.first(at(0), founders)));
  }
  Result<void> change(std::int64_t seconds, const RosterChange& what, std::string_view first = "ann",
                      std::string_view second = "bob") {
    auto draft = roster.draft(at(seconds), what, first, second);
    if (!draft) return tl::unexpected(draft.error());
    return roster.apply(people.signed_by_all(*std::move(draft)));
  }
  RosterChange adds(const std::string& name, PersonRoles roles) {
    return {
        .what = What::kAdd, .person = name, .key = people.key(name).public_key(), .roles = std::move(roles)};
  }
  static SignedStatement said_by(const std::string& name, PersonRole role, std::int64_t seconds) {
    return SignedStatement::make("order", at(seconds), {{name, role}}, Json::object()).value();
  }

  TestPeople people;
  std::vector<RosterRow> founders;
  Roster roster;
};

TEST_F(RosterTest, BeginsWithACeremonyThatEveryCustodianSigns) {
  EXPECT_THAT(roster.people_with(PersonRole::kCustodian, at(0)), ElementsAre("ann", "bob", "cat"));
  EXPECT_FALSE(roster.has_role("ann", PersonRole::kCustodian, at(-1))) << "not before";
  SignedStatement half = Roster::draft_first(at(0), founders).value();
  ASSERT_TRUE(half.sign(people.key("ann")));
  Roster other;
  EXPECT_THAT(other.apply(half).error().message, HasSubstr("missing: bob"));
  EXPECT_TRUE(other.empty());
  const std::vector<RosterRow> alone{founders[0], founders[3]};
  EXPECT_FALSE(Roster::draft_first(at(0), alone)) << "one custodian is none";
  const std::vector<RosterRow> twice{founders[0], founders[1], founders[0]};
  EXPECT_FALSE(Roster::draft_first(at(0), twice));
}

TEST_F(RosterTest, CeremonyIsNotSignedWithKeysOtherThanThoseItNames) {
  TestPeople forgers;
  SignedStatement draft = Roster::draft_first(at(0), founders).value();
  Roster other;
  EXPECT_THAT(other.apply(forgers.signed_by_all(draft)).error().message, HasSubstr("is not good"));
}

TEST_F(RosterTest, ChangesByTwoCustodiansWhoAreNotThePerson) {
  ASSERT_TRUE(change(10, adds("eve", {PersonRole::kOfficer})));
  EXPECT_TRUE(roster.has_role("eve", PersonRole::kOfficer, at(10)));
  EXPECT_FALSE(roster.has_role("eve", PersonRole::kOfficer, at(9)));
  EXPECT_THAT(change(20, {What::kWithdraw, "ann", {}, {}, {}}).error().message, HasSubstr("themselves"));
  EXPECT_THAT(change(20, {What::kWithdraw, "eve", {}, {}, {}}, "ann", "dan").error().message,
              HasSubstr("no custodian"));
  EXPECT_THAT(change(20, {What::kWithdraw, "eve", {}, {}, {}}, "ann", "ann").error().message,
              HasSubstr("twice"));
  ASSERT_TRUE(change(20, {What::kWithdraw, "ann", {}, {}, {}}, "bob", "cat"));
  EXPECT_THAT(roster.people_with(PersonRole::kCustodian, at(20)), ElementsAre("bob", "cat"));
  EXPECT_TRUE(roster.has_role("ann", PersonRole::kCustodian, at(19))) << "what was, stays";
}

TEST_F(RosterTest, NeverLeavesFewerThanTwoCustodians) {
  ASSERT_TRUE(change(1, {What::kWithdraw, "cat", {}, {}, {}}));
  ASSERT_TRUE(change(2, adds("eve", {PersonRole::kCustodian})));
  ASSERT_TRUE(change(3, {What::kSetRoles, "eve", {}, {PersonRole::kOverseer}, {}}));
  EXPECT_THAT(
      change(4, {What::kSetRoles, "bob", {}, {PersonRole::kOverseer}, {}}, "ann", "eve").error().message,
      HasSubstr("no custodian"));
  RosterChange ending = adds("fay", {PersonRole::kCustodian});
  ending.until = at(100);
  EXPECT_FALSE(change(5, ending)) << "custodians do not end by themselves";
}

TEST_F(RosterTest, KeepsWhatWasSignedWithAKeyWhileItWasValid) {
  SignedStatement old = said_by("dan", PersonRole::kApprover, 5);
  ASSERT_TRUE(old.sign(people.key("dan")));
  ASSERT_TRUE(roster.check_signatures(old, at(5)));
  TestPeople later;
  ASSERT_TRUE(change(10, {What::kReplaceKey, "dan", later.key("dan").public_key(), {}, {}}));
  EXPECT_TRUE(roster.check_signatures(old, at(5)));
  EXPECT_FALSE(roster.check_signatures(old, at(10))) << "the old key signs nothing any more";
  SignedStatement now = said_by("dan", PersonRole::kApprover, 10);
  ASSERT_TRUE(now.sign(later.key("dan")));
  EXPECT_TRUE(roster.check_signatures(now, at(10)));
  EXPECT_FALSE(roster.check_signatures(now, at(9)));
  EXPECT_TRUE(roster.has_role("dan", PersonRole::kApprover, at(10))) << "a new key, the same roles";
  EXPECT_FALSE(change(11, {What::kReplaceKey, "dan", people.key("dan").public_key(), {}, {}}))
      << "an old key does not come back";
}

TEST_F(RosterTest, EndsAPersonWhenItWasForetold) {
  RosterChange ending = adds("eve", {PersonRole::kOfficer});
  ending.until = at(100);
  ASSERT_TRUE(change(10, ending));
  EXPECT_TRUE(roster.has_role("eve", PersonRole::kOfficer, at(99)));
  EXPECT_FALSE(roster.has_role("eve", PersonRole::kOfficer, at(100)));
  ending.until = at(20);
  EXPECT_FALSE(change(20, ending)) << "an end that is no later than the beginning";
}

TEST_F(RosterTest, RefusesSignaturesInARoleThatThePersonHasNot) {
  SignedStatement wrong = said_by("dan", PersonRole::kReviewer, 5);
  ASSERT_TRUE(wrong.sign(people.key("dan")));
  EXPECT_THAT(roster.check_signatures(wrong, at(5)).error().message, HasSubstr("is no reviewer"));
  SignedStatement stranger = said_by("eve", PersonRole::kReviewer, 5);
  ASSERT_TRUE(stranger.sign(people.key("eve")));
  EXPECT_THAT(roster.check_signatures(stranger, at(5)).error().message, HasSubstr("not in the roster"));
}

TEST_F(RosterTest, RefusesRollbacksRepetitionsAndForks) {
  const auto add_eve =
      people.signed_by_all(*roster.draft(at(10), adds("eve", {PersonRole::kOfficer}), "ann", "bob"));
  const auto add_fay =
      people.signed_by_all(*roster.draft(at(11), adds("fay", {PersonRole::kOfficer}), "ann", "bob"));
  const Roster before = roster;
  ASSERT_TRUE(roster.apply(add_eve));
  EXPECT_EQ(roster.apply(add_eve).error().code, Code::kConflict);
  EXPECT_EQ(roster.apply(add_fay).error().code, Code::kConflict) << "made for the state before";
  EXPECT_EQ(roster.apply(roster.statements().front()).error().code, Code::kConflict);
  EXPECT_EQ(change(9, adds("fay", {PersonRole::kOfficer})).error().code, Code::kConflict) << "back in time";
  Roster fork = before;
  ASSERT_TRUE(fork.apply(add_fay));
  EXPECT_TRUE(roster.continues(before));
  EXPECT_TRUE(roster.continues(roster));
  EXPECT_FALSE(before.continues(roster)) << "an older state";
  EXPECT_FALSE(fork.continues(roster));
}

TEST_F(RosterTest, ComesBackFromItsTextAndFromNoChangedOne) {
  ASSERT_TRUE(change(10, adds("eve", {PersonRole::kOfficer})));
  ASSERT_TRUE(change(20, {What::kWithdraw, "dan", {}, {}, {}}));
  const std::string text = roster.to_text();
  const auto again = Roster::from_text(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->to_text(), text);
  EXPECT_TRUE(again->continues(roster));
  const std::size_t second = text.find('\n') + 1;
  const std::size_t third = text.find('\n', second) + 1;
  EXPECT_FALSE(Roster::from_text(text.substr(second)));
  EXPECT_FALSE(Roster::from_text(text.substr(0, second) + text.substr(third))) << "one left out";
  std::string changed = text;
  changed.replace(changed.find("officer"), 7, "auditor");
  EXPECT_THAT(Roster::from_text(changed).error().message, HasSubstr("statement 2 of the roster"));
}

}  // namespace
}  // namespace seawall
