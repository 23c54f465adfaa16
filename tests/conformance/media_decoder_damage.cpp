// What every decoder must make of files that are cut off, damaged or built to exhaust it.
#include <algorithm>
#include <chrono>
#include <random>

#include "media_decoder_suite.h"

namespace seawall::test {
namespace {

struct NamedFile {
  std::string name;
  Bytes file;
};

std::vector<NamedFile> one_of_each() {
  const Picture p = make_picture(64, 66, 3);
  const std::vector<Picture> pages{p, make_picture(20, 20, 1)};
  const std::vector<Picture> frames{make_picture(30, 30, 3, 1), make_picture(30, 30, 3, 2)};
  const std::vector<GifFrame> gif{gif_frame_of(frames[0]), gif_frame_of(frames[1])};
  return {{"jpeg", encode_jpeg(p, {.orientation = 6})},
          {"progressive jpeg", encode_jpeg(p, {.progressive = true})},
          {"png", encode_png(p)},
          {"interlaced png", encode_png(make_picture(64, 66, 4), {.interlaced = true, .orientation = 3})},
          {"webp", encode_webp(p, {.lossless = false})},
          {"webp lossless", encode_webp(make_picture(64, 66, 4), {.orientation = 5})},
          {"webp animation", encode_animated_webp(frames)},
          {"gif", encode_gif(30, 30, gif)},
          {"heic", encode_heif(p, HeifCodec::kHevc, false)},
          {"avif", encode_heif(p, HeifCodec::kAv1, false)},
          {"jxl", encode_jxl(p, {.lossless = false})},
          {"jxl lossless", encode_jxl(make_picture(64, 66, 4))},
          {"jxl animation", encode_animated_jxl(frames)},
          {"tiff", encode_tiff(pages, {.compression = 5})},
          {"tiled tiff", encode_tiff(pages, {.compression = 8, .tiled = true})},
          {"bmp", encode_bmp(p)},
          {"pnm", encode_pnm(p)}};
}

/// Fails the test where `d` breaks what any answer must keep.
void expect_sound(const Decoded& d, const std::string& what) {
  if (!d.info) {
    EXPECT_NE(d.info.error().code, Code::kDecoderCrashed) << what << ": " << d.info.error().message;
    EXPECT_NE(d.info.error().code, Code::kUnavailable) << what << ": " << d.info.error().message;
    EXPECT_FALSE(d.info.error().message.empty()) << what;
    return;
  }
  EXPECT_EQ(static_cast<std::size_t>(d.info->frames_decoded), d.frames.size()) << what;
  EXPECT_GE(d.frames.size(), 1U) << what;
}

TEST_P(MediaDecoderSuite, UsesOrRefusesFilesCutAnywhereAndNeverPassesOffHalfAsWhole) {
  for (const NamedFile& f : one_of_each()) {
    const Decoded whole = decode(f.file);
    ASSERT_TRUE(whole.info) << f.name;
    int used = 0;
    const std::size_t step = std::max<std::size_t>(1, f.file.size() / 60);
    for (std::size_t n = 0; n < f.file.size(); n += n < 40 ? 1 : step) {
      const Decoded d = decode(Bytes(f.file.begin(), f.file.begin() + static_cast<std::ptrdiff_t>(n)));
      const std::string what =
          f.name + " cut to " + std::to_string(n) + " of " + std::to_string(f.file.size());
      expect_sound(d, what);
      if (d.info && !d.info->truncated) {
        EXPECT_EQ(d.pictures, whole.pictures) << what;
      }
      used += d.info ? 1 : 0;
    }
    RecordProperty(f.name, used);
  }
}

TEST_P(MediaDecoderSuite, UsesTheUpperHalfOfACutFile) {
  const Picture p = make_picture(400, 400, 3);
  for (const Bytes& file : {encode_jpeg(p), encode_png(p), encode_webp(p),
                            encode_webp(p, {.lossless = false}), encode_tiff(std::vector<Picture>{p})}) {
    const auto cut = static_cast<std::ptrdiff_t>(file.size() * 6 / 10);
    const Decoded d = decode(Bytes(file.begin(), file.begin() + cut));
    // A TIFF has its directory at the end here, so a cut one holds nothing that can be found.
    if (sniff_media_type(file) == MediaType::kTiff) continue;
    ASSERT_TRUE(d.info) << mime_type_of(sniff_media_type(file)) << ": " << d.info.error().message;
    EXPECT_TRUE(d.info->truncated);
    ASSERT_EQ(d.pictures.size(), 1U);
    int near = 0;
    for (std::size_t i = 0; i < 400 * 100 * 3; ++i)
      near += std::abs(d.pictures[0].samples[i] - p.samples[i]) < 25;
    EXPECT_GT(near, 400 * 100 * 3 * 95 / 100) << mime_type_of(d.info->type);
  }
}

TEST_P(MediaDecoderSuite, SurvivesFlippedBytes) {
  const unsigned seed = 20240611;
  RecordProperty("seed", static_cast<int>(seed));
  std::mt19937 random(seed);
  for (const NamedFile& f : one_of_each()) {
    for (int i = 0; i < 60; ++i) {
      Bytes file = f.file;
      const int flips = 1 + static_cast<int>(random() % 6U);
      for (int k = 0; k < flips; ++k) file[random() % file.size()] = static_cast<std::byte>(random());
      expect_sound(decode(file), f.name + " flip " + std::to_string(i) + " of seed " + std::to_string(seed));
    }
  }
}

TEST_P(MediaDecoderSuite, RefusesPicturesOverTheLimitsInEveryFormat) {
  for (const NamedFile& f : one_of_each()) {
    DecodeLimits small_sides;
    small_sides.side_px_max = 19;
    DecodeLimits few_pixels;
    few_pixels.pixels_max = 399;
    DecodeLimits few_bytes;
    few_bytes.input_bytes_max = f.file.size() - 1;
    for (const DecodeLimits& limits : {small_sides, few_pixels, few_bytes}) {
      const Decoded d = decode(f.file, true, limits);
      ASSERT_FALSE(d.info) << f.name;
      EXPECT_EQ(d.info.error().code, Code::kLimitExceeded) << f.name << ": " << d.info.error().message;
      EXPECT_TRUE(d.frames.empty());
    }
  }
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void put_at(Bytes& file, std::size_t at, std::uint32_t value, bool big_endian) {
  for (std::size_t i = 0; i < 4; ++i) {
    file[at + i] = static_cast<std::byte>(value >> (8 * (big_endian ? 3 - i : i)));
  }
}

TEST_P(MediaDecoderSuite, RefusesHugeDeclaredSizesAtOnce) {
  const Picture p = make_picture(8, 8, 3);
  Bytes png = encode_png(p);
  put_at(png, 16, 60'000, true);
  put_at(png, 20, 60'000, true);
  Bytes bmp = encode_bmp(p);
  put_at(bmp, 18, 60'000, false);
  put_at(bmp, 22, 60'000, false);
  Bytes gif = encode_gif(65'535, 65'535, std::vector<GifFrame>{gif_frame_of(p)});
  Bytes pnm;
  for (const char c : std::string("P6\n60000 60000\n255\nxxxxxxxxx"))
    pnm.push_back(static_cast<std::byte>(c));
  Bytes tiff = encode_tiff(std::vector<Picture>{p});
  for (std::size_t i = 0; i + 12 <= tiff.size(); ++i) {  // the entries of width and height
    const bool entry = tiff[i] <= std::byte{1} && tiff[i + 1] == std::byte{1} && tiff[i + 2] == std::byte{3};
    if (entry && tiff[i + 3] == std::byte{0} && tiff[i + 8] == std::byte{8})
      put_at(tiff, i + 8, 0xFFFF, false);
  }
  const Stopwatch watch;
  for (const Bytes& file : {png, bmp, gif, pnm, tiff}) {
    const Decoded d = decode(file);
    ASSERT_FALSE(d.info) << mime_type_of(sniff_media_type(file));
    EXPECT_EQ(d.info.error().code, Code::kLimitExceeded)
        << mime_type_of(sniff_media_type(file)) << ": " << d.info.error().message;
  }
  EXPECT_LT(watch.seconds(), 2.0);
}

TEST_P(MediaDecoderSuite, RefusesAGifOfAHundredThousandFramesSoon) {
  const Bytes one = encode_gif(1, 1, std::vector<GifFrame>{gif_frame_of(make_picture(1, 1, 3))});
  // Header, screen and palette of 256 colours; then the frame; then the trailer.
  constexpr std::size_t kHead = 13 + 768;
  Bytes file(one.begin(), one.begin() + kHead);
  for (int i = 0; i < 100'000; ++i) file.insert(file.end(), one.begin() + kHead, one.end() - 1);
  file.push_back(one.back());
  const Stopwatch watch;
  const Decoded d = decode(file);
  ASSERT_FALSE(d.info);
  EXPECT_EQ(d.info.error().code, Code::kLimitExceeded);
  EXPECT_LT(watch.seconds(), 5.0);
}

TEST_P(MediaDecoderSuite, RefusesAJpegOfAThousandScansSoon) {
  const Bytes good = encode_jpeg(make_picture(512, 512, 3), {.progressive = true});
  std::size_t last_scan = 0;
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    if (good[i] == std::byte{0xFF} && good[i + 1] == std::byte{0xDA}) last_scan = i;
  }
  const auto scan = good.begin() + static_cast<std::ptrdiff_t>(last_scan);
  Bytes file(good.begin(), good.end() - 2);
  for (int i = 0; i < 1000; ++i) file.insert(file.end(), scan, good.end() - 2);
  file.insert(file.end(), good.end() - 2, good.end());
  const Stopwatch watch;
  const Decoded d = decode(file);
  ASSERT_FALSE(d.info);
  EXPECT_EQ(d.info.error().code, Code::kLimitExceeded) << d.info.error().message;
  EXPECT_LT(watch.seconds(), 10.0);
}

TEST_P(MediaDecoderSuite, ReadsAFileByItsContentWhateverComesAfterIt) {
  Bytes file = encode_png(make_picture(9, 9, 3));
  file.insert(file.end(), 5000, std::byte{0x42});
  EXPECT_EQ(decode_one(file), make_picture(9, 9, 3));
}

TEST_P(MediaDecoderSuite, RefusesHeadersWithoutPictures) {
  const std::vector<std::string> heads = {"\xFF\xD8\xFF",
                                          "\x89PNG\r\n\x1A\n",
                                          "GIF89a",
                                          "II*",
                                          "BM",
                                          "P6\n",
                                          "P6\n0 0\n255\n",
                                          "\xFF\x0A",
                                          "RIFF\x08\x01\x01\x01WEBP",
                                          "\x01\x01\x01\x18"
                                          "ftypavif"};
  for (std::string head : heads) {
    head += std::string(16, '\0');
    const auto* first = reinterpret_cast<const std::byte*>(head.data());
    const Decoded d = decode(Bytes(first, first + head.size()));
    EXPECT_FALSE(d.info) << head;
    expect_sound(d, head);
  }
}

}  // namespace
}  // namespace seawall::test
