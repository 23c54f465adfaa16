#pragma once

#include "seawall/fingerprint/pdq.h"

namespace seawall::detail {

/// Parts of a picture pass a stricter gate than the whole: where one tone fills more of the window, it is
/// text or a drawing, whose letters and templates recur in unrelated pictures. Of windows of photographs 90 %
/// pass, of slides, title cards, chats and pages under 1 % (docs/robustness.md).
inline constexpr float kFeatureDominantMax = 0.35F;
inline constexpr float kWindowDominantMax = 0.55F;
/// Of a video's frames: a listed slide show must be found in its crops, and what recurs from slide to slide
/// is not distinct, so does not confirm itself (docs/video-robustness.md).
inline constexpr float kVideoWindowDominantMax = 0.75F;

/// Share of a grid's cells within one narrow band of luma: paper under text, a slide's ground, a plain sky.
/// 0..1. Pure.
[[nodiscard]] float dominant_share(const PdqGrid& grid);

}  // namespace seawall::detail
