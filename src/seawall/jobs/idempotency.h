#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "seawall/access/identity.h"
#include "seawall/access/master_key.h"
#include "seawall/base/clock.h"
#include "seawall/crypto/sha256.h"
#include "seawall/jobs/detail/record_seal.h"
#include "seawall/jobs/process_mark.h"
#include "seawall/jobs/remembered_answer.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// Who asks, as requests, jobs and Idempotency-Keys are kept apart: "k/<key id>" or "p/<tenant's
/// length>/<tenant>/<account>". Two secrets of a key are one caller.
[[nodiscard]] std::string caller_of(const Identity& identity);

/// The digest of a request: the parts given here, and then the body, which the caller feeds in as it was
/// received (Sha256Hasher::update(), in any pieces), and finish().
struct RequestHead {
  std::string_view method;        ///< "POST"
  std::string_view target;        ///< Path and query as they were sent.
  std::string_view content_type;  ///< As it was sent, or "".
};
[[nodiscard]] Sha256Hasher begin_request_digest(const RequestHead& head);

class Idempotency;

/// A request that this process is to carry out, and nobody else. Whatever ends it without settle() releases
/// it. Threads: one at a time. Lifetime: borrows the Idempotency.
class IdempotentAttempt {
 public:
  IdempotentAttempt(Idempotency& desk, std::string caller, std::string key)
      : desk_(&desk), caller_(std::move(caller)), key_(std::move(key)) {}
  IdempotentAttempt(IdempotentAttempt&& other) noexcept
      : desk_(std::exchange(other.desk_, nullptr)),
        caller_(std::move(other.caller_)),
        key_(std::move(other.key_)) {}
  IdempotentAttempt& operator=(IdempotentAttempt&&) = delete;
  ~IdempotentAttempt() { release(); }

  /// Durable on return: then send the answer. One that cannot be remembered (over 1 MiB, odd headers) is
  /// noted without its text. Errors: kConflict (this process was taken for dead, and another may have carried
  /// the request out again); those of the store: then repeats are told that it is under way for as long as
  /// this process lives, rather than carried out twice. The answer may go out all the same: what was done is
  /// done. In either case the attempt is over.
  Result<void> settle(const RememberedAnswer& answer);
  /// The request shall be tried anew under the same key: for 429, 500 and 503, and whatever was not carried
  /// out. Does what it can: where the store does not answer, the key is free when this process has ended.
  void release();

 private:
  Idempotency* desk_;
  std::string caller_;
  std::string key_;
};

/// What to do with a request that has an Idempotency-Key.
struct IdempotencyVerdict {
  enum class Kind : std::uint8_t {
    kCarryOut = 1,  ///< Do it; `attempt` is set.
    kReplay,        ///< Send `answer` with `Idempotency-Replayed: true`.
    kNotKept,       ///< 409, answer-not-kept: it was carried out and answered with `answer.status`.
    kOtherRequest,  ///< 409, idempotency-key-reused.
    kUnderWay,      ///< 409, in-progress, with Retry-After of kRetryAfter.
  };
  Kind kind{};
  std::optional<IdempotentAttempt> attempt;
  RememberedAnswer answer;
};

/// Sees to it that a repeated request is not carried out twice.
///
/// How a service calls it, for a POST with the header, once the caller is known and the body is read:
///
///     SEAWALL_TRY(const std::string_view key, idempotency_key(field));  // http/syntax.h
///     Sha256Hasher hasher = begin_request_digest({"POST", target, content_type});
///     hasher.update(body);
///     SEAWALL_TRY(auto verdict, idempotency.begin(caller_of(identity), key, hasher.finish()));
///     if (verdict.kind != Kind::kCarryOut) ... answer by the kind
///     ... carry it out ...
///     if (status == 429 || status >= 500) verdict.attempt->release();
///     else if (auto kept = verdict.attempt->settle(answer); !kept) ... log it
///     ... send the answer
///
/// Guarantees: of equal requests with one key, whichever processes they come to, one is carried out at a
/// time, and none after one was settled, for 24 hours from the first. Where a process dies in the middle, a
/// repeat is refused until it is known to be dead (ProcessMark), and carried out again then: the first one
/// may have been done up to any point. Answers are sealed with the master key: no database holds the secrets
/// that some have. A caller has at most 100,000 keys and 1 GiB of answers in 24 hours (ServiceRecordLimits);
/// beyond that the first is refused (kLimitExceeded), and of the second the text is not kept. Threads: any.
/// Lifetime: borrows all it is given. Cost: begin() and settle() are one durable write each.
class Idempotency {
 public:
  static constexpr std::chrono::hours kKept{24};
  static constexpr std::chrono::seconds kRetryAfter{2};

  Idempotency(ServiceRecords& records, const ProcessMark& mark, const MasterKey& master, const Clock& clock)
      : records_(records), mark_(mark), clock_(clock), seal_(master, "idempotency") {}

  /// `key`: 1 to 64 bytes. Errors: kLimitExceeded (too many keys: 429), those of the store: then nothing may
  /// be carried out. Where the store was lost in the middle of this call, repeats may be told kUnderWay for
  /// as long as this process lives.
  Result<IdempotencyVerdict> begin(std::string_view caller, std::string_view key, const Sha256& request);

 private:
  friend class IdempotentAttempt;
  Result<void> settle(std::string_view caller, std::string_view key, const RememberedAnswer& answer);

  ServiceRecords& records_;
  const ProcessMark& mark_;
  const Clock& clock_;
  const jobs_detail::RecordSeal seal_;
};

}  // namespace seawall
