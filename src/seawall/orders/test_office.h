#pragma once

#include <memory>
#include <optional>
#include <string>

#include "seawall/base/temporary_folder.h"
#include "seawall/orders/order_gate.h"
#include "seawall/statement/test_people.h"

namespace seawall {

/// A clock that a test sets.
class HandClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1'795'388'400)};  // 2026-11-22T23:00:00Z
};

inline constexpr const char* kTheirNecessity =
    "We looked at every other source that we may use, and none of them tells us.";
inline constexpr const char* kTheirProportion =
    "Two records only, of one tenant, for one week, seen by one person.";
inline constexpr const char* kOwnNecessity =
    "I asked for the other sources and read them; the records are the only ones left.";
inline constexpr const char* kOwnProportion =
    "The harm that may be averted is grave, and only the two named records are read.";
inline constexpr const char* kGrounds =
    "I have read the application and the files that it names, all of them.";

/// People, a clock and a book, for tests: amy applies, dora approves, rolf and rita review, olga is an
/// officer; ann, bob and cat are custodians. Threads: one.
class TestOffice {
 public:
  TestOffice() {
    open();
    const std::vector<RosterRow> founders{
        people.row("ann", {PersonRole::kCustodian}),
        people.row("bob", {PersonRole::kCustodian}),
        people.row("cat", {PersonRole::kCustodian}),
        people.row("amy", {PersonRole::kApplicant}),
        people.row("dora", {PersonRole::kApprover}),
        people.row("rolf", {PersonRole::kReviewer}),
        people.row("rita", {PersonRole::kReviewer}),
        people.row("olga", {PersonRole::kOfficer}),
        people.row("zoe", {PersonRole::kApplicant, PersonRole::kApprover, PersonRole::kReviewer})};
    if (!book->submit(people.first(at(0), founders))) std::abort();
  }
  void open(const OrderBookOptions& options = {}) {
    book.reset();
    book = OrderBook::open(folder.path() / "orders", clock, options).value();
  }
  [[nodiscard]] static Time at(std::int64_t seconds) {
    return HandClock().time + std::chrono::seconds(seconds);
  }
  void pass(std::chrono::seconds time) { clock.time += time; }

  [[nodiscard]] OrderDocument order(std::string id, std::uint64_t records_max = 2) const {
    return {.id = std::move(id),
            .applicant = "amy",
            .people = {"amy", "olga"},
            .issuer = "Example Board",
            .legal_basis = "Example Act, section 4",
            .purpose = "case 12",
            .necessity = kTheirNecessity,
            .proportionality = kTheirProportion,
            .scope = {.tenant = "forum", .records = {"rec-1", "rec-2"}, .records_max = records_max},
            .actions = {OrderAction::kDisclosure},
            .not_before = clock.time,
            .not_after = clock.time + std::chrono::days(7)};
  }
  [[nodiscard]] OrderDocument in_own_words(OrderDocument order) const {
    order.necessity = kOwnNecessity;
    order.proportionality = kOwnProportion;
    return order;
  }
  [[nodiscard]] OrderDraft by(std::string name, PersonRole role = PersonRole::kApprover,
                              std::string reviewer = "rolf") const {
    return {.at = clock.time, .by = std::move(name), .role = role, .reviewer = std::move(reviewer)};
  }
  Result<SubmittedStatement> submit(Result<SignedStatement> draft) {
    if (!draft) return tl::unexpected(draft.error());
    return book->submit(people.signed_by_all(*std::move(draft)));
  }
  OrderCase the(const std::string& id) { return book->order(id).value().order; }

  Result<SubmittedStatement> apply(const OrderDocument& order) {
    return submit(draft_application(by(order.applicant), order));
  }
  Result<SubmittedStatement> review(const std::string& id, bool agrees = true,
                                    const std::string& who = "rolf") {
    return submit(draft_review(by(who), the(id), agrees, kGrounds));
  }
  Result<SubmittedStatement> grant(const std::string& id) {
    return submit(draft_order(by("dora"), the(id), in_own_words(the(id).document())));
  }
  Result<SubmittedStatement> urgent(const OrderDocument& order) {
    return submit(
        draft_urgent(by("dora"), in_own_words(order), clock.time, clock.time + kConfirmationUnlessSaid));
  }
  Result<SubmittedStatement> answer(OrderStep step, const std::string& id, const OrderDraft& draft,
                                    std::optional<Time> until = {}) {
    return submit(draft_answer(step, draft, the(id), kGrounds, until));
  }
  /// Applied for, reviewed and granted.
  void grant_all(const OrderDocument& order) {
    if (!apply(order) || !review(order.id) || !grant(order.id)) std::abort();
  }
  [[nodiscard]] OrderUse use(const std::string& id, std::uint64_t count = 1) const {
    return {.order = id,
            .person = "amy",
            .tenant = "forum",
            .action = OrderAction::kDisclosure,
            .records = {"rec-1"},
            .count = count};
  }
  Result<OrderUseAnswer> ask(const OrderUse& wanted) {
    return OrderGate(*book, [this](std::string_view, std::string_view) -> Result<bool> { return in_log; })
        .pass(wanted);
  }
  /// The refusal's name, or "allowed".
  std::string answer_to(const OrderUse& wanted) {
    const auto answer = ask(wanted);
    if (!answer) return answer.error().message;
    return answer->refusal ? std::string(name_of(*answer->refusal)) : "allowed";
  }

  HandClock clock;
  TestPeople people;
  TemporaryFolder folder = *TemporaryFolder::make("office");
  std::unique_ptr<OrderBook> book;
  bool in_log = true;  ///< What the log's proof shows.
};

}  // namespace seawall
