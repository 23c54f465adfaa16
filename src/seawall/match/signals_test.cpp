#include "seawall/match/signals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "seawall/match/detail/test_pictures.h"

namespace seawall {
namespace {

using test::GrayPicture;
using test::natural_picture;

constexpr std::uint64_t kPictures = 24;

/// The distance of the nearest pair, and the name of the query's variant.
struct Nearest {
  int distance_bits = 257;
  std::string variant;
};

Nearest nearest(const GrayPicture& query, const GrayPicture& stored, VariantProfile profile) {
  const FrameSignals a = frame_signals_of(query.view(), profile, VariantSide::kQuery);
  const FrameSignals b = frame_signals_of(stored.view(), profile, VariantSide::kStored);
  Nearest best;
  for (const VariantHash& q : a.variants) {
    for (const VariantHash& s : b.variants) {
      const int distance_bits = hamming_distance(q.hash.bits, s.hash.bits);
      if (distance_bits < best.distance_bits) best = {distance_bits, q.variant.name()};
    }
  }
  return best;
}

TEST(FrameSignals, PutThePictureAsItIsFirst) {
  const GrayPicture picture = natural_picture(1, 200, 150);
  const FrameSignals signals =
      frame_signals_of(picture.view(), VariantProfile::kDefault, VariantSide::kQuery);
  ASSERT_EQ(signals.variants.size(), kDihedralCount);
  EXPECT_EQ(signals.variants[0].variant, Variant{});
  EXPECT_EQ(signals.variants[0].hash, signals.pdq);
  EXPECT_EQ(signals.pdq, pdq_hash(picture.view()));
}

TEST(FrameSignals, FindMirroredAndTurnedCopies) {
  for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
    const GrayPicture picture = natural_picture(seed, 400, 300);
    const Nearest mirror = nearest(mirrored(picture), picture, VariantProfile::kDefault);
    EXPECT_LE(mirror.distance_bits, 31) << seed << " " << mirror.variant;
    const Nearest turned = nearest(quarter_turned(picture), picture, VariantProfile::kDefault);
    EXPECT_LE(turned.distance_bits, 31) << seed << " " << turned.variant;
  }
}

TEST(FrameSignals, FindTurnedCopiesOfSmallPicturesExactly) {
  for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
    const GrayPicture picture = natural_picture(seed, 130, 97);
    EXPECT_EQ(nearest(mirrored(picture), picture, VariantProfile::kDefault).distance_bits, 0) << seed;
    EXPECT_EQ(nearest(quarter_turned(picture), picture, VariantProfile::kDefault).distance_bits, 0) << seed;
  }
}

TEST(FrameSignals, FindFramedAndBoxedCopiesEitherWayRound) {
  for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
    const GrayPicture picture = natural_picture(seed, 200, 150);
    const GrayPicture framed = pasted(picture, 240, 190, 20, 20, 255);
    const GrayPicture letterboxed = pasted(picture, 200, 250, 0, 50, 0);
    const GrayPicture pillarboxed = pasted(picture, 300, 150, 50, 0, 0);
    for (const GrayPicture* copy : {&framed, &letterboxed, &pillarboxed}) {
      EXPECT_LE(nearest(*copy, picture, VariantProfile::kDefault).distance_bits, 31) << seed;
      EXPECT_LE(nearest(picture, *copy, VariantProfile::kDefault).distance_bits, 31) << seed;
    }
    EXPECT_LE(nearest(letterboxed, framed, VariantProfile::kDefault).distance_bits, 31) << seed;
    EXPECT_LE(nearest(mirrored(letterboxed), picture, VariantProfile::kDefault).distance_bits, 31) << seed;
  }
}

TEST(FrameSignals, NeedTheProfileToFindWhatPlainPdqMisses) {
  const GrayPicture picture = natural_picture(5, 200, 150);
  EXPECT_GT(nearest(mirrored(picture), picture, VariantProfile::kNone).distance_bits, 64);
  EXPECT_EQ(nearest(picture, picture, VariantProfile::kNone).distance_bits, 0);
}

