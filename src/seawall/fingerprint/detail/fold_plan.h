#pragma once

#include <memory>
#include <vector>

#include "seawall/fingerprint/detail/axis_plan.h"
#include "seawall/fingerprint/detail/folded_passes.h"

namespace seawall::pdq_detail {

/// Everything about folding a picture that its size and layout alone decide.
struct FoldPlan {
  struct Key {
    int width_px = 0;  ///< Of the original picture, at least 5; so height_px.
    int height_px = 0;
    int denominator_x = 1;
    int denominator_y = 1;
    ColumnLayout layout{};
    bool mirrored_x = false;
    bool mirrored_y = false;
    friend bool operator==(const Key&, const Key&) = default;
  };
  explicit FoldPlan(const Key& key);

  /// Whether column sums need more than 16 bits.
  [[nodiscard]] bool wide() const { return vertical.window > kNarrowWindowMax; }

  static constexpr int kNarrowWindowMax = 16;  ///< 255 * 16 * 16 fits 16 bits.
  AxisPlan vertical;
  AxisPlan horizontal;
  std::vector<std::vector<GroupPlan>> groups;
  std::vector<HorizontalPass> passes;
  HorizontalPass::Bounds bounds;
  double unit =
      1.0;  ///< Gray in the same units as colour: a gray picture and its RGB copy get the same grid.
  double scale = 1.0;  ///< From sums in those units to luma, 0..255.
};

/// A thread keeps its last four plans of pictures up to 4,096 pixels a side (some 100 KB): frames and uploads
/// come in runs of one size, and planning costs a tenth of a hash at 512 x 512. Threads: any.
[[nodiscard]] std::shared_ptr<const FoldPlan> fold_plan(const FoldPlan::Key& key);

}  // namespace seawall::pdq_detail
