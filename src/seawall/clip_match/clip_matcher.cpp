#include "seawall/clip_match/clip_matcher.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "seawall/clip_match/detail/align.h"

namespace seawall {
namespace {

using clip_detail::AlignResult;
using clip_detail::Query;
using clip_detail::Seed;

constexpr std::size_t kBenignTimesMax = 64;

/// Which hashes may count; the others are counted in `left_out`.
Result<std::vector<bool>> usable_hashes(const ClipIndex& index, std::span<const TimedHash> hashes,
                                        LeftOutFrames& left_out) {
  std::vector<Fingerprint256> bits;
  bits.reserve(hashes.size());
  for (const TimedHash& hash : hashes) bits.push_back(hash.hash.bits);
  SEAWALL_TRY(const std::vector<bool> benign, index.benign(bits));
  std::vector<bool> usable(hashes.size(), false);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (hashes[i].hash.quality < index.options().rules.quality_min) {
      ++left_out.low_quality;
    } else if (benign[i]) {
      ++left_out.benign;
      const std::int64_t time_ms = hashes[i].time_us / 1000;
      auto& times = left_out.benign_ms;
      if (times.size() < kBenignTimesMax && (times.empty() || times.back() != time_ms))
        times.push_back(time_ms);
    } else {
      usable[i] = true;
    }
  }
  return usable;
}

/// Marks the frames near many clips. `hits` in order of query hash.
void mark_common(const std::vector<ClipHit>& hits, const ClipRules& rules, Query& query,
                 LeftOutFrames& left_out) {
  std::map<std::uint32_t, std::set<ClipId>> clips_of;
  for (const ClipHit& hit : hits) {
    auto& clips = clips_of[query.frame_of[hit.query_hash]];
    if (hit.distance_bits <= rules.single_bits && clips.size() <= rules.common_clips_max)
      clips.insert(hit.clip);
  }
  for (const auto& [frame, clips] : clips_of) {
    if (clips.size() <= rules.common_clips_max) continue;
    query.frames[frame].common = true;
    ++left_out.common;
  }
}

Seed seed_of(const ClipHit& hit, const Query& query, const clip_detail::ListedClip& clip) {
  const HeldHash& held = clip.print.hashes[hit.reference_hash];
  return {query.frame_of[hit.query_hash],
          hit.query_hash,
          hit.reference_hash,
          hit.distance_bits,
          query.hashes[hit.query_hash].time_us / 1000,
          held.start_ms,
          held.end_ms()};
}

/// The hits of each clip, those with most hits first; at most kClipsMax clips.
std::vector<std::span<const ClipHit>> by_clip(const std::vector<ClipHit>& hits, bool& truncated) {
  std::vector<std::span<const ClipHit>> groups;
  for (std::size_t first = 0; first < hits.size();) {
    std::size_t last = first;
    while (last < hits.size() && hits[last].clip == hits[first].clip) ++last;
    groups.push_back(std::span(hits).subspan(first, last - first));
    first = last;
  }
  std::ranges::stable_sort(groups, std::greater{}, &std::span<const ClipHit>::size);
  truncated = truncated || groups.size() > ClipMatcher::kClipsMax;
  if (groups.size() > ClipMatcher::kClipsMax) groups.resize(ClipMatcher::kClipsMax);
  return groups;
}

int distinct_frames(const ClipMatch& match) {
  int sum = 0;
  for (const ClipSegment& segment : match.segments) sum += segment.distinct_frames;
  return sum;
}

void add_match(ClipId clip, AlignResult result, ClipAnswer& answer) {
  answer.truncated = answer.truncated || result.truncated;
  ClipMatch match{clip, ClipTier::kNone, std::move(result.segments)};
  for (const ClipSegment& segment : match.segments) match.tier = std::max(match.tier, segment.tier);
  std::ranges::stable_sort(match.segments, {}, &ClipSegment::query_begin_ms);
  std::move(result.insufficient.begin(), result.insufficient.end(), std::back_inserter(match.segments));
  if (match.segments.empty()) return;
  (match.tier == ClipTier::kNone ? answer.near_misses : answer.matches).push_back(std::move(match));
}

void put_in_order(ClipAnswer& answer) {
  const auto order = [](const ClipMatch& match) {
    return std::tuple(-static_cast<int>(match.tier), -distinct_frames(match), match.clip);
  };
  std::ranges::sort(answer.matches, {}, order);
  std::ranges::sort(answer.near_misses, {}, order);
  if (answer.near_misses.size() > ClipMatcher::kNearMissesMax)
    answer.near_misses.resize(ClipMatcher::kNearMissesMax);
}

}  // namespace

Result<ClipAnswer> ClipMatcher::match(const HashTrack& query) const {
  if (query.hashes.size() > kQueryHashesMax)
    return fail(Code::kLimitExceeded, "a query has at most 1,048,576 hashes; ask in parts");
  std::vector<TimedHash> sorted;
  std::span<const TimedHash> hashes = query.hashes;
  if (!std::ranges::is_sorted(hashes, {}, &TimedHash::time_us)) {
    sorted = query.hashes;
    std::ranges::stable_sort(sorted, {}, &TimedHash::time_us);
    hashes = sorted;
  }
  ClipAnswer answer;
  SEAWALL_TRY(std::vector<bool> usable, usable_hashes(index_, hashes, answer.left_out));
  std::vector<std::uint32_t> asked;
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (usable[i]) asked.push_back(i);
  }
  const bool seeds_are_all = index_.is_exhaustive() && index_.options().index_step_bits == 0;
  SEAWALL_TRY(std::vector<ClipHit> hits, index_.hits(hashes, asked));
  Query frames = clip_detail::query_of(hashes, std::move(usable));
  mark_common(hits, index_.options().rules, frames, answer.left_out);
  std::ranges::sort(hits);
  for (const std::span<const ClipHit> group : by_clip(hits, answer.truncated)) {
    const auto clip = index_.find(group[0].clip);
    if (!clip) continue;  // Removed meanwhile.
    std::vector<Seed> seeds;
    seeds.reserve(group.size());
    for (const ClipHit& hit : group) seeds.push_back(seed_of(hit, frames, *clip));
    add_match(group[0].clip,
              clip_detail::align(frames, *clip, std::move(seeds), seeds_are_all, index_.options().rules),
              answer);
  }
  put_in_order(answer);
  return answer;
}

}  // namespace seawall
