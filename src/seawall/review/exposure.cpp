#include "seawall/review/exposure.h"

#include <algorithm>
#include <array>
#include <vector>

namespace seawall {
namespace {

constexpr std::chrono::hours kHour{1};
constexpr std::chrono::hours kShift{24};
constexpr std::array<std::string_view, 3> kNames{"low", "medium", "high"};

}  // namespace

std::string_view name_of(ReviewSeverity severity) { return kNames[static_cast<std::size_t>(severity) - 1]; }

std::optional<ReviewSeverity> severity_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ReviewSeverity>(found - kNames.begin() + 1);
}

ExposureLimits tighter(const ExposureLimits& a, const ExposureLimits& b) {
  return {std::min(a.stills, b.stills),
          std::min(a.stills_high, b.stills_high),
          std::min(a.stills_hour, b.stills_hour),
          std::min(a.reveal_s, b.reveal_s),
          std::min(a.reveal_high_s, b.reveal_high_s),
          std::min(a.reveal_hour_s, b.reveal_hour_s)};
}

ExposureUse use_of(std::span<const Exposure> given, Time now) {
  ExposureUse use;
  for (const Exposure& one : given) {
    if (one.at > now || one.at <= now - kShift) continue;
    const bool high = one.severity == ReviewSeverity::kHigh;
    const bool recent = one.at > now - kHour;
    ++use.stills;
    use.stills_high += high ? 1 : 0;
    use.stills_hour += recent ? 1 : 0;
    use.reveal_ms += one.reveal_ms;
    use.reveal_high_ms += high ? one.reveal_ms : 0;
    use.reveal_hour_ms += recent ? one.reveal_ms : 0;
  }
  return use;
}

bool allows(const ExposureLimits& limits, const ExposureUse& use, ReviewSeverity severity) {
  if (use.stills >= limits.stills || use.stills_hour >= limits.stills_hour) return false;
  if (use.reveal_ms >= limits.reveal_s * 1000 || use.reveal_hour_ms >= limits.reveal_hour_s * 1000) {
    return false;
  }
  if (severity != ReviewSeverity::kHigh) return true;
  return use.stills_high < limits.stills_high && use.reveal_high_ms < limits.reveal_high_s * 1000;
}

std::int64_t reveal_left_ms(const ExposureLimits& limits, const ExposureUse& use, ReviewSeverity severity) {
  std::int64_t left =
      std::min(limits.reveal_s * 1000 - use.reveal_ms, limits.reveal_hour_s * 1000 - use.reveal_hour_ms);
  if (severity == ReviewSeverity::kHigh)
    left = std::min(left, limits.reveal_high_s * 1000 - use.reveal_high_ms);
  return std::max<std::int64_t>(0, left);
}

std::optional<Time> allowed_from(const ExposureLimits& limits, std::span<const Exposure> given,
                                 ReviewSeverity severity, Time now) {
  std::vector<Time> moments{now};
  for (const Exposure& one : given) {
    for (const Time end : {one.at + kHour, one.at + kShift}) {
      if (end > now) moments.push_back(end);
    }
  }
  std::ranges::sort(moments);
  for (const Time moment : moments) {
    if (allows(limits, use_of(given, moment), severity)) return moment;
  }
  return std::nullopt;
}

}  // namespace seawall
