// What every decoder must make of large JPEGs when it may scale them, and that `exact` never does.
#include <cmath>

#include "media_decoder_suite.h"

namespace seawall::test {
namespace {

/// Luma of the picture, shrunk by averaging s x s blocks; the edge blocks average what they have.
Picture shrunk_luma(const Picture& rgb, int s) {
  Picture out{(rgb.width + s - 1) / s, (rgb.height + s - 1) / s, 1, {}};
  for (int by = 0; by < out.height; ++by) {
    for (int bx = 0; bx < out.width; ++bx) {
      double sum = 0;
      int count = 0;
      for (int y = by * s; y < std::min((by + 1) * s, rgb.height); ++y) {
        for (int x = bx * s; x < std::min((bx + 1) * s, rgb.width); ++x) {
          const std::uint8_t* c = &rgb.samples[rgb.at(x, y, 0)];
          sum += 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
          ++count;
        }
      }
      out.samples.push_back(static_cast<std::uint8_t>(std::lround(sum / count)));
    }
  }
  return out;
}

TEST_P(MediaDecoderSuite, ScalesLargeJpegsByTheLargestDenominatorThatKeepsEnoughSamples) {
  const std::vector<std::pair<int, int>> expected = {{703, 1}, {704, 2}, {1407, 2}, {1408, 4}, {2816, 8}};
  for (const auto& [side, scale] : expected) {
    const Picture p = make_picture(side + 8, side, 3);
    const Decoded d = decode(encode_jpeg(p, {.quality = 80}), false);
    ASSERT_TRUE(d.info && d.frames.size() == 1) << side;
    EXPECT_EQ(d.frames[0].scale_denominator, scale) << side;
    EXPECT_EQ(d.frames[0].original_width_px, side + 8);
    EXPECT_EQ(d.frames[0].original_height_px, side);
    EXPECT_EQ(d.info->width_px, side + 8);
    EXPECT_EQ(d.pictures[0].width, (side + 8 + scale - 1) / scale);
    EXPECT_EQ(d.pictures[0].channels, scale > 1 ? 1 : 3);
    if (scale > 1) {
      EXPECT_LE(mean_difference(d.pictures[0], shrunk_luma(p, scale)), 1.5) << side;
    }
  }
}

TEST_P(MediaDecoderSuite, NeverScalesInExactMode) {
  const Decoded d = decode(encode_jpeg(make_picture(1500, 1500, 3), {.quality = 80}), true);
  ASSERT_TRUE(d.info && d.frames.size() == 1);
  EXPECT_EQ(d.frames[0].scale_denominator, 1);
  EXPECT_EQ(d.pictures[0].channels, 3);
  EXPECT_EQ(d.pictures[0].width, 1500);
}

TEST_P(MediaDecoderSuite, TurnsScaledJpegsUprightForAllEightOrientations) {
  const Picture upright = make_picture(760, 712, 3);
  const Picture expected = shrunk_luma(upright, 2);
  for (int o = 1; o <= 8; ++o) {
    const Bytes file = encode_jpeg(stored_for_orientation(upright, o), {.quality = 85, .orientation = o});
    const Decoded d = decode(file, false);
    ASSERT_TRUE(d.info && d.frames.size() == 1) << o;
    EXPECT_EQ(d.frames[0].scale_denominator, 2) << o;
    EXPECT_EQ(d.frames[0].original_width_px, 760) << o;
    EXPECT_EQ(d.frames[0].original_height_px, 712) << o;
    EXPECT_LE(mean_difference(d.pictures[0], expected), 1.5) << o;
  }
}

TEST_P(MediaDecoderSuite, DoesNotLetATurnedPictureStartWithAPartialBlock) {
  // 711 is odd: upside down, a block of a scaled picture would hold the wrong rows.
  const Picture upright = make_picture(760, 711, 3);
  const Decoded straight = decode(encode_jpeg(upright, {.quality = 85, .orientation = 1}), false);
  ASSERT_TRUE(straight.info);
  EXPECT_EQ(straight.frames[0].scale_denominator, 2);
  const Bytes file = encode_jpeg(stored_for_orientation(upright, 3), {.quality = 85, .orientation = 3});
  const Decoded turned = decode(file, false);
  ASSERT_TRUE(turned.info);
  EXPECT_EQ(turned.frames[0].scale_denominator, 1);
}

TEST_P(MediaDecoderSuite, ReadsOnlyTheFirstScanOfLargeProgressiveJpegs) {
  const Picture p = make_picture(2304, 1800, 3);
  const Bytes file = encode_jpeg(p, {.quality = 80, .progressive = true});
  const Decoded d = decode(file, false);
  ASSERT_TRUE(d.info && d.frames.size() == 1);
  EXPECT_EQ(d.frames[0].scale_denominator, 8);
  EXPECT_LE(mean_difference(d.pictures[0], shrunk_luma(p, 8)), 3.0);
  EXPECT_FALSE(d.info->truncated);
  // The proof that the rest is not read: without it the answer is the same.
  const Decoded half =
      decode(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() / 2)), false);
  ASSERT_TRUE(half.info);
  EXPECT_EQ(half.pictures, d.pictures);
  EXPECT_TRUE(half.info->truncated);
}

TEST_P(MediaDecoderSuite, TellsACutProgressiveJpegFromOneWithSomethingAfterIt) {
  const Bytes whole = encode_jpeg(make_picture(2304, 1800, 3), {.quality = 60, .progressive = true});
  const auto truncated = [&](Bytes file, std::size_t zeros, std::size_t others) {
    file.insert(file.end(), zeros, std::byte{0});
    file.insert(file.end(), others, std::byte{0x42});
    const Decoded d = decode(file, false);
    EXPECT_TRUE(d.info && d.frames.size() == 1 && d.frames[0].scale_denominator == 8);
    return d.info && d.info->truncated;
  };
  EXPECT_FALSE(truncated(whole, 0, 0));
  EXPECT_FALSE(truncated(whole, 4096, 0));
  EXPECT_FALSE(truncated(whole, 0, 4096));
  Bytes cut = whole;
  cut.resize(cut.size() - 1);
  EXPECT_TRUE(truncated(cut, 0, 0));
  cut.resize(cut.size() - 1);
  EXPECT_TRUE(truncated(cut, 0, 0));
  EXPECT_TRUE(truncated(cut, 4096, 0));
  cut.resize(cut.size() * 7 / 10);
  EXPECT_TRUE(truncated(cut, 0, 4096));
}

TEST_P(MediaDecoderSuite, ReadsGrayAndCmykLargeJpegsWithoutExactMode) {
  const Picture gray = make_picture(720, 720, 1);
  const Decoded d = decode(encode_jpeg(gray, {.quality = 85}), false);
  ASSERT_TRUE(d.info);
  EXPECT_EQ(d.frames[0].scale_denominator, 2);
  const Picture p = make_picture(800, 800, 3);
  const Decoded cmyk =
      decode(encode_jpeg(p, {.quality = 95, .subsampled = false, .adobe_cmyk = true}), false);
  ASSERT_TRUE(cmyk.info);
  EXPECT_EQ(cmyk.frames[0].scale_denominator, 1);
  EXPECT_LE(mean_difference(cmyk.pictures[0], p), 6.0);
}

}  // namespace
}  // namespace seawall::test
