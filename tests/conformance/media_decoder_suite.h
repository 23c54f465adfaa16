#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "../media/encoders.h"
#include "../media/picture.h"
#include "seawall/media/decoder.h"

// The conformance suite of the port MediaDecoder. An adapter joins with
//   INSTANTIATE_TEST_SUITE_P(Name, MediaDecoderSuite, testing::Values(DecoderUnderTest{"name", make}));
namespace seawall::test {

struct DecoderUnderTest {
  std::string name;
  std::function<std::unique_ptr<MediaDecoder>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const DecoderUnderTest& d) { return out << d.name; }

/// All that one decode said.
struct Decoded {
  Result<MediaInfo> info;
  std::vector<Frame> frames;  ///< Their pixels are gone; only the numbers are left.
  std::vector<Picture> pictures;
};

/// Copies a frame out of the visit.
inline Picture copy_of(const Frame& frame) {
  const PixelView& view = frame.pixels;
  const int channels = bytes_per_pixel(view.layout);
  Picture p{view.width_px, view.height_px, channels, {}};
  for (int y = 0; y < view.height_px; ++y) {
    const std::uint8_t* row = view.data + y * view.stride_bytes;
    p.samples.insert(p.samples.end(), row, row + view.width_px * channels);
  }
  return p;
}

inline Decoded decode_with(MediaDecoder& decoder, const Bytes& file, const DecodeOptions& options) {
  Decoded d{fail(Code::kInvalidInput, ""), {}, {}};
  d.info = decoder.decode(file, options, [&](const Frame& frame) {
    d.pictures.push_back(copy_of(frame));
    d.frames.push_back(frame);
    d.frames.back().pixels.data = nullptr;
  });
  return d;
}

class MediaDecoderSuite : public testing::TestWithParam<DecoderUnderTest> {
 protected:
  void SetUp() override { decoder_ = GetParam().make(); }

  Decoded decode(const Bytes& file, bool exact = true, DecodeLimits limits = {}) {
    return decode_with(*decoder_, file, {.limits = limits, .exact = exact});
  }
  /// The one picture in `file`; an empty one, with the test failed, if that is not what it holds.
  Picture decode_one(const Bytes& file) {
    Decoded d = decode(file);
    EXPECT_TRUE(d.info.has_value()) << (d.info ? "" : d.info.error().message);
    EXPECT_EQ(d.pictures.size(), 1U);
    EXPECT_FALSE(d.info.has_value() && d.info->truncated);
    return d.pictures.empty() ? Picture{} : d.pictures.front();
  }

  std::unique_ptr<MediaDecoder> decoder_;
};

}  // namespace seawall::test
