#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

/// POST /v1/feedback: what people found out about matches. Threads: any. Lifetime: borrows its parts.
class FeedbackCalls {
 public:
  explicit FeedbackCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult feedback(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
