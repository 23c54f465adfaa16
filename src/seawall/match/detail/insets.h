#pragma once

#include <cstddef>
#include <vector>

#include "seawall/match/detail/luma_plane.h"
#include "seawall/match/detail/window_hash.h"

namespace seawall::detail {

/// Rectangles that a person pasted: long, straight, upright steps of luma on every side that is not the
/// picture's own edge. Finds pictures in pictures, halves of a split screen, a picture under a caption band,
/// the sharp strip over a blurred background. Returns at most `count_max`, the sharpest first, none nearly
/// equal to another or to the whole plane. Cost: a few passes over the plane and about 10 k rectangles tested
/// by prefix sums.
[[nodiscard]] std::vector<PlaneWindow> find_insets(const LumaPlane& plane, std::size_t count_max);

}  // namespace seawall::detail
