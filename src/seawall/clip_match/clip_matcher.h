#pragma once

#include <utility>

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

/// Finds listed clips inside videos. Holds no state of its own.
///
/// Guarantees: deterministic: the same query on the same list gives the same answer, whatever the machine.
/// Threads: any number at once. Lifetime: the index must outlive it. Source: docs/video-matching.md.
class ClipMatcher {
 public:
  static constexpr std::size_t kQueryHashesMax = std::size_t{1} << 20;
  static constexpr std::size_t kClipsMax = 10'000;  ///< Aligned for one query, those with most hits.
  static constexpr std::size_t kNearMissesMax = 16;

  /// `scope`: whom it searches for.
  explicit ClipMatcher(const ClipIndex& index, ClipScope scope = {})
      : index_(index), scope_(std::move(scope)) {}

  /// Every listed clip of which the query shows a part, with where and why. `query`: the frames of a whole
  /// video or of a part of it, sampled as sparsely as once in two seconds when listed prints are dense; times
  /// in order or not. Errors: kLimitExceeded (more than kQueryHashesMax hashes), those of the index.
  [[nodiscard]] Result<ClipAnswer> match(const HashTrack& query) const;

 private:
  const ClipIndex& index_;
  ClipScope scope_;
};

}  // namespace seawall
