#include <algorithm>
#include <array>

#include "seawall/index/detail/search.h"

namespace seawall::index_detail {

void flat_scan(std::span<const Fingerprint256> codes, const LiveRows& live, const Kernels& kernels,
               const Fingerprint256& query, const SearchMode& mode, std::vector<RowHit>& hits) {
  std::array<FlatHit, kFlatRows + 1> found;
  codes = codes.first(std::min<std::size_t>(codes.size(), live.visible));
  for (std::size_t base = 0; base < codes.size(); base += kFlatRows) {
    const auto block = codes.subspan(base, std::min(kFlatRows, codes.size() - base));
    const std::size_t count = kernels.flat(block, {&query, 1}, &mode.radius_bits, found.data());
    for (const FlatHit& hit : std::span(found).first(count)) {
      const auto row = static_cast<std::uint32_t>(base + hit.row);
      if (!live.alive(row)) continue;
      hits.push_back({row, hit.distance_bits});
      if (mode.any_hit) return;
    }
  }
}

namespace {

/// One pass over the codes for at most kFlatQueries queries.
void flat_pass(std::span<const Fingerprint256> codes, const LiveRows& live, const Kernels& kernels,
               std::span<const Fingerprint256> queries, std::span<const std::uint32_t> which, int radius_bits,
               std::size_t hits_per_query_max, BatchOutput& out) {
  std::array<Fingerprint256, kFlatQueries> pass{};
  std::array<int, kFlatQueries> radius{};
  std::array<std::size_t, kFlatQueries> counts{};
  for (std::size_t i = 0; i < which.size(); ++i) pass[i] = queries[which[i]];
  radius.fill(radius_bits);
  std::vector<FlatHit> found(kFlatRows * kFlatQueries + 1);
  for (std::size_t base = 0; base < codes.size(); base += kFlatRows) {
    const auto block = codes.subspan(base, std::min(kFlatRows, codes.size() - base));
    const std::size_t count =
        kernels.flat(block, std::span(pass).first(which.size()), radius.data(), found.data());
    for (const FlatHit& hit : std::span(found).first(count)) {
      const auto row = static_cast<std::uint32_t>(base + hit.row);
      if (radius[hit.query] < 0 || !live.alive(row)) continue;
      if (++counts[hit.query] > hits_per_query_max) {
        out.deferred.push_back(which[hit.query]);
        radius[hit.query] = -1;
        continue;
      }
      out.hits.push_back({which[hit.query], {row, hit.distance_bits}});
    }
  }
}

}  // namespace

void flat_scan_batch(std::span<const Fingerprint256> codes, const LiveRows& live, const Kernels& kernels,
                     std::span<const Fingerprint256> queries, std::span<const std::uint32_t> which,
                     int radius_bits, std::size_t hits_per_query_max, BatchOutput& out) {
  codes = codes.first(std::min<std::size_t>(codes.size(), live.visible));
  for (std::size_t first = 0; first < which.size(); first += kFlatQueries) {
    flat_pass(codes, live, kernels, queries,
              which.subspan(first, std::min(kFlatQueries, which.size() - first)), radius_bits,
              hits_per_query_max, out);
  }
}

}  // namespace seawall::index_detail
