#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

/// POST /v1/feedback, and GET /v1/observations: what is known of matches. Observations are looked up under an
/// order only, and this build knows no orders: every such question is refused.
/// Threads: any. Lifetime: borrows its parts.
class FeedbackCalls {
 public:
  explicit FeedbackCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult feedback(const Call& call);
  static CallResult observations(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
