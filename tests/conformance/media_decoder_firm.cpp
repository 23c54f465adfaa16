// That the default mode's hash stays near the exact one on pictures where the scaled decode alone does not.
#include <random>

#include "media_decoder_suite.h"
#include "seawall/match/firm_decode.h"

namespace seawall::test {
namespace {

struct Hashed {
  PdqHash hash;
  int scale = 0;
  int frames = 0;
};

Hashed hash_of(MediaDecoder& decoder, const Bytes& file, bool exact) {
  Hashed hashed;
  const auto info = decode_firm(decoder, file, {.limits = {}, .exact = exact}, [&](const Frame& frame) {
    hashed.hash = pdq_hash(pdq_spectrum(grid_of(frame)));
    hashed.scale = frame.scale_denominator;
    ++hashed.frames;
  });
  EXPECT_TRUE(info) << info.error().message;
  return hashed;
}

/// A drawn wallpaper: smooth slopes, whose frequencies are nearly zero but for a few.
Picture slopes(int width, int height) {
  Picture p{width, height, 3, {}};
  p.samples.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int across = 200 * x / width * y / height;
      for (int c = 0; c < 3; ++c) p.samples.push_back(static_cast<std::uint8_t>(30 + across + 5 * c));
    }
  }
  return p;
}

/// Rough at every scale, as photographs are: squares of random tone on grids of 6, 12, 24 and 48 cells.
Picture patchwork(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<int>> tones;
  for (const int cells : {6, 12, 24, 48}) {
    std::vector<int>& grid = tones.emplace_back();
    for (int i = 0; i < cells * cells; ++i) grid.push_back(static_cast<int>(random() % 60U));
  }
  Picture p{width, height, 3, {}};
  p.samples.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int tone = 0;
      for (std::size_t octave = 0; octave < tones.size(); ++octave) {
        const int cells = 6 << octave;
        tone += tones[octave][static_cast<std::size_t>(y * cells / height * cells + x * cells / width)];
      }
      for (int c = 0; c < 3; ++c) p.samples.push_back(static_cast<std::uint8_t>(tone + 5 * c));
    }
  }
  return p;
}

TEST_P(MediaDecoderSuite, LetsGradientsBeHashedExactlyAtEveryScale) {
  for (const bool progressive : {false, true}) {
    for (const auto& [width, height] : {std::pair{1024, 768}, {2048, 1536}, {2816, 2816}}) {
      const Bytes file = encode_jpeg(slopes(width, height), {.quality = 88, .progressive = progressive});
      ASSERT_GT(decode(file, false).frames.at(0).scale_denominator, 1);
      const Hashed fast = hash_of(*decoder_, file, false);
      EXPECT_EQ(fast.scale, 1) << width << " " << progressive;
      EXPECT_EQ(fast.frames, 1);
      EXPECT_EQ(fast.hash, hash_of(*decoder_, file, true).hash) << width << " " << progressive;
    }
  }
}

TEST_P(MediaDecoderSuite, KeepsScaledHashesWithinFourBitsOfTheExactOnes) {
  int scaled = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    for (const auto& [side, progressive] : {std::pair{768, false}, {1536, false}, {2300, true}}) {
      const Bytes file =
          encode_jpeg(patchwork(side * 4 / 3, side, seed), {.quality = 80, .progressive = progressive});
      const Hashed fast = hash_of(*decoder_, file, false);
      const Hashed exact = hash_of(*decoder_, file, true);
      EXPECT_EQ(fast.frames, 1);
      EXPECT_EQ(exact.scale, 1);
      EXPECT_LE(hamming_distance(fast.hash.bits, exact.hash.bits), 4) << seed << " " << side;
      EXPECT_EQ(fast.hash.quality >= kPdqQualityMin, exact.hash.quality >= kPdqQualityMin);
      scaled += fast.scale > 1 ? 1 : 0;
    }
  }
  EXPECT_GE(scaled, 9) << "of twelve: or the test shows nothing";
}

}  // namespace
}  // namespace seawall::test
