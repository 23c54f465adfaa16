#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

/// /v1/requests and what stands under it. Threads: any. Lifetime: borrows its parts.
class RequestCalls {
 public:
  explicit RequestCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult requests(const Call& call);
  CallResult request(const Call& call);
  CallResult approve(const Call& call);
  CallResult drop(const Call& call);
  CallResult answer(const Call& call, RequestId id);
  /// The request of the path, which the caller sees. Errors: kInvalidInput, kNotFound.
  Called<RequestId> seen_request(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
