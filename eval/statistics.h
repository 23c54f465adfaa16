#pragma once

namespace seawall::eval {

/// Bounds of a proportion, 0..1.
struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's score interval at 95 % for `hits` of `trials` (Wilson 1927): honest near 0 and 1, where the usual
/// one is not. 0..1 if there were no trials.
[[nodiscard]] Interval wilson_interval(int hits, int trials);

}  // namespace seawall::eval
