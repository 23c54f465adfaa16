#include "seawall/review/still.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace seawall {
namespace {

TEST(StillOf, IsGreyAndNoLargerThan256PixelsASide) {
  for (const auto& [width, height] : {std::pair{4000, 3000}, {257, 1}, {1, 5000}, {256, 256}, {3, 2}}) {
    const std::vector<std::uint8_t> rgb(
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 100);
    const StillPicture still = still_of(PixelView{rgb.data(), width, height, width * 3});
    EXPECT_LE(std::max(still.width_px(), still.height_px()), 256);
    EXPECT_EQ(still.bytes().size(),
              static_cast<std::size_t>(still.width_px()) * static_cast<std::size_t>(still.height_px()));
    EXPECT_TRUE(std::ranges::all_of(still.bytes(), [](auto value) { return value == 100; }));
  }
}

TEST(StillOf, IsTheMeanOfEachPart) {
  std::vector<std::uint8_t> gray(512 * 512);
  for (std::size_t i = 0; i < gray.size(); ++i) gray[i] = (i % 2) != 0 ? 200 : 100;
  const StillPicture still = still_of(PixelView{gray.data(), 512, 512, 512, PixelLayout::kGray8});
  EXPECT_TRUE(std::ranges::all_of(still.bytes(), [](auto value) { return value == 150; }));
}

TEST(StillOf, TurnsAVideosFrameUpright) {
  const std::vector<std::uint8_t> luma{10, 20, 30, 40, 50, 60};  // 3 x 2
  YccView planes;
  planes.y = luma.data();
  planes.y_stride_bytes = 3;
  planes.width_px = 3;
  planes.height_px = 2;
  const auto turned = [&](Orientation how) {
    const StillPicture still = still_of(planes, how);
    return std::vector<int>(still.bytes().begin(), still.bytes().end());
  };
  EXPECT_EQ(turned({}), (std::vector<int>{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(turned({false, 1}), (std::vector<int>{40, 10, 50, 20, 60, 30}));
  EXPECT_EQ(turned({false, 2}), (std::vector<int>{60, 50, 40, 30, 20, 10}));
  EXPECT_EQ(turned({false, 3}), (std::vector<int>{30, 60, 20, 50, 10, 40}));
  EXPECT_EQ(turned({true, 0}), (std::vector<int>{30, 20, 10, 60, 50, 40}));
}

TEST(StillOf, StretchesLimitedRange) {
  const std::vector<std::uint8_t> luma{16, 235};
  YccView planes;
  planes.y = luma.data();
  planes.y_stride_bytes = 2;
  planes.width_px = 2;
  planes.height_px = 1;
  planes.matrix = YccMatrix::kBt709Limited;
  const StillPicture still = still_of(planes, {});
  EXPECT_EQ(still.bytes()[0], 0);
  EXPECT_EQ(still.bytes()[1], 255);
}

}  // namespace
}  // namespace seawall
