#include "seawall/clip_match/clip_matcher.h"

#include <algorithm>
#include <functional>
#include <span>
#include <tuple>
#include <utility>

#include "seawall/clip_match/detail/ask.h"

namespace seawall {
namespace {

/// The hits of each clip, those with most hits first; at most kClipsMax clips. `hits` by clip.
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
  SEAWALL_TRY(std::vector<bool> usable, clip_detail::usable_hashes(index_, scope_, hashes, answer.left_out));
  const std::vector<std::uint32_t> asked =
      clip_detail::asked_hashes(hashes, usable, index_.options().query_step_bits);
  const bool asked_all = asked.size() == static_cast<std::size_t>(std::ranges::count(usable, true));
  SEAWALL_TRY(std::vector<ClipHit> hits, index_.hits(hashes, asked, scope_));
  clip_detail::Query frames = clip_detail::query_of(hashes, std::move(usable));
  answer.left_out.common = clip_detail::mark_common(hits, index_.options().rules, frames);
  std::ranges::sort(hits);
  for (const std::span<const ClipHit> group : by_clip(hits, answer.truncated)) {
    auto listed = index_.find(group[0].clip);
    if (!listed) continue;  // Removed meanwhile.
    const clip_detail::ClipReader clip(std::move(listed), index_, scope_);
    auto aligned = clip_detail::align_hits(index_, frames, clip, group, asked_all);
    answer.truncated = answer.truncated || aligned.truncated;
    ClipMatch match = clip_detail::match_of(group[0].clip, std::move(aligned));
    if (match.segments.empty()) continue;
    (match.tier == ClipTier::kNone ? answer.near_misses : answer.matches).push_back(std::move(match));
  }
  put_in_order(answer);
  return answer;
}

}  // namespace seawall
