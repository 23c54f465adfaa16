#include "seawall/fingerprint/detail/fold.h"

#include <algorithm>
#include <vector>

#include "seawall/fingerprint/detail/fold_passes.h"
#include "seawall/fingerprint/detail/fold_plan.h"
#include "seawall/fingerprint/detail/small_picture.h"
#include "seawall/fingerprint/detail/ycc_rows.h"

namespace seawall::pdq_detail {
namespace {

constexpr int kSideMinPx = 5;
constexpr std::array<int, 4> kLumaPerMille{299, 587, 114, 0};

ColumnLayout layout_of(const PixelView& view) {
  ColumnLayout layout;
  layout.bytes_per_pixel = bytes_per_pixel(view.layout);
  if (view.layout != PixelLayout::kGray8) layout.luma = kLumaPerMille;
  return layout;
}

ColumnLayout planar_layout(int width_px) {
  return {.planes = 3,
          .bytes_per_pixel = 1,
          .luma = kLumaPerMille,
          .plane_bytes = static_cast<std::size_t>(width_px)};
}

bool is_small(int width_px, int height_px) {
  return width_px <= kSmallSideMaxPx && height_px <= kSmallSideMaxPx;
}

/// The grid's own size, as video decoders may give it: no picture in between.
PdqGrid copy_64(const Kernels& kernels, const PixelView& view) {
  PdqGrid grid;
  for (int i = 0; i < kGridSide; ++i) {
    kernels.luma_row(view.data + i * view.stride_bytes, bytes_per_pixel(view.layout),
                     grid.luma.data() + i * kGridSide);
  }
  return grid;
}

PdqGrid fold_small(const Kernels& kernels, const PixelView& view) {
  const bool colour = view.layout != PixelLayout::kGray8;
  if (colour && view.width_px == kGridSide && view.height_px == kGridSide) return copy_64(kernels, view);
  SmallPicture picture(kernels, view.width_px, view.height_px);
  for (int y = 0; y < view.height_px; ++y) {
    const std::uint8_t* row = view.data + y * view.stride_bytes;
    if (colour) {
      picture.set_row(y, row, bytes_per_pixel(view.layout));
    } else {
      picture.set_gray_row(y, row);
    }
  }
  return picture.grid();
}

PdqGrid fold_small(const Kernels& kernels, YccRowCache& rows, const YccView& view) {
  SmallPicture picture(kernels, view.width_px, view.height_px);
  const auto width = static_cast<std::size_t>(view.width_px);
  std::array<std::uint8_t, 4 * kSmallSideMaxPx> pixels{};
  for (int y = 0; y < view.height_px; ++y) {
    const std::uint8_t* red = rows.row(y);
    for (std::size_t x = 0; x < width; ++x) {
      pixels[4 * x] = red[x];
      pixels[4 * x + 1] = red[x + width];
      pixels[4 * x + 2] = red[x + 2 * width];
    }
    picture.set_row(y, pixels.data(), 4);
  }
  return picture.grid();
}

int blocks(int length_px, int denominator) { return (length_px + denominator - 1) / denominator; }

}  // namespace

PdqGrid fold(const Kernels& kernels, const PixelView& pixels) {
  if (pixels.width_px < kSideMinPx || pixels.height_px < kSideMinPx) return {};
  if (is_small(pixels.width_px, pixels.height_px)) return fold_small(kernels, pixels);
  return fold(kernels, ScaledPicture{pixels, pixels.width_px, pixels.height_px, 1});
}

PdqGrid fold(const Kernels& kernels, const ScaledPicture& scaled) {
  const PixelView& pixels = scaled.pixels;
  const int denominator = std::max(1, scaled.denominator);
  const bool fits = pixels.width_px == blocks(scaled.original_width_px, denominator) &&
                    pixels.height_px == blocks(scaled.original_height_px, denominator);
  if (!fits) return fold(kernels, pixels);
  if (scaled.original_width_px < kSideMinPx || scaled.original_height_px < kSideMinPx) return {};
  PixelRows rows{pixels};
  const auto plan = fold_plan(
      {scaled.original_width_px, scaled.original_height_px, denominator, denominator, layout_of(pixels)});
  const std::size_t row_bytes =
      static_cast<std::size_t>(pixels.width_px) * static_cast<std::size_t>(bytes_per_pixel(pixels.layout));
  return Fold<PixelRows>(kernels, rows, *plan, row_bytes).run();
}

PdqGrid fold(const Kernels& kernels, const YccView& planes) {
  if (planes.width_px < kSideMinPx || planes.height_px < kSideMinPx) return {};
  const bool gray = planes.cb == nullptr || planes.cr == nullptr;
  if (gray && is_full_range(planes.matrix)) {
    return fold(kernels, PixelView{planes.y, planes.width_px, planes.height_px, planes.y_stride_bytes,
                                   PixelLayout::kGray8});
  }
  YccRowCache rows(kernels, planes);
  if (is_small(planes.width_px, planes.height_px)) return fold_small(kernels, rows, planes);
  const auto plan = fold_plan({planes.width_px, planes.height_px, 1, 1, planar_layout(planes.width_px)});
  const std::size_t row_bytes = 3 * static_cast<std::size_t>(planes.width_px);
  return Fold<YccRowCache>(kernels, rows, *plan, row_bytes).run();
}

}  // namespace seawall::pdq_detail
