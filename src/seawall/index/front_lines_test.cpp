#include "seawall/index/detail/front_lines.h"

#include <gtest/gtest.h>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/index/detail/live_set.h"
#include "seawall/index/detail/test_model.h"

namespace seawall::index_detail {
namespace {

using durable::FaultDisk;

constexpr std::uint64_t kSeed = 31;
constexpr std::size_t kBaseRows = 20'000;  // Enough for searches to use the tables and not the flat scan.

Fingerprint256 centre(std::uint64_t i) {
  Random random(1000 + i);
  return uniform_fingerprint(random);
}

QueryOptions radius(int bits) {
  QueryOptions options;
  options.radius_bits = bits;
  return options;
}

/// A set whose one segment has front lines, with deltas and small tables beside it that change all the time.
struct Fixture {
  std::unique_ptr<LiveSet> set;
  IndexModel model;

  Fixture() {
    LiveSetLimits limits;
    limits.delta_rows = 64;
    limits.small_rows = 1000;
    limits.deltas_max = 3;
    limits.front_rows_min = kBaseRows / 2;
    LiveIndexOptions options;
    options.background_merge = false;
    auto opened = LiveSet::open(nullptr, Kind::kRadius, options, limits);
    if (opened) set = *std::move(opened);
    OwnedChange base{{}, {}, 1};
    const auto codes = make_fingerprints(DataShape::kUniform, kBaseRows, kSeed);
    for (std::size_t i = 0; i < codes.size(); ++i) base.add.push_back({codes[i], EntryId{100'000 + i}});
    apply(base);
  }

  void apply(const OwnedChange& change) {
    ASSERT_TRUE(set->apply(change.view()).has_value());
    model.apply(change);
  }
};

// Few centres: their buckets overflow with marks, and removals and merges leave marks behind.
TEST(FrontLines, FindWhatTheModelFindsWhileNewerRowsComeGoAndMerge) {
  Fixture fixture;
  ASSERT_NE(fixture.set->state()->host(), nullptr);
  Random random(kSeed);
  for (std::uint64_t step = 2; step < 320; ++step) {
    OwnedChange change{{}, {}, step};
    for (int i = 0; i < 6; ++i) {
      change.add.push_back({flipped(centre(random() % 12), random, static_cast<int>(random() % 30)),
                            EntryId{1 + random() % 1500}});
    }
    change.remove.push_back(EntryId{1 + random() % 1500});
    fixture.apply(change);
    if (step % 8 != 0) continue;
    for (const int bits : {0, 15, 31, 70}) {
      const Fingerprint256 query = flipped(centre(random() % 12), random, 3);
      ASSERT_EQ(fixture.set->within(query, radius(bits)), fixture.model.within(query, radius(bits)))
          << "seed " << kSeed << " step " << step;
    }
  }
  EXPECT_GT(fixture.set->state()->parts.size(), 2U);
}

// No row shares a bucket's chain with its like, so that each is found by its own marks or not at all.
TEST(FrontLines, FindEveryNewRowThatStandsAlone) {
  Fixture fixture;
  Random random(kSeed + 1);  // Not the rows of the segment again.
  for (std::uint64_t id = 1; id <= 900; ++id) {
    const Fingerprint256 code = uniform_fingerprint(random);
    fixture.apply({{{code, EntryId{id}}}, {}, id + 1});
    const auto found = fixture.set->within(flipped(code, random, 31), radius(31));
    ASSERT_EQ(found.size(), 1U) << "seed " << kSeed << " row " << id;
    EXPECT_EQ(found[0].id, EntryId{id});
  }
}

TEST(FrontLines, AnswerABatchAsTheModelDoes) {
  Fixture fixture;
  Random random(kSeed);
  for (std::uint64_t step = 2; step < 100; ++step) {
    OwnedChange change{{}, {}, step};
    for (std::uint64_t i = 0; i < 6; ++i) {
      change.add.push_back({flipped(centre(random() % 40), random, 9), EntryId{step * 6 + i}});
    }
    fixture.apply(change);
  }
  std::vector<Fingerprint256> queries;
  for (std::size_t i = 0; i < kBatchQueriesMin + 8; ++i) {
    queries.push_back(flipped(centre(i % 80), random, static_cast<int>(i % 30)));
  }
  for (const int bits : {31, 70}) {
    fixture.set->within_batch(queries, radius(bits), [&](std::size_t i, std::span<const Neighbour> found) {
      const std::vector<Neighbour> answers(found.begin(), found.end());
      EXPECT_EQ(answers, fixture.model.within(queries[i], radius(bits))) << "seed " << kSeed;
    });
  }
}

// Queries and changes go on while the front lines of an opened segment are made.
TEST(FrontLines, ComeInTheBackgroundAfterOpening) {
  FaultDisk disk;
  LiveSetLimits limits;
  limits.delta_rows = 64;
  limits.small_rows = 1000;
  limits.front_rows_min = kBaseRows / 2;
  IndexModel model;
  OwnedChange base{{}, {}, 1};
  const auto codes = make_fingerprints(DataShape::kUniform, kBaseRows, kSeed);
  for (std::size_t i = 0; i < codes.size(); ++i) base.add.push_back({codes[i], EntryId{100'000 + i}});
  {
    auto set = LiveSet::open(disk.files(), Kind::kRadius, {}, limits);
    ASSERT_TRUE((*set)->apply(base.view()).has_value());
    model.apply(base);
  }
  auto set = LiveSet::open(disk.files(), Kind::kRadius, {}, limits);
  ASSERT_TRUE(set.has_value()) << set.error().message;
  Random random(kSeed + 1);
  for (std::uint64_t id = 1; id <= 200; ++id) {
    if (id == 100) (*set)->finish_fronts();
    const OwnedChange change{{{uniform_fingerprint(random), EntryId{id}}}, {}, id + 1};
    ASSERT_TRUE((*set)->apply(change.view()).has_value());
    model.apply(change);
    for (const Fingerprint256& near : {change.add[0].fingerprint, codes[id]}) {
      const Fingerprint256 query = flipped(near, random, 31);
      ASSERT_EQ((*set)->within(query, radius(31)), model.within(query, radius(31))) << "seed " << kSeed;
    }
  }
  EXPECT_NE((*set)->state()->host(), nullptr);
}

}  // namespace
}  // namespace seawall::index_detail
