#include "seawall/video_print/dense_print.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "seawall/video_print/detail/bit_code.h"
#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using generated::mix;
using generated::Walk;
using generated::with_noise;

HashTrack showing(std::uint64_t seed, std::int64_t seconds, std::int64_t leg_us = 250'000) {
  HashTrack track;
  generated::append_showing(track, {seed, leg_us}, {.end_us = seconds * 1'000'000});
  return track;
}

DensePrint print_with_labels(std::uint64_t seed) {
  HashTrack track = showing(seed, 5);
  track.labels = {"original", "crop 80%x80% at 10%,10%", "trim"};
  const std::size_t frames = track.hashes.size();
  for (std::size_t i = 0; i < frames; ++i) {
    TimedHash hash = track.hashes[i];
    hash.label = static_cast<std::uint16_t>(1 + i % 2);
    hash.hash.bits = with_noise(hash.hash.bits, static_cast<int>(mix(i) % 200), i);
    hash.hash.quality = 50 + static_cast<int>(mix(i) % 51);
    track.hashes.push_back(hash);
  }
  std::ranges::stable_sort(track.hashes, {}, &TimedHash::time_us);
  return *prune(track);
}

TEST(DensePruner, EveryFrameIsNearSomeKeptHashThatIsHeldOverItsTime) {
  for (const std::int64_t leg_us : {100'000, 250'000, 2'000'000, 60'000'000}) {
    const HashTrack track = showing(7, 20, leg_us);
    const auto print = prune(track);
    ASSERT_TRUE(print);
    for (const TimedHash& frame : track.hashes) {
      const auto ms = static_cast<std::uint32_t>(frame.time_us / 1000);
      EXPECT_TRUE(std::ranges::any_of(print->hashes, [&](const HeldHash& hash) {
        return hash.start_ms <= ms && ms <= hash.end_ms() &&
               hamming_distance(hash.bits, frame.hash.bits) < PruneOptions{}.move_bits_min;
      })) << ms;
    }
    EXPECT_EQ(print->duration_ms, track.hashes.back().time_us / 1000);
  }
}

