#pragma once

#include <vector>

#include "seawall/clip_match/detail/kept_bytes.h"
#include "seawall/video_print/packed_print.h"

namespace seawall::clip_detail {

/// A clip as it is listed. Immutable.
struct ListedClip {
  PackedPrint print;
};

/// Clips that were listed at once, and what their prints lie in. Goes with the last of them.
struct ClipBatch {
  KeptBytes bytes;
  std::vector<ListedClip> clips;
};

}  // namespace seawall::clip_detail
