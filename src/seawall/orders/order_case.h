#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/orders/order.h"
#include "seawall/statement/signed_statement.h"

namespace seawall {

/// The statements of an order's life.
enum class OrderStep : std::uint8_t {
  kApplication,   ///< "order-application": the applicant asks.
  kReview,        ///< "order-review": a reviewer says what they think of it.
  kOrder,         ///< "order": approver and reviewer give it, in the approver's words.
  kRefusal,       ///< "order-refusal": approver or reviewer, with grounds.
  kUrgent,        ///< "order-urgent": given orally; the approver alone signs that, and when.
  kConfirmation,  ///< "order-confirmation": approver and reviewer confirm an urgent one in writing.
  kCancellation,  ///< "order-cancellation": the instruction to cease, by any approver, reviewer or custodian.
  kExtension,     ///< "order-extension": approver and reviewer put off telling those concerned.
  kOpening,       ///< "order-opening": those concerned were told.
};
[[nodiscard]] std::string_view name_of(OrderStep step);
[[nodiscard]] std::optional<OrderStep> order_step_named(std::string_view kind);

enum class OrderState : std::uint8_t {
  kApplied,
  kReviewed,
  kRefused,
  kWaiting,  ///< Given; not_before lies ahead.
  kInForce,
  kExpired,
  kCancelled,
  kVoid,  ///< Urgent, and not confirmed in time.
};
[[nodiscard]] std::string_view name_of(OrderState state);  ///< "in-force"
[[nodiscard]] std::optional<OrderState> order_state_named(std::string_view name);

/// One order from its application, or its oral beginning, to its opening: what its statements make of it.
/// It knows the rules and no clock; it does not look at signatures: OrderBook does, before it comes here.
/// Guarantees: applicant, approver and reviewer are three people; what was granted lies within what was
/// applied for; necessity and proportionality are not the applicant's words; whoever approves or reviews it
/// does not act under it. Threads: const functions, any.
class OrderCase {
 public:
  static constexpr std::size_t kStatementsMax = 64;

  /// An application or an urgent order. Errors: kInvalidInput (a rule is broken, which the message names).
  static Result<OrderCase> begin(const SignedStatement& statement, Time received);
  /// The next statement; `received` is no earlier than that of the one before. Errors: kInvalidInput (a rule
  /// is broken), kConflict (not in this state), kLimitExceeded. The case is then as before.
  Result<void> apply(const SignedStatement& statement, Time received);

  [[nodiscard]] OrderState state(Time at) const;
  /// As granted; before that, as applied for.
  [[nodiscard]] const OrderDocument& document() const { return granted_ ? *granted_ : applied_; }
  [[nodiscard]] const std::string& id() const { return document().id; }
  [[nodiscard]] bool is_granted() const { return granted_.has_value(); }
  [[nodiscard]] bool is_urgent() const { return confirm_by_.has_value(); }
  [[nodiscard]] bool is_confirmed() const { return confirmed_; }
  /// How many records in all as of now: an urgent order opens at most kUrgentRecordsMax until it is
  /// confirmed.
  [[nodiscard]] std::uint64_t records_max() const;
  [[nodiscard]] bool is_opened() const { return opened_.has_value(); }
  /// Of an urgent order: when it becomes void unless it is confirmed.
  [[nodiscard]] std::optional<Time> confirm_by() const { return confirm_by_; }
  /// From when on nothing is done under it: the earliest of its end, its cancellation, and becoming void.
  [[nodiscard]] std::optional<Time> ends() const;
  /// When those concerned are to be told, extensions counted; none while it is not granted, or once they
  /// were.
  [[nodiscard]] std::optional<Time> opening_due() const;
  /// SignedStatement::id() of the statement that granted it.
  [[nodiscard]] const std::optional<Sha256>& granted_by() const { return granted_by_; }
  /// Who granted it; the reviewer is empty until an urgent order is confirmed.
  [[nodiscard]] const std::string& approver() const { return approver_; }
  [[nodiscard]] const std::string& reviewer() const { return reviewer_; }
  /// Before it is granted: the reviewer whose last word is that they agree; empty: none.
  [[nodiscard]] const std::string& agreed_reviewer() const { return agreed_; }
  [[nodiscard]] const std::vector<SignedStatement>& statements() const { return statements_; }
  [[nodiscard]] const std::vector<Time>& received() const { return received_; }

 private:
  OrderCase() = default;
  Result<void> take(OrderStep step, const SignedStatement& statement, Time received);
  Result<void> take_application(const SignedStatement& statement);
  Result<void> take_review(const SignedStatement& statement, Time received);
  Result<void> take_order(const SignedStatement& statement, Time received);
  Result<void> take_refusal(const SignedStatement& statement, Time received);
  Result<void> take_urgent(const SignedStatement& statement, Time received);
  Result<void> take_confirmation(const SignedStatement& statement, Time received);
  Result<void> take_cancellation(const SignedStatement& statement, Time received);
  Result<void> take_extension(const SignedStatement& statement, Time received);
  Result<void> take_opening(const SignedStatement& statement, Time received);

  OrderDocument applied_;
  std::optional<OrderDocument> granted_;
  std::optional<Sha256> granted_by_;
  std::string approver_, reviewer_;
  std::string agreed_;  ///< The reviewer whose last review agrees.
  bool reviewed_ = false, refused_ = false, confirmed_ = false;
  std::optional<Time> confirm_by_, cancelled_, opened_, extended_;
  std::vector<SignedStatement> statements_;
  std::vector<Time> received_;
};

/// The id of the order that a statement is about. Errors: kInvalidInput.
Result<std::string> order_id_of(const SignedStatement& statement);

/// Drafts, unsigned. `about`: the statement that is answered. Errors: kInvalidInput; the rules of the life
/// are checked when the draft is taken. `grounds`: as check_words() asks.
struct OrderDraft {
  Time at{};
  std::string by;  ///< Approver; or whoever signs alone.
  PersonRole role = PersonRole::kApprover;
  std::string reviewer = {};
};
Result<SignedStatement> draft_application(const OrderDraft& draft, const OrderDocument& order);
Result<SignedStatement> draft_review(const OrderDraft& draft, const OrderCase& about, bool agrees,
                                     std::string_view grounds);
Result<SignedStatement> draft_order(const OrderDraft& draft, const OrderCase& about,
                                    const OrderDocument& order);
Result<SignedStatement> draft_urgent(const OrderDraft& draft, const OrderDocument& order, Time given_at,
                                     Time confirm_by);
/// kRefusal, kConfirmation, kCancellation, kOpening; kExtension with `until`.
Result<SignedStatement> draft_answer(OrderStep step, const OrderDraft& draft, const OrderCase& about,
                                     std::string_view grounds, std::optional<Time> until = {});

}  // namespace seawall
