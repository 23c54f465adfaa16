#include "seawall/orders/order_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seawall/base/hex.h"
#include "seawall/orders/test_office.h"
#include "seawall/sqlite/database.h"

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
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
  office.pass(-days(8));
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
  office.open();
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
}

TEST_F(Gate, IsNotRevivedAfterItBecameVoidEither) {
  ASSERT_TRUE(office.urgent(office.order(kId)));
  office.pass(hours(25));
  EXPECT_EQ(office.answer_to(office.use(kId)), "void");
  office.pass(-hours(25));
  EXPECT_EQ(office.answer_to(office.use(kId)), "void");
}

TEST_F(Gate, SaysWhatItWouldRefuseAndCountsNothing) {
  office.grant_all(office.order(kId));
  OrderGate gate(*office.book, [&](auto, auto) -> Result<bool> { return office.in_log; });
  const std::size_t told = office.book->pending(1000)->size();
  EXPECT_EQ(*gate.check(office.use(kId)), std::nullopt);
  EXPECT_EQ(*gate.check(office.use(kId, 3)), OrderRefusal::kUsedUp);
  EXPECT_EQ(*gate.check(office.use("")), OrderRefusal::kNoneNamed);
  office.in_log = false;
  EXPECT_EQ(*gate.check(office.use(kId)), OrderRefusal::kNotInLog);
  EXPECT_EQ(office.book->order(kId)->used, 0U);
  EXPECT_EQ(office.book->pending(1000)->size(), told);
  office.pass(days(8));
  EXPECT_EQ(*gate.check(office.use(kId)), OrderRefusal::kExpired);
  office.pass(-days(8));
  EXPECT_EQ(office.answer_to(office.use(kId)), "expired");
}

TEST_F(Gate, OpensAHundredRecordsUnderAnUrgentOrderUntilItIsConfirmed) {
  ASSERT_TRUE(office.urgent(office.order(kId, 1000)));
  EXPECT_EQ(office.answer_to(office.use(kId, 101)), "used-up");
  EXPECT_EQ(office.answer_to(office.use(kId, 100)), "allowed");
  EXPECT_EQ(office.answer_to(office.use(kId)), "used-up");
  ASSERT_TRUE(office.answer(OrderStep::kConfirmation, kId, office.by("dora")));
  EXPECT_EQ(office.answer_to(office.use(kId, 900)), "allowed");
  EXPECT_EQ(office.answer_to(office.use(kId)), "used-up");
}

/// Somebody who may write to the folder, and has nobody's key.
class Intruder {
 public:
  explicit Intruder(TestOffice& office)
      : office_(office),
        database_(*Database::open(office.folder.path() / "orders/book.db", {.create = false})) {}
  void put(const std::string& id, const SignedStatement& statement) {
    std::string text = statement.to_text();
    const std::string name = to_hex(statement.id());
    auto row =
        *database_.prepare("INSERT INTO statements (order_id, id, received, text) VALUES (?1, ?2, ?3, ?4)");
    row.bind(1, std::string_view(id)).bind(2, std::string_view(name));
    row.bind(3, office_.clock.time.time_since_epoch().count()).bind(4, std::string_view(text));
    ASSERT_TRUE(row.run());
    text.pop_back();
    const auto told =
        LogOutbox(database_).add({.kind = LogKind::kOrder, .at = office_.clock.time, .record = text});
    auto order = *database_.prepare(
        "INSERT OR REPLACE INTO orders (id, previous, granted, grant_log) VALUES (?1, '', 1, ?2)");
    ASSERT_TRUE(order.bind(1, std::string_view(id)).bind(2, *told).run());
  }
  void run(std::string_view sql) { ASSERT_TRUE(database_.run(sql)); }

 private:
  TestOffice& office_;
  Database database_;
};

TEST_F(Gate, OpensNothingForAStatementThatSomebodyWroteIntoTheBook) {
  const auto urgent = [&](const char* id, const char* by) {
    return *draft_urgent(office.by(by), office.in_own_words(office.order(id)), office.clock.time,
                         office.clock.time + kConfirmationUnlessSaid);
  };
  const std::string not_theirs =
      "the order book holds a statement that the people of its roster have not signed";
  Intruder intruder(office);
  intruder.put(kId, urgent(kId, "dora"));
  EXPECT_EQ(office.answer_to(office.use(kId)), not_theirs) << "nobody signed it";
  SignedStatement by_eve = urgent(kOther, "eve");
  ASSERT_TRUE(by_eve.sign(office.people.key("eve")));
  intruder.put(kOther, by_eve);
  EXPECT_EQ(office.answer_to(office.use(kOther)), not_theirs) << "eve is not in the roster";
  const char* third = "o-1111111111111111";
  SignedStatement by_another = urgent(third, "dora");
  ASSERT_TRUE(by_another.sign(*PersonKey::make("dora")));
  intruder.put(third, by_another);
  EXPECT_EQ(office.answer_to(office.use(third)), not_theirs) << "another key of that name";
}

TEST_F(Gate, OpensNothingForAnOrderUnderAnotherOnesName) {
  office.grant_all(office.order(kId));
  Intruder(office).run("UPDATE statements SET order_id = 'o-fedcba9876543210'");
  EXPECT_EQ(office.answer_to(office.use(kOther)), "the order book holds an order that fails its own rules");
}

TEST_F(Gate, BelievesTheRosterThatItIsToldToAndNoOther) {
  const Sha256 ours = office.book->roster()->statements().front().id();
  office.open({.roster = ours});
  office.grant_all(office.order(kId));
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  Sha256 theirs = ours;
  theirs[0] ^= std::byte{1};
  const auto other = OrderBook::open(office.folder.path() / "orders", office.clock, {.roster = theirs});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("begins with " + to_hex(ours)));
  const auto fresh = OrderBook::open(office.folder.path() / "new", office.clock, {.roster = theirs});
  EXPECT_FALSE((*fresh)->submit(office.book->roster()->statements().front())) << "nor is another one begun";
}

// Custodians sign one after the other: what was taken meanwhile stays taken.
TEST_F(Gate, KeepsWhatWasTakenBeforeAChangeOfTheRosterThatWasSignedEarlier) {
  const auto leaves = office.book->roster()->draft(
      office.clock.time, {.what = RosterChange::What::kWithdraw, .person = "dora"}, "ann", "bob");
  office.pass(hours(1));
  office.grant_all(office.order(kId));
  office.pass(hours(1));
  ASSERT_TRUE(office.submit(*leaves));
  office.open();
  EXPECT_EQ(office.answer_to(office.use(kId)), "allowed");
  ASSERT_TRUE(office.apply(office.order(kOther)));
  ASSERT_TRUE(office.review(kOther));
  EXPECT_FALSE(office.grant(kOther));
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
