#pragma once

#include <span>

#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/detail/clip_reader.h"
#include "seawall/clip_match/detail/query_frames.h"

namespace seawall::clip_detail {

/// Sets tier, distinct_frames, the labels and why of `segment` from its pairs (docs/video-matching.md,
/// "Tiers").
void judge(ClipSegment& segment, const Query& query, const ClipReader& clip, const ClipRules& rules);

}  // namespace seawall::clip_detail
