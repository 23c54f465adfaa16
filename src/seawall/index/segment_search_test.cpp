#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <functional>
#include <map>
#include <tuple>

#include "seawall/index/detail/query_order.h"
#include "seawall/index/detail/radius_plan.h"
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

/// As docs/index.md says it: row i rotated right by i, then rows and columns exchanged, bit by bit.
Fingerprint256 textbook_spread(const Fingerprint256& code) {
  Fingerprint256 spread;
  for (unsigned i = 0; i < 16; ++i) {
    for (unsigned j = 0; j < 16; ++j) {
      const unsigned from = 16 * i + j, to = 16 * ((j + 16 - i) % 16) + i;
      spread.words[to / 64] |= ((code.words[from / 64] >> (from % 64)) & 1) << (to % 64);
    }
  }
  return spread;
}

TEST(SpreadBits, MovesEachBitAsTheTextbookDoes) {
  Random random(kSeed);
  for (int i = 0; i < 1000; ++i) {
    const Fingerprint256 code = uniform_fingerprint(random);
    ASSERT_EQ(spread_bits(code), textbook_spread(code)) << "seed " << kSeed;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Fingerprint256 one;
    one.words[bit / 64] = 1ULL << (bit % 64);
    ASSERT_EQ(spread_bits(one), textbook_spread(one)) << bit;
  }
}

// Every distance pattern of few chunks is met by random ones, heaped and even; the lemma promises one start
// from which all three bounds hold.
TEST(RadiusPlan, SomeChunkSatisfiesTheBoundsOfOneTwoAndThreeChunks) {
  Random random(kSeed);
  for (int round = 0; round < 100'000; ++round) {
    const int radius = static_cast<int>(random() % 64);
    const RadiusPlan plan = plan_for(radius);
    std::array<int, kChunks> d{};
    const std::uint64_t spread = 1 + random() % kChunks;
    for (int bit = 0; bit < radius; ++bit) ++d[random() % spread * (kChunks / spread)];
    bool found = false;
    for (std::size_t t = 0; t < kChunks && !found; ++t) {
      const int next = d[(t + 1) % kChunks], third = d[(t + 2) % kChunks];
      found = d[t] <= plan.key_bits_max && next <= plan.next_limit(d[t]) &&
              next + third <= plan.third_limit(d[t]);
    }
    ASSERT_TRUE(found) << "seed " << kSeed << " radius " << radius;
  }
}

TEST(FilterThird, KeepsWhatTheTextbookKeepsOnEveryBackend) {
  Random random(kSeed);
  std::vector<Line> lines(64), thirds(64);
  for (auto* plane : {&lines, &thirds}) {
    for (Line& line : *plane) {
      for (std::uint16_t& lane : line.lanes) lane = static_cast<std::uint16_t>(random() & random());
    }
  }
  std::vector<Visitor> visitors(16);
  for (Visitor& visitor : visitors) {
    visitor.next = static_cast<std::uint16_t>(random() & random());
    visitor.third = static_cast<std::uint16_t>(random() & random());
  }
  for (int limit = 0; limit <= 12; ++limit) {
    std::vector<Survivors> all, expected;
    for (std::uint32_t i = 0; i < 512; ++i) {
      all.push_back(
          {i % 16, static_cast<std::uint32_t>(random() % 64), static_cast<std::uint32_t>(random())});
      std::uint32_t kept = all.back().lanes & 0x80000000U;
      for (std::uint32_t lane = 0; lane < kFrontLanes; ++lane) {
        const int bits = std::popcount(static_cast<std::uint16_t>(lines[all[i].line].lanes[lane] ^
                                                                  visitors[i % 16].next)) +
                         std::popcount(static_cast<std::uint16_t>(thirds[all[i].line].lanes[lane] ^
                                                                  visitors[i % 16].third));
        if (bits <= limit) kept |= all[i].lanes & 1U << lane;
      }
      if (kept != 0) expected.push_back({i % 16, all[i].line, kept});
    }
    for (const Kernels* kernels : kernels_available()) {
      std::vector<Survivors> found = all;
      found.resize(kernels->filter_third(lines.data(), thirds.data(), visitors, limit, found));
      ASSERT_EQ(found.size(), expected.size()) << kernels->name;
      for (std::size_t i = 0; i < found.size(); ++i) {
        ASSERT_EQ(std::tie(found[i].probe, found[i].line, found[i].lanes),
                  std::tie(expected[i].probe, expected[i].line, expected[i].lanes))
            << kernels->name << " seed " << kSeed;
      }
    }
  }
}

TEST(OrderByQuery, OrdersAsASortDoesAndLeavesWhatStandsBefore) {
  Random random(kSeed);
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<BatchHit> hits;
    for (std::size_t i = 0; i < count + 3; ++i) {
      hits.push_back(
          {static_cast<std::uint32_t>(random() % 50), {static_cast<std::uint32_t>(random() % 9), 0}});
    }
    auto expected = hits;
    std::sort(expected.begin() + 3, expected.end());
    order_by_query(hits, 3, 50, std::less<>());
    ASSERT_EQ(hits, expected) << "seed " << kSeed;
  }
}

}  // namespace
}  // namespace seawall::index_detail
