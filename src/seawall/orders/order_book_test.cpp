#include "seawall/orders/order_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "seawall/orders/test_office.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kId = "o-0123456789abcdef";
constexpr const char* kOther = "o-fedcba9876543210";

class Book : public ::testing::Test {
 protected:
  OrderState state(const std::string& id = kId) { return office.the(id).state(office.clock.time); }
  static std::string told(const Result<SubmittedStatement>& done) {
    if (!done) return done.error().message;
    return done->accepted ? "taken" : "waits";
  }
  std::vector<std::string> due() {
    std::vector<std::string> all;
    const auto each = office.book->due();
    for (const OrderDue& one : *each) {
      all.push_back(std::string(one.what == OrderDue::What::kOpening ? "opening" : "confirmation") +
                    (one.overdue ? " overdue" : ""));
    }
    return all;
  }
  std::vector<LogEntry> entries() {
    std::vector<LogEntry> all;
    const auto each = office.book->pending(1000);
    for (const PendingLogEntry& one : *each) all.push_back(*log_entry_from_text(one.entry));
    return all;
  }
  TestOffice office;
};

TEST_F(Book, WalksAnOrderFromItsApplicationToItsOpening) {
  ASSERT_EQ(told(office.apply(office.order(kId))), "taken");
  EXPECT_EQ(state(), OrderState::kApplied);
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("nobody has reviewed"));
  ASSERT_EQ(told(office.review(kId)), "taken");
  EXPECT_EQ(state(), OrderState::kReviewed);
  ASSERT_EQ(told(office.grant(kId)), "taken");
  EXPECT_EQ(state(), OrderState::kInForce);
  EXPECT_THAT(due(), ElementsAre("opening"));
  office.pass(days(7));
  EXPECT_EQ(state(), OrderState::kExpired);
  EXPECT_THAT(due(), ElementsAre("opening overdue"));
  ASSERT_EQ(told(office.answer(OrderStep::kOpening, kId, office.by("olga", PersonRole::kOfficer))), "taken");
  EXPECT_THAT(due(), IsEmpty());
  office.open();
  EXPECT_EQ(office.the(kId).statements().size(), 4U) << "each statement is kept whole";
}

