#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/store/service_records.h"

namespace seawall {

/// That this process lives, as other processes on the same store see it.
///
/// Guarantees: what a process held (claims, look-ups) is taken for free by others once it has not been seen
/// for `lease`, or at once when it left in order. A process judges others only after it has itself been seen
/// without a gap for as long: so when a store that was away comes back, nobody is taken for dead who merely
/// could not write. Clocks of several machines must agree to within 30 s. Threads: any. Lifetime: borrows
/// both.
class ProcessMark {
 public:
  struct Options {
    std::chrono::milliseconds lease{std::chrono::minutes(2)};
  };

  /// Under a new random name, seen once. Errors: those of ServiceRecords.
  static Result<std::unique_ptr<ProcessMark>> make(ServiceRecords& records, const Clock& clock,
                                                   const Options& options);

  /// To be called at least six times a lease.
  Result<void> beat();
  /// What this process still holds is free at once; call it last. Others take its open look-ups for lost.
  Result<void> leave();

  [[nodiscard]] const std::string& token() const { return token_; }
  /// Who was last seen before is dead; the epoch while this process may not judge.
  [[nodiscard]] Time stale_before() const;

 private:
  ProcessMark(ServiceRecords& records, const Clock& clock, const Options& options, std::string token)
      : records_(records), clock_(clock), options_(options), token_(std::move(token)) {}

  ServiceRecords& records_;
  const Clock& clock_;
  const Options options_;
  const std::string token_;
  mutable std::mutex mutex_;   ///< Guards what follows.
  std::optional<Time> since_;  ///< Seen since then without a gap of half a lease.
  Time last_{};
};

}  // namespace seawall