TEST(FrameSignals, NameTheVariantThatMatched) {
  const GrayPicture picture = natural_picture(6, 200, 150);
  const GrayPicture boxed = pasted(picture, 200, 250, 0, 50, 0);
  EXPECT_EQ(nearest(picture, picture, VariantProfile::kDefault).variant, "original");
  EXPECT_EQ(nearest(boxed, picture, VariantProfile::kDefault).variant, "trim");
  const std::string both = nearest(mirrored(boxed), picture, VariantProfile::kDefault).variant;
  EXPECT_EQ(both.rfind("trim+", 0), 0U) << both;
}

TEST(FrameSignals, DeriveTheNegativeWithinAFewBitsOfItsPixels) {
  for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
    const GrayPicture picture = natural_picture(seed, 200, 150);
    const FrameSignals signals =
        frame_signals_of(picture.view(), VariantProfile::kThorough, VariantSide::kQuery);
    const auto derived =
        std::find_if(signals.variants.begin(), signals.variants.end(), [](const VariantHash& hash) {
          Variant negative;
          negative.negative = true;
          return hash.variant == negative;
        });
    ASSERT_NE(derived, signals.variants.end());
    const PdqHash direct = pdq_hash(negative_of(picture).view());
    EXPECT_LE(hamming_distance(derived->hash.bits, direct.bits), 4) << seed;
    EXPECT_NEAR(derived->hash.quality, direct.quality, 1) << seed;
  }
}

TEST(FrameSignals, FindInsetsAndCropsWithTheThoroughProfile) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const GrayPicture picture = natural_picture(seed, 240, 180);
    GrayPicture inset = natural_picture(seed + 500, 480, 360);
    for (int y = 0; y < picture.height_px; ++y) {
      for (int x = 0; x < picture.width_px; ++x) inset.at(200 + x, 150 + y) = picture.at(x, y);
    }
    EXPECT_LE(nearest(inset, picture, VariantProfile::kThorough).distance_bits, 31) << seed;
    const GrayPicture crop = cropped(picture, 24, 18, 192, 144);
    EXPECT_LE(nearest(crop, picture, VariantProfile::kThorough).distance_bits, 31) << seed;
  }
}

TEST(FrameSignals, NeverHoldAHashBelowTheQualityGate) {
  for (const int fill : {0, 77, 255}) {
    const GrayPicture flat(120, 90, static_cast<std::uint8_t>(fill));
    for (const VariantSide side : {VariantSide::kQuery, VariantSide::kStored}) {
      EXPECT_TRUE(frame_signals_of(flat.view(), VariantProfile::kThorough, side).variants.empty());
    }
  }
  GrayPicture gradient(120, 90);
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 120; ++x) gradient.at(x, y) = static_cast<std::uint8_t>(x);
  }
  const FrameSignals signals =
      frame_signals_of(gradient.view(), VariantProfile::kThorough, VariantSide::kQuery);
  for (const VariantHash& hash : signals.variants) EXPECT_GE(hash.hash.quality, kPdqQualityMin);
}

TEST(FrameSignals, KeepWindowsInsideForAnySmallPicture) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const int width = 1 + static_cast<int>(test::mix(seed) % 90);
    const int height = 1 + static_cast<int>(test::mix(seed + 7) % 90);
    GrayPicture picture(width, height);
    for (std::size_t i = 0; i < picture.luma.size(); ++i) {
      picture.luma[i] = static_cast<std::uint8_t>(test::mix(seed * 65537 + i / (1 + seed % 5)));
    }
    for (const VariantSide side : {VariantSide::kQuery, VariantSide::kStored}) {
      const FrameSignals signals = frame_signals_of(picture.view(), VariantProfile::kThorough, side);
      for (const VariantHash& hash : signals.variants) {
        const VariantWindow& window = hash.variant.window;
        EXPECT_GE(window.x, -1e-4F);
        EXPECT_GE(window.y, -1e-4F);
        EXPECT_LE(window.x + window.width, 1.0001F);
        EXPECT_LE(window.y + window.height, 1.0001F);
      }
    }
  }
}

}  // namespace
}  // namespace seawall
