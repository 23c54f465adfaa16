#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "seawall/clip_match/clip_match.h"

namespace seawall::clip_detail {

/// A query time and the span of reference times that its hash stands for, both inclusive.
struct FitPoint {
  double query_ms = 0;
  double low_ms = 0;
  double high_ms = 0;
  double weight = 1;

  [[nodiscard]] double middle_ms() const { return (low_ms + high_ms) / 2; }
};

/// reference = at_ms + speed * (query - from_ms).
struct Line {
  double from_ms = 0;
  double at_ms = 0;
  double speed = 1;

  [[nodiscard]] double operator()(double query_ms) const { return at_ms + speed * (query_ms - from_ms); }
};

/// How far the line misses the point's span; 0 inside.
[[nodiscard]] double miss_ms(const Line& line, const FitPoint& point);

/// The line within the rules' speeds that meets the most weight of `points` within the rules' tolerance; of
/// equal ones that with the smaller misses, then with the speed nearer to 1. Not proved best: it tries pairs
/// of points at doubling distances and unchanged speed, each refined by least squares. `points`: 1 or more,
/// by query time. Cost: at most 160 candidates times points.size().
[[nodiscard]] Line fit_line(std::span<const FitPoint> points, const ClipRules& rules);

/// Least squares through the points that `line` meets, each taken where the line is nearest to its span; at
/// least two moments are needed, else the line is given back.
[[nodiscard]] Line refined(const Line& line, std::span<const FitPoint> points, const ClipRules& rules);

}  // namespace seawall::clip_detail
