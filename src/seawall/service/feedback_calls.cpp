#include "seawall/service/feedback_calls.h"

#include "seawall/api/list_asks.h"
#include "seawall/api/list_json.h"
#include "seawall/service/list_answers.h"

namespace seawall {

void FeedbackCalls::serve(ServedOperations& operations) {
  serve_list(operations, Operation::kFeedback, true, [this](Call& call) { return feedback(call); });
  serve_list(operations, Operation::kObservations, false, [](Call& call) { return observations(call); });
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

CallResult FeedbackCalls::observations(const Call& call) {
  // Nothing of what was asked is looked at: without an order that covers it there is nothing to say of it.
  return refuse(
      ProblemKind::kOrderRequired,
      call.head.field("seawall-order")
          ? "This build does not know orders yet, so none is in force: no observation is looked up."
          : "Observations are looked up under an order only, named in the header Seawall-Order. This "
            "build does not know orders yet, so none is in force.");
}

}  // namespace seawall
