#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/clip_match/detail/align.h"
#include "seawall/clip_match/detail/query_frames.h"

namespace seawall::clip_detail {

/// Which hashes may count; the others are counted in `left_out`. Errors: those of the index.
Result<std::vector<bool>> usable_hashes(const ClipIndex& index, const ClipScope& scope,
                                        std::span<const TimedHash> hashes, LeftOutFrames& left_out);

/// The usable hashes that must be looked up: not those near the last one of their label (query_step_bits).
[[nodiscard]] std::vector<std::uint32_t> asked_hashes(std::span<const TimedHash> hashes,
                                                      const std::vector<bool>& usable, int query_step_bits);

/// Marks the frames of `query` that are near many clips; returns how many they are.
std::size_t mark_common(std::span<const ClipHit> hits, const ClipRules& rules, Query& query);

/// Aligns the query with one clip by its hits; `hits` are all of that clip. `asked_all`: of each usable hash.
[[nodiscard]] AlignResult align_hits(const ClipIndex& index, const Query& query, const ClipReader& clip,
                                     std::span<const ClipHit> hits, bool asked_all);

/// What `result` says of a clip; its segments that reach a tier by query time, then the others.
[[nodiscard]] ClipMatch match_of(ClipId clip, AlignResult result);

}  // namespace seawall::clip_detail
