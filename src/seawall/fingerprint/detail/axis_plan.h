#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

/// The two box filters and the decimation along one axis, folded: for each of the 64 samples the pixels that
/// it is made of, with integer weights. docs/fingerprints.md section 2 derives it.
namespace seawall::pdq_detail {

/// Sample i is (sum of weights * pixels of tent i) / window^2. At the far edge of an even window one of the
/// second filter's boxes is cut by one pixel, so its divisor differs; its pixels are kept apart as tent 64,
/// weight 1 each, and sample 63 is tent 63 / window^2 + tent 64 / (window * (window - 1)).
struct AxisPlan {
  int window = 1;
  int tents = 64;                 ///< 64, or 65 with the cut box.
  std::array<int, 65> first{};    ///< First pixel of each tent.
  std::array<int, 65> pattern{};  ///< Which of `patterns`.
  std::vector<std::vector<int>> patterns;
  int weight_max = 1;

  [[nodiscard]] std::span<const int> weights(int tent) const {
    return patterns[static_cast<std::size_t>(pattern[static_cast<std::size_t>(tent)])];
  }
};

/// The plan for an axis of `length_px` >= 5 original pixels of which the picture at hand holds every block of
/// `denominator` as one (the last block may be smaller): weights are then summed over each block. With
/// `mirrored` the samples are those of the axis read backwards, while the pixels (and blocks) lie as they do.
/// Costs a few microseconds; with denominator 1 nearly all tents share one pattern.
AxisPlan plan_axis(int length_px, int denominator, bool mirrored = false);

/// Where sample i lies: int((i + 0.5) * length_px / 64).
[[nodiscard]] constexpr int sample_position(int i, int length_px) {
  return static_cast<int>((2LL * i + 1) * length_px / 128);
}

}  // namespace seawall::pdq_detail
