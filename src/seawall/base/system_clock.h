#pragma once

#include <ctime>

#include "seawall/base/clock.h"

namespace seawall {

/// The machine's wall clock. Threads: any. Cost: under 100 ns.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override {
    std::timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    const auto since_epoch = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    return std::chrono::sys_time<std::chrono::milliseconds>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch));
  }
};

}  // namespace seawall
