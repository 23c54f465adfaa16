#pragma once

#include "seawall/service/bank_calls.h"
#include "seawall/service/entry_calls.h"
#include "seawall/service/feedback_calls.h"
#include "seawall/service/observation_calls.h"
#include "seawall/service/release_calls.h"
#include "seawall/service/request_calls.h"

namespace seawall {

/// Everything that is done to the lists over HTTP, under the rules of docs/lists.md. Threads: any. Lifetime:
/// borrows its parts.
class ListCalls {
 public:
  /// `orders`, `observations`: as of ObservationCalls.
  ListCalls(const ListParts& parts, OrderPass* orders, ObservationLog* observations)
      : parts_(parts),
        banks_(parts_),
        entries_(parts_),
        releases_(parts_),
        requests_(parts_),
        feedback_(parts_),
        observations_(parts_, orders, observations) {}
  ListCalls(const ListCalls&) = delete;
  ListCalls& operator=(const ListCalls&) = delete;

  void serve(ServedOperations& operations);

 private:
  ListParts parts_;
  BankCalls banks_;
  EntryCalls entries_;
  ReleaseCalls releases_;
  RequestCalls requests_;
  FeedbackCalls feedback_;
  ObservationCalls observations_;
};

}  // namespace seawall