TEST_F(Book, TellsTheLogOfEachStatementWithoutAName) {
  office.grant_all(office.order(kId));
  const auto pending = office.book->pending(100);
  ASSERT_EQ(pending->size(), 4U) << "the roster, the application, its review, the order";
  for (const PendingLogEntry& one : *pending) {
    for (const char* name : {"amy", "dora", "rolf", "forum", "rec-1", kId})
      EXPECT_EQ(one.entry.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(entries()[0].kind, LogKind::kRoleChange);
  EXPECT_EQ(entries()[3].kind, LogKind::kOrder);
  EXPECT_EQ(entries()[3].due, office.clock.time + days(7)) << "when it is to be opened is public";
  const auto opening = office.book->grant_opening(kId);
  ASSERT_TRUE(opening);
  EXPECT_TRUE(opens(entries()[3], opening->salt, opening->record));
  EXPECT_EQ(opening->record + "\n", office.the(kId).statements()[2].to_text());
  ASSERT_TRUE(office.book->settle(std::array{pending->at(3).id}, 41));
  EXPECT_EQ(office.book->order(kId)->leaf, 41U);
  ASSERT_TRUE(office.answer(OrderStep::kCancellation, kId, office.by("bob", PersonRole::kCustodian)));
  EXPECT_EQ(entries().back().ref, 41U) << "what closes an order says which entry it closes";
}

TEST_F(Book, TakesAnOrderOnceBothHaveSigned) {
  ASSERT_TRUE(office.apply(office.order(kId)));
  ASSERT_TRUE(office.review(kId));
  auto draft = draft_order(office.by("dora"), office.the(kId), office.in_own_words(office.order(kId)));
  ASSERT_TRUE(draft) << draft.error().message;
  SignedStatement by_rolf = *draft;
  EXPECT_THAT(told(office.book->submit(*draft)), HasSubstr("nobody has signed"));
  ASSERT_TRUE(draft->sign(office.people.key("dora")));
  const auto half = office.book->submit(*draft);
  ASSERT_TRUE(half) << half.error().message;
  EXPECT_FALSE(half->accepted);
  EXPECT_EQ(half->missing.front().by, "rolf");
  EXPECT_EQ(state(), OrderState::kReviewed);
  EXPECT_EQ(office.book->drafts()->size(), 1U);
  office.open();
  ASSERT_TRUE(by_rolf.sign(office.people.key("rolf")));
  EXPECT_EQ(told(office.book->submit(by_rolf)), "taken") << "two signatures that were given apart";
  EXPECT_EQ(state(), OrderState::kInForce);
  EXPECT_THAT(*office.book->drafts(), IsEmpty());
  EXPECT_THAT(told(office.book->submit(by_rolf)), HasSubstr("taken already"));
}

TEST_F(Book, TakesNobodysWordForAnothers) {
  TestPeople forgers;
  const auto draft = draft_application(office.by("amy"), office.order(kId));
  EXPECT_THAT(told(office.book->submit(forgers.signed_by_all(*draft))), HasSubstr("not good"));
  const auto stranger = draft_application(office.by("eve"), office.order(kId));
  EXPECT_THAT(told(office.book->submit(office.people.signed_by_all(*stranger))),
              HasSubstr("not in the roster"));
  const auto wrong_role = draft_application(office.by("rolf"), office.order(kId));
  EXPECT_THAT(told(office.book->submit(office.people.signed_by_all(*wrong_role))), HasSubstr("no applicant"));
  const auto other = draft_application(office.by("zoe"), office.order(kId));
  EXPECT_THAT(told(office.book->submit(office.people.signed_by_all(*other))),
              HasSubstr("the applicant signs"));
}

TEST_F(Book, KeepsApplicantApproverAndReviewerApart) {
  OrderDocument own = office.order(kId);
  own.applicant = "zoe";  // Who has all three roles.
  own.people = {"zoe"};
  ASSERT_EQ(told(office.apply(own)), "taken");
  EXPECT_THAT(told(office.review(kId, true, "zoe")), HasSubstr("nobody reviews what they applied for"));
  ASSERT_EQ(told(office.review(kId)), "taken");
  const auto draft =
      draft_order(office.by("zoe"), office.the(kId), office.in_own_words(office.the(kId).document()));
  EXPECT_THAT(told(office.submit(draft)), HasSubstr("nobody grants what they applied for"));
  EXPECT_THAT(told(office.answer(OrderStep::kRefusal, kId, office.by("zoe"))), HasSubstr("nobody refuses"));
  own.id = kOther;
  const auto urgent = draft_urgent(office.by("zoe"), office.in_own_words(own), office.clock.time,
                                   office.clock.time + hours(24));
  EXPECT_THAT(told(office.submit(urgent)), HasSubstr("nobody grants what they applied for"));
}

TEST_F(Book, AsksForTheApproversOwnWords) {
  ASSERT_TRUE(office.apply(office.order(kId)));
  ASSERT_TRUE(office.review(kId));
  const auto with = [&](std::string necessity, std::string proportionality) {
    OrderDocument order = office.order(kId);
    order.necessity = std::move(necessity);
    order.proportionality = std::move(proportionality);
    return told(office.submit(draft_order(office.by("dora"), office.the(kId), order)));
  };
  EXPECT_THAT(with(kTheirNecessity, kOwnProportion), HasSubstr("own words"));
  EXPECT_THAT(with(kOwnNecessity, "two RECORDS only of one tenant for one week, seen by one person"),
              HasSubstr("own words"));
  EXPECT_THAT(with(kTheirProportion, kOwnProportion), HasSubstr("own words")) << "nor crosswise";
  EXPECT_THAT(with("ok", kOwnProportion), HasSubstr("40 characters"));
  EXPECT_EQ(with(kOwnNecessity, kOwnProportion), "taken");
}

TEST_F(Book, GrantsNoMoreThanWasAppliedForAndOnlyWhatTheReviewerAgreesTo) {
  ASSERT_TRUE(office.apply(office.order(kId)));
  ASSERT_TRUE(office.review(kId, false));
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("has not agreed"));
  ASSERT_TRUE(office.review(kId, true, "rita"));
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("has not agreed")) << "rita did, rolf signs";
  ASSERT_TRUE(office.review(kId, true));
  OrderDocument wider = office.in_own_words(office.order(kId));
  wider.scope.records_max = 3;
  EXPECT_THAT(told(office.submit(draft_order(office.by("dora"), office.the(kId), wider))),
              HasSubstr("more records"));
  OrderDocument narrower = office.in_own_words(office.order(kId));
  narrower.scope.records = {"rec-2"};
  EXPECT_EQ(told(office.submit(draft_order(office.by("dora"), office.the(kId), narrower))), "taken");
  EXPECT_EQ(office.the(kId).document().scope.records, narrower.scope.records);
}

