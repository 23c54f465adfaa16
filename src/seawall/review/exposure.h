#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "seawall/model/list_ids.h"

namespace seawall {

/// How hard something may be to look at, by how its entry was classified. What nobody classified counts as
/// kHigh: the budget errs on the side of whoever looks.
enum class ReviewSeverity : std::uint8_t { kLow = 1, kMedium = 2, kHigh = 3 };
[[nodiscard]] std::string_view name_of(ReviewSeverity severity);  ///< "low", "medium", "high".
[[nodiscard]] std::optional<ReviewSeverity> severity_named(std::string_view name);

/// How much one person may be shown. A shift is any 24 hours: there is no moment at which it begins anew.
struct ExposureLimits {
  std::int64_t stills = 200;      ///< In any 24 hours, of every severity.
  std::int64_t stills_high = 60;  ///< Of these, of high severity.
  std::int64_t stills_hour = 60;  ///< In any hour.
  std::int64_t reveal_s = 3600;   ///< Unblurred, in any 24 hours.
  std::int64_t reveal_high_s = 1200;
  std::int64_t reveal_hour_s = 1200;
  friend bool operator==(const ExposureLimits&, const ExposureLimits&) = default;
};

/// The floor of care: built in, the same for everybody, and larger for nobody. House figures: no study that
/// we know names any (docs/review.md).
[[nodiscard]] constexpr ExposureLimits exposure_floor() { return {}; }
/// The smaller of each.
[[nodiscard]] ExposureLimits tighter(const ExposureLimits& a, const ExposureLimits& b);

/// One still that one person was given.
struct Exposure {
  Time at{};
  ReviewSeverity severity = ReviewSeverity::kHigh;
  std::int64_t reveal_ms = 0;
};

struct ExposureUse {
  std::int64_t stills = 0, stills_high = 0, stills_hour = 0;
  std::int64_t reveal_ms = 0, reveal_high_ms = 0, reveal_hour_ms = 0;
};
/// Of what is at or before `now`; what is 24 hours old or older does not count.
[[nodiscard]] ExposureUse use_of(std::span<const Exposure> given, Time now);

/// Whether one more still of that severity may be given.
[[nodiscard]] bool allows(const ExposureLimits& limits, const ExposureUse& use, ReviewSeverity severity);
/// How long a still of that severity may be unblurred from now on, before a limit is reached. 0 and more.
[[nodiscard]] std::int64_t reveal_left_ms(const ExposureLimits& limits, const ExposureUse& use,
                                          ReviewSeverity severity);
/// From when on it may be; `now` if at once. None: never (a limit of zero). `given`: of one person.
[[nodiscard]] std::optional<Time> allowed_from(const ExposureLimits& limits, std::span<const Exposure> given,
                                               ReviewSeverity severity, Time now);

}  // namespace seawall
