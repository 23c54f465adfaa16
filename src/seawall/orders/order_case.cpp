#include "seawall/orders/order_case.h"

#include <algorithm>
#include <array>
#include <span>

#include "seawall/base/hex.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::chrono::days kExtensionMax{184};

struct StepName {
  OrderStep step;
  std::string_view name;
};
constexpr std::array<StepName, 9> kSteps{{{OrderStep::kApplication, "order-application"},
                                          {OrderStep::kReview, "order-review"},
                                          {OrderStep::kOrder, "order"},
                                          {OrderStep::kRefusal, "order-refusal"},
                                          {OrderStep::kUrgent, "order-urgent"},
                                          {OrderStep::kConfirmation, "order-confirmation"},
                                          {OrderStep::kCancellation, "order-cancellation"},
                                          {OrderStep::kExtension, "order-extension"},
                                          {OrderStep::kOpening, "order-opening"}}};
constexpr std::array<std::string_view, 8> kStates{"applied",  "reviewed", "refused",   "waiting",
                                                  "in-force", "expired",  "cancelled", "void"};

tl::unexpected<Error> wrong(std::string message) { return fail(Code::kInvalidInput, std::move(message)); }
tl::unexpected<Error> not_now(std::string message) { return fail(Code::kConflict, std::move(message)); }

/// What a statement of an order's life says, behind what all statements have.
Members members_of(const SignedStatement& statement) {
  Members members(statement.body());
  for (const char* name : {"at", "kind", "signers"}) members.take_rest(name);
  return members;
}

Result<OrderDocument> order_in(const SignedStatement& statement) {
  if (!statement.body().contains("order")) return wrong("it holds no order");
  return order_from(statement.body()["order"]);
}

/// The names in `roles`, where the statement has these signers and nobody else.
Result<std::vector<std::string>> signed_as(const SignedStatement& statement, std::vector<PersonRole> roles) {
  std::vector<std::string> names;
  for (const PersonRole role : roles) {
    const StatementSigner* signer = statement.only_signer(role);
    if (signer == nullptr) return wrong("it is signed by one " + std::string(name_of(role)));
    names.push_back(signer->by);
  }
  if (statement.signers().size() != roles.size()) return wrong("somebody signs it who should not");
  return names;
}

Result<std::string> signed_by_one_of(const SignedStatement& statement, std::vector<PersonRole> roles) {
  const bool fits = statement.signers().size() == 1 &&
                    std::ranges::find(roles, statement.signers().front().role) != roles.end();
  if (fits) return statement.signers().front().by;
  return wrong("it is not signed by those who may say it");
}

/// Whoever gives an order neither asked for it nor acts under it.
Result<void> check_apart(const OrderDocument& order, std::span<const std::string> givers) {
  for (const std::string& giver : givers) {
    if (giver == order.applicant) return wrong("nobody grants what they applied for");
    if (std::ranges::find(order.people, giver) != order.people.end())
      return wrong("nobody grants an order that they may act under: take " + giver + " out of its people");
  }
  return {};
}

struct Answer {
  std::string grounds;
  std::optional<Time> until;
  bool agrees = false;
};

Result<Answer> answer_in(const SignedStatement& statement, OrderStep step, const std::string& id,
                         const Sha256& about) {
  Members members = members_of(statement);
  const bool of_this = members.text("id", 32) == id && members.text("about", 64) == to_hex(about);
  Answer answer{.grounds = members.text("grounds", kOrderWordsBytesMax), .until = std::nullopt};
  if (step == OrderStep::kExtension) answer.until = members.time("until");
  if (step == OrderStep::kReview) answer.agrees = members.text("opinion", 16) == "agrees";
  SEAWALL_CHECK(members.done(name_of(step)));
  if (!of_this) return not_now("it was said of another statement");
  SEAWALL_CHECK(check_words("grounds", answer.grounds));
  return answer;
}

}  // namespace

