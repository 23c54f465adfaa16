#include "seawall/fingerprint/detail/fold.h"

#include <algorithm>
#include <vector>

#include "seawall/fingerprint/detail/fold_plan.h"
#include "seawall/fingerprint/detail/small_picture.h"
#include "seawall/fingerprint/detail/ycc_rows.h"

namespace seawall::pdq_detail {
namespace {

constexpr int kSideMinPx = 5;
constexpr std::array<int, 4> kLumaPerMille{299, 587, 114, 0};

/// Rows of interleaved pixels, where they lie.
struct PixelRows {
  const PixelView& view;
  const std::uint8_t* row(int y) const { return view.data + y * view.stride_bytes; }
};

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

/// Sums per byte column of one tent of rows, with the slack that the kernels need.
class ColumnBuffer {
 public:
  ColumnBuffer(std::size_t bytes, std::size_t entries_beyond, bool wide)
      : entries_(bytes + entries_beyond + kSlackEntries), memory_(wide ? 2 * entries_ : entries_) {
    sums_ = {memory_.data(), wide ? memory_.data() + entries_ : nullptr};
  }
  ColumnBuffer(const ColumnBuffer&) = delete;
  ColumnBuffer& operator=(const ColumnBuffer&) = delete;
  [[nodiscard]] const ColumnSums& sums() const { return sums_; }

 private:
  std::size_t entries_;
  std::vector<std::uint16_t> memory_;
  ColumnSums sums_{};
};

/// One picture's way from rows to grid.
template <typename Rows>
class Fold {
 public:
  Fold(const Kernels& kernels, Rows& rows, const FoldPlan& plan, std::size_t row_bytes)
      : kernels_(kernels),
        rows_(rows),
        plan_(plan),
        vertical_(plan.vertical),
        horizontal_(plan.horizontal),
        row_bytes_(row_bytes),
        columns_{ColumnBuffer(row_bytes, plan.passes[0].entries_a_tent(), plan.wide()),
                 ColumnBuffer(row_bytes, plan.passes[0].entries_a_tent(), plan.wide())} {}

  PdqGrid run() {
    PdqGrid grid;
    vertical_pass(0);
    for (int i = 0; i < kGridSide; ++i) {
      // One tent ahead, into the other buffer: what was just written is slow to read again.
      if (i + 1 < vertical_.tents) vertical_pass(i + 1);
      const RowSums sums = horizontal_pass(i);
      float* out = grid.luma.data() + i * kGridSide;
      if (i == kGridSide - 1 && vertical_.tents > kGridSide) {
        last_row(sums, horizontal_pass(kGridSide), out);
      } else {
        finish_row(sums, plan_.scale, out);
      }
    }
    return grid;
  }

 private:
  using RowSums = std::array<std::int64_t, 65>;

  void vertical_pass(int tent) {
    const auto index = static_cast<std::size_t>(tent);
    bool start = true;
    for (const GroupPlan& plan : plan_.groups[static_cast<std::size_t>(vertical_.pattern[index])]) {
      RowGroup group{};
      group.count = plan.count;
      for (std::size_t r = 0; r < static_cast<std::size_t>(plan.count); ++r) {
        group.rows[r] = rows_.row(vertical_.first[index] + plan.offset[r]);
        group.weights[r] = plan.weight[r];
      }
      kernels_.add_rows(group, row_bytes_, start, columns_[index % 2].sums());
      start = false;
    }
  }

  [[nodiscard]] RowSums horizontal_pass(int tent) const {
    RowSums sums;  // Set by the first pass; tent 64 only where there is one.
    bool start = true;
    const ColumnSums& columns = columns_[static_cast<std::size_t>(tent) % 2].sums();
    for (const HorizontalPass& pass : plan_.passes) {
      pass.run(kernels_, columns, plan_.bounds, start, sums.data());
      start = false;
    }
    return sums;
  }

  void finish_row(const RowSums& sums, double scale, float* out) const {
    kernels_.scale_row(sums.data(), plan_.unit, scale, out);
    if (horizontal_.tents == kGridSide) return;
    out[63] = static_cast<float>(with_cut_box(sums[63], sums[64], horizontal_.window) * plan_.unit * scale);
  }

  /// The last sample of an even window: a tent of whole boxes and one box that is a pixel short.
  static double with_cut_box(std::int64_t whole, std::int64_t cut, int window) {
    return static_cast<double>(whole) + static_cast<double>(cut) * window / (window - 1);
  }

  /// The bottom row of an even window: tents 63 and 64 of the vertical pass together, in float64.
  void last_row(const RowSums& whole, const RowSums& cut, float* out) const {
    std::array<double, 65> sums{};
    for (std::size_t j = 0; j < static_cast<std::size_t>(horizontal_.tents); ++j)
      sums[j] = with_cut_box(whole[j], cut[j], vertical_.window);
    if (horizontal_.tents > kGridSide) {
      sums[63] += sums[64] * horizontal_.window / (horizontal_.window - 1);
    }
    for (std::size_t j = 0; j < kGridSide; ++j)
      out[j] = static_cast<float>(sums[j] * plan_.unit * plan_.scale);
  }

  const Kernels& kernels_;
  Rows& rows_;
  const FoldPlan& plan_;
  const AxisPlan& vertical_;
  const AxisPlan& horizontal_;
  std::size_t row_bytes_;
  std::array<ColumnBuffer, 2> columns_;
};

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
  const auto plan =
      fold_plan({scaled.original_width_px, scaled.original_height_px, denominator, layout_of(pixels)});
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
  const auto plan = fold_plan({planes.width_px, planes.height_px, 1, planar_layout(planes.width_px)});
  const std::size_t row_bytes = 3 * static_cast<std::size_t>(planes.width_px);
  return Fold<YccRowCache>(kernels, rows, *plan, row_bytes).run();
}

}  // namespace seawall::pdq_detail
