#pragma once

#include <cstdint>
#include <vector>

#include "seawall/fingerprint/pdq.h"
#include "seawall/model/pixels.h"

namespace seawall::detail {

/// A picture under one of the eight symmetries, which mean what pdq_dihedral() means by them.
/// Lifetime: that of `pixels`, which it may borrow. Cost: at most one copy.
class TurnedPixels {
 public:
  TurnedPixels(const PixelView& pixels, Dihedral symmetry);
  [[nodiscard]] PixelView view() const { return view_; }

 private:
  std::vector<std::uint8_t> bytes_;
  PixelView view_;
};

}  // namespace seawall::detail
