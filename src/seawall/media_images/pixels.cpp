#include "seawall/media_images/detail/pixels.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace seawall::media_images {
namespace {

/// Where stored pixel (0, 0) goes and how far one stored step right or down moves in the upright raster.
struct Turn {
  int x0, y0;
  int right_dx, right_dy;
  int down_dx, down_dy;
};

Turn turn_of(int orientation, int stored_width, int stored_height) {
  const int w = stored_width - 1;
  const int h = stored_height - 1;
  switch (orientation) {
    case 2:
      return {w, 0, -1, 0, 0, 1};
    case 3:
      return {w, h, -1, 0, 0, -1};
    case 4:
      return {0, h, 1, 0, 0, -1};
    case 5:
      return {0, 0, 0, 1, 1, 0};
    case 6:
      return {h, 0, 0, 1, -1, 0};
    case 7:
      return {h, w, 0, -1, -1, 0};
    case 8:
      return {0, w, 0, -1, 1, 0};
    default:
      return {0, 0, 1, 0, 0, 1};
  }
}

/// Walks in square tiles, because turning by 90 degrees jumps a whole row a pixel.
template <int kBytes>
void turn_tiles(const Raster& stored, const Turn& turn, const Raster& upright) {
  constexpr int kTile = 32;
  const std::ptrdiff_t right = turn.right_dx * kBytes + turn.right_dy * upright.stride_bytes;
  const std::ptrdiff_t down = turn.down_dx * kBytes + turn.down_dy * upright.stride_bytes;
  std::uint8_t* const origin = upright.row(turn.y0) + static_cast<std::ptrdiff_t>(turn.x0) * kBytes;
  for (int ty = 0; ty < stored.height_px; ty += kTile) {
    for (int tx = 0; tx < stored.width_px; tx += kTile) {
      const int y_end = std::min(ty + kTile, stored.height_px);
      const int x_end = std::min(tx + kTile, stored.width_px);
      for (int y = ty; y < y_end; ++y) {
        const std::uint8_t* from = stored.row(y) + static_cast<std::ptrdiff_t>(tx) * kBytes;
        std::uint8_t* to = origin + y * down + tx * right;
        for (int x = tx; x < x_end; ++x, from += kBytes, to += right) std::memcpy(to, from, kBytes);
      }
    }
  }
}

/// `from` holds kColours samples and an alpha a pixel. Reads a pixel whole before it writes one.
template <std::size_t kColours, class Blend>
void blend_rows(const std::uint8_t* from, std::uint8_t* to, int width_px, Blend blend) {
  for (int x = 0; x < width_px; ++x, from += kColours + 1, to += kColours) {
    std::array<std::uint8_t, kColours> blended;
    for (std::size_t c = 0; c < kColours; ++c) blended[c] = blend(from[c], from[kColours]);
    std::memcpy(to, blended.data(), kColours);
  }
}

}  // namespace

void rgba_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px) {
  blend_rows<3>(from, to, width_px, over_white);
}
void gray_alpha_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px) {
  blend_rows<1>(from, to, width_px, over_white);
}
void premultiplied_rgba_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px) {
  blend_rows<3>(from, to, width_px, premultiplied_over_white);
}
void premultiplied_gray_alpha_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px) {
  blend_rows<1>(from, to, width_px, premultiplied_over_white);
}

void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int width_px, bool inverted) {
  const unsigned flip = inverted ? 0U : 255U;
  for (int x = 0; x < width_px; ++x, from += 4, to += 3) {
    const unsigned k = from[3] ^ flip;
    const unsigned c = from[0] ^ flip;
    const unsigned m = from[1] ^ flip;
    const unsigned y = from[2] ^ flip;
    to[0] = static_cast<std::uint8_t>((c * k + 127U) / 255U);
    to[1] = static_cast<std::uint8_t>((m * k + 127U) / 255U);
    to[2] = static_cast<std::uint8_t>((y * k + 127U) / 255U);
  }
}

void fill_rows(const Raster& raster, int first_row) {
  for (int y = std::max(first_row, 0); y < raster.height_px; ++y) {
    std::memset(
        raster.row(y), kFillGray,
        static_cast<std::size_t>(raster.width_px) * static_cast<std::size_t>(bytes_per_pixel(raster.layout)));
  }
}

void turn_upright(const Raster& stored, int orientation, const Raster& upright) {
  const Turn turn = turn_of(orientation, stored.width_px, stored.height_px);
  if (stored.layout == PixelLayout::kGray8) {
    turn_tiles<1>(stored, turn, upright);
  } else {
    turn_tiles<3>(stored, turn, upright);
  }
}

}  // namespace seawall::media_images
