#pragma once

#include <memory>
#include <optional>

#include "seawall/jobs/async_lookups.h"
#include "seawall/jobs/idempotency.h"
#include "seawall/jobs/job_keeper.h"
#include "seawall/jobs/notices.h"
#include "seawall/jobs/webhook_sender.h"

namespace seawall {

/// All of this module in one piece, as a service has it: Idempotency-Keys, asynchronous look-ups, their
/// webhooks, and what keeps them going. One a process.
///
/// To start: open_service_records(), open_webhook_fetcher(), then Jobs::open(). To end: take no more
/// requests, drain the WorkQueue (so that no OpenLookup and no IdempotentAttempt is left), then drop this: it
/// says to others that the process is gone, and stops sending. What was waiting goes on when the next one
/// starts. Threads: any. Lifetime: borrows all parts.
class Jobs {
 public:
  struct Parts {
    ServiceRecords& records;
    const MasterKey& master;
    WebhookSecrets secrets;  ///< webhook_secrets_of(access_store, key_service)
    Fetcher& fetcher;        ///< open_webhook_fetcher()
    const Clock& clock;
  };
  struct Options {
    ProcessMark::Options mark = {};
    AsyncLookups::Options lookups = {};
    WebhookSender::Options sender = {};
    JobKeeper::Options keeper = {};
  };

  /// Errors: those of the records.
  static Result<std::unique_ptr<Jobs>> open(const Parts& parts, const Options& options);

  [[nodiscard]] Idempotency& idempotency() { return idempotency_; }
  [[nodiscard]] AsyncLookups& lookups() { return lookups_; }
  [[nodiscard]] Notices& notices() { return notices_; }
  /// For metrics.
  [[nodiscard]] WebhookSender::Stats webhooks() const { return sender_.stats(); }
  /// For the log and `/readyz`: what goes wrong now.
  [[nodiscard]] std::optional<Error> trouble() const { return keeper_.trouble(); }

 private:
  Jobs(const Parts& parts, const Options& options, std::unique_ptr<ProcessMark> mark);

  std::unique_ptr<ProcessMark> mark_;
  WebhookSender sender_;
  Idempotency idempotency_;
  AsyncLookups lookups_;
  Notices notices_;
  JobKeeper keeper_;  // Last: its thread uses all of the above.
};

}  // namespace seawall
