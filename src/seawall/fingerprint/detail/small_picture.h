#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/fingerprint/detail/kernels.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall::pdq_detail {

inline constexpr int kSmallSideMaxPx = 128;

/// Pictures of at most 128 pixels a side, where both filter windows are one pixel and the grid is 64 x 64 of
/// the picture's own pixels. The reference still runs its filter there, which adds float32 noise (running
/// sums); enlarged pictures, under 64 pixels, have whole rows of frequencies that are zero but for that
/// noise. So this path repeats the reference's float operations one by one, in its order.
class SmallPicture {
 public:
  SmallPicture(const Kernels& kernels, int width_px, int height_px);

  /// Row y from interleaved R, G, B(, x).
  void set_row(int y, const std::uint8_t* pixels, int bytes_per_pixel);
  void set_gray_row(int y, const std::uint8_t* values);

  /// Consumes the picture. Whole numbers, as of gray pictures, pass the filter unchanged.
  PdqGrid grid();

 private:
  void filter_along_rows();
  void filter_along_columns();
  [[nodiscard]] float* row(int y) { return luma_.data() + static_cast<std::size_t>(y) * stride_; }

  const Kernels& kernels_;
  int width_px_;
  int height_px_;
  std::size_t stride_;
  std::vector<float> luma_;
  bool whole_numbers_ = false;
};

}  // namespace seawall::pdq_detail
