#include "seawall/clip_match/detail/line_fit.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace seawall::clip_detail {
namespace {

constexpr std::size_t kPairsMax = 96;   ///< Candidate lines through two points.
constexpr std::size_t kPlainsMax = 64;  ///< Candidate lines of unchanged speed.
constexpr int kRefineRounds = 3;

struct Score {
  double weight = 0;
  double misses = 0;
  double off_speed = 0;

  [[nodiscard]] bool better_than(const Score& other) const {
    if (weight != other.weight) return weight > other.weight;
    if (std::abs(misses - other.misses) > 1e-6) return misses < other.misses;
    return off_speed < other.off_speed;
  }
};

Score score_of(const Line& line, std::span<const FitPoint> points, const ClipRules& rules) {
  Score score;
  for (const FitPoint& point : points) {
    const double miss = miss_ms(line, point);
    if (miss > static_cast<double>(rules.tolerance_ms)) continue;
    score.weight += point.weight;
    score.misses += miss;
  }
  score.off_speed = std::abs(std::log(line.speed));
  return score;
}

class Search {
 public:
  Search(std::span<const FitPoint> points, const ClipRules& rules) : points_(points), rules_(rules) {}

  void try_line(Line line) {
    for (int round = 0; round < kRefineRounds; ++round) {
      const Score score = score_of(line, points_, rules_);
      if (!any_ || score.better_than(best_score_)) {
        any_ = true;
        best_ = line;
        best_score_ = score;
      }
      line = refined(line, points_, rules_);
    }
  }
  void try_pair(const FitPoint& a, const FitPoint& b) {
    const double passed = b.query_ms - a.query_ms;
    if (passed <= 0) return;
    const double speed = (b.middle_ms() - a.middle_ms()) / passed;
    try_line({a.query_ms, a.middle_ms(), std::clamp(speed, rules_.speed_min, rules_.speed_max)});
  }
  [[nodiscard]] const Line& best() const { return best_; }

 private:
  std::span<const FitPoint> points_;
  const ClipRules& rules_;
  bool any_ = false;
  Line best_;
  Score best_score_;
};

/// Pairs at distances n - 1, half of it, a quarter ..., spread over the points, the far ones first.
void try_pairs(Search& search, std::span<const FitPoint> points) {
  std::size_t tried = 0;
  for (std::size_t span = points.size() - 1; span > 0; span /= 2) {
    const std::size_t starts = points.size() - span;
    const std::size_t wanted = std::min<std::size_t>(starts, 12);
    for (std::size_t i = 0; i < wanted && tried < kPairsMax; ++i, ++tried) {
      const std::size_t at = wanted == 1 ? 0 : i * (starts - 1) / (wanted - 1);
      search.try_pair(points[at], points[at + span]);
    }
  }
}

}  // namespace

double miss_ms(const Line& line, const FitPoint& point) {
  const double at = line(point.query_ms);
  return std::max({0.0, point.low_ms - at, at - point.high_ms});
}

Line refined(const Line& line, std::span<const FitPoint> points, const ClipRules& rules) {
  double weights = 0;
  double mean_q = 0;
  double mean_r = 0;
  const auto target = [&](const FitPoint& point) {
    return std::clamp(line(point.query_ms), point.low_ms, point.high_ms);
  };
  const auto met = [&](const FitPoint& point) {
    return miss_ms(line, point) <= static_cast<double>(rules.tolerance_ms);
  };
  for (const FitPoint& point : points) {
    if (!met(point)) continue;
    weights += point.weight;
    mean_q += point.weight * point.query_ms;
    mean_r += point.weight * target(point);
  }
  if (weights <= 0) return line;
  mean_q /= weights;
  mean_r /= weights;
  double covariance = 0;
  double variance = 0;
  for (const FitPoint& point : points) {
    if (!met(point)) continue;
    covariance += point.weight * (point.query_ms - mean_q) * (target(point) - mean_r);
    variance += point.weight * (point.query_ms - mean_q) * (point.query_ms - mean_q);
  }
  if (variance <= 0) return line;
  return {mean_q, mean_r, std::clamp(covariance / variance, rules.speed_min, rules.speed_max)};
}

Line fit_line(std::span<const FitPoint> points, const ClipRules& rules) {
  Search search(points, rules);
  const std::size_t plains = std::min(points.size(), kPlainsMax);
  for (std::size_t i = 0; i < plains; ++i) {
    const FitPoint& point = points[plains == 1 ? 0 : i * (points.size() - 1) / (plains - 1)];
    search.try_line({point.query_ms, point.middle_ms(), 1});
  }
  if (points.size() > 1) try_pairs(search, points);
  return search.best();
}

}  // namespace seawall::clip_detail
