#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall {

/// One picture to group.
struct ClusterItem {
  Fingerprint256 fingerprint;
  std::uint64_t rank = 0;  ///< The greatest of a group represents it, e.g. the number of pixels.
};

/// When two pictures belong together.
enum class Linkage : std::uint8_t {
  /// Connected by a chain of pictures, each within the radius of the next. Exact and independent of order;
  /// the
  /// two ends of a chain may be further apart than the radius.
  kSingle,
  /// Every two of a group are within the radius. Single-linkage groups are split further: in order of rank, a
  /// picture joins the first group it fits in.
  kComplete
};

struct ClusterOptions {
  int radius_bits = kPdqRadiusDefault;  ///< 0..256, inclusive.
  Linkage linkage = Linkage::kSingle;
  /// kComplete compares all pairs of a chain: its greatest length in distinct fingerprints.
  std::size_t chain_max = 100'000;
};

struct ClusterMember {
  std::uint32_t item = 0;  ///< Position in the input.
  int distance_bits = 0;   ///< To the representative.
  friend bool operator==(const ClusterMember&, const ClusterMember&) = default;
};

/// Two or more pictures. The representative comes first, then the others by distance, ties by position.
using Cluster = std::vector<ClusterMember>;

/// The groups of two or more among `items`, largest first, ties by the representative's position. Every pair
/// within the radius is found: the index below is exact.
/// Pure but for time; single thread. Memory: about 60 bytes an item beside the index's (docs/index.md).
/// Cost: one radius query for each distinct fingerprint; pictures with very many neighbours cost their
/// number. Errors: kInvalidInput (radius), kLimitExceeded (2^32 - 1 items; a chain over chain_max with
/// kComplete).
Result<std::vector<Cluster>> near_duplicates(std::span<const ClusterItem> items,
                                             const ClusterOptions& options = {});

}  // namespace seawall
