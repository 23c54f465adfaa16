#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// How much the service keeps for one caller. Counts are kept in ServiceRecords::kStripes parts that a digest
/// deals things out to, so that one caller's requests do not wait for one another: a caller is refused a
/// little below these numbers, never above.
struct ServiceRecordLimits {
  std::uint64_t keys_max = 100'000;             ///< Idempotency keys.
  std::uint64_t key_bytes_max = 1ULL << 30;     ///< Of their answers.
  std::uint64_t jobs_max = 100'000;             ///< Asynchronous look-ups, in whatever state.
  std::uint64_t job_bytes_max = 4ULL << 30;     ///< Of their answers, but for those of jobs that are open.
  std::uint64_t webhooks_waiting_max = 10'000;  ///< Neither delivered nor given up.
};

/// The answer to a request that had an Idempotency-Key.
struct KeptAnswer {
  int status = 0;
  /// The rest, sealed by whoever keeps it (jobs/idempotency.h). None: not kept, being too large.
  std::optional<std::string> sealed;
  friend bool operator==(const KeptAnswer&, const KeptAnswer&) = default;
};

/// A request that wants to be the one that is carried out.
struct IdempotencyAsk {
  std::string_view caller;  ///< Whose key it is: keys of different callers never meet. 1 to 500 bytes.
  std::string_view key;     ///< 1 to 64 bytes.
  Sha256 request{};         ///< Of all that makes the request what it is.
  std::string_view holder;  ///< The process that will carry it out: a token that beat() knows.
  Time now{};
  Time until{};         ///< When the key is forgotten; for one that is new.
  Time stale_before{};  ///< A process that was last seen before is dead, and what it held is up for grabs.
};

/// What became of an IdempotencyAsk.
struct IdempotencyClaim {
  enum class Kind : std::uint8_t {
    kNew = 1,       ///< Carry it out, then settle() or release().
    kAnswered,      ///< It was carried out: `answer`.
    kOtherRequest,  ///< The key belongs to another request.
    kUnderWay,      ///< The first attempt is still at work, in a process that lives.
  };
  Kind kind{};
  KeptAnswer answer;
};

/// The numbers lie in stores.
enum class JobState : std::uint8_t { kPending = 1, kDone, kFailed };
/// "pending", "done", "failed".
[[nodiscard]] std::string_view name_of(JobState state);
enum class WebhookState : std::uint8_t { kNone = 0, kWaiting = 1, kDelivered, kHeld };
/// "", "waiting", "delivered", "held".
[[nodiscard]] std::string_view name_of(WebhookState state);

/// An asynchronous look-up, as it is kept. Nothing of the media is in it.
struct LookupJob {
  std::string id;      ///< 8 to 64 of A-Z a-z 0-9 _ -.
  std::string tenant;  ///< 0 to 200 bytes.
  std::string caller;  ///< Who alone may see it: 1 to 500 bytes.
  std::string key_id;  ///< Whose webhook secrets sign; empty: a person asked, and there is no webhook.
  std::string holder;  ///< The process that has the media.
  JobState state = JobState::kPending;
  Time asked{};
  std::optional<Time> done;
  std::string answer;  ///< JSON, once done: an answer, or a problem if it failed.

  WebhookState webhook = WebhookState::kNone;
  std::string address;         ///< Sealed.
  std::int64_t host = 0;       ///< Keyed digests of the address's host and of the caller: equal ones are
  std::int64_t owner = 0;      ///< equal, and say nothing else.
  std::uint32_t attempts = 0;  ///< In all, whose outcome is known.
  std::uint32_t tries = 0;     ///< Since it was finished or last replayed.
  std::uint32_t round = 0;     ///< Of take_webhooks() and replay_job(): fences late outcomes.
  std::optional<Time> next;    ///< Due then; none: not finished, or neither waiting.
  std::optional<Time> give_up;
  std::optional<int> last_status;  ///< Of the last attempt; none: no HTTP answer.
  std::optional<Time> keep_until;  ///< Gone at or after; none: not finished.
  friend bool operator==(const LookupJob&, const LookupJob&) = default;
};

/// How a job ended.
struct JobEnd {
  std::string_view id;
  std::string_view holder;  ///< Only if it is still this one's.
  JobState state = JobState::kDone;
  std::string_view answer;
  Time done{};
  Time keep_until{};          ///< Without a webhook.
  Time webhook_keep_until{};  ///< With one, unless settle_webhook() says otherwise.
  Time give_up{};             ///< Of its webhook: that is due at `done`.
};

/// What came of sending a webhook once.
struct WebhookOutcome {
  std::string_view id;
  std::uint32_t round = 0;  ///< As of take_webhooks().
  WebhookState state = WebhookState::kWaiting;
  std::optional<Time> next;  ///< While it waits.
  std::optional<int> last_status;
  std::optional<Time> keep_until;  ///< Unless it waits.
};

