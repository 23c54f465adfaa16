#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "seawall/index/detail/search.h"
#include "seawall/index/detail/test_data.h"

namespace seawall::index_detail {
namespace {

std::vector<IndexEntry> entries_of(std::span<const Fingerprint256> codes) {
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < codes.size(); ++i) entries.push_back({codes[i], EntryId{i + 1}});
  return entries;
}

std::shared_ptr<const Segment> segment_of(std::span<const Fingerprint256> codes, std::size_t tables = kChunks,
                                          bool front = false) {
  const auto content = build_segment(entries_of(codes), Kind::kRadius, tables);
  auto segment = Segment::open(*content, "test", Kind::kRadius);
  if (!segment) ADD_FAILURE() << segment.error().message;
  if (front) (*segment)->give_front(*FrontLines::create(**segment));
  return *segment;
}

/// Codes of one shape and their segment, built once for all tests.
struct Stored {
  std::vector<Fingerprint256> codes;
  std::shared_ptr<const Segment> segment, with_front;
};

constexpr std::uint64_t kSeed = 20251121;

const Stored& stored(DataShape shape) {
  static std::map<DataShape, Stored> all;
  Stored& one = all[shape];
  if (one.codes.empty()) {
    one.codes = make_fingerprints(shape, 800, kSeed);
    one.segment = segment_of(one.codes);
    one.with_front = segment_of(one.codes, kChunks, true);
  }
  return one;
}

std::vector<RowHit> brute_force(std::span<const Fingerprint256> codes, const Fingerprint256& query,
                                int radius) {
  std::vector<RowHit> hits;
  for (std::uint32_t row = 0; row < codes.size(); ++row) {
    const int distance = hamming_distance(codes[row], query);
    if (distance <= radius) hits.push_back({row, distance});
  }
  return hits;
}

// A budget that lets every search use the tables to the end, so that they are what is tested.
SearchMode unlimited(int radius) {
  SearchMode mode;
  mode.radius_bits = radius;
  mode.cost.share = 1e12;
  return mode;
}

SearchMode usual(int radius) {
  SearchMode mode;
  mode.radius_bits = radius;
  return mode;
}

SearchMode flat(int radius) {
  SearchMode mode = usual(radius);
  mode.force_flat = true;
  return mode;
}

class SegmentSearch : public testing::TestWithParam<std::tuple<DataShape, int>> {};
class SegmentSearchBatch : public SegmentSearch {};

TEST_P(SegmentSearch, FindsWhatBruteForceFindsOnEveryBackend) {
  const auto [shape, radius] = GetParam();
  const auto& [codes, segment, with_front] = stored(shape);
  const LiveRows live{nullptr, 800};
  const auto queries = make_queries(codes, shape, 8, radius, kSeed);
  for (const Kernels* kernels : kernels_available()) {
    for (const Fingerprint256& query : queries) {
      auto expected = brute_force(codes, query, radius);
      for (SearchMode mode : {unlimited(radius), usual(radius), flat(radius)}) {
        for (const Segment* searched : {segment.get(), with_front.get()}) {
          std::vector<RowHit> hits;
          search_segment(*searched, live, *kernels, query, mode, hits);
          std::sort(hits.begin(), hits.end());
          ASSERT_EQ(hits, expected) << kernels->name << " seed " << kSeed;
        }
      }
    }
  }
}

TEST_P(SegmentSearchBatch, AnswersAsOneByOne) {
  const auto [shape, radius] = GetParam();
  const auto& [codes, segment, with_front] = stored(shape);
  const LiveRows live{nullptr, 800};
  const auto queries = make_queries(codes, shape, kBatchQueriesMin + 8, radius, kSeed);
  std::vector<BatchHit> expected;
  for (std::uint32_t q = 0; q < queries.size(); ++q) {
    for (const RowHit& hit : brute_force(codes, queries[q], radius)) expected.push_back({q, hit});
  }
  for (const SearchMode& mode : {unlimited(radius), usual(radius)}) {
    for (const Segment* searched : {segment.get(), with_front.get()}) {
      BatchOutput out;
      search_segment_batch(*searched, live, kernels(), queries, mode, 1 << 20, out);
      EXPECT_TRUE(out.deferred.empty());
      ASSERT_EQ(out.hits, expected) << "seed " << kSeed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SegmentSearch,
                         testing::Combine(testing::ValuesIn(kAllShapes),
                                          testing::Values(0, 7, 8, 15, 16, 24, 31, 32, 47, 63, 64, 256)));
INSTANTIATE_TEST_SUITE_P(Shapes, SegmentSearchBatch,
                         testing::Combine(testing::ValuesIn(kAllShapes),
                                          testing::Values(0, 15, 31, 47, 63, 64)));

// The pigeonring condition at its edge: errors spread as evenly and as unevenly as the radius allows.
TEST(SegmentSearchEdge, FindsCodesWhoseErrorsAreSpreadEvenlyOrHeaped) {
  Random random(kSeed);
  for (const int radius : {15, 16, 31, 32, 47, 48, 63}) {
    std::vector<Fingerprint256> codes;
    const Fingerprint256 query = uniform_fingerprint(random);
    for (int shift = 0; shift < 256; ++shift) {
      Fingerprint256 even = query, heaped = query;
      for (int i = 0; i < radius; ++i) {
        const auto spread = static_cast<std::size_t>((shift + i * 256 / radius) % 256);
        const auto next = static_cast<std::size_t>((shift + i) % 256);
        even.words[spread / 64] ^= 1ULL << (spread % 64);
        heaped.words[next / 64] ^= 1ULL << (next % 64);
      }
      codes.push_back(even);
      codes.push_back(heaped);
    }
    std::vector<RowHit> hits;
    for (const bool front : {false, true}) {
      hits.clear();
      search_segment(*segment_of(codes, kChunks, front), {nullptr, 512}, kernels(), query, unlimited(radius),
                     hits);
      EXPECT_EQ(hits.size(), 512U) << radius;
    }
  }
}

TEST(SegmentSearchEdge, SkipsRemovedRowsAndStopsAtTheFirstLiveHit) {
  const auto codes = make_fingerprints(DataShape::kDuplicates, 1000, kSeed);
  const auto segment = segment_of(codes);
  const std::uint32_t removed[] = {1};
  const auto dead = DeadRows::add(nullptr, removed, codes.size());
  SearchMode mode = unlimited(0);
  mode.any_hit = true;
  std::vector<RowHit> hits;
  search_segment(*segment, {dead.get(), 1000}, kernels(), codes[1], mode, hits);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].row, 2U);
}

TEST(SegmentSearchEdge, DefersAQueryWithTooManyHits) {
  const std::vector<Fingerprint256> codes(1000, Fingerprint256{{1, 2, 3, 4}});
  const std::vector<Fingerprint256> queries(600, codes[0]);
  BatchOutput out;
  search_segment_batch(*segment_of(codes), {nullptr, 1000}, kernels(), queries, unlimited(31), 10, out);
  EXPECT_EQ(out.deferred.size(), 600U);
  EXPECT_TRUE(out.hits.empty());
}

TEST(SpreadBits, KeepsDistancesAndPutsOneBitOfEachRowIntoEachChunk) {
  Random random(kSeed);
  for (int i = 0; i < 100; ++i) {
    const Fingerprint256 a = uniform_fingerprint(random), b = uniform_fingerprint(random);
    EXPECT_EQ(hamming_distance(spread_bits(a), spread_bits(b)), hamming_distance(a, b));
  }
  for (std::size_t row = 0; row < 16; ++row) {
    Fingerprint256 one_row;
    one_row.words[row / 4] = 0xffffULL << (16 * (row % 4));
    for (std::size_t t = 0; t < kChunks; ++t) EXPECT_EQ(chunk_of(spread_bits(one_row), t), 1U << row);
  }
}

}  // namespace
}  // namespace seawall::index_detail
