// Memory layouts, Y'CbCr planes and scaled pictures, on every backend that this machine runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "seawall/fingerprint/detail/fold.h"
#include "seawall/fingerprint/detail/generated_picture.h"

namespace seawall {
namespace {

using pdq_detail::Kernels;
using testing::PictureRecipe;
using Bytes = std::vector<std::uint8_t>;

std::vector<const Kernels*> runnable_kernels() {
  std::vector<const Kernels*> all;
  for (const char* name : {"portable", "avx2", "avx512", "neon"}) {
    if (const Kernels* kernels = pdq_detail::kernels_named(name)) all.push_back(kernels);
  }
  return all;
}

PictureRecipe recipe_for(int width, int height, int channels) {
  return {.seed = static_cast<std::uint64_t>(width * 7 + height),
          .grid = 13,
          .noise = 63,
          .width_px = width,
          .height_px = height,
          .channels = channels};
}

struct Size {
  int width;
  int height;
};
constexpr Size kSizes[] = {{5, 9},     {64, 64},  {65, 64},   {127, 31}, {129, 130},
                           {257, 200}, {640, 77}, {70, 1300}, {2100, 9}};

// The last row ends where its memory ends: under AddressSanitizer this also shows that nothing is read
// beyond.
Bytes padded(const Bytes& packed, std::size_t row_bytes, std::size_t stride) {
  const std::size_t rows = packed.size() / row_bytes;
  Bytes out((rows - 1) * stride + row_bytes, 0xA5);
  for (std::size_t y = 0; y < rows; ++y) {
    std::memcpy(out.data() + y * stride, packed.data() + y * row_bytes, row_bytes);
  }
  return out;
}

TEST(PdqViews, PaddedRowsAndRgbxGiveTheGridOfPackedRgb) {
  for (const Size& size : kSizes) {
    const PictureRecipe recipe = recipe_for(size.width, size.height, 3);
    const Bytes packed = testing::generate_picture(recipe);
    const auto row_bytes = static_cast<std::size_t>(size.width) * 3;
    const std::size_t stride = row_bytes + 37;
    const Bytes wide = padded(packed, row_bytes, stride);
    Bytes rgbx;
    for (std::size_t at = 0; at < packed.size(); at += 3) {
      rgbx.insert(rgbx.end(),
                  {packed[at], packed[at + 1], packed[at + 2], static_cast<std::uint8_t>(at * 31)});
    }
    for (const Kernels* kernels : runnable_kernels()) {
      SCOPED_TRACE(::testing::Message() << size.width << " x " << size.height << " on " << kernels->name);
      const PdqGrid expected = fold(*kernels, testing::view_of(packed, recipe));
      const auto view = [&](const std::uint8_t* data, std::size_t bytes, PixelLayout layout) {
        return PixelView{data, size.width, size.height, static_cast<std::ptrdiff_t>(bytes), layout};
      };
      EXPECT_EQ(fold(*kernels, view(wide.data(), stride, PixelLayout::kRgb24)).luma, expected.luma);
      EXPECT_EQ(fold(*kernels, view(rgbx.data(), row_bytes / 3 * 4, PixelLayout::kRgbx32)).luma,
                expected.luma);
    }
  }
}

/// Planes of a Y'CbCr picture of any subsampling; every sample value occurs, so R, G and B clamp often.
struct Planes {
  Bytes y, cb, cr;
  YccView view;
};

Planes make_planes(const Size& size, int h_shift, int v_shift, YccMatrix matrix) {
  const int chroma_width = (size.width + (1 << h_shift) - 1) >> h_shift;
  const int chroma_height = (size.height + (1 << v_shift) - 1) >> v_shift;
  Planes planes;
  const auto plane = [](int width, int height, std::uint64_t seed) {
    PictureRecipe recipe = recipe_for(width, height, 1);
    recipe.seed = seed;
    return padded(testing::generate_picture(recipe), static_cast<std::size_t>(width),
                  static_cast<std::size_t>(width) + 5);
  };
  planes.y = plane(size.width, size.height, 11);
  planes.cb = plane(chroma_width, chroma_height, 12);
  planes.cr = plane(chroma_width, chroma_height, 13);
  planes.view = {.y = planes.y.data(),
                 .cb = planes.cb.data(),
                 .cr = planes.cr.data(),
                 .y_stride_bytes = size.width + 5,
                 .chroma_stride_bytes = chroma_width + 5,
                 .width_px = size.width,
                 .height_px = size.height,
                 .chroma_h_shift = h_shift,
                 .chroma_v_shift = v_shift,
                 .matrix = matrix};
  return planes;
}

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

/// The textbook conversion, in float64, chroma repeated.
Bytes rgb_of(const YccView& v) {
  const bool limited = !is_full_range(v.matrix);
  const bool bt601 = v.matrix == YccMatrix::kBt601Full || v.matrix == YccMatrix::kBt601Limited;
  const bool bt709 = v.matrix == YccMatrix::kBt709Full || v.matrix == YccMatrix::kBt709Limited;
  const double kr = bt601 ? 0.299 : bt709 ? 0.2126 : 0.2627;
  const double kb = bt601 ? 0.114 : bt709 ? 0.0722 : 0.0593;
  const double kg = 1 - kr - kb;
  Bytes out;
  for (int y = 0; y < v.height_px; ++y) {
    for (int x = 0; x < v.width_px; ++x) {
      const std::ptrdiff_t chroma = (y >> v.chroma_v_shift) * v.chroma_stride_bytes + (x >> v.chroma_h_shift);
      const double luma = v.y[y * v.y_stride_bytes + x];
      const double scale = limited ? 255.0 / 224 : 1.0;
      const double light = limited ? (luma - 16) * 255 / 219 : luma;
      const double blue = (v.cb[chroma] - 128) * scale;
      const double red = (v.cr[chroma] - 128) * scale;
      out.push_back(to_byte(light + 2 * (1 - kr) * red));
      out.push_back(to_byte(light - 2 * kr * (1 - kr) / kg * red - 2 * kb * (1 - kb) / kg * blue));
      out.push_back(to_byte(light + 2 * (1 - kb) * blue));
    }
  }
  return out;
}

TEST(PdqYcc, GivesTheGridOfTheRgbThatTheMatrixSaysOnEveryBackend) {
  for (const Size& size : kSizes) {
    for (const auto& [h_shift, v_shift] : {std::pair{0, 0}, {1, 0}, {1, 1}}) {
      for (const YccMatrix matrix :
           {YccMatrix::kBt601Full, YccMatrix::kBt601Limited, YccMatrix::kBt709Limited, YccMatrix::kBt709Full,
            YccMatrix::kBt2020Limited, YccMatrix::kBt2020Full}) {
        const Planes planes = make_planes(size, h_shift, v_shift, matrix);
        const Bytes rgb = rgb_of(planes.view);
        const PdqGrid exact =
            pdq_grid(PixelView{rgb.data(), size.width, size.height, size.width * 3, PixelLayout::kRgb24});
        const PdqGrid first = fold(*pdq_detail::kernels_portable(), planes.view);
        // Fixed point and float64 may round a sample to neighbours: one in a thousand or so, one step.
        for (std::size_t k = 0; k < exact.luma.size(); ++k) ASSERT_NEAR(first.luma[k], exact.luma[k], 1.01f);
        double sum = 0;
        for (std::size_t k = 0; k < exact.luma.size(); ++k) sum += std::abs(first.luma[k] - exact.luma[k]);
        ASSERT_LE(sum / 4096, 0.02);
        for (const Kernels* kernels : runnable_kernels()) {
          ASSERT_EQ(fold(*kernels, planes.view).luma, first.luma) << kernels->name << ' ' << size.width;
        }
      }
    }
  }
}

TEST(PdqYcc, WithoutChromaIsTheGrayPicture) {
  for (const Size& size : kSizes) {
    Planes planes = make_planes(size, 1, 1, YccMatrix::kBt601Full);
    planes.view.cb = nullptr;
    const PixelView gray{planes.y.data(), size.width, size.height, size.width + 5, PixelLayout::kGray8};
    EXPECT_EQ(pdq_grid(planes.view).luma, pdq_grid(gray).luma);
  }
}

TEST(PdqYcc, WithoutChromaStretchesLimitedRange) {
  Bytes y(200 * 200, 16);
  YccView view{.y = y.data(),
               .y_stride_bytes = 200,
               .width_px = 200,
               .height_px = 200,
               .matrix = YccMatrix::kBt709Limited};
  EXPECT_EQ(pdq_grid(view).luma[0], 0.0f);
  std::fill(y.begin(), y.end(), std::uint8_t{235});
  EXPECT_EQ(pdq_grid(view).luma[4095], 255.0f);
}

/// Mean of each block, rounded: what a decoder's scaled output is close to. A block at the far edge may be
/// cut.
Bytes shrink(const Bytes& from, const PictureRecipe& recipe, int s) {
  const int channels = recipe.channels;
  Bytes out;
  for (int y = 0; y < recipe.height_px; y += s) {
    for (int x = 0; x < recipe.width_px; x += s) {
      for (int c = 0; c < channels; ++c) {
        int sum = 0;
        int count = 0;
        for (int v = y; v < std::min(y + s, recipe.height_px); ++v) {
          for (int u = x; u < std::min(x + s, recipe.width_px); ++u, ++count) {
            sum += from[static_cast<std::size_t>((v * recipe.width_px + u) * channels + c)];
          }
        }
        out.push_back(static_cast<std::uint8_t>((sum + count / 2) / count));
      }
    }
  }
  return out;
}

ScaledPicture scaled_view(const Bytes& small, const PictureRecipe& recipe, int s) {
  const int width = (recipe.width_px + s - 1) / s;
  const int height = (recipe.height_px + s - 1) / s;
  return {PixelView{small.data(), width, height, static_cast<std::ptrdiff_t>(width) * recipe.channels,
                    recipe.channels == 1 ? PixelLayout::kGray8 : PixelLayout::kRgb24},
          recipe.width_px, recipe.height_px, s};
}

TEST(PdqScaled, IsExactWhereEveryBlockIsOfOneColour) {
  for (const Size& size : {Size{1024, 768}, {1003, 517}, {2049, 300}, {64, 64}, {130, 4097}}) {
    for (const int s : {2, 4, 8}) {
      for (const int channels : {1, 3}) {
        const PictureRecipe recipe = recipe_for(size.width, size.height, channels);
        const PictureRecipe tiny = recipe_for((size.width + s - 1) / s, (size.height + s - 1) / s, channels);
        const Bytes small = testing::generate_picture(tiny);
        Bytes large;
        for (int y = 0; y < size.height; ++y) {
          for (int x = 0; x < size.width; ++x) {
            const std::uint8_t* pixel = small.data() + (y / s * tiny.width_px + x / s) * channels;
            large.insert(large.end(), pixel, pixel + channels);
          }
        }
        const PdqGrid expected = pdq_grid(testing::view_of(large, recipe));
        for (const Kernels* kernels : runnable_kernels()) {
          const PdqGrid got = fold(*kernels, scaled_view(small, recipe, s));
          SCOPED_TRACE(::testing::Message()
                       << size.width << 'x' << size.height << " /" << s << ' ' << kernels->name);
          // Small pictures are luma in float32 with the reference's noise; all others are exact.
          const float allowed = size.width <= 128 && channels == 3 ? 1e-3f : 0.0f;
          for (std::size_t k = 0; k < got.luma.size(); ++k)
            ASSERT_NEAR(got.luma[k], expected.luma[k], allowed);
        }
      }
    }
  }
}

TEST(PdqScaled, StaysCloseToTheFullPicturesHash) {
  const PictureRecipe recipe{
      .seed = 8, .grid = 40, .noise = 31, .width_px = 2000, .height_px = 1500, .channels = 3};
  const Bytes full = testing::generate_picture(recipe);
  const PdqHash exact = pdq_hash(testing::view_of(full, recipe));
  for (const int s : {1, 2, 4}) {
    const Bytes small = shrink(full, recipe, s);
    EXPECT_LE(hamming_distance(pdq_hash(scaled_view(small, recipe, s)).bits, exact.bits), s == 1 ? 0 : 6)
        << s;
  }
}

TEST(PdqScaled, HashesAPictureOfAnUnlikelySizeAsItIs) {
  const PictureRecipe recipe = recipe_for(300, 200, 3);
  const Bytes bytes = testing::generate_picture(recipe);
  const PixelView view = testing::view_of(bytes, recipe);
  EXPECT_EQ(pdq_grid(ScaledPicture{view, 4000, 3000, 8}).luma, pdq_grid(view).luma);
}

}  // namespace
}  // namespace seawall
