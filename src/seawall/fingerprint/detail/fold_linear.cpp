#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "seawall/fingerprint/detail/fold.h"
#include "seawall/fingerprint/detail/fold_passes.h"
#include "seawall/fingerprint/detail/small_picture.h"
#include "seawall/fingerprint/detail/ycc_rows.h"

namespace seawall::pdq_detail {
namespace {

constexpr int kSideMinPx = 5;

/// An orientation as reading the stored axes backwards, then swapping them.
struct Reading {
  bool mirrored_x = false;
  bool mirrored_y = false;
  bool transposed = false;
};

Reading reading_of(Orientation orientation) {
  const bool m = orientation.mirrored;
  switch (orientation.quarter_turns % 4) {
    case 1:
      return {m, true, true};
    case 2:
      return {!m, true, false};
    case 3:
      return {!m, false, true};
    default:
      return {m, false, false};
  }
}

/// How BT.601's luma of the decoded colours hangs on the samples: y * (Y - y_zero) + cb * (Cb - 128) + cr *
/// (Cr
/// - 128). For a matrix with luma weights (kr, kg, kb), R = Y + 2 (1 - kr) Cr and so on; BT.601's luma of
/// those.
struct Gains {
  float y = 1;
  float y_zero = 0;
  float cb = 0;
  float cr = 0;
};

Gains gains_of(YccMatrix matrix) {
  const bool full = is_full_range(matrix);
  const double chroma_range = full ? 1.0 : 255.0 / 224.0;
  Gains gains;
  gains.y = static_cast<float>(full ? 1.0 : 255.0 / 219.0);
  gains.y_zero = full ? 0.0F : 16.0F;
  double kr = 0.299;
  double kb = 0.114;
  if (matrix == YccMatrix::kBt709Limited || matrix == YccMatrix::kBt709Full) {
    kr = 0.2126;
    kb = 0.0722;
  } else if (matrix == YccMatrix::kBt2020Limited || matrix == YccMatrix::kBt2020Full) {
    kr = 0.2627;
    kb = 0.0593;
  } else {
    return gains;
  }
  const double kg = 1 - kr - kb;
  const double cr = 0.299 * 2 * (1 - kr) - 0.587 * 2 * kr * (1 - kr) / kg;
  const double cb = 0.114 * 2 * (1 - kb) - 0.587 * 2 * kb * (1 - kb) / kg;
  gains.cr = static_cast<float>(cr * chroma_range);
  gains.cb = static_cast<float>(cb * chroma_range);
  return gains;
}

PdqGrid fold_plane(const Kernels& kernels, const PixelView& plane, FoldPlan::Key key) {
  PixelRows rows{plane};
  const auto plan = fold_plan(key);
  return Fold<PixelRows>(kernels, rows, *plan, static_cast<std::size_t>(plane.width_px)).run();
}

PdqGrid transposed(const PdqGrid& grid) {
  PdqGrid out;
  for (std::size_t i = 0; i < kGridSide; ++i) {
    for (std::size_t j = 0; j < kGridSide; ++j) out.luma[j * kGridSide + i] = grid.luma[i * kGridSide + j];
  }
  return out;
}

/// Pixels by pixel, since a picture that small is hashed as the reference's own float operations have it.
PdqGrid fold_small_upright(const Kernels& kernels, const YccView& planes, Reading reading) {
  YccRowCache rows(kernels, planes);
  const auto width = static_cast<std::size_t>(planes.width_px);
  const auto height = static_cast<std::size_t>(planes.height_px);
  const std::size_t out_width = reading.transposed ? height : width;
  std::vector<std::uint8_t> rgb(3 * width * height);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* red = rows.row(static_cast<int>(y));
    for (std::size_t x = 0; x < width; ++x) {
      std::size_t to_x = reading.mirrored_x ? width - 1 - x : x;
      std::size_t to_y = reading.mirrored_y ? height - 1 - y : y;
      if (reading.transposed) std::swap(to_x, to_y);
      std::uint8_t* to = rgb.data() + 3 * (to_y * out_width + to_x);
      to[0] = red[x];
      to[1] = red[x + width];
      to[2] = red[x + 2 * width];
    }
  }
  return fold(kernels,
              PixelView{rgb.data(), static_cast<int>(out_width), static_cast<int>(width * height / out_width),
                        static_cast<std::ptrdiff_t>(3 * out_width), PixelLayout::kRgb24});
}

}  // namespace

PdqGrid fold_linear(const Kernels& kernels, const YccView& planes, Orientation orientation) {
  if (planes.width_px < kSideMinPx || planes.height_px < kSideMinPx) return {};
  const Reading reading = reading_of(orientation);
  if (planes.width_px <= kSmallSideMaxPx && planes.height_px <= kSmallSideMaxPx)
    return fold_small_upright(kernels, planes, reading);
  FoldPlan::Key key{.width_px = planes.width_px,
                    .height_px = planes.height_px,
                    .mirrored_x = reading.mirrored_x,
                    .mirrored_y = reading.mirrored_y};
  PdqGrid grid = fold_plane(
      kernels, {planes.y, planes.width_px, planes.height_px, planes.y_stride_bytes, PixelLayout::kGray8},
      key);
  const Gains gains = gains_of(planes.matrix);
  for (float& value : grid.luma) value = gains.y * (value - gains.y_zero);
  if (gains.cr != 0 && planes.cb != nullptr && planes.cr != nullptr) {
    key.denominator_x = 1 << planes.chroma_h_shift;
    key.denominator_y = 1 << planes.chroma_v_shift;
    const auto chroma = [&](const std::uint8_t* plane) {
      return fold_plane(kernels,
                        {plane, (planes.width_px + key.denominator_x - 1) / key.denominator_x,
                         (planes.height_px + key.denominator_y - 1) / key.denominator_y,
                         planes.chroma_stride_bytes, PixelLayout::kGray8},
                        key);
    };
    const PdqGrid cb = chroma(planes.cb);
    const PdqGrid cr = chroma(planes.cr);
    for (std::size_t k = 0; k < grid.luma.size(); ++k) {
      grid.luma[k] += gains.cb * (cb.luma[k] - 128.0F) + gains.cr * (cr.luma[k] - 128.0F);
    }
  }
  return reading.transposed ? transposed(grid) : grid;
}

}  // namespace seawall::pdq_detail
