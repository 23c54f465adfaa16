#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

/// /v1/releases and what stands under it. Threads: any. Lifetime: borrows its parts.
class ReleaseCalls {
 public:
  explicit ReleaseCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  using Move = ListResult<Release> (ListService::*)(ReleaseId, const Actor&);

  CallResult releases(const Call& call);
  CallResult release(const Call& call);
  CallResult move(const Call& call, Move step);
  CallResult take_back(const Call& call);
  /// The release of the path, which the caller sees. Errors: kInvalidInput, kNotFound.
  Called<ReleaseId> seen_release(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