/// A webhook that is due.
struct DueWebhook {
  std::string id;
  std::int64_t host = 0;
  std::int64_t owner = 0;
};

struct OrphanJob {
  std::string id;
  std::string holder;
};

/// How many were dropped by one tidy().
struct ServiceTidied {
  std::uint64_t keys = 0;  ///< At most kTidyMax.
  std::uint64_t jobs = 0;  ///< Likewise.
  std::uint64_t processes = 0;
};

/// Port: what an HTTP service remembers besides the lists: requests that must not be carried out twice,
/// asynchronous look-ups, webhooks that are still to be sent, and which processes live. Time is the caller's;
/// clocks of several machines must agree to within 30 s. Nothing of it is in backups: it is of its moment.
/// Guarantees: every call is one transaction, durable on return; those that write touch one caller's rows and
/// are short. Threads: any. Blocks on the database. Errors everywhere: kUnavailable, kConflict (a lock),
/// kCorrupt, kLimitExceeded (disk full), kInvalidInput (a value outside its limits).
class ServiceRecords {
 public:
  static constexpr std::size_t kSealedBytesMax = (1 << 20) + (64 << 10);  ///< KeptAnswer::sealed.
  static constexpr std::size_t kJobAnswerBytesMax = 8 << 20;
  static constexpr std::size_t kTidyMax = 256;
  static constexpr std::uint32_t kStripes = 16;

  virtual ~ServiceRecords() = default;

  /// The process `token` (1 to 64 bytes) lives. To be called well within the time after which others take it
  /// for dead.
  virtual Result<void> beat(std::string_view token, Time now) = 0;
  /// It ends in order: what it held is free at once.
  virtual Result<void> leave(std::string_view token) = 0;

  /// Exactly one of any number of equal asks gets kNew, whichever process it comes to, until that one is
  /// released, forgotten, or its process dead. Errors: kLimitExceeded (keys_max).
  virtual Result<IdempotencyClaim> claim(const IdempotencyAsk& ask) = 0;
  /// The answer of a claim; kept without its text where key_bytes_max would be passed. To be called before
  /// the answer goes out. Errors: kConflict: no longer this holder's (it was taken for dead).
  virtual Result<void> settle(std::string_view caller, std::string_view key, std::string_view holder,
                              const KeptAnswer& answer) = 0;
  /// The claim is as if it had never been: the request may be tried anew. Nothing if it is not this holder's,
  /// or settled.
  virtual Result<void> release(std::string_view caller, std::string_view key, std::string_view holder) = 0;

  /// Keeps a pending job. Errors: kConflict (the id is taken), kLimitExceeded (jobs_max, job_bytes_max,
  /// webhooks_waiting_max).
  virtual Result<void> add_job(const LookupJob& job) = 0;
  /// add_job() and finish_job() at once: a job that was never pending, so nobody takes it for an orphan.
  /// Errors: those of both.
  virtual Result<void> add_done_job(const LookupJob& job, const JobEnd& end) = 0;
  virtual Result<std::optional<LookupJob>> job(std::string_view id) = 0;
  /// Errors: kNotFound, kConflict (it is not pending, or another's).
  virtual Result<void> finish_job(const JobEnd& end) = 0;
  /// Pending jobs of processes that are dead; `limit` 1..10,000.
  virtual Result<std::vector<OrphanJob>> orphan_jobs(Time stale_before, std::size_t limit) = 0;
  /// The webhook of a finished job of `caller` is due now, whatever it was; gives the job. Errors: kNotFound
  /// (also another's), kConflict (pending, or it has no webhook), kLimitExceeded (webhooks_waiting_max).
  virtual Result<LookupJob> replay_job(std::string_view caller, std::string_view id, Time now, Time give_up,
                                       Time keep_until) = 0;

  /// Due at `now`, oldest first, but none of these hosts or owners; `limit` 1..10,000.
  virtual Result<std::vector<DueWebhook>> due_webhooks(Time now, std::span<const std::int64_t> hosts,
                                                       std::span<const std::int64_t> owners,
                                                       std::size_t limit) = 0;
  /// Those of `ids` (at most 10,000) that are still due: nobody else gets them before `until`. If the caller
  /// dies before settle_webhook(), they are due again then.
  virtual Result<std::vector<LookupJob>> take_webhooks(std::span<const std::string> ids, Time now,
                                                       Time until) = 0;
  /// Counts the attempt. Nothing if it was taken again or replayed meanwhile.
  virtual Result<void> settle_webhook(const WebhookOutcome& outcome) = 0;

  /// Drops what is over, and processes that were last seen before `processes_before`. Call it again while
  /// keys or jobs is kTidyMax.
  virtual Result<ServiceTidied> tidy(Time now, Time processes_before) = 0;
};

}  // namespace seawall