TEST(DensePruner, AStillPictureIsOneHashHeldToItsEnd) {
  HashTrack track;
  for (int i = 0; i < 100; ++i)
    track.hashes.push_back(
        {i * 40'000LL, {with_noise(Walk{1}.at(0), 7, static_cast<std::uint64_t>(i)), 90}, 0});
  const auto print = prune(track);
  ASSERT_EQ(print->hashes.size(), 1U);
  EXPECT_EQ(print->hashes[0].end_ms(), 3960U);
}

TEST(DensePruner, FlatFramesAreLeftOutAndALongSilenceEndsAHold) {
  const Fingerprint256 bits = Walk{1}.at(0);
  HashTrack track;
  track.hashes = {
      {0, {bits, 90}, 0}, {1'000'000, {bits, 49}, 0}, {2'000'000, {bits, 90}, 0}, {5'000'000, {bits, 90}, 0}};
  const auto print = prune(track);
  ASSERT_EQ(print->hashes.size(), 2U);
  EXPECT_EQ(print->hashes[0].end_ms(), 2000U);
  EXPECT_EQ(print->hashes[1].start_ms, 5000U);
}

TEST(DensePruner, AStepKeepsAtMostOneHashInIt) {
  const auto print = prune(showing(3, 10), {.step_ms_min = 1000});
  ASSERT_EQ(print->hashes.size(), 10U);
  for (std::size_t i = 1; i < print->hashes.size(); ++i)
    EXPECT_GE(print->hashes[i].start_ms - print->hashes[i - 1].start_ms, 1000U);
}

TEST(DensePruner, TimesThatFallAreDroppedAndCountedAndImpossibleOnesRefused) {
  DensePruner pruner;
  ASSERT_TRUE(pruner.add({5'000'000, {Walk{1}.at(0), 90}, 0}));
  ASSERT_TRUE(pruner.add({4'000'000, {Walk{2}.at(0), 90}, 0}));
  EXPECT_EQ(pruner.dropped_out_of_order(), 1U);
  EXPECT_EQ(pruner.add({-1, {{}, 90}, 0}).error().code, Code::kInvalidInput);
  EXPECT_EQ(pruner.add({6'000'000, {{}, 90}, 1}).error().code, Code::kInvalidInput);
  EXPECT_EQ(pruner.add({std::int64_t{1} << 60, {{}, 90}, 0}).error().code, Code::kLimitExceeded);
  EXPECT_EQ(pruner.take().hashes.size(), 1U);
  EXPECT_TRUE(pruner.take().hashes.empty());
}

TEST(DensePrintFile, GivesBackWhatWasWritten) {
  for (const DensePrint& print :
       {DensePrint{}, *prune(showing(1, 30)), print_with_labels(2), *print_of_samples(showing(4, 3))}) {
    const auto file = write_dense_print(print);
    ASSERT_TRUE(file) << file.error().message;
    const auto again = read_dense_print(*file);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, print);
  }
}

TEST(DensePrintFile, IsAboutHalfOfItsHashes) {
  const DensePrint print = *prune(showing(1, 60));
  const auto file = write_dense_print(print);
  EXPECT_LT(file->size(), print.hashes.size() * 20);
  RecordProperty("bytes_a_hash", static_cast<int>(file->size() / print.hashes.size()));
}

TEST(DensePrintFile, AnyChangedOrMissingByteIsNoticed) {
  const auto file = *write_dense_print(print_with_labels(5));
  for (std::size_t i = 0; i < file.size(); ++i) {
    auto changed = file;
    changed[i] ^= std::byte{1};
    ASSERT_FALSE(read_dense_print(changed)) << i;
    ASSERT_FALSE(read_dense_print(std::span(file).first(i))) << i;
  }
}

TEST(DensePrintFile, WhatAPrunerCannotMakeIsNotWritten) {
  DensePrint print = print_with_labels(6);
  std::swap(print.hashes.front(), print.hashes.back());
  EXPECT_FALSE(write_dense_print(print));
  print = print_with_labels(6);
  print.hashes[3].label = 3;
  EXPECT_FALSE(write_dense_print(print));
  print = print_with_labels(6);
  print.duration_ms = 1;
  EXPECT_FALSE(write_dense_print(print));
}

TEST(BitCode, GivesBackAnyChange) {
  for (int count = 0; count <= 256; ++count) {
    const Fingerprint256 change = with_noise({}, count, mix(static_cast<std::uint64_t>(count)));
    for (int shift = 0; shift <= video_print_detail::kShiftMax; ++shift) {
      std::vector<std::byte> code;
      video_print_detail::append_code(code, change, shift);
      std::span<const std::byte> left = code;
      Fingerprint256 again;
      ASSERT_TRUE(video_print_detail::read_code(left, count, shift, again)) << count << " " << shift;
      EXPECT_EQ(again, change);
      EXPECT_TRUE(left.empty());
    }
    const auto best = video_print_detail::smallest_code(change);
    std::vector<std::byte> code;
    video_print_detail::append_code(code, change, best.shift);
    EXPECT_EQ(code.size(), best.bytes);
  }
}

TEST(GeneratedWalk, MovesAsMovingVideosDo) {
  std::vector<int> step;
  std::vector<int> quarter;
  for (std::int64_t i = 0; i < 2000; ++i) {
    step.push_back(hamming_distance(Walk{1}.at(i * 33'333), Walk{1}.at((i + 1) * 33'333)));
    quarter.push_back(hamming_distance(Walk{1}.at(i * 33'333), Walk{1}.at(i * 33'333 + 250'000)));
  }
  std::ranges::sort(step);
  std::ranges::sort(quarter);
  EXPECT_NEAR(step[1000], 17, 4);
  EXPECT_GE(quarter[1000], 90);
}

}  // namespace