TEST_F(Book, RefusesWithGroundsAndForGood) {
  ASSERT_TRUE(office.apply(office.order(kId)));
  EXPECT_FALSE(draft_answer(OrderStep::kRefusal, office.by("dora"), office.the(kId), "no"));
  ASSERT_EQ(told(office.answer(OrderStep::kRefusal, kId, office.by("dora"))), "taken");
  EXPECT_EQ(state(), OrderState::kRefused);
  EXPECT_THAT(told(office.review(kId)), HasSubstr("nothing to review"));
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("decided already"));
  EXPECT_THAT(due(), IsEmpty());
}

TEST_F(Book, VoidsAnUrgentOrderThatNobodyConfirmsAndReportsItsUse) {
  ASSERT_EQ(told(office.urgent(office.order(kId))), "taken");
  ASSERT_EQ(told(office.urgent(office.order(kOther))), "taken");
  EXPECT_EQ(state(), OrderState::kInForce);
  EXPECT_THAT(due(), ElementsAre("confirmation", "confirmation", "opening", "opening"));
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  office.pass(hours(24) - seconds(1));
  EXPECT_EQ(*office.book->tidy(), 0U);
  office.pass(seconds(1));
  EXPECT_EQ(state(), OrderState::kVoid);
  EXPECT_EQ(office.answer_to(office.use(kId)), "void");
  EXPECT_THAT(told(office.answer(OrderStep::kConfirmation, kId, office.by("dora"))), HasSubstr("too late"));
  EXPECT_EQ(*office.book->tidy(), 1U) << "the one that was used";
  EXPECT_EQ(entries().back().kind, LogKind::kError);
  EXPECT_EQ(*office.book->tidy(), 0U) << "once";
  ASSERT_EQ(told(office.answer(OrderStep::kOpening, kId, office.by("olga", PersonRole::kOfficer))), "taken");
  EXPECT_EQ(*office.book->tidy(), 0U);
  EXPECT_THAT(due(), ElementsAre("opening"));
}

TEST_F(Book, KeepsAnUrgentOrderThatIsConfirmedInTime) {
  ASSERT_TRUE(office.urgent(office.order(kId)));
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  office.pass(hours(23));
  const auto by_zoe = office.answer(OrderStep::kConfirmation, kId, office.by("zoe"));
  EXPECT_THAT(told(by_zoe), HasSubstr("whoever gave the order"));
  ASSERT_EQ(told(office.answer(OrderStep::kConfirmation, kId, office.by("dora"))), "taken");
  office.pass(hours(2));
  EXPECT_EQ(state(), OrderState::kInForce);
  EXPECT_EQ(*office.book->tidy(), 0U);
  EXPECT_THAT(due(), ElementsAre("opening"));
}

TEST_F(Book, LetsNobodyGiveAnOrderThatTheyMayActUnder) {
  OrderDocument order = office.order(kId);
  order.people = {"amy", "dora"};
  ASSERT_TRUE(office.apply(order));
  ASSERT_TRUE(office.review(kId));
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("take dora out of its people"));
  order.id = kOther;
  order.people = {"amy", "rolf"};
  ASSERT_TRUE(office.apply(order));
  ASSERT_TRUE(office.review(kOther));
  EXPECT_THAT(told(office.grant(kOther)), HasSubstr("take rolf out of its people"));
  order.id = "o-1111111111111111";
  order.people = {"dora"};
  EXPECT_THAT(told(office.urgent(order)), HasSubstr("take dora out of its people"));
  order.people = {"rolf"};
  ASSERT_EQ(told(office.urgent(order)), "taken");
  EXPECT_THAT(told(office.answer(OrderStep::kConfirmation, order.id, office.by("dora"))),
              HasSubstr("take rolf out of its people"));
}

