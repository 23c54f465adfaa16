#include "seawall/match/detail/trim.h"

#include <gtest/gtest.h>

#include "seawall/match/detail/test_pictures.h"

namespace seawall::detail {
namespace {

using test::GrayPicture;
using test::natural_picture;
using test::noisy;
using test::pasted;

TEST(FindTrim, FindsFramesOfAnyColourToThePixel) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const GrayPicture picture = natural_picture(seed, 160, 120);
    for (const int fill : {0, 90, 255}) {
      const GrayPicture framed = pasted(picture, 200, 170, 10, 22, static_cast<std::uint8_t>(fill));
      const auto trim = find_trim(framed.view());
      ASSERT_TRUE(trim.has_value()) << seed << " " << fill;
      EXPECT_NEAR(trim->x, 10, 1) << seed << " " << fill;
      EXPECT_NEAR(trim->y, 22, 1);
      EXPECT_NEAR(trim->x + trim->width_px, 170, 1);
      EXPECT_NEAR(trim->y + trim->height_px, 142, 1);
    }
  }
}

TEST(FindTrim, SeesThroughNoiseInTheBars) {
  const GrayPicture picture = natural_picture(3, 160, 120);
  const GrayPicture boxed = noisy(pasted(picture, 160, 200, 0, 40, 16), 1, 4);
  const auto trim = find_trim(boxed.view());
  ASSERT_TRUE(trim.has_value());
  EXPECT_NEAR(trim->y, 40, 1);
  EXPECT_NEAR(trim->height_px, 120, 2);
  EXPECT_EQ(trim->width_px, 160);
}

TEST(FindTrim, TakesOffAFrameInsideBars) {
  const GrayPicture picture = natural_picture(4, 160, 120);
  const GrayPicture framed = pasted(picture, 180, 140, 10, 10, 255);
  const GrayPicture boxed = pasted(framed, 180, 220, 0, 40, 0);
  const auto trim = find_trim(boxed.view());
  ASSERT_TRUE(trim.has_value());
  EXPECT_EQ(*trim, (PixelRect{10, 50, 160, 120}));
}

TEST(SymmetricTrim, CutsOppositeSidesAsDeepAsTheLesser) {
  const GrayPicture canvas(200, 100);
  EXPECT_EQ(symmetric_trim(canvas.view(), {0, 20, 190, 50}), (PixelRect{0, 20, 200, 60}));
  EXPECT_EQ(symmetric_trim(canvas.view(), {0, 20, 200, 60}), std::nullopt);
  EXPECT_EQ(symmetric_trim(canvas.view(), {0, 20, 200, 80}), std::nullopt);
}

TEST(FindTrim, LeavesPicturesWithoutBordersAlone) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const GrayPicture picture = natural_picture(seed, 160, 120);
    EXPECT_FALSE(find_trim(picture.view()).has_value()) << seed;
  }
}

TEST(FindTrim, FindsNothingInFlatPictures) {
  for (const int fill : {0, 128, 255}) {
    EXPECT_FALSE(find_trim(GrayPicture(100, 80, static_cast<std::uint8_t>(fill)).view()).has_value());
  }
}

TEST(FindTrim, StaysInsideForAnySmallPicture) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const int width = 1 + static_cast<int>(test::mix(seed) % 40);
    const int height = 1 + static_cast<int>(test::mix(seed + 100000) % 40);
    GrayPicture picture(width, height);
    const std::uint64_t levels = 1 + test::mix(seed + 5) % 3;
    for (std::size_t i = 0; i < picture.luma.size(); ++i) {
      const bool is_blank = test::mix(seed) % 2 == 0 && i % static_cast<std::size_t>(width) < 5;
      picture.luma[i] = static_cast<std::uint8_t>(is_blank ? 0 : 80 * (test::mix(seed * 4099 + i) % levels));
    }
    const auto trim = find_trim(picture.view());
    if (!trim) continue;
    EXPECT_GE(trim->x, 0);
    EXPECT_GE(trim->y, 0);
    EXPECT_GT(trim->width_px, 0);
    EXPECT_GT(trim->height_px, 0);
    EXPECT_LE(trim->x + trim->width_px, width);
    EXPECT_LE(trim->y + trim->height_px, height);
  }
}

}  // namespace
}  // namespace seawall::detail
