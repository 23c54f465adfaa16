#include "seawall/video_signals/frame_hasher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace seawall {
namespace {

constexpr int kWidth = 400;
constexpr int kPi100 = 314;

using Luma = std::vector<std::uint8_t>;

/// Waves whose directions and lengths hang on the seed: enough of a picture for PDQ.
Luma waves(int seed, int height) {
  Luma luma;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      double value = 128;
      for (int wave = 1; wave <= 12; ++wave) {
        const double turn = (seed * 37 + wave * 101) % kPi100 / 50.0;
        const double length = kWidth / (10.0 + 3 * wave);
        const double along = x * std::cos(turn) + y * std::sin(turn);
        value += 70.0 / std::sqrt(wave) * std::sin(along / length + wave * seed);
      }
      luma.push_back(static_cast<std::uint8_t>(std::clamp(value, 20.0, 235.0)));
    }
  }
  return luma;
}

/// `picture` with black rows above and below.
Luma boxed(const Luma& picture, int above, int below) {
  Luma luma(static_cast<std::size_t>(above) * kWidth, 0);
  luma.insert(luma.end(), picture.begin(), picture.end());
  luma.insert(luma.end(), static_cast<std::size_t>(below) * kWidth, 0);
  return luma;
}

VideoFrame frame_of(const Luma& luma, std::int64_t time_us) {
  VideoFrame frame;
  frame.planes.y = luma.data();
  frame.planes.y_stride_bytes = kWidth;
  frame.planes.width_px = kWidth;
  frame.planes.height_px = static_cast<int>(luma.size()) / kWidth;
  frame.time_us = time_us;
  return frame;
}

TEST(FrameHasher, GivesTheSameLabelToTheSameVariantOfEveryFrame) {
  FrameHasher hasher;
  std::size_t hashes = 0;
  for (int seed = 0; seed < 8; ++seed) {
    // Every other frame is letterboxed, a little differently each time.
    const Luma picture = waves(seed, 240);
    const Luma frame = seed % 2 == 0 ? picture : boxed(picture, 40 + 2 * seed, 40 - 2 * seed);
    const auto made = hasher.hash(frame_of(frame, seed * 40'000));
    hashes += made.size();
    std::set<std::uint16_t> labels;
    for (const TimedHash& one : made) {
      EXPECT_EQ(one.time_us, seed * 40'000);
      ASSERT_LT(one.label, hasher.labels().size());
      EXPECT_TRUE(labels.insert(one.label).second) << "two hashes under one label";
    }
    EXPECT_EQ(made[0].label, 0);
    EXPECT_EQ(made[0].hash.bits, pdq_hash_linear(frame_of(frame, 0).planes).bits);
  }
  EXPECT_GE(hashes, 8U * 8);
  EXPECT_EQ(std::set(hasher.labels().begin(), hasher.labels().end()).size(), hasher.labels().size());
  EXPECT_LE(hasher.labels().size(), 24U);
  EXPECT_EQ(hasher.left_out(), 0U);
}

TEST(FrameHasher, GivesAFlatFrameUnderLabelZeroAlone) {
  FrameHasher hasher;
  const auto made = hasher.hash(frame_of(Luma(kWidth * 240, 16), 5));
  ASSERT_EQ(made.size(), 1U);
  EXPECT_LT(made[0].hash.quality, kPdqQualityMin);
}

TEST(FrameHasher, GivesWindowsTheLabelOfTheirPlace) {
  FrameHasher asked({.profile = VariantProfile::kThorough});
  FrameHasher stored({.profile = VariantProfile::kThorough, .side = VariantSide::kStored});
  for (int seed = 0; seed < 6; ++seed) {
    const Luma picture = waves(seed, 240);
    std::set<std::uint16_t> labels;
    for (const TimedHash& one : asked.hash(frame_of(picture, seed * 40'000)))
      EXPECT_TRUE(labels.insert(one.label).second) << asked.labels()[one.label];
    EXPECT_GE(labels.size(), 8U + 2 * 40);
    EXPECT_LE(stored.hash(frame_of(picture, 0)).size(), 3U);
  }
  // The same fixed windows in each frame; insets are where they are found.
  const auto fixed = std::ranges::count_if(
      asked.labels(), [](const std::string& label) { return !label.starts_with("inset"); });
  EXPECT_LE(fixed, 8 + 2 * 76);
  EXPECT_LE(stored.labels().size(), 3U);
  EXPECT_EQ(asked.left_out(), 0U);
}

TEST(FrameHasher, MeetsACropOfAListedFrame) {
  const Luma picture = waves(3, 240);
  FrameHasher stored({.profile = VariantProfile::kThorough, .side = VariantSide::kStored});
  FrameHasher asked({.profile = VariantProfile::kThorough});
  VideoFrame crop = frame_of(picture, 0);  // 80 % of each side, out of a corner.
  crop.planes.width_px = kWidth * 8 / 10;
  crop.planes.height_px = 240 * 8 / 10;
  int nearest = 256;
  const auto listed = stored.hash(frame_of(picture, 0));
  for (const TimedHash& query : asked.hash(crop)) {
    for (const TimedHash& reference : listed)
      nearest = std::min(nearest, hamming_distance(query.hash.bits, reference.hash.bits));
  }
  EXPECT_LE(nearest, 31);
}

TEST(FrameHasher, MeetsACropWhereverItWasTaken) {
  const Luma picture = waves(3, 240);
  FrameHasher stored({.profile = VariantProfile::kThorough, .side = VariantSide::kStored});
  FrameHasher asked({.profile = VariantProfile::kThorough});
  const auto listed = stored.hash(frame_of(picture, 0));
  // These waves are finer than pictures are: what is off by 2 % of the frame is further than in photographs.
  for (const auto& [x, y] : {std::pair{0.03, 0.11}, {0.06, 0.02}, {0.13, 0.18}, {0.19, 0.06}}) {
    VideoFrame crop = frame_of(picture, 0);  // 80 % of each side, off every corner and the middle.
    crop.planes.y += static_cast<int>(240 * y) * crop.planes.y_stride_bytes + static_cast<int>(kWidth * x);
    crop.planes.width_px = kWidth * 8 / 10;
    crop.planes.height_px = 240 * 8 / 10;
    int nearest = 256;
    for (const TimedHash& query : asked.hash(crop)) {
      for (const TimedHash& reference : listed)
        nearest = std::min(nearest, hamming_distance(query.hash.bits, reference.hash.bits));
    }
    EXPECT_LE(nearest, 80) << x << " " << y;
  }
}

TEST(FrameHasher, GivesAListFewerHashesThanAQuery) {
  const Luma frame = boxed(waves(1, 240), 50, 50);
  FrameHasher stored({.side = VariantSide::kStored});
  FrameHasher plain({.profile = VariantProfile::kNone});
  EXPECT_EQ(stored.hash(frame_of(frame, 0)).size(), 2U);
  EXPECT_EQ(stored.labels(), (std::vector<std::string>{"original", "trim"}));
  EXPECT_EQ(plain.hash(frame_of(frame, 0)).size(), 1U);
}

}  // namespace
}  // namespace seawall