std::string_view name_of(OrderStep step) { return std::ranges::find(kSteps, step, &StepName::step)->name; }
std::optional<OrderStep> order_step_named(std::string_view kind) {
  const auto found = std::ranges::find(kSteps, kind, &StepName::name);
  return found == kSteps.end() ? std::nullopt : std::optional(found->step);
}
std::string_view name_of(OrderState state) { return kStates[static_cast<std::size_t>(state)]; }
std::optional<OrderState> order_state_named(std::string_view name) {
  const auto found = std::ranges::find(kStates, name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<OrderState>(found - kStates.begin());
}

Result<std::string> order_id_of(const SignedStatement& statement) {
  if (!order_step_named(statement.kind())) return wrong("it is no statement of an order's life");
  const Json& body = statement.body();
  const Json& holder = body.contains("order") && body["order"].is_object() ? body["order"] : body;
  if (holder.contains("id") && holder["id"].is_string() &&
      is_order_id(holder["id"].get_ref<const std::string&>()))
    return holder["id"].get<std::string>();
  return wrong("it names no order");
}

Result<OrderCase> OrderCase::begin(const SignedStatement& statement, Time received) {
  const auto step = order_step_named(statement.kind());
  if (step != OrderStep::kApplication && step != OrderStep::kUrgent)
    return fail(Code::kNotFound, "there is no such order: it begins with an application");
  OrderCase made;
  SEAWALL_CHECK(made.take(*step, statement, received));
  return made;
}

Result<void> OrderCase::apply(const SignedStatement& statement, Time received) {
  const auto step = order_step_named(statement.kind());
  if (!step) return wrong("it is no statement of an order's life");
  if (*step == OrderStep::kApplication || *step == OrderStep::kUrgent)
    return not_now("there is an order of that id");
  if (statements_.size() == kStatementsMax)
    return fail(Code::kLimitExceeded, "an order has 64 statements at most");
  OrderCase next = *this;
  SEAWALL_CHECK(next.take(*step, statement, received));
  *this = std::move(next);
  return {};
}

Result<void> OrderCase::take(OrderStep step, const SignedStatement& statement, Time received) {
  if (statement.at() > received + kClockSkewMax) return wrong("it is signed for a time that lies ahead");
  if (statement.at() < received - kStatementAgeMax)
    return wrong("it was signed more than 7 days ago; sign it anew");
  const auto taken = [&]() -> Result<void> {
    switch (step) {
      case OrderStep::kApplication:
        return take_application(statement);
      case OrderStep::kReview:
        return take_review(statement, received);
      case OrderStep::kOrder:
        return take_order(statement, received);
      case OrderStep::kRefusal:
        return take_refusal(statement, received);
      case OrderStep::kUrgent:
        return take_urgent(statement, received);
      case OrderStep::kConfirmation:
        return take_confirmation(statement, received);
      case OrderStep::kCancellation:
        return take_cancellation(statement, received);
      case OrderStep::kExtension:
        return take_extension(statement, received);
      case OrderStep::kOpening:
        return take_opening(statement, received);
    }
    return wrong("it is no statement of an order's life");
  };
  SEAWALL_CHECK(taken());
  statements_.push_back(statement);
  received_.push_back(received);
  return {};
}

Result<void> OrderCase::take_application(const SignedStatement& statement) {
  Members members = members_of(statement);
  members.take_rest("order");
  SEAWALL_CHECK(members.done("an application"));
  SEAWALL_TRY(applied_, order_in(statement));
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kApplicant}));
  if (names[0] != applied_.applicant) return wrong("the applicant signs an application");
  return {};
}

Result<void> OrderCase::take_review(const SignedStatement& statement, Time received) {
  const OrderState now = state(received);
  if (now != OrderState::kApplied && now != OrderState::kReviewed)
    return not_now("there is nothing to review any more");
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kReviewer}));
  if (names[0] == applied_.applicant) return wrong("nobody reviews what they applied for");
  SEAWALL_TRY(const Answer answer,
              answer_in(statement, OrderStep::kReview, applied_.id, statements_[0].id()));
  reviewed_ = true;
  agreed_ = answer.agrees ? names[0] : std::string();
  return {};
}

Result<void> OrderCase::take_order(const SignedStatement& statement, Time received) {
  const OrderState now = state(received);
  if (now == OrderState::kApplied) return not_now("nobody has reviewed it yet");
  if (now != OrderState::kReviewed) return not_now("it was decided already");
  Members members = members_of(statement);
  members.take_rest("order");
  const bool of_this = members.text("about", 64) == to_hex(statements_[0].id());
  SEAWALL_CHECK(members.done("an order"));
  if (!of_this) return not_now("it answers another application");
  SEAWALL_TRY(OrderDocument granted, order_in(statement));
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kApprover, PersonRole::kReviewer}));
  SEAWALL_CHECK(check_apart(granted, names));
  if (names[1] != agreed_) return not_now("the reviewer who signs it has not agreed, or not last");
  SEAWALL_CHECK(check_is_within(granted, applied_));
  for (const std::string& own : {granted.necessity, granted.proportionality}) {
    if (same_words(own, applied_.necessity) || same_words(own, applied_.proportionality))
      return wrong("necessity and proportionality are in the approver's own words, not the applicant's");
  }
  if (granted.not_after <= received) return wrong("it would be over already");
  granted_ = std::move(granted);
  granted_by_ = statement.id();
  approver_ = names[0];
  reviewer_ = names[1];
  return {};
}

Result<void> OrderCase::take_refusal(const SignedStatement& statement, Time received) {
  const OrderState now = state(received);
  if (now != OrderState::kApplied && now != OrderState::kReviewed) return not_now("it was decided already");
  SEAWALL_TRY(const auto by, signed_by_one_of(statement, {PersonRole::kApprover, PersonRole::kReviewer}));
  if (by == applied_.applicant) return wrong("nobody refuses what they applied for; let it lie");
  SEAWALL_CHECK(answer_in(statement, OrderStep::kRefusal, applied_.id, statements_[0].id()));
  refused_ = true;
  return {};
}

