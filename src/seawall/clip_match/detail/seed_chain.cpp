#include "seawall/clip_match/detail/seed_chain.h"

#include <algorithm>
#include <tuple>

namespace seawall::clip_detail {
namespace {

constexpr std::int64_t kMomentMs = 500;  ///< Hits of one frame nearer than this are of one moment.

/// Whether some speed of the rules leads from a place of `a` to one of `b`.
bool follows(const Seed& a, const Seed& b, const ClipRules& rules) {
  const auto passed = static_cast<double>(b.query_ms - a.query_ms);
  if (a.frame == b.frame || passed > static_cast<double>(rules.link_gap_ms)) return false;
  const auto low = static_cast<double>(b.low_ms - a.high_ms - rules.tolerance_ms);
  const auto high = static_cast<double>(b.high_ms - a.low_ms + rules.tolerance_ms);
  return high >= rules.speed_min * passed && low <= rules.speed_max * passed;
}

void thin_frame(std::span<const Seed> frame, std::vector<Seed>& kept) {
  const std::size_t first = kept.size();
  for (const Seed& seed : frame) {
    const bool same_moment =
        std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(), [&](const Seed& other) {
          return seed.low_ms <= other.high_ms + kMomentMs && other.low_ms <= seed.high_ms + kMomentMs;
        });
    if (same_moment) continue;
    kept.push_back(seed);
    if (kept.size() == first + kSeedsAFrameMax) break;
  }
  std::sort(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(),
            [](const Seed& a, const Seed& b) { return a.low_ms < b.low_ms; });
}

}  // namespace

std::vector<Seed> thinned(std::vector<Seed> seeds) {
  std::ranges::sort(seeds, {}, [](const Seed& seed) {
    return std::tuple(seed.frame, seed.distance_bits, seed.low_ms, seed.query_hash, seed.reference_hash);
  });
  std::vector<Seed> kept;
  for (std::size_t first = 0; first < seeds.size();) {
    std::size_t last = first;
    while (last < seeds.size() && seeds[last].frame == seeds[first].frame) ++last;
    thin_frame(std::span(seeds).subspan(first, last - first), kept);
    first = last;
  }
  return kept;
}

int weight_of(const Seed& seed, const ClipRules& rules) {
  if (seed.distance_bits <= rules.single_bits) return 3;
  return seed.distance_bits <= rules.two_bits ? 2 : 1;
}

std::vector<std::size_t> heaviest_chain(std::span<const Seed> seeds, const std::vector<bool>& off,
                                        const ClipRules& rules) {
  constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  std::vector<std::int64_t> weight(seeds.size(), 0);
  std::vector<std::size_t> before(seeds.size(), kNobody);
  std::size_t best = kNobody;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    if (off[i]) continue;
    std::int64_t most = 0;
    for (std::size_t back = 1; back <= std::min(i, kLookBackMax); ++back) {
      const std::size_t j = i - back;
      if (off[j] || weight[j] <= most || !follows(seeds[j], seeds[i], rules)) continue;
      most = weight[j];
      before[i] = j;
    }
    weight[i] = most + weight_of(seeds[i], rules);
    if (best == kNobody || weight[i] > weight[best]) best = i;
  }
  std::vector<std::size_t> chain;
  for (std::size_t i = best; i != kNobody; i = before[i]) chain.push_back(i);
  std::ranges::reverse(chain);
  return chain;
}

}  // namespace seawall::clip_detail
