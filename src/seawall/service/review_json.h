#pragma once

#include "seawall/json/json.h"
#include "seawall/review/review_book.h"

namespace seawall {

// What review is answered with: the schemas of docs/openapi.yaml. Pure.

[[nodiscard]] Json json_of(const ReviewView& item);
[[nodiscard]] Json json_of(const ExposureLimits& limits);
[[nodiscard]] Json json_of(const ExposureUse& use);
[[nodiscard]] Json json_of(const MyReview& mine);
[[nodiscard]] Json json_of(const ReviewTotals& totals);
/// RFC 3339, or null.
[[nodiscard]] Json time_json(const std::optional<Time>& time);

}  // namespace seawall
