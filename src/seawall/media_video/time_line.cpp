#include "seawall/media_video/detail/time_line.h"

#include <algorithm>

namespace seawall::media_video {
namespace {

std::optional<std::int64_t> believable(std::optional<std::int64_t> time_us) {
  if (time_us && (*time_us > TimeLine::kTimeMax || *time_us < -TimeLine::kTimeMax)) return std::nullopt;
  return time_us;
}

}  // namespace

TimeLine::TimeLine(std::optional<std::int64_t> start_us, std::int64_t frame_us)
    : start_us_(believable(start_us)), frame_us_(std::clamp<std::int64_t>(frame_us, 1, kLeapMax)) {}

TimeLine::Placed TimeLine::repaired() {
  const std::int64_t time_us = last_us_ ? *last_us_ + frame_us_ : 0;
  last_us_ = time_us;
  return {time_us, time_us - shift_us_ + start_us_.value_or(0), true};
}

TimeLine::Placed TimeLine::place(std::optional<std::int64_t> container_us) {
  const auto known_us = believable(container_us);
  if (!known_us) return repaired();
  if (!start_us_) start_us_ = *known_us - (last_us_ ? *last_us_ + frame_us_ : 0);
  const std::int64_t time_us = *known_us - *start_us_ + shift_us_;
  if (!last_us_) {
    // The first frame: before the start it counts as the start; far beyond it the start is not to be trusted.
    if (time_us > kLeapMax) start_us_ = *known_us;
    last_us_ = time_us > kLeapMax ? 0 : std::max<std::int64_t>(time_us, 0);
    return {*last_us_, *known_us, time_us < 0 || time_us > kLeapMax};
  }
  if (time_us > *last_us_ && time_us - *last_us_ <= kLeapMax) {
    last_us_ = time_us;
    return {time_us, *known_us, false};
  }
  const std::int64_t gap_us = *last_us_ - time_us;
  if (gap_us > kFallMax || gap_us < -kLeapMax) shift_us_ += gap_us + frame_us_;
  Placed placed = repaired();
  placed.container_us = *known_us;
  return placed;
}

}  // namespace seawall::media_video
