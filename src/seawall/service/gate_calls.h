#pragma once

#include <vector>

#include "seawall/follow/list_follower.h"
#include "seawall/lookup/lookup_service.h"
#include "seawall/service/call.h"
#include "seawall/service/gatekeeper.h"
#include "seawall/service/json_log.h"
#include "seawall/service/list_names.h"
#include "seawall/service/service_metrics.h"

namespace seawall {

/// /v1/gate: whether an upload may pass, in the words of proxies: 204 or 403, and no body.
///
/// Guarantees: fails closed unless the caller says otherwise. Every file of a form is looked at, whatever its
/// part is called, and every other part that is not text; what hides its bytes from a look-up (JSON, an
/// encoded body, a form that two parsers may read differently) is refused as a request. Text of a form is not
/// hashed: it may be a password. Threads: any. Lifetime: borrows its parts.
class GateCalls {
 public:
  static constexpr std::size_t kPartsMax = 64;  ///< Of a form, text included.

  struct Parts {
    LookupService& lookup;
    const ListFollower& lists;
    ListNames& names;
    Gatekeeper& gate;
    ServiceMetrics& metrics;
    JsonLog& log;
  };
  explicit GateCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  struct Ask;
  template <class T>
  using Checked = tl::expected<T, CallProblem>;

  Checked<Ask> read_ask(const Call& call);
  CallResult media(Call& call);
  CallResult signals(Call& call);
  CallResult answer(const std::vector<LookupAnswer>& answers, const Ask& ask);

  Parts parts_;
};

}  // namespace seawall
