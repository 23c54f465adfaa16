#include "seawall/media_video/detail/planes.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>
}

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace seawall::media_video {
namespace {

AvPtr<AVFrame> make_frame(AVPixelFormat format, int width, int height, unsigned seed) {
  AvPtr<AVFrame> frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  std::mt19937 random(seed);
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
  for (int p = 0; p < 4 && frame->data[p] != nullptr; ++p) {
    if (p == 1 && (d->flags & AV_PIX_FMT_FLAG_PAL) != 0) {
      for (int i = 0; i < 1024; ++i) frame->data[1][i] = static_cast<std::uint8_t>(random());
      continue;
    }
    const bool chroma = (p == 1 || p == 2) && (d->flags & AV_PIX_FMT_FLAG_RGB) == 0;
    const int rows = chroma ? -(-height >> d->log2_chroma_h) : height;
    for (int i = 0; i < rows * frame->linesize[p]; ++i)
      frame->data[p][i] = static_cast<std::uint8_t>(random());
  }
  return frame;
}

/// A sample by FFmpeg's own slow reader.
unsigned sample(const AVFrame& frame, int component, int x, int y) {
  const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  std::array<const std::uint8_t*, 4> data{frame.data[0], frame.data[1], frame.data[2], frame.data[3]};
  std::uint16_t value = 0;
  const bool palette = (d->flags & AV_PIX_FMT_FLAG_PAL) != 0;
  av_read_image_line2(&value, data.data(), frame.linesize, d, x, y, component, 1, palette ? 1 : 0, 2);
  const int depth = palette ? 8 : d->comp[component].depth;
  return depth >= 8 ? value >> (depth - 8) : value * 255U / ((1U << depth) - 1U);
}

TEST(Planes, HoldTheHighEightBitsOfEverySample) {
  constexpr std::array kFormats{
      AV_PIX_FMT_YUV420P,     AV_PIX_FMT_YUVJ422P,    AV_PIX_FMT_YUV444P,     AV_PIX_FMT_YUV411P,
      AV_PIX_FMT_YUV410P,     AV_PIX_FMT_YUV440P,     AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE,
      AV_PIX_FMT_YUV444P12LE, AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_P010LE,      AV_PIX_FMT_NV12,
      AV_PIX_FMT_NV21,        AV_PIX_FMT_YUYV422,     AV_PIX_FMT_UYVY422,     AV_PIX_FMT_YUVA444P10LE,
      AV_PIX_FMT_GRAY8,       AV_PIX_FMT_GRAY10LE,    AV_PIX_FMT_YA8,         AV_PIX_FMT_YUV422P16LE};
  for (const AVPixelFormat format : kFormats) {
    SCOPED_TRACE(av_get_pix_fmt_name(format));
    ASSERT_TRUE(is_readable(format));
    const auto frame = make_frame(format, 35, 19, 7);
    std::vector<std::uint8_t> memory(plane_bytes(*frame));
    const YccView view = to_planes(*frame, memory).view;
    const std::uint8_t* end = memory.data() + memory.size();
    for (int y = 0; y < 19; ++y) {
      for (int x = 0; x < 35; ++x) {
        ASSERT_EQ(view.y[y * view.y_stride_bytes + x], sample(*frame, 0, x, y));
        if (view.cb == nullptr) continue;
        const int cx = x >> view.chroma_h_shift;
        const int cy = y >> view.chroma_v_shift;
        const std::ptrdiff_t at = cy * view.chroma_stride_bytes + cx;
        ASSERT_LT(view.cr + at, end);
        ASSERT_EQ(view.cb[at], sample(*frame, 1, cx, cy));
        ASSERT_EQ(view.cr[at], sample(*frame, 2, cx, cy));
      }
    }
  }
}

TEST(Planes, TurnRgbIntoBt601WithinOneStep) {
  for (const AVPixelFormat format : {AV_PIX_FMT_RGB24, AV_PIX_FMT_BGRA, AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRP10LE,
                                     AV_PIX_FMT_RGB565LE, AV_PIX_FMT_PAL8}) {
    SCOPED_TRACE(av_get_pix_fmt_name(format));
    const auto frame = make_frame(format, 33, 9, 3);
    std::vector<std::uint8_t> memory(plane_bytes(*frame));
    const Planes planes = to_planes(*frame, memory);
    EXPECT_EQ(planes.view.matrix, YccMatrix::kBt601Full);
    for (int y = 0; y < 9; ++y) {
      for (int x = 0; x < 33; ++x) {
        const double r = sample(*frame, 0, x, y);
        const double g = sample(*frame, 1, x, y);
        const double b = sample(*frame, 2, x, y);
        const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
        ASSERT_NEAR(planes.view.y[y * planes.view.y_stride_bytes + x], luma, 0.51);
        const std::ptrdiff_t at = y * planes.view.chroma_stride_bytes + x;
        ASSERT_NEAR(planes.view.cb[at], std::min(255.0, 128 + (b - luma) / 1.772), 0.52);
        ASSERT_NEAR(planes.view.cr[at], std::min(255.0, 128 + (r - luma) / 1.402), 0.52);
      }
    }
  }
}

TEST(Planes, NameTheMatrixThatTheStreamStatesAndTheCustomOfItsSizeElse) {
  const auto matrix = [](int width, int height, AVColorSpace space, AVColorRange range) {
    const auto frame = make_frame(AV_PIX_FMT_YUV420P, width, height, 1);
    frame->colorspace = space;
    frame->color_range = range;
    std::vector<std::uint8_t> memory(plane_bytes(*frame));
    const Planes planes = to_planes(*frame, memory);
    return std::pair(planes.view.matrix, planes.matrix_stated);
  };
  EXPECT_EQ(matrix(640, 480, AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED),
            std::pair(YccMatrix::kBt601Limited, false));
  EXPECT_EQ(matrix(640, 720, AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_JPEG),
            std::pair(YccMatrix::kBt709Full, false));
  EXPECT_EQ(matrix(64, 48, AVCOL_SPC_BT709, AVCOL_RANGE_MPEG), std::pair(YccMatrix::kBt709Limited, true));
  EXPECT_EQ(matrix(64, 48, AVCOL_SPC_BT2020_NCL, AVCOL_RANGE_MPEG),
            std::pair(YccMatrix::kBt2020Limited, true));
  EXPECT_EQ(matrix(1280, 720, AVCOL_SPC_BT470BG, AVCOL_RANGE_MPEG),
            std::pair(YccMatrix::kBt601Limited, true));
}

TEST(Planes, RefuseFormatsThatHaveNoSamplesToRead) {
  EXPECT_FALSE(is_readable(AV_PIX_FMT_NONE));
  EXPECT_FALSE(is_readable(AV_PIX_FMT_VAAPI));
  EXPECT_FALSE(is_readable(AV_PIX_FMT_GRAYF32LE));
  EXPECT_FALSE(is_readable(AV_PIX_FMT_BAYER_RGGB8));
}

TEST(OrientationOfDisplayMatrix, IsTheSymmetryThatMovesPointsAsTheMatrixDoes) {
  // Where the centre-relative point (x, y), y downwards, goes.
  const auto moved = [](Orientation o, int x, int y) {
    if (o.mirrored) x = -x;
    for (int turn = 0; turn < o.quarter_turns; ++turn) {
      const int old_x = x;
      x = -y;
      y = old_x;
    }
    return std::pair(x, y);
  };
  for (const int angle : {0, 90, 180, 270}) {
    for (const bool mirror : {false, true}) {
      std::array<std::int32_t, 9> m{};
      av_display_rotation_set(m.data(), angle);
      if (mirror) av_display_matrix_flip(m.data(), 1, 0);
      const Orientation o = orientation_of(m.data());
      const auto sign = [](std::int64_t v) { return v > 1000 ? 1 : v < -1000 ? -1 : 0; };
      for (const auto& [x, y] : {std::pair{1, 0}, {0, 1}}) {
        const std::pair expected(sign(m[0]) * x + sign(m[3]) * y, sign(m[1]) * x + sign(m[4]) * y);
        EXPECT_EQ(moved(o, x, y), expected) << angle << (mirror ? " mirrored" : "");
      }
    }
  }
}

}  // namespace
}  // namespace seawall::media_video
