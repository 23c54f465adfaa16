#pragma once

#include <algorithm>
#include <atomic>

#include "seawall/base/clock.h"
#include "seawall/model/list_ids.h"

namespace seawall {

/// A clock that never answers less than it was shown: the one time of a vault and its order book. Threads:
/// any. Lifetime: within that of the clock that it reads.
class RatchetClock final : public Clock {
 public:
  explicit RatchetClock(const Clock& clock) : clock_(clock) {}

  [[nodiscard]] Time now() const override { return std::max(Time(clock_.now()), latest_.load()); }
  void see(Time time) {
    Time before = latest_.load();
    while (before < time && !latest_.compare_exchange_weak(before, time)) {
    }
  }

 private:
  const Clock& clock_;
  std::atomic<Time> latest_{};
};

}  // namespace seawall
