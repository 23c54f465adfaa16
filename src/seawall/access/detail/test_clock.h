#pragma once

#include <atomic>

#include "seawall/base/clock.h"

namespace seawall::access_detail {

/// A clock that tests set.
class TestClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override {
    return std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(ms_.load()));
  }
  void advance(std::chrono::milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_ = 1'800'000'000'000;
};

}  // namespace seawall::access_detail
