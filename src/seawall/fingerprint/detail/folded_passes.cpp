#include "seawall/fingerprint/detail/folded_passes.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace seawall::pdq_detail {
namespace {

constexpr int kEntryWeightMax = 32767;

/// The pixels' share of `luma` that one pass carries in 16 bits.
int layer_weight_max(const ColumnLayout& layout) {
  return kEntryWeightMax / *std::ranges::max_element(layout.luma);
}

std::vector<GroupPlan> group_rows_of(std::span<const int> weights) {
  std::vector<GroupPlan> groups;
  int sum = kGroupWeightMax;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    for (int left = weights[row]; left > 0;) {
      const int part = std::min(left, kRowWeightMax);
      if (groups.empty() || groups.back().count == kRowsPerGroup || sum + part > kGroupWeightMax) {
        groups.emplace_back();
        sum = 0;
      }
      GroupPlan& group = groups.back();
      group.offset[static_cast<std::size_t>(group.count)] = static_cast<int>(row);
      group.weight[static_cast<std::size_t>(group.count)] = static_cast<std::uint8_t>(part);
      ++group.count;
      sum += part;
      left -= part;
    }
  }
  for (GroupPlan& group : groups) {
    if (group.count % 2 == 0) continue;
    group.offset[static_cast<std::size_t>(group.count)] = group.offset[0];  // Weight 0.
    ++group.count;
  }
  return groups;
}

}  // namespace

std::vector<std::vector<GroupPlan>> group_rows(const AxisPlan& plan) {
  std::vector<std::vector<GroupPlan>> groups;
  groups.reserve(plan.patterns.size());
  for (const auto& weights : plan.patterns) groups.push_back(group_rows_of(weights));
  return groups;
}

int HorizontalPass::layers(const AxisPlan& plan, const ColumnLayout& layout) {
  const int most = layer_weight_max(layout);
  return (plan.weight_max + most - 1) / most;
}

HorizontalPass::HorizontalPass(const AxisPlan& plan, const ColumnLayout& layout, Part part)
    : tents_(plan.tents) {
  const auto step = static_cast<std::size_t>(layout.bytes_per_pixel);
  std::size_t longest = 0;
  for (const auto& weights : plan.patterns) longest = std::max(longest, weights.size() * step);
  steps_ = static_cast<int>((longest + kEntriesPerStep - 1) / kEntriesPerStep);
  const std::size_t padded = static_cast<std::size_t>(steps_) * kEntriesPerStep;
  weights_.assign(plan.patterns.size() * padded + kEntriesPerStep, 0);
  const auto misplaced = reinterpret_cast<std::uintptr_t>(weights_.data()) % 64 / sizeof(std::int16_t);
  const std::size_t aligned = (kEntriesPerStep - misplaced) % kEntriesPerStep;
  std::vector<std::int64_t> biases;
  const int most = layer_weight_max(layout);
  for (std::size_t p = 0; p < plan.patterns.size(); ++p) {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < plan.patterns[p].size(); ++k) {
      const int weight = std::clamp(plan.patterns[p][k] - part.layer * most, 0, most);
      for (std::size_t byte = 0; byte < step; ++byte) {
        const int luma = layout.luma[layout.planes == 1 ? byte : static_cast<std::size_t>(part.plane)];
        weights_[aligned + p * padded + k * step + byte] = static_cast<std::int16_t>(weight * luma);
        weight_max_ = std::max(weight_max_, weight * luma);
        sum += weight * luma;
      }
    }
    biases.push_back(sum * 32768);
  }
  for (std::size_t t = 0; t < static_cast<std::size_t>(tents_); ++t) {
    const auto pattern = static_cast<std::size_t>(plan.pattern[t]);
    first_entry_[t] = static_cast<std::uint32_t>(static_cast<std::size_t>(part.plane) * layout.plane_bytes +
                                                 static_cast<std::size_t>(plan.first[t]) * step);
    pattern_[t] = static_cast<std::uint32_t>(aligned + pattern * padded);
    bias_[t] = biases[pattern];
  }
}

std::vector<HorizontalPass> HorizontalPass::all(const AxisPlan& plan, const ColumnLayout& layout) {
  std::vector<HorizontalPass> passes;
  for (int plane = 0; plane < layout.planes; ++plane) {
    for (int layer = 0; layer < layers(plan, layout); ++layer) {
      passes.emplace_back(plan, layout, Part{plane, layer});
    }
  }
  return passes;
}

void HorizontalPass::run(const Kernels& kernels, const ColumnSums& sums, const Bounds& bounds, bool start,
                         std::int64_t* out) const {
  // A multiply-add is at most 2 * 32768 * weight in size.
  const int flush = bounds.whole_fits_32_bits ? 0 : std::max(1, kEntryWeightMax / weight_max_);
  Projection projection{.values = sums.low,
                        .weights = weights_.data(),
                        .first_entry = first_entry_.data(),
                        .pattern = pattern_.data(),
                        .bias = bias_.data(),
                        .fifteen_bits = bounds.fifteen_bits,
                        .tents = tents_,
                        .steps = steps_,
                        .steps_per_flush = flush,
                        .shift = 0,
                        .start = start};
  kernels.project(projection, out);
  if (sums.high == nullptr) return;
  projection.values = sums.high;
  projection.shift = 16;
  projection.start = false;
  kernels.project(projection, out);
}

}  // namespace seawall::pdq_detail
