#include "seawall/media_images/images_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "seawall/media_images/detail/decode_job.h"
#include "seawall/media_images/detail/pixels.h"
#include "seawall/media_images/detail/samples.h"

// The decoders themselves are tested by tests/conformance/media_decoder_suite.h.
namespace seawall {
namespace {

using testing::HasSubstr;

TEST(WarmUp, HasASampleThatDecodesForEachFormat) {
  ImagesDecoder decoder;
  std::set<MediaType> types;
  for (const auto sample : media_images::samples()) {
    const auto info = decoder.decode(std::as_bytes(sample), {}, [](const Frame&) {});
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_FALSE(info->truncated) << mime_type_of(info->type);
    types.insert(info->type);
  }
  EXPECT_EQ(types.size(), 10U) << "every MediaType but kUnknown";
}

TEST(OverWhite, RoundsExactlyForEveryColourAndAlpha) {
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned a = 0; a < 256; ++a) {
      const unsigned exact = (2 * (c * a + 255 * (255 - a)) + 255) / (2 * 255);
      ASSERT_EQ(media_images::over_white(c, a), exact) << c << " " << a;
    }
  }
}

TEST(WantsFrame, PicksExactlyTheLimitEvenlyAndTheFirst) {
  const auto no_visit = [](const Frame&) {};
  HeapFrameMemory memory;
  for (const int most : {1, 2, 7, 64}) {
    DecodeOptions options;
    options.limits.frames_max = most;
    const media_images::DecodeJob job({}, options, memory, no_visit);
    for (const int total : {1, 2, 7, 8, 63, 64, 65, 100, 1000, 9999}) {
      int picked = 0;
      int last = -1;
      int widest = 0;
      for (int i = 0; i < total; ++i) {
        if (!job.wants_frame(i, total)) continue;
        ++picked;
        widest = std::max(widest, i - last);
        last = i;
      }
      EXPECT_TRUE(job.wants_frame(0, total));
      EXPECT_EQ(picked, std::min(most, total)) << most << " of " << total;
      EXPECT_LE(widest, (total + most - 1) / most) << most << " of " << total;
    }
  }
}

// Decodes the first sample with `limits`, which it passes, and gives back what is said about that.
std::string refusal_under(const DecodeLimits& limits) {
  ImagesDecoder decoder;
  DecodeOptions options;
  options.limits = limits;
  const auto info = decoder.decode(std::as_bytes(media_images::samples()[0]), options, [](const Frame&) {});
  if (info) return "decoded";
  EXPECT_EQ(info.error().code, Code::kLimitExceeded);
  return info.error().message;
}

TEST(ImagesDecoder, NamesTheLimitThatAFilePasses) {
  EXPECT_THAT(refusal_under({.side_px_max = 3}), HasSubstr("limit of 3 a side"));
  EXPECT_THAT(refusal_under({.pixels_max = 5}), HasSubstr("and 5 in all"));
  EXPECT_THAT(refusal_under({.input_bytes_max = 21}), HasSubstr("limit of 21 bytes"));
  EXPECT_THAT(fail_memory(7 << 20).value().message, HasSubstr("limit of 7 MiB"));
}

TEST(ImagesDecoder, RefusesLimitsThatMakeNoSense) {
  ImagesDecoder decoder;
  DecodeOptions options;
  options.limits.side_px_max = 0;
  const auto info = decoder.decode(std::as_bytes(media_images::samples()[0]), options, [](const Frame&) {});
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
