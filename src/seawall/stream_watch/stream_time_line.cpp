#include "seawall/stream_watch/stream_time_line.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::int64_t kLeastStepUs = 1'000;
constexpr std::int64_t kDriftMaxUs = StreamTimeLine::kDriftMax.count();
/// Times beyond this are lies, and nothing computed with smaller ones overflows.
constexpr std::int64_t kTimeMaxUs = std::int64_t{1} << 58;

std::int64_t believable(std::int64_t time_us) { return std::clamp(time_us, -kTimeMaxUs, kTimeMaxUs); }

}  // namespace

void StreamTimeLine::begin(const Piece& piece) {
  const std::int64_t container_us = believable(piece.container_us);
  const bool first = !start_.has_value();
  if (first) start_ = piece.arrived;
  const auto here = std::chrono::duration_cast<std::chrono::microseconds>(piece.arrived - *start_).count();
  here_us_ = here;
  latest_us_ = piece.recorded ? kTimeMaxUs : here + kDriftMaxUs;
  repeats_ = piece.repeats && container_us == container_us_;
  if (repeats_) return;
  const std::int64_t by_container = first ? 0 : base_us_ + (container_us - container_us_);
  const std::int64_t by_arrival = here + shift_us_;
  const std::int64_t drift = piece.recorded ? 0 : by_container - by_arrival;
  const bool goes_on = first || (by_container > last_us_ && drift <= kDriftMaxUs && drift >= -kDriftMaxUs &&
                                 !piece.discontinuity);
  if (goes_on) {
    distrust_ = std::max(0, distrust_ - 1);
  } else if (!piece.discontinuity) {
    ++repaired_;
    distrust_ = std::min(kDistrustMost, distrust_ + kDistrustStep);
  }
  container_us_ = container_us;
  if (goes_on && !distrusted()) {
    base_us_ = by_container;
    return;
  }
  base_us_ = std::max(by_arrival, last_us_ + kLeastStepUs);
  lead_us_ = shift_us_ = std::min(base_us_ - here, kDriftMaxUs);
}

std::optional<std::int64_t> StreamTimeLine::place(std::int64_t after_us) {
  std::int64_t time_us = base_us_ + std::max<std::int64_t>(believable(after_us), 0);
  if (repeats_ && time_us <= last_us_) return std::nullopt;
  time_us = std::min(time_us, latest_us_);
  if (time_us <= last_us_) time_us = last_us_ + kLeastStepUs;
  lead_us_ = std::max(lead_us_, time_us - here_us_);
  return last_us_ = time_us;
}

Time StreamTimeLine::wall_time(std::int64_t time_us) const {
  if (!start_) return Time{};
  return *start_ + std::chrono::milliseconds((time_us - lead_us_) / 1000);
}

}  // namespace seawall
