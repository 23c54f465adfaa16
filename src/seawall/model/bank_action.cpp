#include "seawall/model/bank_action.h"

namespace seawall {

std::string_view name_of(BankAction action) {
  switch (action) {
    case BankAction::kBlock:
      return "block";
    case BankAction::kReview:
      return "review";
    case BankAction::kAllow:
      return "allow";
  }
  return "block";
}

Result<BankAction> bank_action_from_text(std::string_view text) {
  for (const BankAction action : {BankAction::kBlock, BankAction::kReview, BankAction::kAllow}) {
    if (name_of(action) == text) return action;
  }
  return fail(Code::kInvalidInput, "an action is block, review or allow");
}

}  // namespace seawall
