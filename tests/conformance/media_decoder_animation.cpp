// What every decoder must make of files with several frames or pages.
#include "media_decoder_suite.h"

namespace seawall::test {
namespace {

std::vector<Picture> make_frames(int count, int width, int height, int channels = 3) {
  std::vector<Picture> frames;
  for (int i = 0; i < count; ++i)
    frames.push_back(make_picture(width, height, channels, 10 + static_cast<unsigned>(i)));
  return frames;
}

Bytes gif_of(const std::vector<Picture>& pictures) {
  std::vector<GifFrame> frames;
  for (const Picture& p : pictures) frames.push_back(gif_frame_of(p));
  return encode_gif(pictures[0].width, pictures[0].height, frames);
}

TEST_P(MediaDecoderSuite, HandsOnEveryFrameInOrderWithItsTime) {
  const std::vector<Picture> frames = make_frames(5, 30, 20);
  for (const Bytes& file : {encode_animated_webp(frames), encode_animated_jxl(frames)}) {
    const Decoded d = decode(file);
    ASSERT_TRUE(d.info) << d.info.error().message;
    EXPECT_EQ(d.info->frames_total, 5);
    EXPECT_EQ(d.info->frames_decoded, 5);
    ASSERT_EQ(d.pictures.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(d.pictures[i], frames[i]) << i;
      EXPECT_EQ(d.frames[i].index, static_cast<int>(i));
      EXPECT_EQ(d.frames[i].time_ms, static_cast<int>(i) * 40);
    }
  }
}

TEST_P(MediaDecoderSuite, CompositesAnimationsOnWhite) {
  const std::vector<Picture> frames = make_frames(3, 24, 18, 4);
  const Decoded d = decode(encode_animated_jxl(frames));
  ASSERT_TRUE(d.info && d.pictures.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_LE(largest_difference(d.pictures[i], over_white(frames[i])), 1);
}

TEST_P(MediaDecoderSuite, SamplesLongAnimationsEvenly) {
  const std::vector<Picture> frames = make_frames(20, 16, 12);
  DecodeLimits limits;
  limits.frames_max = 5;
  const std::vector<std::pair<std::string, Bytes>> files = {{"webp", encode_animated_webp(frames)},
                                                            {"jxl", encode_animated_jxl(frames)},
                                                            {"gif", gif_of(frames)},
                                                            {"tiff", encode_tiff(frames)}};
  for (const auto& [name, file] : files) {
    const Decoded d = decode(file, true, limits);
    ASSERT_TRUE(d.info) << name << ": " << d.info.error().message;
    EXPECT_EQ(d.info->frames_total, 20) << name;
    ASSERT_EQ(d.pictures.size(), 5U) << name;
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(d.frames[i].index, static_cast<int>(i) * 4) << name;
      EXPECT_EQ(d.pictures[i], name == "gif" ? to_cube(frames[i * 4]) : frames[i * 4]) << name;
    }
  }
}

TEST_P(MediaDecoderSuite, HandsOnTiffPagesOfDifferentSizes) {
  const std::vector<Picture> pages{make_picture(20, 10, 3), make_picture(7, 33, 1), make_picture(64, 64, 3)};
  const Decoded d = decode(encode_tiff(pages));
  ASSERT_TRUE(d.info && d.pictures.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(d.pictures[i], pages[i]);
}

/// The textbook GIF screen: colour indices a pixel, -1 where nothing was drawn, disposed of as GIF89a says.
class Screen {
 public:
  Screen(int width, int height)
      : width_(width), height_(height), index_(static_cast<std::size_t>(width * height), -1) {}

  Picture draw(const GifFrame& f) {
    const std::vector<int> before = index_;
    each(f, [&](int& cell, int index) {
      if (index != f.transparent) cell = index;
    });
    Picture shown{width_, height_, 3, {}};
    for (const int i : index_) {
      for (const int step : {i / 36, i / 6 % 6, i % 6}) {
        shown.samples.push_back(i < 0 ? std::uint8_t{255} : static_cast<std::uint8_t>(step * 51));
      }
    }
    if (f.disposal == 2) each(f, [](int& cell, int) { cell = -1; });
    if (f.disposal == 3) index_ = before;
    return shown;
  }

 private:
  template <class Change>
  void each(const GifFrame& f, Change change) {
    for (int y = 0; y < f.height; ++y) {
      for (int x = 0; x < f.width; ++x) {
        if (f.top + y >= height_ || f.left + x >= width_) continue;
        change(index_[static_cast<std::size_t>((f.top + y) * width_ + f.left + x)],
               f.indices[static_cast<std::size_t>(y * f.width + x)]);
      }
    }
  }
  int width_;
  int height_;
  std::vector<int> index_;
};

GifFrame plain(int left, int top, int width, int height, int first_index, int disposal, int transparent) {
  GifFrame f{left, top, width, height, {}, disposal, transparent, false};
  for (int i = 0; i < width * height; ++i)
    f.indices.push_back(static_cast<std::uint8_t>((first_index + i) % 216));
  return f;
}

TEST_P(MediaDecoderSuite, DisposesOfGifFramesAsTheStandardSays) {
  const std::vector<GifFrame> frames = {
      plain(0, 0, 20, 15, 3, 1, -1),   // stays
      plain(4, 2, 10, 10, 50, 2, 60),  // back to background, one index transparent
      plain(0, 5, 8, 8, 90, 3, -1),    // back to what was there before
      plain(10, 0, 10, 4, 120, 0, 125), plain(15, 10, 12, 12, 150, 2, -1),  // reaches over the edge
      plain(2, 2, 3, 3, 7, 1, -1),
  };
  const Decoded d = decode(encode_gif(20, 15, frames));
  ASSERT_TRUE(d.info) << d.info.error().message;
  ASSERT_EQ(d.pictures.size(), frames.size());
  Screen screen(20, 15);
  for (std::size_t i = 0; i < frames.size(); ++i)
    EXPECT_EQ(d.pictures[i], screen.draw(frames[i])) << "frame " << i;
  EXPECT_FALSE(d.info->truncated);
}

TEST_P(MediaDecoderSuite, ShowsAGifThatDrawsOnlyPartOfItsScreenOnWhite) {
  const std::vector<GifFrame> frames = {plain(5, 5, 4, 4, 1, 0, -1)};
  const Decoded d = decode(encode_gif(20, 15, frames));
  ASSERT_TRUE(d.info && d.pictures.size() == 1);
  EXPECT_EQ(d.pictures[0].samples[0], 255);
  EXPECT_EQ(d.pictures[0].width, 20);
}

}  // namespace
}  // namespace seawall::test
