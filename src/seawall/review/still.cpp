#include "seawall/review/still.h"

#include <algorithm>
#include <utility>

#include "seawall/net/secret.h"

namespace seawall {
namespace {

struct Size {
  int width = 0;
  int height = 0;
};

/// The nearest that fits, of the same shape.
Size still_size(int width, int height) {
  const int longer = std::max(width, height);
  if (longer <= StillPicture::kSidePxMax) return {width, height};
  const auto scaled = [&](int side) {
    const std::int64_t wide = std::int64_t{side} * StillPicture::kSidePxMax;
    return static_cast<int>(std::max<std::int64_t>(1, wide / longer));
  };
  return {scaled(width), scaled(height)};
}

/// `luma(x, y)`: 0..255.
template <class Luma>
std::vector<std::uint8_t> means(int width, int height, Size to, const Luma& luma) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height));
  auto at = out.begin();
  const auto edge = [](int i, int from, int into) { return static_cast<int>(std::int64_t{i} * from / into); };
  for (int y = 0; y < to.height; ++y) {
    const int top = edge(y, height, to.height), bottom = edge(y + 1, height, to.height);
    for (int x = 0; x < to.width; ++x) {
      const int left = edge(x, width, to.width), right = edge(x + 1, width, to.width);
      std::uint64_t sum = 0;
      for (int row = top; row < bottom; ++row) {
        for (int column = left; column < right; ++column) sum += luma(column, row);
      }
      const auto count = static_cast<std::uint64_t>(bottom - top) * static_cast<std::uint64_t>(right - left);
      *at++ = static_cast<std::uint8_t>((sum + count / 2) / count);
    }
  }
  return out;
}

constexpr unsigned luma_of(unsigned red, unsigned green, unsigned blue) {
  return (299 * red + 587 * green + 114 * blue + 500) / 1000;
}

StillPicture upright(StillPicture stored, Orientation how) {
  if (how == Orientation{}) return stored;
  const int width = stored.width_px(), height = stored.height_px();
  const Size to = how.swaps_sides() ? Size{height, width} : Size{width, height};
  const auto from = stored.bytes();
  std::vector<std::uint8_t> out(from.size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int to_x = how.mirrored ? width - 1 - x : x, to_y = y;
      int across = width, down = height;
      for (int turn = 0; turn < how.quarter_turns; ++turn) {
        to_x = std::exchange(to_y, to_x);
        to_x = down - 1 - to_x;
        std::swap(across, down);
      }
      out[static_cast<std::size_t>(to_y) * static_cast<std::size_t>(to.width) +
          static_cast<std::size_t>(to_x)] =
          from[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
    }
  }
  return {to.width, to.height, std::move(out)};
}

}  // namespace

StillPicture::StillPicture(int width_px, int height_px, std::vector<std::uint8_t> bytes)
    : width_px_(width_px), height_px_(height_px), bytes_(std::move(bytes)) {}

StillPicture::StillPicture(StillPicture&& other) noexcept
    : width_px_(std::exchange(other.width_px_, 0)),
      height_px_(std::exchange(other.height_px_, 0)),
      bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

StillPicture& StillPicture::operator=(StillPicture&& other) noexcept {
  std::swap(width_px_, other.width_px_);
  std::swap(height_px_, other.height_px_);
  bytes_.swap(other.bytes_);
  return *this;
}

StillPicture::~StillPicture() {
  if (!bytes_.empty()) wipe_bytes(bytes_.data(), bytes_.size());
}

StillPicture still_of(const PixelView& pixels) {
  const Size to = still_size(pixels.width_px, pixels.height_px);
  const auto wide = static_cast<std::ptrdiff_t>(bytes_per_pixel(pixels.layout));
  const bool gray = pixels.layout == PixelLayout::kGray8;
  const auto luma = [&](int x, int y) -> unsigned {
    const std::uint8_t* at = pixels.data + y * pixels.stride_bytes + x * wide;
    return gray ? at[0] : luma_of(at[0], at[1], at[2]);
  };
  return {to.width, to.height, means(pixels.width_px, pixels.height_px, to, luma)};
}

StillPicture still_of(const YccView& planes, Orientation orientation) {
  const Size to = still_size(planes.width_px, planes.height_px);
  const bool full = is_full_range(planes.matrix);
  const auto luma = [&](int x, int y) -> unsigned {
    const int stored = planes.y[y * planes.y_stride_bytes + x];
    return static_cast<unsigned>(full ? stored : std::clamp((stored - 16) * 255 / 219, 0, 255));
  };
  return upright({to.width, to.height, means(planes.width_px, planes.height_px, to, luma)}, orientation);
}

}  // namespace seawall
