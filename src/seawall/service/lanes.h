#pragma once

#include <chrono>
#include <cstddef>

#include "seawall/lookup/work_queue.h"
#include "seawall/service/call.h"

namespace seawall {

/// The threads that do what blocks, one bounded queue for each kind of work: so that waiting for other hosts
/// holds up no decoding, and managing the lists no look-ups. Threads: any.
class Lanes {
 public:
  struct Options {
    unsigned media_threads = 0;  ///< 0: one a core.
    unsigned signal_threads = 8;
    unsigned fetch_threads = 16;
    unsigned store_threads = 4;
    unsigned later_threads = 2;
    unsigned sign_in_threads = 2;  ///< So many passwords are hashed at once.
    unsigned caller_threads = 4;
    std::size_t jobs_max = 1'024;  ///< Waiting in each lane.
    std::chrono::milliseconds wait_max{1'000};
    std::chrono::milliseconds later_wait_max{600'000};  ///< Of the lane kLater.
    std::size_t later_jobs_max = 10'000;                ///< Likewise.
  };
  static constexpr std::size_t kSignInsMax = 32;  ///< Waiting: each costs far more than a look-up.
  static constexpr std::chrono::milliseconds kSignInWaitMax{5'000};
  static constexpr std::chrono::milliseconds kCallersWaitMax{2'000};
  explicit Lanes(const Options& options);

  [[nodiscard]] WorkQueue& of(Lane lane);
  /// Of all lanes: how many may wait.
  [[nodiscard]] std::size_t jobs_max() const { return jobs_max_; }
  /// Takes no more and waits for what there is; false at the deadline.
  bool drain(std::chrono::steady_clock::time_point deadline);

 private:
  WorkQueue later_;  // First, so that it ends last: the others' jobs may hand it theirs.
  WorkQueue signals_;
  WorkQueue media_;
  WorkQueue fetch_;
  WorkQueue store_;
  WorkQueue sign_in_;
  WorkQueue callers_;
  std::size_t jobs_max_;
};

/// "signals", "media", "fetch", "store", "later", "sign_in", "callers".
[[nodiscard]] std::string_view name_of(Lane lane);

}  // namespace seawall
