// Frames of videos: the linear fold of planes, upright, against the textbook twin in float, on every backend.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "seawall/fingerprint/detail/fold.h"
#include "seawall/fingerprint/detail/generated_picture.h"
#include "seawall/fingerprint/detail/textbook_pdq.h"

namespace seawall {
namespace {

using pdq_detail::Kernels;
using Bytes = std::vector<std::uint8_t>;

struct Shape {
  int width;
  int height;
  int h_shift;
  int v_shift;
};

/// Owns what its view shows. Chroma stays in the middle half, so that no colour clamps.
struct Planes {
  Bytes y, cb, cr;
  YccView view;
};

Bytes plane_of(int width, int height, std::uint64_t seed) {
  return testing::generate_picture(
      {.seed = seed, .grid = 13, .noise = 15, .width_px = width, .height_px = height, .channels = 1});
}

Planes make_planes(const Shape& shape, YccMatrix matrix) {
  const int chroma_width = (shape.width + (1 << shape.h_shift) - 1) >> shape.h_shift;
  const int chroma_height = (shape.height + (1 << shape.v_shift) - 1) >> shape.v_shift;
  Planes planes{plane_of(shape.width, shape.height, 21),
                plane_of(chroma_width, chroma_height, 22),
                plane_of(chroma_width, chroma_height, 23),
                {}};
  for (std::uint8_t& v : planes.y) v = static_cast<std::uint8_t>(80 + v * 90 / 255);
  for (Bytes* chroma : {&planes.cb, &planes.cr}) {
    for (std::uint8_t& v : *chroma) v = static_cast<std::uint8_t>(108 + v * 40 / 255);
  }
  planes.view = {.y = planes.y.data(),
                 .cb = planes.cb.data(),
                 .cr = planes.cr.data(),
                 .y_stride_bytes = shape.width,
                 .chroma_stride_bytes = chroma_width,
                 .width_px = shape.width,
                 .height_px = shape.height,
                 .chroma_h_shift = shape.h_shift,
                 .chroma_v_shift = shape.v_shift,
                 .matrix = matrix};
  return planes;
}

/// BT.601's luma of the colours that the planes stand for, unrounded.
std::vector<float> luma_of(const YccView& v) {
  const bool bt601 = v.matrix == YccMatrix::kBt601Full || v.matrix == YccMatrix::kBt601Limited;
  const bool bt709 = v.matrix == YccMatrix::kBt709Full || v.matrix == YccMatrix::kBt709Limited;
  const double kr = bt601 ? 0.299 : bt709 ? 0.2126 : 0.2627;
  const double kb = bt601 ? 0.114 : bt709 ? 0.0722 : 0.0593;
  const double kg = 1 - kr - kb;
  std::vector<float> out;
  for (int y = 0; y < v.height_px; ++y) {
    for (int x = 0; x < v.width_px; ++x) {
      const std::ptrdiff_t at = (y >> v.chroma_v_shift) * v.chroma_stride_bytes + (x >> v.chroma_h_shift);
      const double sample = v.y[y * v.y_stride_bytes + x];
      const double light = is_full_range(v.matrix) ? sample : (sample - 16) * 255 / 219;
      const double scale = is_full_range(v.matrix) ? 1 : 255.0 / 224;
      const double blue = (v.cb[at] - 128) * scale;
      const double red = (v.cr[at] - 128) * scale;
      const double r = light + 2 * (1 - kr) * red;
      const double b = light + 2 * (1 - kb) * blue;
      const double g = light - 2 * kr * (1 - kr) / kg * red - 2 * kb * (1 - kb) / kg * blue;
      out.push_back(static_cast<float>(0.299 * r + 0.587 * g + 0.114 * b));
    }
  }
  return out;
}

int bits_between(const PdqHash& a, const PdqHash& b) { return hamming_distance(a.bits, b.bits); }

std::vector<const Kernels*> runnable_kernels() {
  std::vector<const Kernels*> all;
  for (const char* name : {"portable", "avx2", "avx512", "neon"}) {
    if (const Kernels* kernels = pdq_detail::kernels_named(name)) all.push_back(kernels);
  }
  return all;
}

constexpr Shape kShapes[] = {{640, 480, 1, 1},  {321, 243, 1, 1},  {131, 70, 1, 0},
                             {300, 2100, 0, 0}, {2101, 131, 2, 2}, {1280, 720, 1, 1}};

TEST(PdqLinear, IsTheTextbooksGridOfTheUnroundedLumaWithEveryMatrix) {
  for (const Shape& shape : kShapes) {
    for (const YccMatrix matrix :
         {YccMatrix::kBt601Full, YccMatrix::kBt601Limited, YccMatrix::kBt709Limited, YccMatrix::kBt709Full,
          YccMatrix::kBt2020Limited, YccMatrix::kBt2020Full}) {
      SCOPED_TRACE(::testing::Message()
                   << shape.width << " x " << shape.height << ", matrix " << static_cast<int>(matrix));
      const Planes planes = make_planes(shape, matrix);
      const PdqGrid expected = textbook::grid_of_luma(luma_of(planes.view), shape.width, shape.height);
      for (const Kernels* kernels : runnable_kernels()) {
        const PdqGrid grid = fold_linear(*kernels, planes.view, {});
        // The textbook's running sums in float32 drift by up to a hundredth on long rows.
        for (std::size_t k = 0; k < grid.luma.size(); ++k) ASSERT_NEAR(grid.luma[k], expected.luma[k], 0.02F);
      }
      EXPECT_EQ(fold_linear(*pdq_detail::kernels_portable(), planes.view, {}).luma,
                pdq_grid_linear(planes.view).luma);
    }
  }
}

TEST(PdqLinear, DiffersFromTheExactWayByRoundingAloneWhereNothingClamps) {
  for (const Shape& shape : kShapes) {
    for (const YccMatrix matrix :
         {YccMatrix::kBt601Limited, YccMatrix::kBt709Limited, YccMatrix::kBt2020Full}) {
      SCOPED_TRACE(::testing::Message() << shape.width << " x " << shape.height);
      const Planes planes = make_planes(shape, matrix);
      const PdqGrid exact = pdq_grid(planes.view);
      const PdqGrid linear = pdq_grid_linear(planes.view);
      for (std::size_t k = 0; k < exact.luma.size(); ++k) ASSERT_NEAR(linear.luma[k], exact.luma[k], 1.0F);
      EXPECT_LE(bits_between(pdq_hash(planes.view), pdq_hash_linear(planes.view)), 4);
    }
  }
}

TEST(PdqLinear, OfFullRangeBt601IsThatOfTheYPlaneAlone) {
  const Planes planes = make_planes({640, 480, 1, 1}, YccMatrix::kBt601Full);
  const PdqHash gray = pdq_hash(PixelView{planes.y.data(), 640, 480, 640, PixelLayout::kGray8});
  const PdqHash linear = pdq_hash_linear(planes.view);
  EXPECT_EQ(bits_between(linear, gray), 0);
  EXPECT_EQ(linear.quality, gray.quality);
}

Bytes turned(const Bytes& plane, int width, int height, Orientation orientation) {
  Bytes out(plane.size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int to_x = orientation.mirrored ? width - 1 - x : x;
      int to_y = y;
      int columns = width;
      int rows = height;
      for (int turn = 0; turn < orientation.quarter_turns; ++turn) {
        const int old_x = to_x;
        to_x = rows - 1 - to_y;
        to_y = old_x;
        std::swap(columns, rows);
      }
      out[static_cast<std::size_t>(to_y * columns + to_x)] = plane[static_cast<std::size_t>(y * width + x)];
    }
  }
  return out;
}

Planes turned(const Planes& from, Orientation orientation) {
  const YccView& v = from.view;
  const int chroma_width = static_cast<int>(v.chroma_stride_bytes);
  const int chroma_height = static_cast<int>(from.cb.size()) / chroma_width;
  Planes out{turned(from.y, v.width_px, v.height_px, orientation),
             turned(from.cb, chroma_width, chroma_height, orientation),
             turned(from.cr, chroma_width, chroma_height, orientation), v};
  out.view.y = out.y.data();
  out.view.cb = out.cb.data();
  out.view.cr = out.cr.data();
  if (orientation.swaps_sides()) {
    std::swap(out.view.width_px, out.view.height_px);
    std::swap(out.view.chroma_h_shift, out.view.chroma_v_shift);
    out.view.y_stride_bytes = v.height_px;
    out.view.chroma_stride_bytes = chroma_height;
  }
  return out;
}

TEST(PdqLinear, OfATurnedFrameIsThatOfTheFrameWithItsPixelsTurned) {
  // Blocks of chroma lie alike in both only where they fill the picture, so odd sizes have chroma of full
  // size.
  for (const Shape& shape : {Shape{640, 480, 1, 1},
                             {322, 244, 1, 0},
                             {321, 243, 0, 0},
                             {1921, 130, 0, 0},
                             {100, 64, 1, 1},
                             {33, 17, 0, 0}}) {
    for (const YccMatrix matrix : {YccMatrix::kBt601Full, YccMatrix::kBt709Limited}) {
      const Planes stored = make_planes(shape, matrix);
      for (int way = 0; way < 8; ++way) {
        const Orientation orientation{way >= 4, static_cast<std::uint8_t>(way % 4)};
        SCOPED_TRACE(::testing::Message() << shape.width << " x " << shape.height << ", way " << way);
        const Planes upright = turned(stored, orientation);
        const PdqGrid expected = pdq_grid_linear(upright.view);
        const PdqGrid grid = pdq_grid_linear(stored.view, orientation);
        for (std::size_t k = 0; k < grid.luma.size(); ++k) ASSERT_NEAR(grid.luma[k], expected.luma[k], 1e-4F);
        ASSERT_EQ(bits_between(pdq_hash(pdq_spectrum(grid)), pdq_hash(pdq_spectrum(expected))), 0);
        for (const Kernels* kernels : runnable_kernels())
          ASSERT_EQ(fold_linear(*kernels, stored.view, orientation).luma, grid.luma);
      }
    }
  }
}

TEST(PdqLinear, OfTinyAndGrayFramesIsDefined) {
  const Planes planes = make_planes({640, 480, 1, 1}, YccMatrix::kBt709Full);
  YccView gray = planes.view;
  gray.cb = gray.cr = nullptr;
  EXPECT_EQ(pdq_grid_linear(gray).luma,
            pdq_grid(PixelView{planes.y.data(), 640, 480, 640, PixelLayout::kGray8}).luma);
  YccView tiny = planes.view;
  tiny.width_px = 4;
  EXPECT_EQ(pdq_hash_linear(tiny).quality, 0);
}

}  // namespace
}  // namespace seawall
