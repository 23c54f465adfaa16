#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/fingerprint/detail/axis_plan.h"
#include "seawall/fingerprint/detail/kernels.h"

/// An AxisPlan made ready for the kernels: once for the vertical pass, once for the horizontal one.
namespace seawall::pdq_detail {

/// What a byte column of the picture counts for in luma, in units of 1/1000 (or 1, for gray): exact integers.
struct ColumnLayout {
  int planes = 1;           ///< 1: interleaved pixels; 3: planes of R, G and B one after the other.
  int bytes_per_pixel = 1;  ///< Within a plane.
  std::array<int, 4> luma{1, 0, 0, 0};  ///< By byte of a pixel, or by plane.
  std::size_t plane_bytes = 0;          ///< From one plane to the next.

  [[nodiscard]] int luma_sum() const { return luma[0] + luma[1] + luma[2] + luma[3]; }
  friend bool operator==(const ColumnLayout&, const ColumnLayout&) = default;
};

/// The rows of one tent in groups that cannot overflow the kernels' 16 bits; larger weights come in parts.
struct GroupPlan {
  std::array<int, kRowsPerGroup> offset{};  ///< From the tent's first row.
  std::array<std::uint8_t, kRowsPerGroup> weight{};
  int count = 0;  ///< Even.
};

/// groups[p]: those of pattern p of the plan.
std::vector<std::vector<GroupPlan>> group_rows(const AxisPlan& plan);

/// The horizontal tents as weights over entries; several passes where a weight times its luma share would not
/// fit 16 bits, or where colours lie in planes.
class HorizontalPass {
 public:
  struct Part {
    int plane = 0;
    int layer = 0;
  };
  HorizontalPass(const AxisPlan& plan, const ColumnLayout& layout, Part part);
  HorizontalPass(HorizontalPass&&) = default;

  /// What is known of the sums, which allows shorter ways: see Projection.
  struct Bounds {
    bool whole_fits_32_bits = false;
    bool fifteen_bits = false;
  };
  /// out[t] = (or, unless `start`, +=) the sums of all tents over one row of column sums.
  void run(const Kernels& kernels, const ColumnSums& sums, const Bounds& bounds, bool start,
           std::int64_t* out) const;

  /// What is read from a tent's first entry on, also by a tent near the end that needs fewer.
  [[nodiscard]] std::size_t entries_a_tent() const {
    return static_cast<std::size_t>(steps_) * kEntriesPerStep;
  }

  /// Every pass that `layout` needs.
  static std::vector<HorizontalPass> all(const AxisPlan& plan, const ColumnLayout& layout);

 private:
  static int layers(const AxisPlan& plan, const ColumnLayout& layout);

  std::vector<std::int16_t> weights_;  ///< Patterns start at cache lines, so it may move but not be copied.
  std::array<std::uint32_t, 65> first_entry_{};
  std::array<std::uint32_t, 65> pattern_{};
  std::array<std::int64_t, 65> bias_{};
  int tents_ = 64;
  int steps_ = 1;
  int weight_max_ = 1;
};

}  // namespace seawall::pdq_detail
