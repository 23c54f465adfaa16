#pragma once

#include <cstdint>

namespace seawall {

/// What has to be done to a stored picture to see it upright: mirrored first (left to right), if it says so,
/// then turned clockwise by quarters. All eight symmetries of the square can be said in exactly one way.
struct Orientation {
  bool mirrored = false;
  std::uint8_t quarter_turns = 0;  ///< 0..3, clockwise.

  /// Whether the upright picture is as wide as the stored one is high.
  [[nodiscard]] constexpr bool swaps_sides() const { return quarter_turns % 2 == 1; }
  friend constexpr bool operator==(const Orientation&, const Orientation&) = default;
};

}  // namespace seawall