TEST_F(Book, TakesAnOrderOfPeopleOfTheRosterAlone) {
  OrderDocument order = office.order(kId);
  order.people = {"amy", "nobody"};
  EXPECT_THAT(told(office.apply(order)), HasSubstr("names nobody, who is not in the roster"));
  EXPECT_THAT(told(office.urgent(order)), HasSubstr("names nobody, who is not in the roster"));
  order.people = {"amy"};
  order.applicant = "nobody";
  EXPECT_THAT(told(office.urgent(order)), HasSubstr("names nobody, who is not in the roster"));
  order.applicant = "amy";
  order.people = {"amy", "olga"};
  ASSERT_TRUE(office.apply(order));
  ASSERT_TRUE(office.review(kId));
  const auto leaves = office.book->roster()->draft(
      office.clock.time, {.what = RosterChange::What::kWithdraw, .person = "olga"}, "ann", "bob");
  ASSERT_TRUE(office.submit(*leaves));
  EXPECT_THAT(told(office.grant(kId)), HasSubstr("names olga, who is not in the roster"));
}

TEST_F(Book, LimitsWhatAnUrgentOrderMayBe) {
  const auto with = [&](auto change, seconds confirm = hours(24), seconds ago = seconds(0)) {
    OrderDocument order = office.in_own_words(office.order(kId));
    change(order);
    const Time given = office.clock.time - ago;
    return told(office.submit(draft_urgent(office.by("dora"), order, given, given + confirm)));
  };
  const auto nothing = [](auto&) {};
  EXPECT_THAT(with([](auto& o) { o.not_after += seconds(1); }), HasSubstr("7 days"));
  EXPECT_THAT(with([](auto& o) { o.previous = kOther; }), HasSubstr("renews nothing"));
  EXPECT_THAT(with(nothing, hours(49)), HasSubstr("48 hours"));
  EXPECT_THAT(with(nothing, hours(24), -hours(1)), HasSubstr("after it was written"));
  EXPECT_THAT(with([](auto& o) { o.not_after -= days(2); }, hours(24), hours(25)), HasSubstr("over already"));
  EXPECT_EQ(with([](auto& o) { o.not_after -= days(2); }, hours(24), hours(23)), "taken");
}

TEST_F(Book, CancelsAtOnceByAnyApproverReviewerOrCustodian) {
  for (const auto& [who, role] :
       {std::pair{"dora", PersonRole::kApprover}, std::pair{"rita", PersonRole::kReviewer},
        std::pair{"bob", PersonRole::kCustodian}}) {
    const std::string id = *new_order_id();
    office.grant_all(office.order(id));
    EXPECT_EQ(office.answer_to(office.use(id)), "allowed");
    ASSERT_EQ(told(office.answer(OrderStep::kCancellation, id, office.by(who, role))), "taken");
    EXPECT_EQ(state(id), OrderState::kCancelled);
    EXPECT_EQ(office.answer_to(office.use(id)), "cancelled");
    office.pass(seconds(1));
    EXPECT_THAT(told(office.answer(OrderStep::kCancellation, id, office.by(who, role))),
                HasSubstr("not in force"));
  }
  office.grant_all(office.order(kId));
  const auto by_olga = office.answer(OrderStep::kCancellation, kId, office.by("olga", PersonRole::kOfficer));
  EXPECT_THAT(told(by_olga), HasSubstr("not signed by those"));
}

TEST_F(Book, RenewsAnOrderOnceAndBeforeItsEnd) {
  office.grant_all(office.order(kId));
  OrderDocument next = office.order(kOther);
  next.previous = kId;
  next.scope.tenant = "other";
  EXPECT_THAT(told(office.apply(next)), HasSubstr("same tenant"));
  next.scope.tenant = "forum";
  next.previous = "o-0000000000000000";
  EXPECT_THAT(told(office.apply(next)), HasSubstr("no order that it could renew"));
  next.previous = kId;
  office.grant_all(next);
  OrderDocument again = next;
  again.id = "o-1111111111111111";
  EXPECT_THAT(told(office.apply(again)), HasSubstr("renewed already"));
  again.previous = kOther;
  ASSERT_TRUE(office.apply(again));
  ASSERT_TRUE(office.review(again.id));
  office.pass(days(7));
  EXPECT_FALSE(office.grant(again.id)) << "its end has come, and that of the one that it renews";
}

