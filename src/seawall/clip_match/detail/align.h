#pragma once

#include <vector>

#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/detail/clip_reader.h"
#include "seawall/clip_match/detail/query_frames.h"
#include "seawall/clip_match/detail/seed_chain.h"

namespace seawall::clip_detail {

struct AlignResult {
  std::vector<ClipSegment> segments;      ///< That reach a tier, in the order they were found.
  std::vector<ClipSegment> insufficient;  ///< Up to 4 that do not.
  bool truncated = false;
};

/// Finds where `query` runs along `clip`, starting from `seeds` (in any order). A query frame belongs to at
/// most one segment. `seeds_are_all`: no pair within three_bits is missing among the seeds. Cost: linear in
/// the seeds and in the frames of the segments, for each segment found (at most 64).
[[nodiscard]] AlignResult align(const Query& query, const ClipReader& clip, std::vector<Seed> seeds,
                                bool seeds_are_all, const ClipRules& rules);

}  // namespace seawall::clip_detail
