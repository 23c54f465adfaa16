#include "seawall/index/flat_matcher.h"

#include <algorithm>
#include <string>

#include "seawall/index/detail/kernels.h"

namespace seawall {
namespace {

using index_detail::FlatHit;

/// So many queries share the rearranging of a tile's codes; more would only need more room for their pairs.
constexpr std::size_t kGroup = 64;
static_assert(FlatMatcher::kTileRows <= index_detail::kFlatRows && kGroup <= index_detail::kFlatQueriesMax);

}  // namespace

Result<FlatMatcher> FlatMatcher::make(std::span<const Fingerprint256> queries,
                                      std::span<const int> radius_bits) {
  if (queries.size() != radius_bits.size()) return fail(Code::kInvalidInput, "one radius for each query");
  if (queries.size() > kQueriesMax) {
    return fail(Code::kLimitExceeded, "at most " + std::to_string(kQueriesMax) + " fingerprints at a time");
  }
  if (std::any_of(radius_bits.begin(), radius_bits.end(), [](int bits) { return bits < 0 || bits > 256; })) {
    return fail(Code::kInvalidInput, "a radius is 0 to 256 bits");
  }
  FlatMatcher matcher;
  matcher.queries_.assign(queries.begin(), queries.end());
  matcher.radius_bits_.assign(radius_bits.begin(), radius_bits.end());
  return matcher;
}

bool FlatMatcher::match(std::span<const Fingerprint256> codes,
                        FunctionRef<bool(std::span<const FlatMatch>)> visit) const {
  const index_detail::Kernels& kernels = index_detail::kernels();
  std::vector<FlatHit> hits(kTileRows * std::min(kGroup, queries_.size()) + 1);
  std::vector<FlatMatch> matches;
  for (std::size_t base = 0; base < codes.size(); base += kTileRows) {
    const auto tile = codes.subspan(base, std::min(kTileRows, codes.size() - base));
    for (std::size_t first = 0; first < queries_.size(); first += kGroup) {
      const auto group = std::span(queries_).subspan(first, std::min(kGroup, queries_.size() - first));
      const std::size_t count = kernels.flat(tile, group, radius_bits_.data() + first, hits.data());
      if (count == 0) continue;
      matches.clear();
      for (const FlatHit& hit : std::span(hits).first(count)) {
        matches.push_back({static_cast<std::uint32_t>(base + hit.row),
                           static_cast<std::uint32_t>(first + hit.query), hit.distance_bits});
      }
      if (!visit(matches)) return false;
    }
  }
  return true;
}

}  // namespace seawall
