#pragma once

#include <vector>

#include "seawall/model/pixels.h"

namespace seawall::detail {

/// A picture's luma, shrunk by a whole factor and owned: what windows, insets and features are looked for in.
/// Row-major, no padding, values 0..255. Plain data. Lifetime: owns its values.
struct LumaPlane {
  int width_px = 0;
  int height_px = 0;
  std::vector<float> luma;

  [[nodiscard]] const float* row(int y) const {
    return luma.data() + static_cast<std::ptrdiff_t>(y) * width_px;
  }
  [[nodiscard]] float* row(int y) { return luma.data() + static_cast<std::ptrdiff_t>(y) * width_px; }
};

/// Luma of one pixel: 0.299 R + 0.587 G + 0.114 B in 1/256, or the gray value; 0..255.
[[nodiscard]] int luma_at(const PixelView& pixels, int x, int y);

/// The picture shrunk by averaging whole blocks, so that its smaller side is `smaller_side_px` to twice that
/// (or as it is if smaller); a partial block at the right or the bottom edge is dropped.
/// Cost: reads each pixel once.
[[nodiscard]] LumaPlane shrink_to_luma(const PixelView& pixels, int smaller_side_px);

/// The plane at half size, each value the mean of 2 x 2; an odd last row or column is dropped.
[[nodiscard]] LumaPlane halve(const LumaPlane& plane);

}  // namespace seawall::detail
