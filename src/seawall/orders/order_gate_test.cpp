#include "seawall/orders/order_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seawall/orders/test_office.h"

namespace seawall {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;

constexpr const char* kId = "o-0123456789abcdef";
constexpr const char* kOther = "o-fedcba9876543210";

class Gate : public ::testing::Test {
 protected:
  /// What the gate says of a use of kId that `change` changed.
  std::string with(auto change) {
    OrderUse use = office.use(kId);
    change(use);
    return office.answer_to(use);
  }
  TestOffice office;
};

TEST_F(Gate, RefusesForEachReasonOfItsList) {
  OrderDocument order = office.order(kId);
  order.not_before = office.clock.time + hours(1);
  EXPECT_EQ(with([](auto& use) { use.order.clear(); }), "none-named");
  EXPECT_EQ(office.answer_to(office.use(kId)), "unknown");
  ASSERT_TRUE(office.apply(order));
  EXPECT_EQ(office.answer_to(office.use(kId)), "not-granted");
  ASSERT_TRUE(office.review(kId));
  ASSERT_TRUE(office.grant(kId));
  EXPECT_EQ(office.answer_to(office.use(kId)), "not-yet-valid");
  office.pass(hours(1));
  EXPECT_EQ(with([](auto& use) { use.person = "rita"; }), "person");
  EXPECT_EQ(with([](auto& use) { use.action = OrderAction::kExport; }), "action");
  EXPECT_EQ(with([](auto& use) { use.tenant = "other"; }), "tenant");
  EXPECT_EQ(with([](auto& use) { use.records = {"rec-1", "rec-3"}; }), "record");
  EXPECT_EQ(with([](auto& use) { use.records.clear(); }), "record");
  EXPECT_EQ(with([](auto& use) { use.selector = "all"; }), "record");
  EXPECT_EQ(with([](auto& use) { use.count = 3; }), "used-up");
  EXPECT_EQ(with([](auto& use) { use.count = ~std::uint64_t{0}; }), "used-up");
  office.in_log = false;
  EXPECT_EQ(office.answer_to(office.use(kId)), "not-in-log");
  office.in_log = true;
  EXPECT_EQ(with([](auto& use) { use.records = {"rec-1", "rec-2"}; }), "allowed");
  EXPECT_EQ(office.answer_to(office.use(kId)), "used-up") << "two records, as it says";
  office.pass(days(7));
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
  EXPECT_EQ(office.book->order(kId)->used, 2U) << "what was refused is not counted";
}

TEST_F(Gate, EndsTheWorkOfWhoeverLeavesTheRoster) {
  office.grant_all(office.order(kId));
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  const auto leaves = office.book->roster()->draft(
      office.clock.time, {.what = RosterChange::What::kWithdraw, .person = "amy"}, "ann", "bob");
  ASSERT_TRUE(office.submit(*leaves));
  EXPECT_EQ(office.answer_to(office.use(kId)), "person");
}

TEST_F(Gate, HoldsASelectorAndATimeToTheirWords) {
  OrderDocument order = office.order(kId);
  order.scope.records.clear();
  order.scope.selector = "entry 12.345";
  order.scope.from = office.clock.time - days(9);
  order.scope.until = office.clock.time;
  office.grant_all(order);
  OrderUse use = office.use(kId);
  EXPECT_EQ(office.answer_to(use), "record");
  use.selector = "entry 12.345";
  EXPECT_EQ(office.answer_to(use), "record") << "from the beginning is more than from then";
  use.from = order.scope.from;
  use.until = order.scope.until;
  EXPECT_EQ(office.answer_to(use), "allowed");
  *use.until += std::chrono::seconds(1);
  EXPECT_EQ(office.answer_to(use), "record");
}

TEST_F(Gate, TakesTheLogsEntryThatACallerBringsOnlyIfItIsThisOrders) {
  office.grant_all(office.order(kId));
  office.grant_all(office.order(kOther));
  const auto evidence = [&](const char* id) {
    const auto opening = office.book->grant_opening(id);
    return OrderEvidence{.entry = opening->entry, .salt = opening->salt, .proof = "p"};
  };
  std::string asked;
  OrderGate gate(*office.book, [&](std::string_view entry, std::string_view proof) -> Result<bool> {
    asked = std::string(entry) + std::string(proof);
    return true;
  });
  OrderUse use = office.use(kId);
  use.evidence = evidence(kOther);
  EXPECT_EQ(gate.pass(use)->refusal, OrderRefusal::kNotInLog) << "another order's entry";
  EXPECT_EQ(asked, "");
  use.evidence = evidence(kId);
  use.evidence.salt.pop_back();
  EXPECT_EQ(gate.pass(use)->refusal, OrderRefusal::kNotInLog);
  use.evidence = evidence(kId);
  EXPECT_TRUE(gate.pass(use)->is_allowed());
  EXPECT_EQ(asked, use.evidence.entry + "p");
}

TEST_F(Gate, RefusesWhereTheLogCannotBeAsked) {
  office.grant_all(office.order(kId));
  OrderGate gate(*office.book, [](std::string_view, std::string_view) -> Result<bool> {
    return fail(Code::kUnavailable, "no log");
  });
  EXPECT_EQ(gate.pass(office.use(kId)).error().code, Code::kUnavailable);
  EXPECT_EQ(office.book->order(kId)->used, 0U);
}

TEST_F(Gate, TellsTheLogOfEachUseWithItsCount) {
  office.grant_all(office.order(kId));
  const std::size_t before = office.book->pending(1000)->size();
  OrderUse use = office.use(kId);
  use.records = {"rec-1", "rec-2"};
  const auto answer = office.ask(use);
  const auto pending = office.book->pending(1000);
  ASSERT_EQ(pending->size(), before + 1);
  EXPECT_EQ(pending->back().id, answer->allowed);
  const auto entry = log_entry_from_text(pending->back().entry);
  EXPECT_EQ(entry->kind, LogKind::kDisclosure);
  EXPECT_EQ(entry->count, 2U);
  const auto uses = office.book->uses(kId, 0, 10);
  ASSERT_EQ(uses->size(), 1U);
  EXPECT_EQ(uses->front().entry, pending->back().entry);
  EXPECT_TRUE(opens(*entry, uses->front().salt, uses->front().record)) << "what those concerned are shown";
  EXPECT_THAT(uses->front().record, HasSubstr(R"("by":"amy","count":2)"));
  EXPECT_THAT(uses->front().record, HasSubstr(R"("records":["rec-1","rec-2"],"tenant":"forum")"));
}

TEST_F(Gate, IsNotRevivedByAClockThatIsSetBack) {
  office.grant_all(office.order(kId));
  office.pass(days(8));
  ASSERT_TRUE(office.book->tidy());
  office.pass(-days(8));
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
  office.open();
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
}

// Two processes use one order through one book; one is killed in the middle, again and again.
TEST_F(Gate, NeverAllowsMoreThanTheOrderWhoeverIsKilled) {
  constexpr std::uint64_t kRecords = 60;
  office.grant_all(office.order(kId, kRecords));
  office.book.reset();
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 6; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      office.open();
      for (;;) {
        const char allowed = office.answer_to(office.use(kId)) == "allowed" ? 1 : 0;
        if (::write(ends[1], &allowed, 1) != 1 || allowed == 0) ::_exit(0);
      }
    }
    ::close(ends[1]);
    char allowed = 0;
    for (int i = 0; i < 4 + 3 * round && ::read(ends[0], &allowed, 1) == 1; ++i)
      acknowledged += allowed == 1 ? 1U : 0U;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &allowed, 1) == 1) acknowledged += allowed == 1 ? 1U : 0U;
    ::close(ends[0]);
  }
  office.open();
  const auto used = office.book->order(kId)->used;
  EXPECT_GE(used, acknowledged) << "what was allowed was counted before";
  EXPECT_LE(used, kRecords);
  EXPECT_EQ(office.book->uses(kId, 0, 1000)->size(), used) << "and told";
  while (office.answer_to(office.use(kId)) == "allowed") {
  }
  EXPECT_EQ(office.book->order(kId)->used, kRecords);
}

}  // namespace
}  // namespace seawall
