#include "seawall/match/detail/video_windows.h"

#include <array>
#include <vector>

namespace seawall::detail {
namespace {

constexpr float kCore = 0.55F;
constexpr float kCoreAt = (1 - kCore) / 2;

/// Scales of centred crops, each 7 % from the next.
constexpr std::array kCrops = {1.0F, 0.926F, 0.86F, 0.797F, 0.733F, 0.68F, 0.632F, 0.585F};
constexpr std::array kBands = {0.10F, 0.15F, 0.20F};

/// Where the core lies in a query that shows `width` x `height` of the listed frame from `x`, `y` on.
VideoWindow core_in(float x, float y, float width, float height) {
  return {VariantKind::kCrop, {(kCoreAt - x) / width, (kCoreAt - y) / height, kCore / width, kCore / height}};
}

/// Off-centre crops to `scale`, at `places` x `places` places without the middle one.
void add_off_centre(std::vector<VideoWindow>& windows, float scale, int places) {
  for (int i = 0; i < places; ++i) {
    for (int j = 0; j < places; ++j) {
      if (2 * i + 1 == places && 2 * j + 1 == places) continue;
      const float step = (1 - scale) / static_cast<float>(places - 1);
      windows.push_back(core_in(step * static_cast<float>(i), step * static_cast<float>(j), scale, scale));
    }
  }
}

std::vector<VideoWindow> query_windows() {
  std::vector<VideoWindow> windows;
  for (const float scale : kCrops) windows.push_back(core_in((1 - scale) / 2, (1 - scale) / 2, scale, scale));
  add_off_centre(windows, 0.9F, 5);
  add_off_centre(windows, 0.8F, 6);
  constexpr float kSquare = 9.0F / 16;
  windows.push_back(core_in((1 - kSquare) / 2, 0, kSquare, 1));
  for (const float band : kBands) {
    windows.push_back({VariantKind::kCaption, {0, 0, 1, 1 - band}});
    windows.push_back({VariantKind::kCaption, {0, band, 1, 1 - band}});
  }
  for (const float at : {0.0F, 0.5F}) {
    windows.push_back({VariantKind::kInset, {at, 0, 0.5F, 1}});
    windows.push_back({VariantKind::kInset, {0, at, 1, 0.5F}});
  }
  return windows;
}

}  // namespace

std::span<const VideoWindow> video_windows(VariantSide side) {
  constexpr float kStrip = 9.0F / 16 * 9 / 16;
  static constexpr std::array kStored = {VideoWindow{VariantKind::kCrop, {kCoreAt, kCoreAt, kCore, kCore}},
                                         VideoWindow{VariantKind::kCrop, {(1 - kStrip) / 2, 0, kStrip, 1}}};
  static const std::vector<VideoWindow> asked = query_windows();
  if (side == VariantSide::kStored) return kStored;
  return asked;
}

}  // namespace seawall::detail
