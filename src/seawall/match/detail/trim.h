#pragma once

#include <optional>

#include "seawall/model/pixels.h"

namespace seawall::detail {

/// A rectangle of whole pixels.
struct PixelRect {
  int x = 0;
  int y = 0;
  int width_px = 0;
  int height_px = 0;
  friend bool operator==(const PixelRect&, const PixelRect&) = default;
};

/// What is left once plain borders are cut off: letterbox and pillarbox bars, frames, one inside another,
/// each side of its own colour, with the noise that JPEG leaves. Nothing if there is no such border, or if
/// less than a sixth of a side would be left. Guarantees: the rectangle is not empty and lies inside.
/// Deterministic. Sees 128 pixels of a row or column at most, so a picture without borders costs microseconds
/// whatever its size.
[[nodiscard]] std::optional<PixelRect> find_trim(const PixelView& pixels);

/// The part of `trim` that is cut equally from opposite sides of `pixels`: bars are symmetric, so where one
/// side is cut deeper, a dark sky or a pale wall of the picture itself ran into its bar. Nothing if nothing
/// is cut from both of two opposite sides, or if it is `trim` itself.
[[nodiscard]] std::optional<PixelRect> symmetric_trim(const PixelView& pixels, const PixelRect& trim);

}  // namespace seawall::detail
