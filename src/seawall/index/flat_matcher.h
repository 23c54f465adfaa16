#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall {

/// One pair within its radius.
struct FlatMatch {
  std::uint32_t row = 0;            ///< Index into the codes.
  std::uint32_t query = 0;          ///< Index into the queries.
  std::uint16_t distance_bits = 0;  ///< 0..256, exact.
  friend bool operator==(const FlatMatch&, const FlatMatch&) = default;
  friend auto operator<=>(const FlatMatch&, const FlatMatch&) = default;
};

/// Compares each of many codes with each of many queries: for codes that are in no index, such as a log.
///
/// Guarantees: every pair within the query's radius, once; no other. Every processor's kernel gives the same
/// answers. Threads: match() from any number. Lifetime: keeps copies of the queries. Cost: docs/index.md,
/// "Flat matcher": codes are taken in tiles that stay in level 1 while all queries pass, so memory is read
/// once for all queries; working memory is 256 KB a call.
class FlatMatcher {
 public:
  static constexpr std::size_t kQueriesMax = std::size_t{1} << 20;
  static constexpr std::size_t kTileRows =
      256;  ///< visit() sees at most 64 queries' pairs of this many rows.

  /// radius_bits[i] belongs to queries[i]. Errors: kInvalidInput for sizes that differ or a radius outside
  /// 0..256; kLimitExceeded for more than kQueriesMax.
  static Result<FlatMatcher> make(std::span<const Fingerprint256> queries, std::span<const int> radius_bits);

  /// Calls `visit` with pairs, at most 64 * kTileRows at a time, in no order; false from it ends the call.
  /// At most 2^32 codes. Returns false if visit ended it.
  bool match(std::span<const Fingerprint256> codes,
             FunctionRef<bool(std::span<const FlatMatch>)> visit) const;

  [[nodiscard]] std::size_t query_count() const { return queries_.size(); }

 private:
  FlatMatcher() = default;

  std::vector<Fingerprint256> queries_;
  std::vector<int> radius_bits_;
};

}  // namespace seawall
