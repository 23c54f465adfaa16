#include "seawall/match/video_frame_signals.h"

#include <gtest/gtest.h>

#include <map>

#include "seawall/match/detail/test_pictures.h"
#include "seawall/match/detail/turned_pixels.h"

namespace seawall {
namespace {

using test::GrayPicture;
using test::natural_picture;

VideoFrame frame_of(const GrayPicture& picture, Orientation orientation = {}) {
  VideoFrame frame;
  frame.planes.y = picture.luma.data();
  frame.planes.y_stride_bytes = picture.width_px;
  frame.planes.width_px = picture.width_px;
  frame.planes.height_px = picture.height_px;
  frame.orientation = orientation;
  return frame;
}

/// What an orientation says, done to the pixels by its words: mirrored, then turned clockwise by quarters.
GrayPicture upright(GrayPicture picture, Orientation orientation) {
  if (orientation.mirrored) picture = mirrored(picture);
  for (int turn = 0; turn < orientation.quarter_turns; ++turn) picture = quarter_turned(picture);
  return picture;
}

using Hashes = std::map<std::string, PdqHash>;
Hashes by_name(const FrameSignals& signals) {
  Hashes hashes;
  for (const VariantHash& one : signals.variants) {
    Variant plain = one.variant;
    plain.window = {};
    hashes.emplace(plain.name(), one.hash);  // Of two trims the first.
  }
  return hashes;
}

void expect_same(const FrameSignals& video, const FrameSignals& picture, int bits_max) {
  const Hashes a = by_name(video);
  const Hashes b = by_name(picture);
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, hash] : a) {
    ASSERT_TRUE(b.contains(name)) << name;
    EXPECT_LE(hamming_distance(hash.bits, b.at(name).bits), bits_max) << name;
  }
}

TEST(VideoFrameSignals, AreThoseOfTheUprightPictureInEveryOrientation) {
  // Small ones are hashed once a symmetry, large ones by their spectrum.
  const std::pair<int, int> sizes[] = {{160, 120}, {640, 400}};
  for (const auto& [width, height] : sizes) {
    const GrayPicture picture = natural_picture(7, width, height);
    for (int i = 0; i < 8; ++i) {
      const Orientation orientation{i >= 4, static_cast<std::uint8_t>(i % 4)};
      SCOPED_TRACE(::testing::Message() << width << " " << i);
      const GrayPicture seen = upright(picture, orientation);
      for (const VariantSide side : {VariantSide::kQuery, VariantSide::kStored}) {
        const auto video = frame_signals_of(frame_of(picture, orientation), VariantProfile::kDefault, side);
        const auto still = frame_signals_of(seen.view(), VariantProfile::kDefault, side);
        EXPECT_EQ(video.variants.size(), side == VariantSide::kQuery ? 8U : 1U);
        expect_same(video, still, 4);
      }
    }
  }
}

TEST(VideoFrameSignals, TrimBordersAndSayWhereTheyLieUpright) {
  const GrayPicture picture = natural_picture(3, 400, 240);
  const GrayPicture boxed = pasted(picture, 400, 400, 0, 60, 16);
  const Orientation sideways{false, 1};
  const auto video =
      frame_signals_of(frame_of(boxed, sideways), VariantProfile::kDefault, VariantSide::kStored);
  ASSERT_GE(video.variants.size(), 2U);
  const Variant& trim = video.variants[1].variant;
  EXPECT_EQ(trim.kind, VariantKind::kTrim);
  // Rows 60 to 300 from the top are columns 100 to 340 of the picture that was turned clockwise.
  EXPECT_NEAR(trim.window.x, 0.25F, 0.01F);
  EXPECT_NEAR(trim.window.width, 0.6F, 0.01F);
  EXPECT_NEAR(trim.window.y, 0, 0.01F);
  const PdqHash expected = pdq_hash(quarter_turned(picture).view());
  EXPECT_LE(hamming_distance(video.variants[1].hash.bits, expected.bits), 6);
}

TEST(VideoFrameSignals, TrimAtWholeSamplesOfChroma) {
  // 61 lines of border: the 62nd is given up, since its chroma is the border's too.
  const GrayPicture picture = natural_picture(5, 400, 239);
  const GrayPicture boxed = pasted(picture, 400, 401, 0, 61, 16);
  const std::vector<std::uint8_t> chroma(200 * 201, 128);
  VideoFrame frame = frame_of(boxed);
  frame.planes.cb = chroma.data();
  frame.planes.cr = chroma.data();
  frame.planes.chroma_stride_bytes = 200;
  frame.planes.matrix = YccMatrix::kBt709Full;
  const auto video = frame_signals_of(frame, VariantProfile::kDefault, VariantSide::kStored);
  ASSERT_GE(video.variants.size(), 2U);
  const PdqHash expected = pdq_hash(picture.view());
  EXPECT_LE(hamming_distance(video.variants[1].hash.bits, expected.bits), 12);
}

TEST(VideoFrameSignals, OfAFlatFrameHaveNoVariants) {
  const GrayPicture flat(320, 240, 90);
  const auto video = frame_signals_of(frame_of(flat), VariantProfile::kDefault, VariantSide::kQuery);
  EXPECT_LT(video.pdq.quality, kPdqQualityMin);
  EXPECT_TRUE(video.variants.empty());
}

TEST(VideoFrameSignals, ShowTheSameWindowsHoweverTheFrameIsStored) {
  const GrayPicture picture = natural_picture(5, 640, 400);
  for (int i = 0; i < 8; ++i) {
    const Orientation orientation{i >= 4, static_cast<std::uint8_t>(i % 4)};
    const GrayPicture seen = upright(picture, orientation);
    const auto turned =
        frame_signals_of(frame_of(picture, orientation), VariantProfile::kThorough, VariantSide::kStored);
    const auto plain = frame_signals_of(frame_of(seen), VariantProfile::kThorough, VariantSide::kStored);
    ASSERT_EQ(turned.variants.size(), plain.variants.size()) << i;
    EXPECT_GE(turned.variants.size(), 2U);
    for (std::size_t k = 0; k < plain.variants.size(); ++k) {
      EXPECT_EQ(turned.variants[k].variant.kind, plain.variants[k].variant.kind);
      EXPECT_NEAR(turned.variants[k].variant.window.x, plain.variants[k].variant.window.x, 0.01) << i;
      EXPECT_NEAR(turned.variants[k].variant.window.y, plain.variants[k].variant.window.y, 0.01) << i;
      EXPECT_LE(hamming_distance(turned.variants[k].hash.bits, plain.variants[k].hash.bits), 12) << i;
    }
  }
}

}  // namespace
}  // namespace seawall
