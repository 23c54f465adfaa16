#include "seawall/base/hex.h"
#include "seawall/orders/order_case.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

/// The statement that an answer is about: the order where there is one, else the application.
std::string about_text(const OrderCase& about) {
  return to_hex(about.granted_by() ? *about.granted_by() : about.statements().front().id());
}

Result<Json> answer_members(const OrderCase& about, std::string_view grounds) {
  SEAWALL_CHECK(check_words("grounds", grounds));
  Json members;
  members["id"] = about.id();
  members["about"] = about_text(about);
  members["grounds"] = grounds;
  return members;
}

std::vector<StatementSigner> alone(const OrderDraft& draft) { return {{draft.by, draft.role}}; }
std::vector<StatementSigner> both(const OrderDraft& draft) {
  return {{draft.by, PersonRole::kApprover}, {draft.reviewer, PersonRole::kReviewer}};
}

}  // namespace

Result<SignedStatement> draft_application(const OrderDraft& draft, const OrderDocument& order) {
  SEAWALL_CHECK(check_order(order));
  Json members;
  members["order"] = to_json(order);
  return SignedStatement::make(name_of(OrderStep::kApplication), draft.at,
                               {{draft.by, PersonRole::kApplicant}}, std::move(members));
}

Result<SignedStatement> draft_review(const OrderDraft& draft, const OrderCase& about, bool agrees,
                                     std::string_view grounds) {
  SEAWALL_TRY(Json members, answer_members(about, grounds));
  members["opinion"] = agrees ? "agrees" : "objects";
  return SignedStatement::make(name_of(OrderStep::kReview), draft.at, {{draft.by, PersonRole::kReviewer}},
                               std::move(members));
}

Result<SignedStatement> draft_order(const OrderDraft& draft, const OrderCase& about,
                                    const OrderDocument& order) {
  SEAWALL_CHECK(check_order(order));
  Json members;
  members["order"] = to_json(order);
  members["about"] = to_hex(about.statements().front().id());
  return SignedStatement::make(name_of(OrderStep::kOrder), draft.at, both(draft), std::move(members));
}

Result<SignedStatement> draft_urgent(const OrderDraft& draft, const OrderDocument& order, Time given_at,
                                     Time confirm_by) {
  SEAWALL_CHECK(check_order(order));
  Json members;
  members["order"] = to_json(order);
  members["given_at"] = second_text(given_at);
  members["confirm_by"] = second_text(confirm_by);
  return SignedStatement::make(name_of(OrderStep::kUrgent), draft.at, {{draft.by, PersonRole::kApprover}},
                               std::move(members));
}

Result<SignedStatement> draft_answer(OrderStep step, const OrderDraft& draft, const OrderCase& about,
                                     std::string_view grounds, std::optional<Time> until) {
  SEAWALL_TRY(Json members, answer_members(about, grounds));
  if (until) members["until"] = second_text(*until);
  const bool by_two = step == OrderStep::kConfirmation || step == OrderStep::kExtension;
  return SignedStatement::make(name_of(step), draft.at, by_two ? both(draft) : alone(draft),
                               std::move(members));
}

}  // namespace seawall
