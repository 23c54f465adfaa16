#pragma once

#include <cstdint>
#include <vector>

#include "seawall/video_print/dense_print.h"

namespace seawall::clip_detail {

/// A print made ready for look-ups by time. Immutable.
struct ListedClip {
  DensePrint print;
  /// For each label the indexes of its hashes, by start. Their times do not overlap but where the print says
  /// so.
  std::vector<std::vector<std::uint32_t>> by_label;
};

}  // namespace seawall::clip_detail
