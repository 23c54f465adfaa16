#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "seawall/base/temporary_folder.h"
#include "seawall/clip_match/clip_matcher.h"
#include "seawall/clip_match/detail/clip_reader.h"
#include "seawall/clip_match/detail/kept_bytes.h"
#include "seawall/clip_match/detail/test_clips.h"

namespace {
using namespace seawall;              // NOLINT(google-build-using-namespace): one file, one purpose
using namespace seawall::test_clips;  // NOLINT(google-build-using-namespace)

/// A print of several labels, some of them rare.
DensePrint windows_of(std::uint64_t seed) {
  HashTrack track;
  track.labels = {"original", "trim", "left", "right"};
  generated::append_showing(track, {seed}, {.end_us = 20 * kSecond});
  const std::size_t frames = track.hashes.size();
  for (std::size_t i = 0; i < frames; ++i) {
    TimedHash hash = track.hashes[i];
    hash.label = static_cast<std::uint16_t>(1 + mix(i) % 3);
    if (hash.label == 3 && mix(i + 1) % 40 != 0) continue;
    hash.hash.bits = Walk{seed + hash.label}.at(hash.time_us);
    track.hashes.push_back(hash);
  }
  std::ranges::stable_sort(track.hashes, {}, &TimedHash::time_us);
  return *prune(track);
}

TEST(ClipReader, GivesTheHashesOfAPrintByPlaceAndByTime) {
  const DensePrint print = windows_of(5);
  const auto index = *ClipIndex::make();
  ASSERT_TRUE(index->add(ClipId{1}, print));
  const ClipScope all;
  const clip_detail::ClipReader reader(index->find(ClipId{1}), *index, all);
  for (std::uint32_t i = 0; i < print.hashes.size(); ++i) ASSERT_EQ(reader.hash(i), print.hashes[i]);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const auto label = static_cast<std::uint8_t>(mix(seed) % 4);
    const double time_ms =
        static_cast<double>(mix(seed + 9) % 22'000) - 500 + 0.25 * static_cast<double>(seed % 4);
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t i = 0; i < print.hashes.size(); ++i) {
      const HeldHash& hash = print.hashes[i];
      if (hash.label == label && static_cast<double>(hash.start_ms) <= time_ms) wanted.push_back(i);
    }
    std::ranges::reverse(wanted);
    std::vector<std::uint32_t> seen;
    reader.each_before(time_ms, label, [&](std::uint32_t i, const HeldHash& hash) {
      EXPECT_EQ(hash, print.hashes[i]);
      seen.push_back(i);
      return true;
    });
    ASSERT_EQ(seen, wanted);
  }
}

TEST(KeptBytes, AreTheSameInMemoryAndInAFileThatHasNoName) {
  const auto folder = *TemporaryFolder::make("seawall-kept");
  std::vector<std::byte> bytes(3 << 20);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(mix(i));
  auto mapped = *clip_detail::KeptBytes::keep(bytes, folder.path());
  EXPECT_TRUE(mapped.is_mapped());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  const clip_detail::KeptBytes moved = std::move(mapped);
  EXPECT_TRUE(std::ranges::equal(moved.bytes(), bytes));
  const auto memory = *clip_detail::KeptBytes::keep(bytes, {});
  EXPECT_FALSE(memory.is_mapped());
  EXPECT_TRUE(std::ranges::equal(memory.bytes(), bytes));
  EXPECT_EQ(clip_detail::KeptBytes::keep(bytes, folder.path() / "none").error().code, Code::kUnavailable);
}

TEST(ClipIndex, AnswersTheSameFromFilesAndRemovesThem) {
  const auto folder = *TemporaryFolder::make("seawall-clips");
  ClipIndexOptions in_files{.exhaustive_hashes_max = 100, .folder = folder.path()};
  ClipIndexOptions in_memory = in_files;
  in_memory.folder.clear();
  const auto memory = index_of(60, in_memory, 60);
  {
    // What a process that was killed has left is no part of it.
    std::filesystem::create_directories(folder.path() / "look-up");
    const auto left = *LiveIndex::open(folder.path() / "look-up", {.durable = true});
    const IndexEntry stale{listed(7).hashes[0].bits, EntryId{99}};
    ASSERT_TRUE(left->apply({.add = std::span(&stale, 1), .remove = {}}));
  }
  auto files = index_of(60, in_files, 60);
  EXPECT_EQ(ClipIndex::make(in_files).error().code, Code::kConflict);
  EXPECT_EQ(files->hashes(), memory->hashes());
  EXPECT_EQ(files->indexed_hashes(), memory->indexed_hashes());
  for (std::uint64_t clip = 1; clip <= 60; clip += 7) {
    const HashTrack query =
        upload({.clip = clip, .begin_us = 20 * kSecond, .end_us = 30 * kSecond, .speed = 1.1});
    const ClipAnswer answer = ask(*files, query);
    EXPECT_EQ(answer, ask(*memory, query));
    EXPECT_EQ(answer.matches.size(), 1U);
  }
  for (std::uint32_t clip = 1; clip <= 59; ++clip) ASSERT_TRUE(files->remove(ClipId{clip}));
  EXPECT_EQ(ask(*files, upload({.clip = 60})).matches.size(), 1U);
  EXPECT_TRUE(ask(*files, upload({.clip = 7})).matches.empty());
  files.reset();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ClipIndex, ASparseLookUpIsMetByDenseQueries) {
  const auto index = index_of(10, {.exhaustive_hashes_max = 0, .index_step_ms = 4'000}, 60);
  EXPECT_LT(index->indexed_hashes(), 10 * 60 / 4 + 20U);
  EXPECT_GT(index->hashes(), 10'000U);
  const ClipAnswer answer =
      ask(*index, upload({.clip = 7, .begin_us = 20 * kSecond, .end_us = 30 * kSecond, .step_us = 33'333}));
  ASSERT_EQ(answer.matches.size(), 1U);
  EXPECT_EQ(answer.matches[0].tier, ClipTier::kThreeAligned);
  EXPECT_GT(answer.matches[0].segments[0].distinct_frames, 30);
}

}  // namespace
