#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "seawall/access/master_key.h"
#include "seawall/base/clock.h"
#include "seawall/jobs/process_mark.h"
#include "seawall/jobs/webhook_delivery.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// A look-up that somebody wants to be answered later.
struct NewLookup {
  std::string tenant;
  std::string caller;   ///< caller_of() the identity: who alone may ask for it.
  std::string key_id;   ///< Of the identity; empty for people, who can have no webhook.
  std::string webhook;  ///< Where the answer goes; empty: nowhere, it is asked for.
};

/// What a look-up came to.
struct LookupOutcome {
  bool failed = false;
  std::string json;  ///< MatchAnswer or BatchAnswer; if failed, the Problem.
};

class AsyncLookups;

/// A look-up that was taken on and is not answered yet. Whatever ends it without finish() fails it with the
/// code `unavailable`, so that its sender hears of it: hold it where the media is held (in a WorkQueue::Job's
/// functions, by shared_ptr). Threads: one at a time. Lifetime: borrows the AsyncLookups.
class OpenLookup {
 public:
  OpenLookup(AsyncLookups& desk, LookupJob job) : desk_(&desk), job_(std::move(job)) {}
  OpenLookup(OpenLookup&& other) noexcept
      : desk_(std::exchange(other.desk_, nullptr)), job_(std::move(other.job_)) {}
  OpenLookup& operator=(OpenLookup&&) = delete;
  ~OpenLookup();

  /// The request_id of its answer and of `Location: /v1/match/<id>`.
  [[nodiscard]] const std::string& id() const { return job_.id; }
  /// The job as it was taken on: to_json() of it is the body of the 202.
  [[nodiscard]] const LookupJob& job() const { return job_; }
  /// Durable on return, and its webhook on its way. One of more than 8 MiB, or that is no JSON object,
  /// becomes a failure. Errors: those of the store: then it is kept in memory and tried again until it is
  /// durable. In either case the look-up is no longer open.
  Result<void> finish(LookupOutcome outcome);

 private:
  AsyncLookups* desk_;
  LookupJob job_;
};

/// Asynchronous look-ups, from their acceptance to their answer.
///
/// How a service calls it, for `mode` async:
///
///     SEAWALL_TRY(OpenLookup accepted, lookups.accept({tenant, caller_of(identity), identity.key_id,
///     webhook})); auto open = std::make_shared<OpenLookup>(std::move(accepted)); const std::string body =
///     to_json(open->job());        // job_text.h const bool taken = queue.submit({bytes,
///         [open, media](auto) { ... look up, append_answer() with request_id = open->id() ...
///                               open->finish({.json = answer}); },   // or {.failed = true, .json = problem}
///         [open] { open->finish({true, to_json(JobProblem{...}, open->id())}); }});
///     ... taken: 202 with Location and `body`; else open->finish() with a failure, and 503
///
/// and result() for `GET /v1/match/{id}`, replay() for its replay: to_json() of what they give is the body.
///
/// Guarantees: what was accepted is durable, and comes to an answer or a failure, which is durable and goes
/// to its webhook: also where this process dies (another, or the next, fails it when it is known to be dead:
/// within ProcessMark's lease and a few seconds; at once where it ended in order), and where the store is
/// away when it is answered (up to `unsaved_bytes_max` of answers wait in memory; of what is beyond only the
/// failure is kept). Nothing of the media is kept: what a dead process had not answered cannot be answered
/// any more. Threads: any. Lifetime: borrows all parts. Cost: accept() and finish() are one durable write
/// each.
class AsyncLookups {
 public:
  static constexpr std::chrono::hours kKept{72};  ///< An answer, from when it was done.

  struct Parts {
    ServiceRecords& records;
    const ProcessMark& mark;
    const MasterKey& master;
    const Clock& clock;
    std::function<void()> webhook_is_due = [] {};  ///< WebhookSender::nudge(). Must not block.
  };
  struct Options {
    std::size_t open_max = 10'000;           ///< In this process.
    std::size_t open_of_caller_max = 1'000;  ///< Likewise.
    std::uint64_t unsaved_bytes_max = 64 << 20;
  };

  AsyncLookups(Parts parts, const Options& options);

  /// Takes one on: durable on return. Errors: kInvalidInput (the webhook's address; a person with a webhook),
  /// kLimitExceeded (open_of_caller_max, or what ServiceRecordLimits keeps for a caller: 429), kUnavailable
  /// (open_max, the store: 503). After an error nothing was promised.
  Result<OpenLookup> accept(const NewLookup& lookup);
  /// Errors: kNotFound (unknown, another's, or no longer kept).
  Result<LookupJob> result(std::string_view caller, std::string_view id);
  /// Its webhook is sent anew, for 72 hours, whatever became of it. Errors: kNotFound as above, kConflict
  /// (not finished; has no webhook), kLimitExceeded (too many wait).
  Result<LookupJob> replay(std::string_view caller, std::string_view id);

  /// Writes what could not be written, and fails the open look-ups of processes that are dead. To be called
  /// every few seconds (JobKeeper). Errors: those of the store; what was not done is done at the next call.
  Result<void> step();
  [[nodiscard]] std::size_t open() const;

 private:
  friend class OpenLookup;
  struct Unsaved {
    LookupJob job;
    LookupOutcome outcome;
  };
  Result<void> enter(const std::string& caller);
  void leave(const std::string& caller);
  Result<void> finish(const LookupJob& job, LookupOutcome outcome);
  Result<void> write(std::string_view id, std::string_view holder, const LookupOutcome& outcome);
  /// True: there is nothing to write any more.
  bool is_settled(const LookupJob& job);
  void keep_unsaved(const LookupJob& job, LookupOutcome outcome);
  Result<void> write_unsaved();
  Result<void> fail_orphans();

  const Parts parts_;
  const Options options_;
  const WebhookAddresses addresses_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::unordered_map<std::string, std::size_t> open_of_;
  std::size_t open_ = 0;
  std::deque<Unsaved> unsaved_;  // At most open_max: they count as open.
  std::uint64_t unsaved_bytes_ = 0;
};

}  // namespace seawall
