#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/detail/clip_reader.h"
#include "seawall/clip_match/detail/line_fit.h"
#include "seawall/clip_match/detail/query_frames.h"

namespace seawall::clip_detail {

using Labels = std::pair<std::uint16_t, std::uint8_t>;  ///< Of the query, of the reference.

/// Compares query frames with what the reference shows at the time that a line gives, beyond what the index
/// found.
class AlongLine {
 public:
  AlongLine(const Query& query, const ClipReader& clip, const ClipRules& rules)
      : query_(query), clip_(clip), rules_(rules), taken_(query.frames.size(), false) {}

  /// Frames that belong to another segment are passed over.
  void take(std::uint32_t frame) { taken_[frame] = true; }

  /// The pairs of frames `first` to `last` and, beyond both, of those that go on matching: until four frames
  /// and two seconds without a match, the end of the clip, or `reach_ms` from the start. Under `labels` only.
  [[nodiscard]] std::vector<AlignedPair> pairs(const Line& line, std::uint32_t first, std::uint32_t last,
                                               const std::vector<Labels>& labels,
                                               std::int64_t reach_ms) const;

  /// The longest run of `pairs` without a hole of four frames and two seconds that could have matched.
  [[nodiscard]] std::vector<AlignedPair> longest_run(const std::vector<AlignedPair>& pairs,
                                                     const std::vector<Labels>& labels) const;

 private:
  [[nodiscard]] bool is_hole(const AlignedPair& before, const AlignedPair& after,
                             const std::vector<Labels>& labels) const;
  enum class Look { kNothingToSee, kMiss, kPair };
  Look look(const Line& line, std::uint32_t frame, const std::vector<Labels>& labels,
            std::optional<AlignedPair>& best) const;
  void compare(const Line& line, std::uint32_t hash, std::uint8_t label,
               std::optional<AlignedPair>& best) const;
  void extend(const Line& line, std::uint32_t from, int step, const std::vector<Labels>& labels,
              std::int64_t reach_ms, std::vector<AlignedPair>& pairs) const;

  const Query& query_;
  const ClipReader& clip_;
  const ClipRules& rules_;
  std::vector<bool> taken_;
};

}  // namespace seawall::clip_detail
