#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "seawall/base/result.h"
#include "seawall/media_sandbox/detail/worker_pool.h"

namespace seawall::media_sandbox {

/// How much longer than the limit a worker may take before it is ended: time to say so itself.
inline constexpr std::chrono::milliseconds kGrace{100};
/// Workers that one file may lose to somebody outside who kills them.
inline constexpr int kAttemptsMax = 2;

/// `bytes`, rounded up to the system's pages.
[[nodiscard]] std::uint64_t whole_pages(std::uint64_t bytes);

/// What every job's way through a worker has in common, whatever its records are: waiting for the next
/// packet, and the end of a worker that says no more, or what it may not. Threads: one. Lifetime: borrows the
/// lease.
class WorkerTalk {
 public:
  WorkerTalk(WorkerPool::Lease& worker, int time_ms_max) : worker_(worker), time_ms_max_(time_ms_max) {}

  /// Fills `packet` and cuts it to what came. Errors: kLimitExceeded (nothing by `deadline`; the worker is
  /// ended), those of end_of_worker().
  Result<void> receive(std::span<std::byte>& packet, std::chrono::steady_clock::time_point deadline);
  /// Why the worker hung up.
  tl::unexpected<Error> end_of_worker();
  /// A worker that breaks the protocol has been taken over by the file, or is another program: it is ended.
  tl::unexpected<Error> break_off(const Error& why);

  [[nodiscard]] bool killed_from_outside() const { return killed_from_outside_; }

 private:
  WorkerPool::Lease& worker_;
  int time_ms_max_;
  bool killed_from_outside_ = false;
};

}  // namespace seawall::media_sandbox
