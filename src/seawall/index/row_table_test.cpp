#include "seawall/index/detail/row_table.h"

#include <gtest/gtest.h>

#include "seawall/index/detail/test_data.h"

namespace seawall::index_detail {
namespace {

constexpr std::uint64_t kSeed = 23;
constexpr std::size_t kRows = 20'000;  // Enough that the chains, not the scan, are what is tested.

std::shared_ptr<RowTable> filled(const std::vector<Fingerprint256>& codes, std::size_t tables) {
  auto table = *RowTable::create(codes.size() + 5, tables);
  for (std::size_t i = 0; i < codes.size(); ++i) table->append({codes[i], EntryId{i / 3 + 1}});
  return table;
}

SearchMode within(int radius_bits) {
  SearchMode mode;
  mode.radius_bits = radius_bits;
  return mode;
}

std::vector<RowHit> found_by(const RowTable& table, const LiveRows& live, const Fingerprint256& query,
                             int radius) {
  std::vector<RowHit> hits;
  table.search(live, kernels(), query, within(radius), hits);
  std::sort(hits.begin(), hits.end());
  return hits;
}

TEST(RowTable, FindsWhatBruteForceFindsAmongTheRowsShown) {
  for (const DataShape shape : kAllShapes) {
    const auto codes = make_fingerprints(shape, kRows, kSeed);
    const auto table = filled(codes, kChunks);
    const std::vector<std::uint32_t> removed = {0, 17, 5000};
    const auto dead = DeadRows::add(nullptr, removed, kRows);
    const LiveRows live{dead.get(), kRows - 100};
    for (const int radius : {0, 7, 16, 31, 32, 64}) {
      for (const Fingerprint256& query : make_queries(codes, shape, 10, radius, kSeed)) {
        std::vector<RowHit> expected;
        for (std::uint32_t row = 0; row < kRows - 100; ++row) {
          const int distance = hamming_distance(codes[row], query);
          if (distance <= radius && !dead->contains(row)) expected.push_back({row, distance});
        }
        ASSERT_EQ(found_by(*table, live, query, radius), expected)
            << "seed " << kSeed << " radius " << radius;
      }
    }
  }
}

TEST(RowTable, FindsExactlyWithASingleTable) {
  const auto codes = make_fingerprints(DataShape::kUniform, kRows, kSeed);
  const auto table = filled(codes, 1);
  const LiveRows live{nullptr, kRows};
  EXPECT_EQ(found_by(*table, live, codes[77], 0), (std::vector<RowHit>{{77, 0}}));
}

TEST(RowTable, KnowsItsIdsAndPairs) {
  const auto codes = make_fingerprints(DataShape::kUniform, 30, kSeed);
  const auto table = filled(codes, kChunks);
  const LiveRows live{nullptr, 29};
  EXPECT_EQ(table->rows_of(EntryId{1}, live), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(table->rows_of(EntryId{10}, live), (std::vector<std::uint32_t>{27, 28}));
  EXPECT_TRUE(table->contains({codes[4], EntryId{2}}, live));
  EXPECT_FALSE(table->contains({codes[4], EntryId{3}}, live));
  EXPECT_FALSE(table->contains({codes[29], EntryId{10}}, live));
}

}  // namespace
}  // namespace seawall::index_detail
