// What every decoder must make of whole files: formats, depths, alpha, orientation.
#include "media_decoder_suite.h"

namespace seawall::test {
namespace {

TEST_P(MediaDecoderSuite, DecodesALosslessFileToItsOwnPixels) {
  const Picture p = make_picture(61, 47, 3);
  EXPECT_EQ(decode_one(encode_png(p)), p);
  EXPECT_EQ(decode_one(encode_png(p, {.interlaced = true})), p);
}

TEST_P(MediaDecoderSuite, KeepsGrayAsGray) {
  const Picture p = make_picture(40, 30, 1);
  EXPECT_EQ(decode_one(encode_png(p)), p);
  EXPECT_LE(largest_difference(decode_one(encode_jpeg(p)), p), 12);
}

TEST_P(MediaDecoderSuite, ReportsTypeSizeAndFrames) {
  const Decoded d = decode(encode_jpeg(make_picture(33, 20, 3)));
  ASSERT_TRUE(d.info);
  EXPECT_EQ(d.info->type, MediaType::kJpeg);
  EXPECT_EQ(d.info->width_px, 33);
  EXPECT_EQ(d.info->height_px, 20);
  EXPECT_EQ(d.info->frames_total, 1);
  EXPECT_EQ(d.info->frames_decoded, 1);
  ASSERT_EQ(d.frames.size(), 1U);
  EXPECT_EQ(d.frames[0].scale_denominator, 1);
}

TEST_P(MediaDecoderSuite, TurnsJpegsUprightForAllEightOrientations) {
  const Picture upright = make_picture(48, 32, 3);
  for (int o = 1; o <= 8; ++o) {
    const Bytes file = encode_jpeg(stored_for_orientation(upright, o),
                                   {.quality = 100, .subsampled = false, .orientation = o});
    EXPECT_LE(mean_difference(decode_one(file), upright), 2.0) << "orientation " << o;
  }
}

TEST_P(MediaDecoderSuite, TurnsPngsUprightForAllEightOrientations) {
  const Picture upright = make_picture(45, 70, 3);
  for (int o = 1; o <= 8; ++o) {
    EXPECT_EQ(decode_one(encode_png(stored_for_orientation(upright, o), {.orientation = o})), upright) << o;
  }
}

TEST_P(MediaDecoderSuite, KeepsTheHighByteOf16BitSamples) {
  const Picture p = make_picture(31, 17, 3);
  EXPECT_EQ(decode_one(encode_png(p, {.bit_depth = 16})), p);
}

TEST_P(MediaDecoderSuite, LooksUpPalettes) {
  const Picture p = make_picture(50, 20, 3);
  EXPECT_EQ(decode_one(encode_png(p, {.palette = true})), to_cube(p));
}

TEST_P(MediaDecoderSuite, CompositesAlphaOnWhite) {
  const Picture p = make_picture(50, 20, 4);
  EXPECT_LE(largest_difference(decode_one(encode_png(p)), over_white(p)), 1);
}

TEST_P(MediaDecoderSuite, ConvertsAdobeCmykAndYcck) {
  const Picture p = make_picture(64, 48, 3);
  for (const bool ycck : {false, true}) {
    const Bytes file =
        encode_jpeg(p, {.quality = 100, .subsampled = false, .adobe_cmyk = true, .ycck = ycck});
    EXPECT_LE(mean_difference(decode_one(file), p), 4.0) << ycck;
  }
}

TEST_P(MediaDecoderSuite, DecodesASinglePixel) {
  const Picture p = make_picture(1, 1, 3);
  EXPECT_EQ(decode_one(encode_png(p)), p);
}

TEST_P(MediaDecoderSuite, RefusesAnEmptyFile) {
  const Decoded d = decode({});
  ASSERT_FALSE(d.info);
  EXPECT_EQ(d.info.error().code, Code::kInvalidInput);
}

TEST_P(MediaDecoderSuite, RefusesWhatIsNoPicture) {
  const Decoded d = decode(Bytes(100, std::byte{'x'}));
  ASSERT_FALSE(d.info);
  EXPECT_EQ(d.info.error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace seawall::test
