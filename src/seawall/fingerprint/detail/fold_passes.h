#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/fingerprint/detail/fold_plan.h"
#include "seawall/fingerprint/detail/kernels.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall::pdq_detail {

/// Rows of interleaved pixels, where they lie.
struct PixelRows {
  const PixelView& view;
  const std::uint8_t* row(int y) const { return view.data + y * view.stride_bytes; }
  const std::uint8_t* ahead(int y) const { return row(y); }
};

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

  struct RowRange {
    int first = 0;
    int past = 0;
  };
  /// Rows of the next tent that this one does not read; mirrored, it lies above.
  [[nodiscard]] RowRange rows_ahead(int tent) const {
    if (tent + 1 >= vertical_.tents) return {};
    const int first = vertical_.first[static_cast<std::size_t>(tent)];
    const int next = vertical_.first[static_cast<std::size_t>(tent) + 1];
    if (next < first) return {next, std::min(first, past_row(tent + 1))};
    return {past_row(tent), past_row(tent + 1)};
  }
  /// Behind the last row of the tent.
  [[nodiscard]] int past_row(int tent) const {
    return vertical_.first[static_cast<std::size_t>(tent)] + static_cast<int>(vertical_.weights(tent).size());
  }

  void vertical_pass(int tent) {
    const auto index = static_cast<std::size_t>(tent);
    bool start = true;
    RowRange ahead = rows_ahead(tent);
    for (const GroupPlan& plan : plan_.groups[static_cast<std::size_t>(vertical_.pattern[index])]) {
      RowGroup group{};
      group.count = plan.count;
      for (std::size_t r = 0; r < static_cast<std::size_t>(plan.count); ++r) {
        group.rows[r] = rows_.row(vertical_.first[index] + plan.offset[r]);
        group.weights[r] = plan.weight[r];
        group.ahead[r] = group.rows[r];
        if constexpr (requires { rows_.ahead(0); }) {
          if (ahead.first < ahead.past) group.ahead[r] = rows_.ahead(ahead.first++);
        }
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

}  // namespace seawall::pdq_detail
