#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/clip_match/clip_match.h"

namespace seawall::clip_detail {

/// A listed hash of one clip near a hash of a query frame.
struct Seed {
  std::uint32_t frame = 0;
  std::uint32_t query_hash = 0;
  std::uint32_t reference_hash = 0;
  int distance_bits = 0;
  std::int64_t query_ms = 0;
  std::int64_t low_ms = 0;  ///< The reference times that the hash stands for, both inclusive.
  std::int64_t high_ms = 0;
};

inline constexpr std::size_t kSeedsAFrameMax = 8;
inline constexpr std::size_t kLookBackMax = 128;

/// Of each frame at most kSeedsAFrameMax, the nearest hash of each moment of the reference; by query time,
/// then by reference time.
[[nodiscard]] std::vector<Seed> thinned(std::vector<Seed> seeds);

/// How much a seed says: 3, 2 or 1 for the tier its distance allows.
[[nodiscard]] int weight_of(const Seed& seed, const ClipRules& rules);

/// The heaviest chain of seeds in which each follows the one before at a speed within the rules' and no more
/// than their gap later; indexes, in order. `seeds` as thinned() gives them, `off` those that are not to be
/// taken. Each seed looks back at kLookBackMax others, so the cost is linear in the seeds. Empty when all are
/// off.
[[nodiscard]] std::vector<std::size_t> heaviest_chain(std::span<const Seed> seeds,
                                                      const std::vector<bool>& off, const ClipRules& rules);

}  // namespace seawall::clip_detail
