#pragma once

#include "seawall/access/key_gate.h"
#include "seawall/access/session_service.h"
#include "seawall/service/event_hub.h"

namespace seawall {

/// GET /v1/events: server-sent events for whoever may see something. Threads: any. Lifetime: borrows its
/// parts.
class EventCalls {
 public:
  EventCalls(EventHub& hub, SessionService& sessions, KeyGate& keys)
      : hub_(hub), sessions_(sessions), keys_(keys) {}
  void serve(ServedOperations& operations);
  /// EventHub::recheck() against sessions and keys. Blocks for the store: every few seconds, while it
  /// answers. Errors: the store's, the first.
  Result<void> recheck();

 private:
  CallResult open(const Call& call);
  Result<std::optional<Identity>> still(const EventHub::Listener& listener);

  EventHub& hub_;
  SessionService& sessions_;
  KeyGate& keys_;
};

}  // namespace seawall
