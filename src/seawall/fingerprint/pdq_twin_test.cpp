// The fast path against the textbook twin, on every backend that this machine runs.
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
using testing::PictureRecipe;

std::vector<const Kernels*> runnable_kernels() {
  std::vector<const Kernels*> all;
  for (const char* name : {"portable", "avx2", "avx512", "neon"}) {
    if (const Kernels* kernels = pdq_detail::kernels_named(name)) all.push_back(kernels);
  }
  return all;
}

struct Size {
  int width;
  int height;
};

bool is_small(const Size& size) { return size.width <= 128 && size.height <= 128; }

/// Sides around the multiples of 128, where the window grows; odd ones; thin ones; those of real pictures.
std::vector<Size> sizes() {
  std::vector<Size> all = {{5, 5},      {5, 64},     {64, 5},    {6, 7},     {63, 65},   {64, 64},
                           {64, 63},    {100, 37},   {20, 1000}, {1000, 20}, {13, 650},  {650, 13},
                           {333, 517},  {640, 480},  {1920, 54}, {54, 1920}, {2047, 33}, {33, 2049},
                           {2176, 40},  {40, 2177},  {4096, 9},  {4032, 9},  {9, 4097},  {4100, 40},
                           {40, 4224},  {7041, 6},   {6, 7041},  {8193, 7},  {7, 8193},  {8300, 5},
                           {12000, 10}, {10, 12000}, {17000, 5}, {5, 17000}, {1301, 701}};
  for (int multiple = 1; multiple <= 8; ++multiple) {
    for (int off = -1; off <= 1; ++off) {
      all.push_back({128 * multiple + off, 140});
      all.push_back({77, 128 * multiple + off});
      all.push_back({128 * multiple + off, 128 * multiple - off});
    }
  }
  return all;
}

float largest_difference(const PdqGrid& a, const PdqGrid& b) {
  float most = 0;
  for (std::size_t k = 0; k < a.luma.size(); ++k) most = std::max(most, std::abs(a.luma[k] - b.luma[k]));
  return most;
}

TEST(PdqTwin, EveryBackendGivesTheGridThatExactArithmeticGives) {
  int turn = 0;
  for (const Size& size : sizes()) {
    // Gray and colour in turn; small pictures, which have a path of their own, both.
    const std::vector<int> layouts =
        is_small(size) ? std::vector{1, 3} : std::vector{++turn % 2 == 0 ? 1 : 3};
    for (const int channels : layouts) {
      const PictureRecipe recipe{.seed = static_cast<std::uint64_t>(size.width * 31 + size.height),
                                 .grid = 11,
                                 .noise = 63,
                                 .width_px = size.width,
                                 .height_px = size.height,
                                 .channels = channels};
      const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
      const PixelView view = testing::view_of(bytes, recipe);
      const PdqGrid expected = textbook::precise_grid(view);
      const PdqGrid first = fold(*pdq_detail::kernels_portable(), view);
      SCOPED_TRACE(::testing::Message() << size.width << " x " << size.height << " x " << channels);
      // One float32 rounding of values up to 255; small pictures repeat the reference's own noise instead.
      ASSERT_LE(largest_difference(first, expected), channels == 1 || !is_small(size) ? 1.6e-5f : 1e-3f);
      for (const Kernels* kernels : runnable_kernels()) {
        ASSERT_EQ(fold(*kernels, view).luma, first.luma) << kernels->name;
      }
    }
  }
}

TEST(PdqTwin, EveryBackendGivesTheReferencesHashQualityAndSymmetries) {
  int differing = 0;
  for (const Size& size : sizes()) {
    if (size.width * size.height > 400'000) continue;
    const PictureRecipe recipe{.seed = static_cast<std::uint64_t>(size.width + size.height * 57),
                               .grid = 16,
                               .noise = 31,
                               .width_px = size.width,
                               .height_px = size.height,
                               .channels = 3};
    const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
    const PixelView view = testing::view_of(bytes, recipe);
    const PdqGrid grid = textbook::grid(view);
    const auto dct = textbook::dct(grid);
    const auto expected = textbook::dihedral(dct, textbook::quality(grid));
    SCOPED_TRACE(::testing::Message() << size.width << " x " << size.height);
    for (const Kernels* kernels : runnable_kernels()) {
      // From the very same grid everything is equal to the last bit.
      const PdqSpectrum same = spectrum(*kernels, grid);
      ASSERT_EQ(same.dct, dct) << kernels->name;
      ASSERT_EQ(same.quality, expected[0].quality) << kernels->name;
      ASSERT_EQ(dihedral(*kernels, same), expected) << kernels->name;
      // From the pixels the twin's float noise may turn a bit that lies on the median.
      const PdqHash fast = hash(*kernels, spectrum(*kernels, fold(*kernels, view)));
      ASSERT_LE(hamming_distance(fast.bits, expected[0].bits), is_small(size) ? 0 : 2) << kernels->name;
      ASSERT_EQ(fast.quality, expected[0].quality) << kernels->name;
      differing += fast.bits == expected[0].bits ? 0 : 1;
    }
  }
  EXPECT_LE(differing, 3);
}

}  // namespace
}  // namespace seawall
