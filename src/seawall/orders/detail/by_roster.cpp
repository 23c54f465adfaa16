#include "seawall/orders/detail/by_roster.h"

namespace seawall {
namespace {

bool names_people(OrderStep step) {
  return step == OrderStep::kApplication || step == OrderStep::kOrder || step == OrderStep::kUrgent ||
         step == OrderStep::kConfirmation;
}

Result<void> check_person(const Roster& roster, const std::string& name, Time at) {
  if (roster.row_of(name, at) != nullptr) return {};
  return fail(Code::kInvalidInput, "the order names " + name + ", who is not in the roster at that time");
}

}  // namespace

Result<void> check_people(const Roster& roster, const SignedStatement& statement, const OrderCase& after,
                          Time at) {
  const auto step = order_step_named(statement.kind());
  if (!step || !names_people(*step)) return {};
  SEAWALL_CHECK(check_person(roster, after.document().applicant, at));
  for (const std::string& name : after.document().people) {
    SEAWALL_CHECK(check_person(roster, name, at));
  }
  return {};
}

}  // namespace seawall
