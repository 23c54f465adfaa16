#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

/// /v1/entries/{entry} and what stands under it. Threads: any. Lifetime: borrows its parts.
class EntryCalls {
 public:
  explicit EntryCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult entry(const Call& call);
  CallResult alter(const Call& call);
  CallResult history(const Call& call);
  CallResult quarantine(const Call& call);
  CallResult end_quarantine(const Call& call);
  /// The entry of the path, which the caller sees. Errors: kInvalidInput, kNotFound.
  Called<EntryId> seen_entry(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
