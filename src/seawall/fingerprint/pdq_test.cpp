#include "seawall/fingerprint/pdq.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <vector>

#include "seawall/fingerprint/detail/generated_picture.h"
#include "seawall/fingerprint/detail/textbook_pdq.h"

namespace seawall {
namespace {

using testing::PictureRecipe;

TEST(Pdq, GivesPicturesUnderFivePixelsTheZeroHashAndQualityZero) {
  const std::vector<std::uint8_t> bytes(4 * 200 * 3, 77);
  for (const auto& [width, height] : {std::pair{4, 200}, {200, 4}, {1, 1}, {0, 0}}) {
    EXPECT_EQ(pdq_hash(PixelView{bytes.data(), width, height, width * 3, PixelLayout::kRgb24}), PdqHash{});
  }
}

TEST(Pdq, HashesAGrayPictureAndItsRgbCopyAlike) {
  const PictureRecipe recipe{
      .seed = 5, .grid = 14, .noise = 15, .width_px = 301, .height_px = 222, .channels = 1};
  const std::vector<std::uint8_t> gray = testing::generate_picture(recipe);
  std::vector<std::uint8_t> rgb;
  for (const std::uint8_t value : gray) rgb.insert(rgb.end(), 3, value);
  const PdqGrid a = pdq_grid(testing::view_of(gray, recipe));
  const PdqGrid b = pdq_grid(PixelView{rgb.data(), 301, 222, 903, PixelLayout::kRgb24});
  EXPECT_EQ(a.luma, b.luma);
}

TEST(Pdq, TurnsAFlatPictureIntoItsOwnValueAtEverySize) {
  for (const int side : {5, 64, 127, 130, 257, 640, 2049, 4500}) {
    const std::vector<std::uint8_t> bytes(static_cast<std::size_t>(side) * 6, 201);
    const PdqGrid grid = pdq_grid(PixelView{bytes.data(), side, 6, side, PixelLayout::kGray8});
    for (const float value : grid.luma) ASSERT_EQ(value, 201.0f) << side;
  }
}

TEST(Pdq, IsTheSameForBottomUpMemory) {
  const PictureRecipe recipe{
      .seed = 9, .grid = 9, .noise = 3, .width_px = 150, .height_px = 140, .channels = 3};
  const std::vector<std::uint8_t> top_down = testing::generate_picture(recipe);
  const std::size_t stride = 450;
  std::vector<std::uint8_t> bottom_up(top_down.size());
  for (std::size_t y = 0; y < 140; ++y) {
    std::memcpy(bottom_up.data() + (139 - y) * stride, top_down.data() + y * stride, stride);
  }
  const PixelView flipped{bottom_up.data() + 139 * stride, 150, 140, -450, PixelLayout::kRgb24};
  EXPECT_EQ(pdq_grid(flipped).luma, pdq_grid(testing::view_of(top_down, recipe)).luma);
}

TEST(Pdq, CountsAsManyBitsAboveTheMedianAsBelow) {
  const PictureRecipe recipe{
      .seed = 3, .grid = 20, .noise = 7, .width_px = 400, .height_px = 300, .channels = 3};
  const std::vector<std::uint8_t> bytes = testing::generate_picture(recipe);
  int set = 0;
  for (const std::uint64_t word : pdq_hash(testing::view_of(bytes, recipe)).bits.words)
    set += std::popcount(word);
  EXPECT_EQ(set, 128);
}

TEST(PdqCliDialect, EqualsTheMainDialectUpTo512AndTheHashOfAShrunkPictureBeyond) {
  const PictureRecipe small{
      .seed = 4, .grid = 12, .noise = 7, .width_px = 512, .height_px = 300, .channels = 3};
  const std::vector<std::uint8_t> bytes = testing::generate_picture(small);
  EXPECT_EQ(pdq_hash_cli_dialect(testing::view_of(bytes, small)), pdq_hash(testing::view_of(bytes, small)));

  const PictureRecipe large{
      .seed = 4, .grid = 12, .noise = 7, .width_px = 513, .height_px = 300, .channels = 3};
  const std::vector<std::uint8_t> wide = testing::generate_picture(large);
  std::vector<std::uint8_t> shrunk;
  for (std::size_t i = 0; i < 512; ++i) {
    for (std::size_t j = 0; j < 512; ++j) {
      const std::uint8_t* from = wide.data() + ((i * 300 / 512) * 513 + j * 513 / 512) * 3;
      shrunk.insert(shrunk.end(), from, from + 3);
    }
  }
  const PixelView view{shrunk.data(), 512, 512, 1536, PixelLayout::kRgb24};
  EXPECT_EQ(pdq_hash_cli_dialect(testing::view_of(wide, large)), pdq_hash(view));
}

}  // namespace
}  // namespace seawall
