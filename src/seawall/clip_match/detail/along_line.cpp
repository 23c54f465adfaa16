#include "seawall/clip_match/detail/along_line.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace seawall::clip_detail {
namespace {

constexpr int kMissesMax = 4;
constexpr std::int64_t kMissedMsMax = 2000;
constexpr std::size_t kWalkBackMax = 64;

}  // namespace

void AlongLine::compare(const Line& line, std::uint32_t hash, std::uint8_t label,
                        std::optional<AlignedPair>& best) const {
  const TimedHash& query = query_.hashes[hash];
  const double at = line(static_cast<double>(query.time_us) / 1000);
  const double low = at - static_cast<double>(rules_.tolerance_ms);
  const double high = at + static_cast<double>(rules_.tolerance_ms);
  std::size_t steps = 0;
  clip_.each_before(high, label, [&](std::uint32_t i, const HeldHash& held) {
    if (static_cast<double>(held.end_ms()) < low) return false;
    const int distance = hamming_distance(held.bits, query.hash.bits);
    if (distance <= rules_.three_bits && (!best || distance < best->distance_bits)) {
      best = AlignedPair{query.time_us / 1000,
                         std::llround(at),
                         distance,
                         query.hash.quality,
                         held.quality,
                         hash,
                         i,
                         query.label,
                         label,
                         false,
                         false};
    }
    return ++steps < kWalkBackMax;
  });
}

AlongLine::Look AlongLine::look(const Line& line, std::uint32_t frame, const std::vector<Labels>& labels,
                                std::optional<AlignedPair>& best) const {
  const QueryFrame& at = query_.frames[frame];
  if (taken_[frame]) return Look::kNothingToSee;
  bool seen = false;
  for (std::uint32_t hash = at.first; hash < at.last; ++hash) {
    if (!query_.usable[hash]) continue;
    for (const auto& [own, theirs] : labels) {
      if (own != query_.hashes[hash].label) continue;
      seen = true;
      compare(line, hash, theirs, best);
    }
  }
  if (best) {
    best->common = at.common;
    best->benign = clip_.is_benign(best->reference_hash);
  }
  return best ? Look::kPair : seen ? Look::kMiss : Look::kNothingToSee;
}

void AlongLine::extend(const Line& line, std::uint32_t from, int step, const std::vector<Labels>& labels,
                       std::int64_t reach_ms, std::vector<AlignedPair>& pairs) const {
  const std::int64_t start_ms = query_.frames[from].time_ms();
  std::int64_t last_ms = start_ms;
  int misses = 0;
  for (std::int64_t i = std::int64_t{from} + step;
       i >= 0 && i < static_cast<std::int64_t>(query_.frames.size()); i += step) {
    const auto frame = static_cast<std::uint32_t>(i);
    const std::int64_t time_ms = query_.frames[frame].time_ms();
    const double at = line(static_cast<double>(time_ms));
    const auto slack = static_cast<double>(rules_.tolerance_ms);
    if (std::abs(time_ms - start_ms) > reach_ms || std::abs(time_ms - last_ms) > rules_.link_gap_ms ||
        at < -slack || at > static_cast<double>(clip_.duration_ms()) + slack)
      return;
    std::optional<AlignedPair> pair;
    const Look seen = look(line, frame, labels, pair);
    if (seen == Look::kPair) {
      pairs.push_back(*pair);
      last_ms = time_ms;
      misses = 0;
    } else if (seen == Look::kMiss && ++misses >= kMissesMax && std::abs(time_ms - last_ms) >= kMissedMsMax) {
      return;
    }
  }
}

std::vector<AlignedPair> AlongLine::pairs(const Line& line, std::uint32_t first, std::uint32_t last,
                                          const std::vector<Labels>& labels, std::int64_t reach_ms) const {
  std::vector<AlignedPair> found;
  extend(line, first, -1, labels, reach_ms, found);
  std::ranges::reverse(found);
  for (std::uint32_t frame = first; frame <= last; ++frame) {
    std::optional<AlignedPair> pair;
    if (look(line, frame, labels, pair) == Look::kPair) found.push_back(*pair);
  }
  extend(line, last, +1, labels, reach_ms, found);
  return found;
}

bool AlongLine::is_hole(const AlignedPair& before, const AlignedPair& after,
                        const std::vector<Labels>& labels) const {
  if (after.query_ms - before.query_ms < kMissedMsMax) return false;
  int misses = 0;
  const std::uint32_t end = query_.frame_of[after.query_hash];
  for (std::uint32_t frame = query_.frame_of[before.query_hash] + 1; frame < end && misses < kMissesMax;
       ++frame) {
    const QueryFrame& at = query_.frames[frame];
    for (std::uint32_t hash = at.first; hash < at.last; ++hash) {
      const auto shown = [&](const Labels& pair) { return pair.first == query_.hashes[hash].label; };
      if (taken_[frame] || !query_.usable[hash] || std::ranges::none_of(labels, shown)) continue;
      ++misses;
      break;
    }
  }
  return misses >= kMissesMax;
}

std::vector<AlignedPair> AlongLine::longest_run(const std::vector<AlignedPair>& pairs,
                                                const std::vector<Labels>& labels) const {
  std::size_t best_first = 0;
  std::size_t best_last = 0;
  for (std::size_t first = 0; first < pairs.size();) {
    std::size_t last = first + 1;
    while (last < pairs.size() && !is_hole(pairs[last - 1], pairs[last], labels)) ++last;
    if (last - first > best_last - best_first) {
      best_first = first;
      best_last = last;
    }
    first = last;
  }
  const auto at = [&](std::size_t i) { return pairs.begin() + static_cast<std::ptrdiff_t>(i); };
  return {at(best_first), at(best_last)};
}

}  // namespace seawall::clip_detail
