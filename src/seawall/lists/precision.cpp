#include "seawall/lists/precision.h"

#include <algorithm>
#include <cmath>

namespace seawall {
namespace {

constexpr double kZ95 = 1.959963984540054;  // The normal distribution's 97.5 % point.

}  // namespace

Interval wilson_interval(std::uint64_t confirmed, std::uint64_t total) {
  if (total == 0) return {};
  const double n = static_cast<double>(total);
  const double p = static_cast<double>(std::min(confirmed, total)) / n;
  const double z2 = kZ95 * kZ95;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

SourcePrecision precision_of(const DecisionCounts& counts) {
  const std::uint64_t total = counts.confirmed + counts.refuted;
  SourcePrecision precision{counts, 0, wilson_interval(counts.confirmed, total)};
  if (total > 0) precision.share = static_cast<double>(counts.confirmed) / static_cast<double>(total);
  return precision;
}

Result<std::vector<SourcePrecision>> precision_by_source(FeedbackStore& feedback) {
  SEAWALL_TRY(const auto counts, feedback.decision_counts());
  std::vector<SourcePrecision> all;
  for (const DecisionCounts& one : counts) all.push_back(precision_of(one));
  return all;
}

}  // namespace seawall
