#include "seawall/index/flat_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/test_data.h"

namespace seawall {
namespace {

using index_detail::DataShape;

std::vector<FlatMatch> brute_force(std::span<const Fingerprint256> codes,
                                   std::span<const Fingerprint256> queries, std::span<const int> radius) {
  std::vector<FlatMatch> all;
  for (std::uint32_t row = 0; row < codes.size(); ++row) {
    for (std::uint32_t query = 0; query < queries.size(); ++query) {
      const int distance = hamming_distance(codes[row], queries[query]);
      if (distance <= radius[query]) all.push_back({row, query, static_cast<std::uint16_t>(distance)});
    }
  }
  return all;
}

TEST(FlatMatcher, FindsThePairsThatBruteForceFinds) {
  for (const DataShape shape : index_detail::kAllShapes) {
    for (const std::size_t count : {0U, 1U, 7U, 255U, 257U, 1500U}) {
      const auto codes = make_fingerprints(shape, count, 7);
      const auto queries = make_queries(codes, shape, 131, 31, 8);
      std::vector<int> radius;
      for (std::size_t i = 0; i < queries.size(); ++i) radius.push_back(i % 9 == 0 ? 256 : int(i % 60));
      const auto matcher = FlatMatcher::make(queries, radius);
      ASSERT_TRUE(matcher.has_value());
      std::vector<FlatMatch> found;
      EXPECT_TRUE(matcher->match(codes, [&](std::span<const FlatMatch> matches) {
        EXPECT_LE(matches.size(), 64 * FlatMatcher::kTileRows);
        found.insert(found.end(), matches.begin(), matches.end());
        return true;
      }));
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, brute_force(codes, queries, radius)) << "shape " << int(shape) << " n " << count;
    }
  }
}

TEST(FlatMatcher, EveryKernelTakesGroupsOfSixtyFour) {
  const auto codes = index_detail::make_fingerprints(DataShape::kNearZero, 250, 1);
  const auto queries = index_detail::make_fingerprints(DataShape::kNearZero, 64, 2);
  const std::vector<int> radius(64, 9);
  std::vector<index_detail::FlatHit> hits(codes.size() * queries.size() + 1);
  const auto expected = brute_force(codes, queries, radius);
  for (const index_detail::Kernels* kernels : index_detail::kernels_available()) {
    const std::size_t count = kernels->flat(codes, queries, radius.data(), hits.data());
    std::vector<FlatMatch> found;
    for (const auto& hit : std::span(hits).first(count))
      found.push_back({hit.row, hit.query, hit.distance_bits});
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found, expected) << kernels->name;
  }
}

TEST(FlatMatcher, EndsWhenTheVisitorSaysSo) {
  const std::vector<Fingerprint256> codes(10000);
  const int radius[] = {0};
  const auto matcher = FlatMatcher::make(std::span(codes).first(1), radius);
  int calls = 0;
  EXPECT_FALSE(matcher->match(codes, [&](std::span<const FlatMatch>) { return ++calls < 3; }));
  EXPECT_EQ(calls, 3);
}

TEST(FlatMatcher, RefusesWhatItCannotAnswer) {
  const Fingerprint256 one[] = {{}};
  const int wrong[] = {257}, right[] = {256};
  EXPECT_EQ(FlatMatcher::make(one, wrong).error().code, Code::kInvalidInput);
  EXPECT_EQ(FlatMatcher::make(one, {}).error().code, Code::kInvalidInput);
  EXPECT_EQ(FlatMatcher::make(one, right)->query_count(), 1U);
}

}  // namespace
}  // namespace seawall
