#include "seawall/match/detail/luma_plane.h"

#include <algorithm>
#include <cstdint>

namespace seawall::detail {
namespace {

/// Adds the channel sums of one row of pixels to `blocks`, `factor` pixels a block.
template <int kBytes>
void add_row(const std::uint8_t* row, int blocks_per_row, int factor, std::uint32_t* blocks) {
  for (int block = 0; block < blocks_per_row; ++block) {
    std::uint32_t sum = 0;
    for (int i = 0; i < factor; ++i, row += kBytes) {
      if constexpr (kBytes == 1) {
        sum += 256U * row[0];
      } else {
        sum += 77U * row[0] + 150U * row[1] + 29U * row[2];
      }
    }
    // A block is at most a few hundred pixels a side; /16 keeps the sum of its rows within 32 bits.
    blocks[block] += sum / 16;
  }
}

using AddRow = void (*)(const std::uint8_t*, int, int, std::uint32_t*);

AddRow add_row_for(PixelLayout layout) {
  switch (layout) {
    case PixelLayout::kGray8:
      return add_row<1>;
    case PixelLayout::kRgb24:
      return add_row<3>;
    case PixelLayout::kRgbx32:
      return add_row<4>;
  }
  return add_row<3>;
}

}  // namespace

int luma_at(const PixelView& pixels, int x, int y) {
  const std::uint8_t* at =
      pixels.data + y * pixels.stride_bytes + static_cast<std::ptrdiff_t>(x) * bytes_per_pixel(pixels.layout);
  if (pixels.layout == PixelLayout::kGray8) return at[0];
  return (77 * at[0] + 150 * at[1] + 29 * at[2] + 128) >> 8;
}

LumaPlane shrink_to_luma(const PixelView& pixels, int smaller_side_px) {
  const int factor = std::max(1, std::min(pixels.width_px, pixels.height_px) / smaller_side_px);
  LumaPlane plane{pixels.width_px / factor, pixels.height_px / factor, {}};
  plane.luma.resize(static_cast<std::size_t>(plane.width_px) * static_cast<std::size_t>(plane.height_px));
  const AddRow add = add_row_for(pixels.layout);
  const float scale = 16.0F / (256.0F * static_cast<float>(factor) * static_cast<float>(factor));
  std::vector<std::uint32_t> sums(static_cast<std::size_t>(plane.width_px));
  for (int y = 0; y < plane.height_px; ++y) {
    std::fill(sums.begin(), sums.end(), 0U);
    for (int i = 0; i < factor; ++i) {
      add(pixels.data + (static_cast<std::ptrdiff_t>(y) * factor + i) * pixels.stride_bytes, plane.width_px,
          factor, sums.data());
    }
    float* out = plane.row(y);
    for (std::size_t x = 0; x < sums.size(); ++x) out[x] = static_cast<float>(sums[x]) * scale;
  }
  return plane;
}

LumaPlane halve(const LumaPlane& plane) {
  LumaPlane half{plane.width_px / 2, plane.height_px / 2, {}};
  half.luma.resize(static_cast<std::size_t>(half.width_px) * static_cast<std::size_t>(half.height_px));
  for (int y = 0; y < half.height_px; ++y) {
    const float* a = plane.row(2 * y);
    const float* b = plane.row(2 * y + 1);
    float* out = half.row(y);
    for (int x = 0; x < half.width_px; ++x) {
      const std::ptrdiff_t i = 2 * static_cast<std::ptrdiff_t>(x);
      out[x] = 0.25F * (a[i] + a[i + 1] + b[i] + b[i + 1]);
    }
  }
  return half;
}

}  // namespace seawall::detail