Result<void> OrderCase::take_urgent(const SignedStatement& statement, Time received) {
  Members members = members_of(statement);
  members.take_rest("order");
  const Time given_at = members.time("given_at");
  const Time confirm_by = members.time("confirm_by");
  SEAWALL_CHECK(members.done("an urgent order"));
  SEAWALL_TRY(OrderDocument granted, order_in(statement));
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kApprover}));
  granted_ = std::move(granted);
  SEAWALL_CHECK(check_apart(*granted_, names));
  if (!granted_->previous.empty()) return wrong("an urgent order renews nothing: apply for that in writing");
  if (given_at > statement.at()) return wrong("it was given after it was written down");
  if (confirm_by <= given_at || confirm_by - given_at > kConfirmationMax)
    return wrong("an urgent order is confirmed within 48 hours of being given");
  if (granted_->not_after - given_at > kUrgentOrderLifeMax)
    return wrong("an urgent order lasts 7 days at most");
  if (confirm_by <= received || granted_->not_after <= received) return wrong("it would be over already");
  granted_by_ = statement.id();
  confirm_by_ = confirm_by;
  approver_ = names[0];
  return {};
}

Result<void> OrderCase::take_confirmation(const SignedStatement& statement, Time received) {
  if (!confirm_by_ || confirmed_) return not_now("there is no urgent order that waits to be confirmed");
  if (received >= *confirm_by_) return not_now("it comes too late: the order is void");
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kApprover, PersonRole::kReviewer}));
  SEAWALL_CHECK(check_apart(*granted_, names));
  if (names[0] != approver_) return wrong("whoever gave the order confirms it");
  SEAWALL_TRY(const Answer answer, answer_in(statement, OrderStep::kConfirmation, id(), *granted_by_));
  if (same_words(answer.grounds, granted_->necessity)) return wrong("grounds: say why it could not wait");
  confirmed_ = true;
  reviewer_ = names[1];
  return {};
}

Result<void> OrderCase::take_cancellation(const SignedStatement& statement, Time received) {
  const OrderState now = state(received);
  if (now != OrderState::kWaiting && now != OrderState::kInForce) return not_now("it is not in force");
  SEAWALL_TRY(const auto by, signed_by_one_of(statement, {PersonRole::kApprover, PersonRole::kReviewer,
                                                          PersonRole::kCustodian}));
  SEAWALL_CHECK(answer_in(statement, OrderStep::kCancellation, id(), *granted_by_));
  cancelled_ = received;
  return {};
}

Result<void> OrderCase::take_extension(const SignedStatement& statement, Time received) {
  const auto due = opening_due();
  if (!due) return not_now("there is no telling to put off");
  SEAWALL_TRY(const auto names, signed_as(statement, {PersonRole::kApprover, PersonRole::kReviewer}));
  SEAWALL_CHECK(check_apart(*granted_, names));
  SEAWALL_TRY(const Answer answer, answer_in(statement, OrderStep::kExtension, id(), *granted_by_));
  if (*answer.until <= *due) return wrong("it puts nothing off");
  if (*answer.until > received + kExtensionMax)
    return wrong("telling is put off by 184 days from now at most");
  extended_ = answer.until;
  return {};
}

Result<void> OrderCase::take_opening(const SignedStatement& statement, Time received) {
  if (opened_) return not_now("those concerned were told already");
  const auto end = ends();
  if (!end || received < *end) return not_now("it is not over yet");
  SEAWALL_TRY(const auto by, signed_by_one_of(statement, {PersonRole::kOfficer, PersonRole::kApprover,
                                                          PersonRole::kReviewer, PersonRole::kCustodian}));
  SEAWALL_CHECK(answer_in(statement, OrderStep::kOpening, id(), *granted_by_));
  opened_ = received;
  return {};
}

OrderState OrderCase::state(Time at) const {
  if (refused_) return OrderState::kRefused;
  if (!granted_) return reviewed_ ? OrderState::kReviewed : OrderState::kApplied;
  const Time end = *ends();
  if (at < end) return at < granted_->not_before ? OrderState::kWaiting : OrderState::kInForce;
  if (cancelled_ && *cancelled_ == end) return OrderState::kCancelled;
  return confirm_by_ && !confirmed_ && *confirm_by_ == end ? OrderState::kVoid : OrderState::kExpired;
}

std::uint64_t OrderCase::records_max() const {
  const std::uint64_t granted = document().scope.records_max;
  return confirm_by_ && !confirmed_ ? std::min(granted, kUrgentRecordsMax) : granted;
}

std::optional<Time> OrderCase::ends() const {
  if (!granted_) return std::nullopt;
  Time end = granted_->not_after;
  if (cancelled_) end = std::min(end, *cancelled_);
  if (confirm_by_ && !confirmed_) end = std::min(end, *confirm_by_);
  return end;
}

std::optional<Time> OrderCase::opening_due() const {
  if (!granted_ || opened_) return std::nullopt;
  return std::max(notice_due(*granted_), extended_.value_or(Time::min()));
}

}  // namespace seawall
