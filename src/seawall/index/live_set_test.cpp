#include "seawall/index/detail/live_set.h"

#include <gtest/gtest.h>

#include "seawall/durable_file/fault_file_system.h"
#include "seawall/index/detail/test_model.h"

namespace seawall::index_detail {
namespace {

using durable::FaultDisk;

constexpr std::uint64_t kSeed = 7;

// Small enough that a test of a few hundred changes freezes, merges and rewrites many times.
LiveSetLimits tiny() {
  LiveSetLimits limits;
  limits.delta_rows = 24;
  limits.small_rows = 100;
  limits.deltas_max = 3;
  return limits;
}

LiveIndexOptions by_hand() {
  LiveIndexOptions options;
  options.background_merge = false;
  return options;
}

QueryOptions radius(int bits) {
  QueryOptions options;
  options.radius_bits = bits;
  return options;
}

std::unique_ptr<LiveSet> open_set(FaultDisk* disk, const LiveIndexOptions& options = by_hand()) {
  auto set = LiveSet::open(disk != nullptr ? disk->files() : nullptr, Kind::kRadius, options, tiny());
  if (!set) ADD_FAILURE() << set.error().message;
  return set ? *std::move(set) : nullptr;
}

void expect_equal(const LiveSet& set, const IndexModel& model, Random& random) {
  ASSERT_EQ(set.state()->size, model.size());
  ASSERT_EQ(set.state()->position, model.position());
  ASSERT_EQ(set.within({}, radius(256)), model.within({}, radius(256)));
  std::vector<Fingerprint256> queries;
  for (std::uint64_t seed = 0; seed < 40; seed += 1 + random() % 8) {
    Random code(seed);
    queries.push_back(flipped(uniform_fingerprint(code), random, 2));
    for (const int bits : {0, 4, 31, 64}) {
      ASSERT_EQ(set.within(queries.back(), radius(bits)), model.within(queries.back(), radius(bits)));
    }
  }
  set.within_batch(queries, radius(31), [&](std::size_t i, std::span<const Neighbour> found) {
    const std::vector<Neighbour> answers(found.begin(), found.end());
    EXPECT_EQ(answers, model.within(queries[i], radius(31)));
  });
}

TEST(LiveSet, AnswersAsItsModelThroughAddsRemovesMergesAndRestarts) {
  for (const bool on_disk : {false, true}) {
    SCOPED_TRACE(on_disk ? "on disk" : "in memory");
    FaultDisk disk;
    auto set = open_set(on_disk ? &disk : nullptr);
    IndexModel model;
    Random random(kSeed);
    for (std::uint64_t step = 1; step <= 400; ++step) {
      const OwnedChange change = random_change(random, step);
      ASSERT_TRUE(set->apply(change.view()).has_value());
      model.apply(change);
      if (step % 97 == 0) {
        ASSERT_TRUE(set->merge().has_value());
      }
      if (on_disk && step % 61 == 0) {
        set.reset();
        disk.restart(0);
        set = open_set(&disk);
      }
      if (step % 20 == 0) expect_equal(*set, model, random);
      if (HasFatalFailure()) FAIL() << "seed " << kSeed << " step " << step;
    }
    EXPECT_TRUE(set->verify().has_value());
  }
}

TEST(LiveSet, TakesAChangeLargerThanADeltaAsASegment) {
  FaultDisk disk;
  auto set = open_set(&disk);
  IndexModel model;
  Random random(kSeed);
  for (std::uint64_t step = 1; step <= 6; ++step) {
    const OwnedChange before = random_change(random, step * 10);
    ASSERT_TRUE(set->apply(before.view()).has_value());
    model.apply(before);
    OwnedChange large = random_change(random, step * 10 + 1, 300);
    while (large.add.size() < 80 * step)
      large.add.push_back({uniform_fingerprint(random), EntryId{1 + random() % 300}});
    large.add.push_back(large.add.front());
    ASSERT_TRUE(set->apply(large.view()).has_value());
    model.apply(large);
    ASSERT_NO_FATAL_FAILURE(expect_equal(*set, model, random));
    set.reset();
    disk.restart(0);
    set = open_set(&disk);
    ASSERT_NO_FATAL_FAILURE(expect_equal(*set, model, random));
  }
}

TEST(LiveSet, AnswersTheSameWhereSegmentsAreReadFromTheirFiles) {
  FaultDisk disk;
  LiveIndexOptions options = by_hand();
  options.mapped = true;
  auto set = open_set(&disk, options);
  IndexModel model;
  Random random(kSeed);
  for (std::uint64_t step = 1; step <= 6; ++step) {
    OwnedChange large = random_change(random, step, 300);
    while (large.add.size() < 80 * step)
      large.add.push_back({uniform_fingerprint(random), EntryId{1 + random() % 300}});
    ASSERT_TRUE(set->apply(large.view()).has_value());
    model.apply(large);
    if (step % 2 == 0) {
      ASSERT_TRUE(set->merge().has_value());
    }
    ASSERT_NO_FATAL_FAILURE(expect_equal(*set, model, random));
  }
}

TEST(LiveSet, MatchesBanksOfAnyNumberOfEqualHashes) {
  for (const std::size_t count : {1UL, 2UL, 4UL, 8UL, 16UL, 1000UL, 100'000UL}) {
    FaultDisk disk;
    auto set = *LiveSet::open(disk.files(), Kind::kRadius, by_hand());
    OwnedChange change;
    for (std::uint64_t i = 1; i <= count; ++i) change.add.push_back({{{5, 6, 7, 8}}, EntryId{i}});
    ASSERT_TRUE(set->apply(change.view()).has_value());
    EXPECT_EQ(set->within({{5, 6, 7, 8}}, radius(31)).size(), count);
    set.reset();
    set = *LiveSet::open(disk.files(), Kind::kRadius, by_hand());
    EXPECT_EQ(set->within({{5, 6, 7, 9}}, radius(31)).size(), count);
    QueryOptions nearest = radius(31);
    nearest.nearest_max = 3;
    EXPECT_EQ(set->within({{5, 6, 7, 8}}, nearest).size(), std::min<std::size_t>(3, count));
    QueryOptions any = radius(31);
    any.any_hit = true;
    EXPECT_EQ(set->within({{5, 6, 7, 8}}, any).size(), 1U);
  }
}

TEST(LiveSet, CountsOnlyWhatIsAcceptedHoweverManyAreNearer) {
  auto set = open_set(nullptr);
  Random random(kSeed);
  std::vector<IndexEntry> entries;
  for (std::uint64_t id = 1; id <= 3'000; ++id)
    entries.push_back(
        {id % 3 == 0 ? uniform_fingerprint(random) : Fingerprint256{{id % 7, 0, 0, 0}}, EntryId{id}});
  ASSERT_TRUE(set->apply({entries, {}, 1}).has_value());
  const auto odd = [](EntryId id) { return static_cast<std::uint64_t>(id) % 2 == 1; };
  const FunctionRef<bool(EntryId)> accept(odd);
  std::vector<Fingerprint256> queries;
  for (std::size_t i = 0; i < 600; ++i)
    queries.push_back(i % 4 == 0 ? Fingerprint256{} : entries[i * 5].fingerprint);
  QueryOptions all = radius(31);
  QueryOptions some = all;
  some.accept = &accept;
  some.nearest_max = 5;
  QueryOptions any = some;
  any.any_hit = true;
  const auto expected = [&](const Fingerprint256& query) {
    auto found = set->within(query, all);
    std::erase_if(found, [&](const Neighbour& one) { return !odd(one.id); });
    if (found.size() > 5) found.resize(5);
    return found;
  };
  set->within_batch(queries, some, [&](std::size_t i, std::span<const Neighbour> found) {
    EXPECT_EQ(std::vector<Neighbour>(found.begin(), found.end()), expected(queries[i])) << i;
    EXPECT_EQ(set->within(queries[i], some), expected(queries[i])) << i;
    EXPECT_EQ(set->within(queries[i], any).empty(), expected(queries[i]).empty()) << i;
  });
}

TEST(LiveSet, FindsOneOfAnIdsFingerprintsAndForgetsThemAllAtOnce) {
  auto set = open_set(nullptr);
  const IndexEntry entries[] = {{{{1, 0, 0, 0}}, EntryId{9}}, {{{0, 0, 0, ~0ULL}}, EntryId{9}}};
  const EntryId removed[] = {EntryId{9}};
  ASSERT_TRUE(set->apply({entries, {}, 1}).has_value());
  EXPECT_EQ(set->within({}, radius(1)), (std::vector<Neighbour>{{EntryId{9}, 1}}));
  ASSERT_TRUE(set->apply({{}, removed, 2}).has_value());
  EXPECT_TRUE(set->within({}, radius(256)).empty());
  ASSERT_TRUE(set->apply({entries, removed, 3}).has_value());  // Removals come first.
  EXPECT_EQ(set->within({}, radius(256)).size(), 2U);
}

TEST(LiveSet, RefusesIdZeroAndWritesWhenReadOnly) {
  FaultDisk disk;
  auto set = open_set(&disk);
  const IndexEntry zero[] = {{{}, EntryId{0}}};
  EXPECT_EQ(set->apply({zero, {}, 1}).error().code, Code::kInvalidInput);
  LiveIndexOptions read_only = by_hand();
  read_only.read_only = true;
  const auto reader = open_set(&disk, read_only);
  EXPECT_EQ(reader->apply({{}, {}, 1}).error().code, Code::kInvalidInput);
  EXPECT_EQ(reader->merge().error().code, Code::kInvalidInput);
}

// Goal: readers see whole changes and never miss a pair that is there all the time. Method: a writer moves id
// 2 between two fingerprints, one change each, while merges run behind it; run under TSan too.
TEST(LiveSet, ReadersSeeWholeChangesWhileMergesRun) {
  FaultDisk disk;
  LiveIndexOptions options;
  options.background_merge = true;
  auto set = open_set(&disk, options);
  const Fingerprint256 fixed{{1, 1, 1, 1}}, left{{2, 0, 0, ~0ULL}}, right{{2, ~0ULL, 0, 0}};
  const IndexEntry first[] = {{fixed, EntryId{1}}, {left, EntryId{2}}};
  ASSERT_TRUE(set->apply({first, {}, 1}).has_value());
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  {
    std::jthread readers[2];
    for (auto& reader : readers) {
      reader = std::jthread([&] {
        const Fingerprint256 both[] = {left, right};
        while (!stop) {
          if (set->within(fixed, radius(10)).size() != 1) ++wrong;
          std::size_t found = 0;
          set->within_batch(both, radius(0),
                            [&](std::size_t, std::span<const Neighbour> hits) { found += hits.size(); });
          if (found != 1) ++wrong;
        }
      });
    }
    const EntryId moved[] = {EntryId{2}};
    Random random(kSeed);
    for (std::uint64_t step = 2; step < 600; ++step) {
      const IndexEntry entries[] = {{step % 2 == 0 ? right : left, EntryId{2}},
                                    {uniform_fingerprint(random), EntryId{step + 100}}};
      ASSERT_TRUE(set->apply({entries, moved, step}).has_value());
    }
    stop = true;
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace seawall::index_detail
