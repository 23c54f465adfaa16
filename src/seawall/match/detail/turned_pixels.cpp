#include "seawall/match/detail/turned_pixels.h"

#include <array>
#include <cstring>

namespace seawall::detail {
namespace {

/// Where a pixel of the result comes from: swap x and y, then count x, y from the other end.
struct Turn {
  bool transposes = false;
  bool flips_x = false;
  bool flips_y = false;
};

constexpr std::array<Turn, kDihedralCount> kTurns = {
    Turn{},                    // original
    Turn{true, true, false},   // rotate90
    Turn{false, true, true},   // rotate180
    Turn{true, false, true},   // rotate270
    Turn{false, false, true},  // flip_x: about the x axis
    Turn{false, true, false},  // flip_y
    Turn{true, false, false},  // flip_plus_1
    Turn{true, true, true},    // flip_minus_1
};

/// Reads rows of `width` pixels with steps of any sign and size; writes them one after the other.
template <int kBytes>
void copy_turned(const std::uint8_t* first, std::ptrdiff_t along, std::ptrdiff_t down, int width, int height,
                 std::uint8_t* out) {
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* in = first + y * down;
    for (int x = 0; x < width; ++x, in += along, out += kBytes) std::memcpy(out, in, kBytes);
  }
}

}  // namespace

TurnedPixels::TurnedPixels(const PixelView& pixels, Dihedral symmetry) {
  const Turn turn = kTurns[static_cast<std::size_t>(symmetry)];
  const int bytes = bytes_per_pixel(pixels.layout);
  const int width = turn.transposes ? pixels.height_px : pixels.width_px;
  const int height = turn.transposes ? pixels.width_px : pixels.height_px;
  if (!turn.transposes && !turn.flips_x) {
    // Upside down needs no copy: the last row first, and backwards from there.
    view_ = pixels;
    if (turn.flips_y) {
      view_.data = pixels.data + (pixels.height_px - 1) * pixels.stride_bytes;
      view_.stride_bytes = -pixels.stride_bytes;
    }
    return;
  }
  const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(width) * bytes;
  bytes_.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height));
  const std::ptrdiff_t x_step = turn.flips_x ? -bytes : bytes;
  const std::ptrdiff_t y_step = turn.flips_y ? -pixels.stride_bytes : pixels.stride_bytes;
  const std::uint8_t* first = pixels.data + (turn.flips_x ? (pixels.width_px - 1) * -x_step : 0) +
                              (turn.flips_y ? (pixels.height_px - 1) * -y_step : 0);
  const auto copy = bytes == 1 ? copy_turned<1> : bytes == 3 ? copy_turned<3> : copy_turned<4>;
  copy(first, turn.transposes ? y_step : x_step, turn.transposes ? x_step : y_step, width, height,
       bytes_.data());
  view_ = {bytes_.data(), width, height, stride, pixels.layout};
}

}  // namespace seawall::detail
