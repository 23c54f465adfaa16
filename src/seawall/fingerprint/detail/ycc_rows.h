#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/fingerprint/detail/kernels.h"
#include "seawall/model/pixels.h"

namespace seawall::pdq_detail {

/// Rows of a Y'CbCr picture as three planes of R, G and B, made when asked for and kept for the next few
/// asks. Chroma is repeated over its block, not interpolated. Not thread-safe; lives on one stack.
class YccRowCache {
 public:
  YccRowCache(const Kernels& kernels, const YccView& view);

  /// 3 * width_px bytes. Stays valid for the next kRowsPerGroup - 1 calls.
  const std::uint8_t* row(int y);

 private:
  static constexpr int kSlots = 2 * kRowsPerGroup;

  const Kernels& kernels_;
  YccView view_;
  YccRows shape_{};
  std::size_t row_bytes_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> neutral_;  ///< Chroma of a picture that has none.
  std::array<int, kSlots> held_{};
};

}  // namespace seawall::pdq_detail