TEST_F(Book, PutsOffTheOpeningByASignedExtensionAlone) {
  office.grant_all(office.order(kId));
  office.pass(days(8));
  EXPECT_THAT(due(), ElementsAre("opening overdue"));
  const auto until = [&](seconds from_now) {
    return told(office.answer(OrderStep::kExtension, kId, office.by("dora"), office.clock.time + from_now));
  };
  EXPECT_THAT(until(-days(2)), HasSubstr("puts nothing off"));
  EXPECT_THAT(until(days(185)), HasSubstr("184 days"));
  ASSERT_EQ(until(days(30)), "taken");
  EXPECT_EQ(entries().back().kind, LogKind::kOrderExtension);
  EXPECT_EQ(entries().back().due, office.clock.time + days(30));
  EXPECT_THAT(due(), ElementsAre("opening"));
  office.pass(days(30));
  EXPECT_THAT(due(), ElementsAre("opening overdue"));
  EXPECT_FALSE(office.answer(OrderStep::kOpening, kId, office.by("amy", PersonRole::kApplicant)));
}

TEST_F(Book, OpensNothingBeforeItsEnd) {
  office.grant_all(office.order(kId));
  const auto opening = office.answer(OrderStep::kOpening, kId, office.by("olga", PersonRole::kOfficer));
  EXPECT_THAT(told(opening), HasSubstr("not over yet"));
}

TEST_F(Book, RefusesStatementsThatAreTooOldOrOfTheFuture) {
  auto old = draft_application(office.by("amy"), office.order(kId));
  office.pass(days(7) + seconds(1));
  EXPECT_THAT(told(office.submit(old)), HasSubstr("7 days ago"));
  OrderDraft ahead = office.by("amy");
  ahead.at += std::chrono::minutes(6);
  EXPECT_THAT(told(office.submit(draft_application(ahead, office.order(kId)))), HasSubstr("lies ahead"));
}

TEST_F(Book, LosesNoDraftBeforeItIsOldAndKeepsNoneForEver) {
  ASSERT_TRUE(office.apply(office.order(kId)));
  ASSERT_TRUE(office.review(kId));
  auto draft = draft_order(office.by("dora"), office.the(kId), office.in_own_words(office.order(kId)));
  ASSERT_TRUE(draft->sign(office.people.key("dora")));
  ASSERT_TRUE(office.book->submit(*draft));
  office.pass(days(7));
  ASSERT_TRUE(office.book->tidy());
  EXPECT_EQ(office.book->drafts()->size(), 1U);
  office.pass(seconds(1));
  ASSERT_TRUE(office.book->tidy());
  EXPECT_THAT(*office.book->drafts(), IsEmpty());
}

TEST_F(Book, ChangesTheRosterByTwoCustodiansAndRefusesRollbacks) {
  const Roster before = *office.book->roster();
  auto draft = before.draft(office.clock.time, {.what = RosterChange::What::kWithdraw, .person = "rolf"},
                            "ann", "bob");
  ASSERT_TRUE(draft->sign(office.people.key("ann")));
  EXPECT_EQ(told(office.book->submit(*draft)), "waits");
  EXPECT_TRUE(office.book->roster()->has_role("rolf", PersonRole::kReviewer, office.clock.time));
  ASSERT_TRUE(draft->sign(office.people.key("bob")));
  EXPECT_EQ(told(office.book->submit(*draft)), "taken");
  office.open();
  EXPECT_FALSE(office.book->roster()->has_role("rolf", PersonRole::kReviewer, office.clock.time));
  EXPECT_TRUE(office.book->roster()->continues(before));
  EXPECT_FALSE(office.book->submit(before.statements().front())) << "the ceremony again";
  EXPECT_FALSE(office.book->submit(*draft));
}

TEST_F(Book, IsItsOwnersAloneAndGivesPages) {
  for (const char* id : {kId, kOther}) ASSERT_TRUE(office.apply(office.order(id)));
  EXPECT_THAT(*office.book->orders("", 1), ElementsAre(kId));
  EXPECT_THAT(*office.book->orders(kId, 10), ElementsAre(kOther));
  EXPECT_EQ(office.book->order("o-0000000000000000").error().code, Code::kNotFound);
  struct stat about {};
  ASSERT_EQ(::stat((office.folder.path() / "orders" / "book.db").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat((office.folder.path() / "orders").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0700U);
}

}  // namespace
}  // namespace seawall
