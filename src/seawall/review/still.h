#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/model/orientation.h"
#include "seawall/model/pixels.h"

namespace seawall {

/// A grey picture of at most kSidePxMax pixels on its longer side: all that is ever kept of an upload for a
/// reviewer, and all that can be shown of it, by whom and by what setting so ever.
/// Guarantees: its bytes are zeroed at its end; it can be moved, not copied. Threads: one.
class StillPicture {
 public:
  static constexpr int kSidePxMax = 256;
  static constexpr std::size_t kBytesMax = std::size_t{kSidePxMax} * kSidePxMax;

  StillPicture() = default;
  /// `bytes`: row-major, width x height of them, 0 black to 255 white.
  StillPicture(int width_px, int height_px, std::vector<std::uint8_t> bytes);
  StillPicture(StillPicture&& other) noexcept;
  StillPicture& operator=(StillPicture&& other) noexcept;
  StillPicture(const StillPicture&) = delete;
  StillPicture& operator=(const StillPicture&) = delete;
  ~StillPicture();

  [[nodiscard]] int width_px() const { return width_px_; }
  [[nodiscard]] int height_px() const { return height_px_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  int width_px_ = 0;
  int height_px_ = 0;
  std::vector<std::uint8_t> bytes_;
};

/// Each pixel the mean of its part of the original's luma (BT.601), never larger than the original. `pixels`:
/// at least 1 x 1. Pure. Cost: one pass over the original.
[[nodiscard]] StillPicture still_of(const PixelView& pixels);
/// Of a video's frame as it is stored: its luma plane alone, stretched to 0..255 where it is of limited
/// range, upright by `orientation`.
[[nodiscard]] StillPicture still_of(const YccView& planes, Orientation orientation);

}  // namespace seawall
