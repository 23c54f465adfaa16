#pragma once

#include "seawall/fingerprint/pdq.h"
#include "seawall/match/detail/luma_plane.h"

namespace seawall::detail {

/// A rectangle on a plane, in its pixels; edges need not be whole.
struct PlaneWindow {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

/// The 64 x 64 grid of a window, as PDQ's tents over the window would see it, at positions that are not
/// rounded to pixels. A few bits from pdq_grid of the same pixels: rounding and shrinking differ. `window`:
/// inside the plane (what sticks out is clamped to the edge), at least 1 pixel a side. Cost: about 64 x width
/// x (height / 64 + 2) multiply-adds.
[[nodiscard]] PdqGrid window_grid(const LumaPlane& plane, const PlaneWindow& window);

/// The grid of the whole plane turned counter-clockwise by `degrees` about its centre; what then lies outside
/// is the nearest edge's. `plane`: best 128 to 255 pixels on the smaller side; one bilinear sample a cell is
/// taken.
[[nodiscard]] PdqGrid rotated_grid(const LumaPlane& plane, float degrees);

}  // namespace seawall::detail
