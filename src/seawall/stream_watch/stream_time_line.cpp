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
  const std::int64_t here = here_us_ = this->here(piece.arrived);
  recorded_ = piece.recorded;
  latest_us_ = latest(here);
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
  } else {
    base_us_ = std::max(by_arrival, last_us_ + kLeastStepUs);
    lead_us_ = shift_us_ = std::min(base_us_ - here, kDriftMaxUs);
  }
  begun_.push_back({container_us, base_us_});
  if (begun_.size() > kBegunMax) begun_.pop_front();
}

std::int64_t StreamTimeLine::here(Time arrived) const {
  return std::chrono::duration_cast<std::chrono::microseconds>(arrived - *start_).count();
}

std::int64_t StreamTimeLine::latest(std::int64_t here_us) const {
  return recorded_ ? kTimeMaxUs : here_us + kDriftMaxUs;
}

std::optional<std::int64_t> StreamTimeLine::place_late(std::int64_t container_us, std::int64_t after_us,
                                                       Time arrived) {
  const auto piece = std::find_if(begun_.rbegin(), begun_.rend(), [&](const Begun& one) {
    return one.container_us == believable(container_us);
  });
  if (piece == begun_.rend() || after_us < 0) return std::nullopt;
  const std::int64_t time_us = piece->base_us + believable(after_us);
  if (piece != begun_.rbegin()) {
    return time_us < std::prev(piece)->base_us ? std::optional(time_us) : std::nullopt;
  }
  const std::int64_t here_us = std::max(here_us_, here(arrived));
  if (time_us > latest(here_us)) return std::nullopt;
  lead_us_ = std::max(lead_us_, time_us - here_us);
  last_us_ = std::max(last_us_, time_us);
  return time_us;
}

std::int64_t StreamTimeLine::place(std::int64_t after_us) {
  std::int64_t time_us = base_us_ + std::max<std::int64_t>(believable(after_us), 0);
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
