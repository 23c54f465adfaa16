#include "seawall/clip_match/detail/ask.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace seawall::clip_detail {
namespace {

constexpr std::size_t kBenignTimesMax = 64;
constexpr std::int64_t kAskAgainUs = 1'000'000;

Seed seed_of(const ClipHit& hit, const Query& query, const ClipReader& clip) {
  const HeldHash& held = clip.hash(hit.reference_hash);
  return {query.frame_of[hit.query_hash],
          hit.query_hash,
          hit.reference_hash,
          hit.distance_bits,
          query.hashes[hit.query_hash].time_us / 1000,
          held.start_ms,
          held.end_ms()};
}

}  // namespace

Result<std::vector<bool>> usable_hashes(const ClipIndex& index, const ClipScope& scope,
                                        std::span<const TimedHash> hashes, LeftOutFrames& left_out) {
  std::vector<Fingerprint256> bits;
  bits.reserve(hashes.size());
  for (const TimedHash& hash : hashes) bits.push_back(hash.hash.bits);
  SEAWALL_TRY(const std::vector<bool> benign, index.benign(bits, scope));
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

std::vector<std::uint32_t> asked_hashes(std::span<const TimedHash> hashes, const std::vector<bool>& usable,
                                        int query_step_bits) {
  std::vector<std::uint32_t> asked;
  std::map<std::uint16_t, std::uint32_t> last;  // Of each label.
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (!usable[i]) continue;
    const auto [before, is_first] = last.try_emplace(hashes[i].label, i);
    const TimedHash& other = hashes[before->second];
    if (!is_first && hashes[i].time_us - other.time_us <= kAskAgainUs &&
        hamming_distance(hashes[i].hash.bits, other.hash.bits) < query_step_bits)
      continue;
    before->second = i;
    asked.push_back(i);
  }
  return asked;
}

std::size_t mark_common(std::span<const ClipHit> hits, const ClipRules& rules, Query& query) {
  std::map<std::uint32_t, std::set<ClipId>> clips_of;
  for (const ClipHit& hit : hits) {
    if (hit.distance_bits > rules.single_bits) continue;
    auto& clips = clips_of[query.frame_of[hit.query_hash]];
    if (clips.size() <= rules.common_clips_max) clips.insert(hit.clip);
  }
  std::size_t common = 0;
  for (const auto& [frame, clips] : clips_of) {
    if (clips.size() <= rules.common_clips_max) continue;
    query.frames[frame].common = true;
    ++common;
  }
  return common;
}

AlignResult align_hits(const ClipIndex& index, const Query& query, const ClipReader& clip,
                       std::span<const ClipHit> hits, bool asked_all) {
  std::vector<Seed> seeds;
  seeds.reserve(hits.size());
  for (const ClipHit& hit : hits) seeds.push_back(seed_of(hit, query, clip));
  const bool seeds_are_all = asked_all && index.is_exhaustive() && index.options().index_step_bits == 0 &&
                             index.options().index_step_ms == 0;
  return align(query, clip, std::move(seeds), seeds_are_all, index.options().rules);
}

ClipMatch match_of(ClipId clip, AlignResult result) {
  ClipMatch match{clip, ClipTier::kNone, std::move(result.segments)};
  for (const ClipSegment& segment : match.segments) match.tier = std::max(match.tier, segment.tier);
  std::ranges::stable_sort(match.segments, {}, &ClipSegment::query_begin_ms);
  std::ranges::move(result.insufficient, std::back_inserter(match.segments));
  return match;
}

}  // namespace seawall::clip_detail
