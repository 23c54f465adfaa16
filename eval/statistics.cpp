#include "statistics.h"

#include <algorithm>
#include <cmath>

namespace seawall::eval {

Interval wilson_interval(int hits, int trials) {
  if (trials <= 0) return {};
  constexpr double kZ = 1.959964;  // 97.5 % of the normal distribution.
  const double n = trials;
  const double p = hits / n;
  const double centre = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace seawall::eval
