#pragma once

#include <string>
#include <vector>

#include "seawall/lists/change_request.h"
#include "seawall/store/requests.h"
#include "seawall/store/store.h"

namespace seawall {

/// What a request asks, as an approver needs it: of what, and which settings change from what to what.
struct RequestWords {
  struct Change {
    std::string what;  ///< "action", "radius", "two-person", "active", "expires", "quarantine", "release".
    std::string from;  ///< As it is now; empty where that is not known, or the request is closed.
    std::string to;
  };
  std::string
      about;  ///< "bank default/known", "entry 3.7 (KEY) of bank default/known", "release 3 of bank ...".
  std::vector<Change> changes;  ///< Of an open one only what differs; of a closed one all that it named.
  bool stale = false;           ///< Open, but what it is about has changed since: it cannot be carried out.
};

/// Errors: kCorrupt for a request that the service did not write, and those of the view.
Result<RequestWords> words_of(StoreView& view, const ChangeRequest& request);

/// One line: "bank default/known: radius 31 -> 40, active yes -> no".
[[nodiscard]] std::string to_text(const RequestWords& words);

}  // namespace seawall
