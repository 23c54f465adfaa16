#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "seawall/access/key_service.h"
#include "seawall/access/master_key.h"
#include "seawall/base/clock.h"
#include "seawall/base/random_source.h"
#include "seawall/jobs/detail/record_seal.h"
#include "seawall/net/back_off.h"
#include "seawall/net/fetcher.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// What the webhooks of a key are signed with now, newest first; empty: the key is revoked, expired or gone.
using WebhookSecrets = std::function<Result<std::vector<Secret>>(std::string_view key_id)>;
/// From the keys of the store. Borrows both.
[[nodiscard]] WebhookSecrets webhook_secrets_of(AccessStore& store, const KeyService& keys);

/// Where webhooks go: sealed in the records, bound to the job.
class WebhookAddresses {
 public:
  static constexpr std::size_t kBytesMax = 2'048;

  explicit WebhookAddresses(const MasterKey& master) : seal_(master, "webhook addresses") {}

  /// Sets address, host and owner of `job`, whose id and caller are set. Errors: kInvalidInput (not https://,
  /// over kBytesMax, a user or password in it, ports under 1024 but 443).
  Result<void> seal(LookupJob& job, std::string_view url) const;
  /// Errors: kCorrupt.
  Result<std::string> open(const LookupJob& job) const;

 private:
  jobs_detail::RecordSeal seal_;
};

/// Sends a webhook once and writes down what came of it.
///
/// At least once: where the process dies between the receiver's answer and the record, or the record cannot
/// be written, it is sent again under the same webhook-id. Any 2xx acknowledges, whatever follows it;
/// anything else, redirects too, is tried again: after 5 s, doubled each time up to an hour, of which half is
/// drawn at random, or after Retry-After if that is longer (an hour at most), until 72 hours have passed
/// since the look-up was done or the webhook replayed. Then, or at once when the key has no secret in force,
/// it is held. Threads: any, each with its own RandomSource. Lifetime: borrows all it is given.
class WebhookDelivery {
 public:
  static constexpr std::chrono::milliseconds kDeadline{std::chrono::seconds(10)};  ///< Of one attempt.
  static constexpr std::chrono::hours kSentFor{72};
  static constexpr std::chrono::hours kKept{72};           ///< After it was delivered or held.
  static constexpr std::chrono::hours kKeptMost{14 * 24};  ///< After the look-up was done, replays or not.

  struct Parts {
    ServiceRecords& records;
    const MasterKey& master;
    WebhookSecrets secrets;
    Fetcher& fetcher;  ///< open_webhook_fetcher()
    const Clock& clock;
  };
  struct Options {
    std::chrono::milliseconds deadline = kDeadline;
    BackOff back_off = {};  ///< 5 s, doubled to an hour.
  };
  enum class End : std::uint8_t {
    kDelivered = 1,
    kRefused,  ///< It answered, but not with 2xx.
    kSilent,   ///< No answer: no address, connection, TLS, or not in time.
    kHeld,     ///< Not sent: no secret, or the address does not open.
    kUnknown,  ///< Stopped, or the records do not answer: it is due again when its lease is over.
  };

  WebhookDelivery(Parts parts, const Options& options)
      : parts_(std::move(parts)), options_(options), addresses_(parts_.master) {}

  /// `job`: as take_webhooks() gave it. Blocks for the deadline at most, and for the records.
  End send(const LookupJob& job, RandomSource& random, const std::stop_token& stop) const;

 private:
  struct Attempt {
    End end = End::kSilent;
    std::optional<int> status;
    std::optional<std::chrono::milliseconds> asked_for;
  };
  Result<FetchRequest> request_of(const LookupJob& job, std::span<const Secret> secrets) const;
  Attempt ask(const FetchRequest& request, const std::stop_token& stop) const;
  End settle(const LookupJob& job, const Attempt& attempt, RandomSource& random) const;

  const Parts parts_;
  const Options options_;
  const WebhookAddresses addresses_;
};

}  // namespace seawall
