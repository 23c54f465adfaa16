#include "seawall/stream_watch/load_governor.h"

#include <algorithm>
#include <utility>

namespace seawall {

void LoadGovernor::begun(std::chrono::milliseconds waited) {
  longest_wait_ = std::max(longest_wait_, waited);
}

std::chrono::microseconds LoadGovernor::spacing() const {
  return level_ == 0 ? std::chrono::seconds(0) : std::chrono::seconds(std::int64_t{2} << level_);
}

bool LoadGovernor::look(Time now, int threads) {
  if (!begun_ || now < looked_) {  // The first look, or the clock was set back.
    begun_ = true;
    looked_ = changed_ = calm_since_ = now;
    return false;
  }
  const auto passed = now - looked_;
  if (passed < kLookEvery) return false;
  looked_ = now;
  const auto could = std::chrono::duration<double>(passed).count() * std::max(1, threads);
  busy_ = std::min(1.0, std::chrono::duration<double>(std::exchange(worked_, {})).count() / could);
  const auto wait = std::exchange(longest_wait_, {});
  const bool no_room = std::exchange(no_room_, false);
  const bool calm = wait <= kWaitShort && !no_room && busy_ <= kBusyMost;
  if (!calm) calm_since_ = now;
  const bool overloaded = wait > kWaitMost || no_room;
  if (overloaded && level_ < kLevelMax && now - changed_ >= kRiseAfter) {
    ++level_;
  } else if (level_ > 0 && now - calm_since_ >= kFallAfter) {
    --level_;
  } else {
    return false;
  }
  changed_ = calm_since_ = now;
  return true;
}

}  // namespace seawall
