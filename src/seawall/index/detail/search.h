#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "seawall/index/detail/dead_rows.h"
#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/segment.h"

namespace seawall::index_detail {

struct RowHit {
  std::uint32_t row = 0;
  int distance_bits = 0;
  friend bool operator==(const RowHit&, const RowHit&) = default;
  friend auto operator<=>(const RowHit&, const RowHit&) = default;
};

/// A hit of one query of a batch.
struct BatchHit {
  std::uint32_t query = 0;
  RowHit hit;
  friend bool operator==(const BatchHit&, const BatchHit&) = default;
  friend auto operator<=>(const BatchHit&, const BatchHit&) = default;
};

/// What a step of a search costs, in units of one row of the flat scan. Only the ratios matter: they decide
/// when a search gives up the tables for the flat scan, never the answer. Measured: docs/index.md, "Cost
/// model".
struct CostModel {
  double probe = 4;      ///< One bucket: its directory entry and the miss on its first line.
  double line = 3;       ///< One line of 32 rows filtered.
  double survivor = 16;  ///< One row verified.
  /// A search stops using the tables after this share of the flat scan's cost: the worst case is then 1 +
  /// this.
  double share = 0.2;
};

/// How a query is to be answered.
struct SearchMode {
  int radius_bits = 0;
  bool any_hit = false;     ///< One live hit is enough.
  bool force_flat = false;  ///< For tests and measurements.
  CostModel cost;
};

/// A bucket in whose front line a query met marks: rows outside the segment may match.
struct Touched {
  std::uint32_t query = 0;  ///< Of a batch.
  std::uint16_t table = 0;
  std::uint16_t value = 0;  ///< The chunk value of the bucket.
};

/// Appends every live row within the radius, once each, in no order. `query` as stored (spread_bits).
/// True: `touched`, if given, names every marked bucket that a row within the radius can be in. False: it is
/// incomplete (the flat scan answered, or there are no front lines).
bool search_segment(const Segment& segment, const LiveRows& live, const Kernels& kernels,
                    const Fingerprint256& query, const SearchMode& mode, std::vector<RowHit>& hits,
                    std::vector<Touched>* touched = nullptr);

/// Appends the same for many queries at once, bucket ranges in cache-sized slices; any_hit is ignored. A
/// query with more than `hits_per_query_max` hits may instead be named in `deferred`: ask for it alone and
/// drop its hits.
struct BatchOutput {
  std::vector<BatchHit> hits;
  std::vector<std::uint32_t> deferred;
  std::vector<Touched> touched;
  std::vector<std::uint32_t> untouched;  ///< Ascending: queries whose `touched` is incomplete.
};
inline constexpr std::size_t kBatchQueriesMin = 512;  ///< Fewer gain nothing from walking whole tables.
inline constexpr std::size_t kBatchQueriesMax = std::size_t{1} << 16;
void search_segment_batch(const Segment& segment, const LiveRows& live, const Kernels& kernels,
                          std::span<const Fingerprint256> queries, const SearchMode& mode,
                          std::size_t hits_per_query_max, BatchOutput& out);

/// Scans `codes` from end to end, up to kFlatQueries queries in one pass. Same output rules as above.
void flat_scan(std::span<const Fingerprint256> codes, const LiveRows& live, const Kernels& kernels,
               const Fingerprint256& query, const SearchMode& mode, std::vector<RowHit>& hits);
/// `which`: indices into `queries` of those to scan for.
void flat_scan_batch(std::span<const Fingerprint256> codes, const LiveRows& live, const Kernels& kernels,
                     std::span<const Fingerprint256> queries, std::span<const std::uint32_t> which,
                     int radius_bits, std::size_t hits_per_query_max, BatchOutput& out);

}  // namespace seawall::index_detail
