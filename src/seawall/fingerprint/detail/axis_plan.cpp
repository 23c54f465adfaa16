#include "seawall/fingerprint/detail/axis_plan.h"

#include <algorithm>
#include <utility>

namespace seawall::pdq_detail {
namespace {

/// Where a box of the filter reaches around its position.
struct Box {
  int length;  ///< Of the axis.
  int window;
  [[nodiscard]] int first(int at) const { return std::max(0, at + (window + 2) / 2 - window); }
  [[nodiscard]] int last(int at) const { return std::min(length - 1, at + (window + 2) / 2 - 1); }
  [[nodiscard]] bool whole(int at) const { return last(at) - first(at) + 1 == window; }
};

/// A tent before blocks are summed.
struct Tent {
  int first = 0;
  std::vector<int> weights;
};

/// How often the whole boxes at positions from..to cover each pixel.
Tent cover(const Box& box, int from, int to) {
  Tent tent;
  tent.first = box.first(from);
  tent.weights.assign(static_cast<std::size_t>(box.last(to) - tent.first + 1), 0);
  for (int q = from; q <= to; ++q) {
    for (int x = box.first(q); x <= box.last(q); ++x)
      ++tent.weights[static_cast<std::size_t>(x - tent.first)];
  }
  return tent;
}

/// 1, 2, ... window ... 2, 1: the cover by `window` whole boxes in a row.
std::vector<int> full_tent(int window) {
  std::vector<int> weights;
  weights.reserve(static_cast<std::size_t>(2 * window - 1));
  for (int d = 1 - window; d < window; ++d) weights.push_back(window - std::abs(d));
  return weights;
}

Tent sum_blocks(const Tent& tent, int denominator) {
  Tent out;
  out.first = tent.first / denominator;
  const int last = (tent.first + static_cast<int>(tent.weights.size()) - 1) / denominator;
  out.weights.assign(static_cast<std::size_t>(last - out.first + 1), 0);
  for (std::size_t k = 0; k < tent.weights.size(); ++k) {
    const int block = (tent.first + static_cast<int>(k)) / denominator;
    out.weights[static_cast<std::size_t>(block - out.first)] += tent.weights[k];
  }
  return out;
}

/// How tents of the axis as it is to be seen lie in the picture at hand.
struct Axis {
  int length;
  int denominator;
  bool mirrored;
};

void add_tent(AxisPlan& plan, std::size_t i, Tent tent, const Axis& axis) {
  if (axis.mirrored) {
    tent.first = axis.length - tent.first - static_cast<int>(tent.weights.size());
    std::ranges::reverse(tent.weights);
  }
  if (axis.denominator > 1) tent = sum_blocks(tent, axis.denominator);
  plan.first[i] = tent.first;
  if (plan.patterns.empty() || plan.patterns.back() != tent.weights) {
    plan.weight_max = std::max(plan.weight_max, *std::ranges::max_element(tent.weights));
    plan.patterns.push_back(std::move(tent.weights));
  }
  plan.pattern[i] = static_cast<int>(plan.patterns.size()) - 1;
}

}  // namespace

AxisPlan plan_axis(int length_px, int denominator, bool mirrored) {
  AxisPlan plan;
  plan.window = (length_px + 127) / 128;
  const Axis axis{length_px, denominator, mirrored};
  const Box box{length_px, plan.window};
  const std::vector<int> full = full_tent(plan.window);
  if (denominator == 1) {
    plan.patterns.push_back(full);
    plan.weight_max = plan.window;
  }
  for (std::size_t i = 0; i < 64; ++i) {
    const int at = sample_position(static_cast<int>(i), length_px);
    const int from = box.first(at);
    const int to = box.last(at);
    // Every box is whole but, for an even window, the very last (docs/fingerprints.md has the proof).
    if (box.whole(to)) {
      const int first = box.first(from);
      plan.first[i] = mirrored ? length_px - first - (2 * plan.window - 1) : first;
      if (denominator > 1) add_tent(plan, i, {first, full}, axis);
    } else {
      add_tent(plan, i, cover(box, from, to - 1), axis);
      add_tent(plan, 64, cover(box, to, to), axis);
      plan.tents = 65;
    }
  }
  return plan;
}

}  // namespace seawall::pdq_detail
