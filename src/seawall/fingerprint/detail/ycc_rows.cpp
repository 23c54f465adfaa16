#include "seawall/fingerprint/detail/ycc_rows.h"

namespace seawall::pdq_detail {
namespace {

/// Nearest 16-bit fixed point.
constexpr int fixed(double factor) { return static_cast<int>(factor * 65536 + 0.5); }

struct Coefficients {
  double red, green_cb, green_cr, blue;
};
// ITU-R BT.601 as JFIF rounds it, BT.709, and BT.2020 with non-constant luminance.
constexpr Coefficients kBt601{1.40200, 0.34414, 0.71414, 1.77200};
constexpr Coefficients kBt709{1.57480, 0.18732, 0.46812, 1.85560};
constexpr Coefficients kBt2020{1.47460, 0.16455, 0.57135, 1.88140};

const Coefficients& coefficients_of(YccMatrix matrix) {
  switch (matrix) {
    case YccMatrix::kBt709Limited:
    case YccMatrix::kBt709Full:
      return kBt709;
    case YccMatrix::kBt2020Limited:
    case YccMatrix::kBt2020Full:
      return kBt2020;
    default:
      return kBt601;
  }
}

void set_matrix(YccRows& rows, YccMatrix matrix) {
  const bool limited = !is_full_range(matrix);
  const Coefficients& c = coefficients_of(matrix);
  const double chroma_gain = limited ? 255.0 / 224.0 : 1.0;
  rows.y_zero = limited ? 16 : 0;
  rows.y_gain = limited ? fixed(255.0 / 219.0) : 65536;
  rows.red = fixed(c.red * chroma_gain);
  rows.green_cb = fixed(c.green_cb * chroma_gain);
  rows.green_cr = fixed(c.green_cr * chroma_gain);
  rows.blue = fixed(c.blue * chroma_gain);
}

}  // namespace

YccRowCache::YccRowCache(const Kernels& kernels, const YccView& view)
    : kernels_(kernels), view_(view), row_bytes_(3 * static_cast<std::size_t>(view.width_px)) {
  bytes_.resize(row_bytes_ * kSlots);
  held_.fill(-1);
  set_matrix(shape_, view.matrix);
  shape_.width_px = view.width_px;
  if (view.cb == nullptr || view.cr == nullptr) {
    neutral_.assign(static_cast<std::size_t>(view.width_px), 128);
    view_.cb = view_.cr = neutral_.data();
    view_.chroma_stride_bytes = 0;
    view_.chroma_h_shift = 0;
    view_.chroma_v_shift = 0;
  }
  shape_.chroma_h_shift = view_.chroma_h_shift;
}

const std::uint8_t* YccRowCache::row(int y) {
  const auto slot = static_cast<std::size_t>(y % kSlots);
  std::uint8_t* planes = bytes_.data() + slot * row_bytes_;
  if (held_[slot] == y) return planes;
  held_[slot] = y;
  const std::ptrdiff_t chroma_row = (y >> view_.chroma_v_shift) * view_.chroma_stride_bytes;
  shape_.y = view_.y + y * view_.y_stride_bytes;
  shape_.cb = view_.cb + chroma_row;
  shape_.cr = view_.cr + chroma_row;
  kernels_.ycc_row(shape_, planes, static_cast<std::size_t>(view_.width_px));
  return planes;
}

}  // namespace seawall::pdq_detail
