#include "seawall/index/live_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "seawall/base/temporary_folder.h"

namespace seawall {
namespace {

Fingerprint256 with_bits(int count) {
  Fingerprint256 fingerprint;
  for (int i = 0; i < count; ++i) fingerprint.words[static_cast<std::size_t>(i) / 64] |= 1ULL << (i % 64);
  return fingerprint;
}

TEST(LiveIndex, IncludesTheRadiusItselfAndNothingBeyond) {
  const auto index = LiveIndex::in_memory();
  const IndexEntry entries[] = {{with_bits(31), EntryId{1}}, {with_bits(32), EntryId{2}}};
  ASSERT_TRUE(index->apply({entries, {}, 1}).has_value());
  EXPECT_EQ(*index->within(Fingerprint256{}, {}), (std::vector<Neighbour>{{EntryId{1}, 31}}));
}

TEST(LiveIndex, KeepsAcknowledgedChangesOverARestart) {
  const TemporaryFolder folder = TemporaryFolder::make("seawall-index").value();
  const IndexEntry entries[] = {{with_bits(3), EntryId{1}}, {with_bits(4), EntryId{2}}};
  const EntryId removed[] = {EntryId{1}};
  {
    const auto index = *LiveIndex::open(folder.path());
    ASSERT_TRUE(index->apply({entries, {}, 7}).has_value());
    ASSERT_TRUE(index->apply({{}, removed, 8}).has_value());
  }
  const auto index = *LiveIndex::open(folder.path());
  EXPECT_EQ(index->position(), 8U);
  EXPECT_EQ(*index->within(Fingerprint256{}, {}), (std::vector<Neighbour>{{EntryId{2}, 4}}));
}

TEST(LiveIndex, RefusesASecondWriter) {
  const TemporaryFolder folder = TemporaryFolder::make("seawall-index").value();
  const auto index = *LiveIndex::open(folder.path());
  const auto second = LiveIndex::open(folder.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
}

TEST(LiveIndex, TakesARadiusForEachQuery) {
  const auto index = LiveIndex::in_memory();
  const IndexEntry entries[] = {{with_bits(10), EntryId{1}}, {with_bits(20), EntryId{2}}};
  ASSERT_TRUE(index->apply({entries, {}, 1}).has_value());
  const Fingerprint256 queries[4] = {};
  const int radius[] = {20, 9, 10, 9};
  std::size_t counts[4] = {};
  ASSERT_TRUE(index
                  ->within_batch_each(
                      queries, radius, {},
                      [&](std::size_t i, std::span<const Neighbour> found) { counts[i] = found.size(); })
                  .has_value());
  EXPECT_THAT(counts, testing::ElementsAre(2, 0, 1, 0));
  const int bad[] = {0, 0, 0, 257};
  EXPECT_EQ(index->within_batch_each(queries, bad, {}, [](std::size_t, auto) {}).error().code,
            Code::kInvalidInput);
}

TEST(LiveIndex, NamesTheDamagedFile) {
  const TemporaryFolder folder = TemporaryFolder::make("seawall-index").value();
  {
    const auto index = *LiveIndex::open(folder.path());
    const IndexEntry entries[] = {{with_bits(3), EntryId{1}}};
    ASSERT_TRUE(index->apply({entries, {}, 1}).has_value());
    ASSERT_TRUE(index->merge().has_value());
  }
  std::fstream file(folder.path() / "segment-1.seg", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4100);
  file.put('x');
  file.close();
  const auto index = LiveIndex::open(folder.path());
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().code, Code::kCorrupt);
  EXPECT_THAT(index.error().message, testing::HasSubstr("segment-1.seg"));
}

// Goal: what was acknowledged outlives kill -9. Method: a child acknowledges changes through a pipe until
// killed.
TEST(LiveIndex, OutlivesAKill) {
  const TemporaryFolder folder = TemporaryFolder::make("seawall-index").value();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    LiveIndexOptions options;
    options.background_merge = false;
    auto index = LiveIndex::open(folder.path(), options);
    for (std::uint64_t i = 1; index && i < 100000; ++i) {
      const IndexEntry entries[] = {{with_bits(3), EntryId{i}}, {with_bits(4), EntryId{i}}};
      if (!(*index)->apply({entries, {}, i})) break;
      if (::write(ends[1], &i, sizeof i) != sizeof i) break;
    }
    ::_exit(0);
  }
  std::uint64_t acknowledged = 0;
  while (acknowledged < 5 && ::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[1]);
  std::uint64_t more = 0;
  while (::read(ends[0], &more, sizeof more) == sizeof more) acknowledged = more;
  ::close(ends[0]);
  const auto index = *LiveIndex::open(folder.path());
  EXPECT_GE(acknowledged, 5U);
  EXPECT_GE(index->position(), acknowledged);
  EXPECT_EQ(index->size(), 2 * index->position());
}

}  // namespace
}  // namespace seawall
