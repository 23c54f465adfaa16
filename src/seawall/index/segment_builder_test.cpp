#include <gtest/gtest.h>

#include "seawall/index/detail/segment.h"
#include "seawall/index/detail/segment_format.h"
#include "seawall/index/detail/test_data.h"

namespace seawall::index_detail {
namespace {

constexpr std::uint64_t kSeed = 77;

std::vector<IndexEntry> entries_of(DataShape shape, std::size_t count) {
  std::vector<IndexEntry> entries;
  for (const Fingerprint256& code : make_fingerprints(shape, count, kSeed)) {
    entries.push_back({code, EntryId{entries.size() + 1}});
  }
  return entries;
}

/// The rows of each bucket of a table, in order.
std::vector<std::vector<std::uint32_t>> textbook_buckets(std::span<const IndexEntry> rows,
                                                         std::size_t table) {
  std::vector<std::vector<std::uint32_t>> buckets(kBuckets);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    buckets[bucket_of(chunk_of(rows[row].fingerprint, table))].push_back(row);
  }
  return buckets;
}

void expect_table(const Segment& segment, std::span<const IndexEntry> rows, std::size_t table,
                  std::uint32_t& line) {
  const auto buckets = textbook_buckets(rows, table);
  std::uint32_t number = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const DirectoryEntry& entry = segment.directory(table)[bucket];
    ASSERT_EQ(entry.line, line) << bucket;
    ASSERT_EQ(entry.row, number) << bucket;
    for (std::size_t i = 0; i < buckets[bucket].size(); ++i) {
      const std::uint32_t row = buckets[bucket][i];
      ASSERT_EQ(segment.row_numbers(table)[number + i], row) << bucket;
      ASSERT_EQ(segment.lines()[line + i / kLineLanes].lanes[i % kLineLanes],
                chunk_of(rows[row].fingerprint, (table + 1) % kChunks));
    }
    number += static_cast<std::uint32_t>(buckets[bucket].size());
    line += lines_for(static_cast<std::uint32_t>(buckets[bucket].size()));
  }
}

void expect_front(const FrontLines& front, std::span<const IndexEntry> rows, std::size_t table) {
  const auto buckets = textbook_buckets(rows, table);
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const Line& next = front.lines()[table * kBuckets + bucket];
    const Line& third = front.thirds()[table * kBuckets + bucket];
    const std::size_t held = std::min(buckets[bucket].size(), kFrontLanes);
    ASSERT_EQ(next.lanes[kFrontLanes], held | (buckets[bucket].size() > held ? kFrontMore : 0U)) << bucket;
    for (std::size_t i = 0; i < held; ++i) {
      const Fingerprint256& code = rows[buckets[bucket][i]].fingerprint;
      ASSERT_EQ(next.lanes[i], chunk_of(code, (table + 1) % kChunks));
      ASSERT_EQ(third.lanes[i], chunk_of(code, (table + 2) % kChunks));
    }
  }
}

class SegmentBuilder : public testing::TestWithParam<DataShape> {};

TEST_P(SegmentBuilder, FillsTheTablesAndFrontLinesOfTheTextbook) {
  const auto rows = entries_of(GetParam(), 5000);
  std::unique_ptr<FrontLines> front;
  const auto content = build_segment(rows, Kind::kRadius, kChunks, &front);
  ASSERT_TRUE(content.has_value());
  const auto segment = Segment::open(*content, "test", Kind::kRadius);
  ASSERT_TRUE(segment.has_value()) << segment.error().message;
  ASSERT_TRUE((*segment)->verify().has_value());
  const auto derived = FrontLines::create(**segment);
  ASSERT_TRUE(derived.has_value());
  std::uint32_t line = 0;
  for (std::size_t t = 0; t < kChunks; ++t) {
    expect_table(**segment, rows, t, line);
    expect_front(*front, rows, t);
    expect_front(**derived, rows, t);
  }
  EXPECT_EQ(line, (*segment)->line_count());
}

INSTANTIATE_TEST_SUITE_P(Shapes, SegmentBuilder, testing::ValuesIn(kAllShapes));

TEST(SegmentBuilderWithoutFront, MakesTheSameBytes) {
  const auto rows = entries_of(DataShape::kNatural, 3000);
  std::unique_ptr<FrontLines> front;
  const auto with = build_segment(rows, Kind::kRadius, kChunks, &front);
  const auto without = build_segment(rows, Kind::kRadius, kChunks);
  ASSERT_TRUE(with && without);
  EXPECT_TRUE(std::ranges::equal((*with)->bytes(), (*without)->bytes()));
}

TEST(SegmentBuilderWithoutFront, BuildsTheOneTableOfDigests) {
  const auto rows = entries_of(DataShape::kDuplicates, 3000);
  const auto content = build_segment(rows, Kind::kRadius, 1);
  ASSERT_TRUE(content.has_value());
  const auto segment = Segment::open(*content, "test", Kind::kRadius);
  ASSERT_TRUE(segment.has_value());
  std::uint32_t line = 0;
  expect_table(**segment, rows, 0, line);
}

}  // namespace
}  // namespace seawall::index_detail
