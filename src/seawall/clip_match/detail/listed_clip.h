#pragma once

#include <cstdint>
#include <vector>

#include "seawall/video_print/dense_print.h"

namespace seawall::clip_detail {

/// A print made ready for look-ups by time. Immutable.
struct ListedClip {
  DensePrint print;
  std::vector<bool> benign;  ///< Of each hash; empty when none is.
  /// For each label the indexes of its hashes, by start. Their times do not overlap but where the print says
  /// so.
  std::vector<std::vector<std::uint32_t>> by_label;

  [[nodiscard]] bool is_benign(std::uint32_t hash) const { return !benign.empty() && benign[hash]; }
};

}  // namespace seawall::clip_detail
