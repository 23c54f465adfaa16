#include "seawall/observation/detail/block.h"

#include <gtest/gtest.h>

#include "seawall/observation/detail/manifest.h"
#include "seawall/observation/detail/test_data.h"

namespace seawall::observation_detail {
namespace {

Rows sample_rows(std::size_t count, std::uint64_t seed, unsigned tenants = 3) {
  Sample sample(seed);
  Random random(seed);
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push(static_cast<std::uint32_t>(random() % tenants),
              sample.next(static_cast<std::int64_t>(random() % 100000)));
  }
  return rows.select(rows.sorted_order());
}

void expect_equal(const Rows& a, const Rows& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::uint32_t row = 0; row < a.size(); ++row) {
    EXPECT_EQ(a.tenants[row], b.tenants[row]);
    EXPECT_EQ(a.observation(row), b.observation(row)) << "row " << row;
  }
}

TEST(ObservationBlock, ReadsBackWhatWasWritten) {
  for (const std::size_t count : {1U, 2U, 9U, 1000U, 16384U}) {
    const Rows rows = sample_rows(count, count);
    const auto block = encode_rows(rows);
    EXPECT_EQ(block.size() % kBlockAlign, 0U);
    const auto back = decode_rows(block);
    ASSERT_TRUE(back.has_value()) << count;
    expect_equal(*back, rows);
  }
}

TEST(ObservationBlock, KeepsTheEndsOfItsRanges) {
  Observation one;
  const std::string place(Observation::kPlaceBytesMax, '\xff');
  one.tenant = "t";
  one.place = place;
  one.pdq = PdqHash{{}, 100};
  Rows rows;
  one.time = at_ms(0);
  rows.push(0, one);
  one.place = "\n";
  one.time = at_ms(Observation::kTimeMsMax);
  one.pdq = PdqHash{{{~0ULL, ~0ULL, ~0ULL, ~0ULL}}, 0};
  rows.push(0, one);
  const auto back = decode_rows(encode_rows(rows));
  ASSERT_TRUE(back.has_value());
  expect_equal(*back, rows);
}

TEST(ObservationBlock, CostsAboutFiftyBytesAnObservation) {
  Random random(5);
  Rows rows;
  for (std::size_t i = 0; i < kBlockRowsMax; ++i) {
    const std::string place = "p" + std::to_string(10'000'000'000 + i);
    rows.push(0, {"t",
                  place,
                  at_ms(static_cast<std::int64_t>(i) * 100),
                  PdqHash{random_code(random), 80},
                  {},
                  {},
                  {}});
  }
  const double each = double(encode_rows(rows).size()) / double(rows.size());
  EXPECT_LE(each, 32 + 1 + 3 + 12 + 0.1);  // Code, quality, time, place; the head is shared by all.
}

TEST(ObservationBlock, NoticesEveryFlippedByte) {
  const auto block = encode_rows(sample_rows(20, 3));
  const auto header = read_header(block);
  for (std::size_t at = 0; at < header->facts_at() + header->facts.size_bytes; ++at) {
    auto damaged = block;
    damaged[at] ^= std::byte{0x10};
    EXPECT_FALSE(decode_rows(damaged).has_value()) << "byte " << at;
  }
}

TEST(ObservationBlock, RefusesTruncationAnywhere) {
  const auto block = encode_rows(sample_rows(20, 4));
  const auto header = read_header(block);
  for (std::size_t size = 0; size < header->facts_at() + header->facts.size_bytes; ++size) {
    EXPECT_FALSE(decode_rows(std::span(block).first(size)).has_value()) << "size " << size;
  }
}

TEST(ObservationManifest, ReadsBackWhatWasWrittenAndNothingElse) {
  Manifest manifest;
  manifest.next_part = 9;
  manifest.first_journal = 4;
  manifest.tenants = {{"a", 5, 6}, {std::string(64, 'b'), 0, 0}};
  manifest.parts = {{3, 1000}, {8, 2000}};
  const auto bytes = encode_manifest(manifest);
  EXPECT_EQ(*decode_manifest(bytes), manifest);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{1};
    EXPECT_FALSE(decode_manifest(damaged).has_value()) << "byte " << at;
    EXPECT_FALSE(decode_manifest(std::span(bytes).first(at)).has_value()) << "size " << at;
  }
}

}  // namespace
}  // namespace seawall::observation_detail
