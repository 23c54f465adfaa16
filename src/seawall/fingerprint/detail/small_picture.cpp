#include "seawall/fingerprint/detail/small_picture.h"

#include <algorithm>
#include <cstring>

#include "seawall/fingerprint/detail/axis_plan.h"

namespace seawall::pdq_detail {
namespace {

constexpr std::size_t kLanes = 8;  ///< Rows that advance together, to hide the latency of an addition.

}  // namespace

SmallPicture::SmallPicture(const Kernels& kernels, int width_px, int height_px)
    : kernels_(kernels),
      width_px_(width_px),
      height_px_(height_px),
      stride_(static_cast<std::size_t>(std::max(width_px, kGridSide))),
      luma_(stride_ * ((static_cast<std::size_t>(height_px) + kLanes - 1) / kLanes * kLanes)) {}

void SmallPicture::set_row(int y, const std::uint8_t* pixels, int bytes_per_pixel) {
  float* out = row(y);
  if (width_px_ < kGridSide) {
    std::array<std::uint8_t, 4 * kGridSide> padded{};
    std::memcpy(padded.data(), pixels, static_cast<std::size_t>(width_px_ * bytes_per_pixel));
    kernels_.luma_row(padded.data(), bytes_per_pixel, out);
    return;
  }
  // Two runs of 64 that may overlap: they say the same where they do.
  kernels_.luma_row(pixels, bytes_per_pixel, out);
  const int second = width_px_ - kGridSide;
  kernels_.luma_row(pixels + second * bytes_per_pixel, bytes_per_pixel, out + second);
}

void SmallPicture::set_gray_row(int y, const std::uint8_t* values) {
  whole_numbers_ = true;
  std::transform(values, values + width_px_, row(y), [](std::uint8_t v) { return static_cast<float>(v); });
}

/// A box of one pixel, as a running sum: add the new one, then take the old one away.
void SmallPicture::filter_along_rows() {
  for (int y = 0; y < height_px_; y += static_cast<int>(kLanes)) {
    float* block = row(y);
    std::array<float, kLanes> sum{};
    std::array<float, kLanes> before{};
    for (std::size_t x = 0; x < static_cast<std::size_t>(width_px_); ++x) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        float& at = block[lane * stride_ + x];
        const float value = at;
        sum[lane] = (sum[lane] + value) - before[lane];
        before[lane] = value;
        at = sum[lane];
      }
    }
  }
}

void SmallPicture::filter_along_columns() {
  std::array<float, kSmallSideMaxPx> sum{};
  std::array<float, kSmallSideMaxPx> before{};
  for (int y = 0; y < height_px_; ++y) {
    float* at = row(y);
    for (std::size_t x = 0; x < stride_; ++x) {
      const float value = at[x];
      sum[x] = (sum[x] + value) - before[x];
      before[x] = value;
      at[x] = sum[x];
    }
  }
}

PdqGrid SmallPicture::grid() {
  const bool unfiltered = width_px_ == kGridSide && height_px_ == kGridSide;
  for (int pass = 0; pass < 2 && !unfiltered && !whole_numbers_; ++pass) {
    filter_along_rows();
    filter_along_columns();
  }
  PdqGrid grid;
  for (int i = 0; i < kGridSide; ++i) {
    const float* from = row(sample_position(i, height_px_));
    float* out = grid.luma.data() + i * kGridSide;
    if (width_px_ == kGridSide) {
      std::copy_n(from, kGridSide, out);
      continue;
    }
    for (int j = 0; j < kGridSide; ++j) out[j] = from[sample_position(j, width_px_)];
  }
  return grid;
}

}  // namespace seawall::pdq_detail
