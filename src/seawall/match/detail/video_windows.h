#pragma once

#include <span>

#include "seawall/match/variant.h"

namespace seawall::detail {

/// A part of a video's frame that the thorough profile looks at.
struct VideoWindow {
  VariantKind kind = VariantKind::kCrop;
  VariantWindow window;
};

/// Listed videos are dense and queries sparse, so a listed frame is stored in few windows and a query looked
/// up in many. Stored: the core, 55 % of each side in the middle, which is left by whatever crop, caption or
/// logo leaves the middle; and the upright strip of a 9:16 crop out of 16:9.
/// A query: where the core would lie if the query were a crop of the listed video, centred (100 to 58 % of
/// it), off centre (90 and 80 %) or square; without bands above or below; and its halves.
/// Steps: a window that is off by 4 % of its size is still met within 64 bits.
[[nodiscard]] std::span<const VideoWindow> video_windows(VariantSide side);

}  // namespace seawall::detail
