// Which decodes decode_firm asks for, and which frames it hands on. tests/conformance/media_decoder_firm.cpp
// runs it on real decoders.
#include "seawall/match/firm_decode.h"

#include <gtest/gtest.h>

#include <vector>

#include "seawall/match/detail/test_pictures.h"

namespace seawall {
namespace {

using test::GrayPicture;
using test::natural_picture;

GrayPicture gradient(int width, int height) {
  GrayPicture picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) picture.at(x, y) = static_cast<std::uint8_t>(255 * x / width);
  }
  return picture;
}

/// Hands on `picture` as the decode of a large JPEG: at 1/2 unless `exact` is asked for.
class LargeJpeg final : public MediaDecoder {
 public:
  explicit LargeJpeg(GrayPicture picture, bool exact_fails = false)
      : picture_(std::move(picture)), exact_fails_(exact_fails) {}

  Result<MediaInfo> decode(std::span<const std::byte>, const DecodeOptions& options,
                           FunctionRef<void(const Frame&)> visit) override {
    asked_exact.push_back(options.exact);
    if (options.exact && exact_fails_) return fail(Code::kLimitExceeded, "over a limit");
    const int scale = options.exact ? 1 : 2;
    Frame frame;
    frame.pixels = picture_.view();
    frame.original_width_px = picture_.width_px * scale;
    frame.original_height_px = picture_.height_px * scale;
    frame.scale_denominator = scale;
    visit(frame);
    return MediaInfo{};
  }

  std::vector<bool> asked_exact;

 private:
  GrayPicture picture_;
  bool exact_fails_;
};

std::vector<int> scales_seen(MediaDecoder& decoder, bool exact) {
  std::vector<int> scales;
  const auto info = decode_firm(decoder, {}, {.limits = {}, .exact = exact},
                                [&](const Frame& frame) { scales.push_back(frame.scale_denominator); });
  EXPECT_TRUE(info);
  return scales;
}

TEST(FirmDecode, DecodesOnceWhereTheScaledFrameCanBeTrusted) {
  int once = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    LargeJpeg decoder(natural_picture(seed, 400, 300));
    const std::vector<int> scales = scales_seen(decoder, false);
    ASSERT_EQ(scales.size(), 1U);
    EXPECT_EQ(scales[0] == 2, decoder.asked_exact.size() == 1);
    once += scales[0] == 2 ? 1 : 0;
  }
  EXPECT_GE(once, 5);
}

TEST(FirmDecode, DecodesAGradientAgainAndHandsOnOnlyTheExactFrame) {
  LargeJpeg decoder(gradient(400, 300));
  EXPECT_EQ(scales_seen(decoder, false), std::vector<int>{1});
  EXPECT_EQ(decoder.asked_exact, (std::vector<bool>{false, true}));
}

TEST(FirmDecode, LeavesExactDecodesAlone) {
  LargeJpeg decoder(gradient(400, 300));
  EXPECT_EQ(scales_seen(decoder, true), std::vector<int>{1});
  EXPECT_EQ(decoder.asked_exact, std::vector<bool>{true});
}

TEST(FirmDecode, FallsBackToTheScaledFrameWhereTheExactDecodeFails) {
  LargeJpeg decoder(gradient(400, 300), true);
  EXPECT_EQ(scales_seen(decoder, false), std::vector<int>{2});
  EXPECT_EQ(decoder.asked_exact, (std::vector<bool>{false, true, false}));
}

}  // namespace
}  // namespace seawall
