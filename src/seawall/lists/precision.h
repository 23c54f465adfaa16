#pragma once

#include <cstdint>
#include <vector>

#include "seawall/store/feedback.h"

namespace seawall {

/// Bounds of a share, 0 to 1.
struct Interval {
  double low = 0;
  double high = 1;
};
/// Wilson's score interval at 95 % for `confirmed` of `total`; {0, 1} for none. Source: E. B. Wilson,
/// Probable inference, JASA 22 (1927).
[[nodiscard]] Interval wilson_interval(std::uint64_t confirmed, std::uint64_t total);

/// How often people confirmed what a source's entries in a bank met.
struct SourcePrecision {
  DecisionCounts counts;
  double share = 0;   ///< confirmed / all; 0 when there is none.
  Interval interval;  ///< Of the true share.
};
[[nodiscard]] SourcePrecision precision_of(const DecisionCounts& counts);
Result<std::vector<SourcePrecision>> precision_by_source(FeedbackStore& feedback);

}  // namespace seawall
