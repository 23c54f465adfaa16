#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "seawall/access/master_key.h"
#include "seawall/base/clock.h"
#include "seawall/jobs/process_mark.h"
#include "seawall/jobs/webhook_delivery.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// Something that happened, to be told by a webhook: nobody asked for it, and nobody can ask for it.
struct Notice {
  std::string id;  ///< As is_notice_id() wants it; webhook-id is "msg_" and this.
  std::string tenant;
  std::string caller;   ///< caller_of() whoever wanted to be told: limits count for them.
  std::string key_id;   ///< Of that identity: whose secrets sign.
  std::string webhook;  ///< Where it goes.
  std::string body;     ///< JSON, sent as it is; 1 byte to 8 MiB.
};

/// "a_" and 6 to 62 of A-Z a-z 0-9 _ -.
[[nodiscard]] bool is_notice_id(std::string_view id);

/// Tells by webhooks what happened, as WebhookDelivery sends them: signed, again and again for 72 hours,
/// whatever becomes of this process. They are jobs without a look-up in the records.
/// Threads: any. Lifetime: borrows all parts. Cost: send() is one durable write.
class Notices {
 public:
  struct Parts {
    ServiceRecords& records;
    const ProcessMark& mark;
    const MasterKey& master;
    const Clock& clock;
    std::function<void()> webhook_is_due = [] {};  ///< Must not block.
  };
  explicit Notices(Parts parts) : parts_(std::move(parts)), addresses_(parts_.master) {}

  /// On its way, and durable, on return. An id that was sent is not sent twice. Errors: kInvalidInput (an id,
  /// an address, a notice without a key), kLimitExceeded (ServiceRecordLimits: try again later), those of the
  /// records: then it may or may not be on its way, and is to be sent again.
  Result<void> send(const Notice& notice);
  /// Whether `url` can be a webhook's address. Errors: kInvalidInput, without the address.
  Result<void> check_address(std::string_view url) const;

 private:
  const Parts parts_;
  const WebhookAddresses addresses_;
};

}  // namespace seawall
