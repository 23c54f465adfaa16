#include "seawall/service/feedback_calls.h"

#include "seawall/api/list_asks.h"
#include "seawall/api/list_json.h"
#include "seawall/service/list_answers.h"

namespace seawall {

void FeedbackCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kFeedback, true, [this](Call& call) { return feedback(call); });
}

CallResult FeedbackCalls::feedback(const Call& call) {
  SEAWALL_TRY(FindingAsk ask, body_as(call, &finding_from_json));
  {
    SEAWALL_TRY(ListScope scope, ListScope::open(parts_.store, call.who()));
    SEAWALL_CHECK(scope.entry(ask.decision.entry));
  }
  const Authorship by{call.who().who, std::move(ask.why), parts_.clock.now()};
  SEAWALL_TRY(const DecisionOutcome outcome,
              record_decision(parts_.store, parts_.feedback, ask.decision, by));
  return json_result(201, finding_json(outcome));
}

}  // namespace seawall
