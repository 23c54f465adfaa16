// What every decoder must make of whole files: formats, depths, alpha, orientation.
#include "media_decoder_suite.h"

namespace seawall::test {
namespace {

struct NamedFile {
  std::string name;
  MediaType type;
  Bytes file;
};

/// `p` (gray or RGB) in every format that keeps all of it.
std::vector<NamedFile> lossless_files(const Picture& p) {
  const std::vector<Picture> pages{p};
  std::vector<NamedFile> files = {
      {"png", MediaType::kPng, encode_png(p)},
      {"interlaced png", MediaType::kPng, encode_png(p, {.interlaced = true})},
      {"jxl", MediaType::kJxl, encode_jxl(p)},
      {"tiff", MediaType::kTiff, encode_tiff(pages)},
      {"tiff lzw", MediaType::kTiff, encode_tiff(pages, {.compression = 5})},
      {"tiff deflate", MediaType::kTiff, encode_tiff(pages, {.compression = 8})},
      {"tiff packbits", MediaType::kTiff, encode_tiff(pages, {.compression = 32773})},
      {"tiff zstd", MediaType::kTiff, encode_tiff(pages, {.compression = 50000})},
      {"tiled tiff", MediaType::kTiff, encode_tiff(pages, {.tiled = true})},
      {"bmp", MediaType::kBmp, encode_bmp(p)},
      {"pnm", MediaType::kPnm, encode_pnm(p)},
      {"ascii pnm", MediaType::kPnm, encode_pnm(p, 8, true)},
  };
  if (p.channels == 3) {
    files.push_back({"webp", MediaType::kWebp, encode_webp(p)});
    files.push_back({"heic", MediaType::kHeic, encode_heif(p, HeifCodec::kHevc)});
    files.push_back({"avif", MediaType::kAvif, encode_heif(p, HeifCodec::kAv1)});
  }
  return files;
}

TEST_P(MediaDecoderSuite, DecodesTheSamePictureInEveryLosslessFormatToEqualPixels) {
  // libx265 wants at least 64 pixels a side; odd sides find off-by-one strides elsewhere.
  const Picture p = make_picture(67, 73, 3);
  for (const NamedFile& f : lossless_files(p)) {
    // libheif goes through Y'CbCr on the way in, which rounds.
    const bool rounds = f.type == MediaType::kHeic || f.type == MediaType::kAvif;
    const Decoded d = decode(f.file);
    ASSERT_TRUE(d.info && d.pictures.size() == 1) << f.name;
    EXPECT_LE(largest_difference(d.pictures[0], p), rounds ? 1 : 0) << f.name;
    EXPECT_EQ(d.info->type, f.type) << f.name;
    EXPECT_FALSE(d.info->truncated) << f.name;
  }
}

TEST_P(MediaDecoderSuite, KeepsGrayAsGray) {
  const Picture p = make_picture(40, 30, 1);
  for (const NamedFile& f : lossless_files(p)) {
    EXPECT_EQ(largest_difference(decode_one(f.file), p), 0) << f.name;
  }
  EXPECT_LE(largest_difference(decode_one(encode_jpeg(p)), p), 12);
}

TEST_P(MediaDecoderSuite, DecodesLossyFilesCloseToThePicture) {
  const Picture p = make_picture(96, 80, 3);
  const std::vector<std::pair<std::string, Bytes>> files = {
      {"jpeg", encode_jpeg(p)},
      {"progressive jpeg", encode_jpeg(p, {.progressive = true})},
      {"webp", encode_webp(p, {.lossless = false})},
      {"jxl", encode_jxl(p, {.lossless = false})},
      {"heic", encode_heif(p, HeifCodec::kHevc, false)},
      {"avif", encode_heif(p, HeifCodec::kAv1, false)},
      {"jpeg in tiff", encode_tiff(std::vector<Picture>{p}, {.compression = 7})},
  };
  for (const auto& [name, file] : files) EXPECT_LE(mean_difference(decode_one(file), p), 6.0) << name;
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

TEST_P(MediaDecoderSuite, TurnsOtherFormatsUprightForAllEightOrientations) {
  const Picture upright = make_picture(45, 70, 3);
  for (int o = 1; o <= 8; ++o) {
    const Picture stored = stored_for_orientation(upright, o);
    EXPECT_EQ(decode_one(encode_webp(stored, {.orientation = o})), upright) << "webp " << o;
    EXPECT_EQ(decode_one(encode_jxl(stored, {.orientation = o})), upright) << "jxl " << o;
    EXPECT_EQ(decode_one(encode_tiff(std::vector<Picture>{stored}, {.orientation = o})), upright)
        << "tiff " << o;
  }
}

TEST_P(MediaDecoderSuite, ObeysTheTransformationsInsideHeif) {
  const Picture upright = make_picture(72, 96, 3);
  for (int o = 1; o <= 8; ++o) {
    const Picture stored = stored_for_orientation(upright, o);
    EXPECT_LE(largest_difference(decode_one(encode_heif(stored, HeifCodec::kHevc, true, o)), upright), 1)
        << o;
  }
}

TEST_P(MediaDecoderSuite, KeepsTheHighByteOf16BitSamples) {
  for (const int channels : {1, 3}) {
    const Picture p = make_picture(31, 17, channels);
    EXPECT_EQ(largest_difference(decode_one(encode_png(p, {.bit_depth = 16})), p), 0) << "png " << channels;
    EXPECT_EQ(largest_difference(decode_one(encode_jxl(p, {.bits = 16})), p), 0) << "jxl " << channels;
    EXPECT_EQ(largest_difference(decode_one(encode_tiff(std::vector<Picture>{p}, {.bits = 16})), p), 0)
        << "tiff " << channels;
    EXPECT_EQ(largest_difference(decode_one(encode_pnm(p, 16)), p), 0) << "pnm " << channels;
  }
}

TEST_P(MediaDecoderSuite, LooksUpPalettes) {
  const Picture p = make_picture(50, 20, 3);
  EXPECT_EQ(decode_one(encode_png(p, {.palette = true})), to_cube(p));
  GifFrame frame = gif_frame_of(p);
  EXPECT_EQ(decode_one(encode_gif(50, 20, std::span(&frame, 1))), to_cube(p));
  frame.interlaced = true;
  EXPECT_EQ(decode_one(encode_gif(50, 20, std::span(&frame, 1))), to_cube(p)) << "interlaced";
}

TEST_P(MediaDecoderSuite, CompositesAlphaOnWhite) {
  const Picture p = make_picture(66, 68, 4);
  EXPECT_LE(largest_difference(decode_one(encode_png(p)), over_white(p)), 1) << "png";
  EXPECT_LE(largest_difference(decode_one(encode_webp(p)), over_white(p)), 1) << "webp";
  EXPECT_LE(largest_difference(decode_one(encode_jxl(p)), over_white(p)), 1) << "jxl";
  EXPECT_LE(largest_difference(decode_one(encode_tiff(std::vector<Picture>{p})), over_white(p)), 2) << "tiff";
  EXPECT_LE(largest_difference(decode_one(encode_heif(p, HeifCodec::kAv1)), over_white(p)), 2) << "avif";
  EXPECT_LE(largest_difference(decode_one(encode_heif(p, HeifCodec::kHevc)), over_white(p)), 2) << "heic";
}

TEST_P(MediaDecoderSuite, CompositesGrayAlphaOnWhite) {
  Picture p = make_picture(20, 10, 2);
  Picture rgba{20, 10, 4, {}};
  for (std::size_t i = 0; i < p.samples.size(); i += 2) {
    rgba.samples.insert(rgba.samples.end(), {p.samples[i], p.samples[i], p.samples[i], p.samples[i + 1]});
  }
  const Picture expected = over_white(rgba);
  for (const Bytes& file : {encode_png(p), encode_jxl(p)}) {
    const Picture got = decode_one(file);
    ASSERT_EQ(got.channels, 1);
    for (std::size_t i = 0; i < got.samples.size(); ++i)
      ASSERT_NEAR(got.samples[i], expected.samples[3 * i], 1);
  }
}

TEST_P(MediaDecoderSuite, ReadsTopDownBmp) {
  const Picture p = make_picture(13, 9, 3);
  const Decoded d = decode(encode_bmp(p, true));
  if (!d.info) {
    EXPECT_NE(d.info.error().code, Code::kDecoderCrashed);
    return;
  }
  EXPECT_EQ(d.pictures.at(0), p);
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
