#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall {

/// Order of the bytes of one pixel.
enum class PixelLayout : std::uint8_t {
  kGray8 = 1,   ///< One byte.
  kRgb24 = 2,   ///< R, G, B.
  kRgbx32 = 3,  ///< R, G, B, one ignored byte.
};

[[nodiscard]] constexpr int bytes_per_pixel(PixelLayout layout) {
  return layout == PixelLayout::kGray8 ? 1 : layout == PixelLayout::kRgb24 ? 3 : 4;
}

/// Borrowed pixels, row-major, top row first. `stride_bytes` >= width_px * bytes_per_pixel(layout), or
/// negative for bottom-up memory. Lifetime: that of the memory at `data`.
struct PixelView {
  const std::uint8_t* data = nullptr;  ///< First byte of the top row.
  int width_px = 0;
  int height_px = 0;
  std::ptrdiff_t stride_bytes = 0;
  PixelLayout layout = PixelLayout::kRgb24;

  /// The sub-rectangle at (x, y) of the given size; it must lie inside.
  [[nodiscard]] constexpr PixelView window(int x, int y, int window_width_px, int window_height_px) const {
    return {data + y * stride_bytes + static_cast<std::ptrdiff_t>(x) * bytes_per_pixel(layout),
            window_width_px, window_height_px, stride_bytes, layout};
  }
};

/// How Y'CbCr samples encode colour.
enum class YccMatrix : std::uint8_t {
  kBt601Full = 1,     ///< JPEG (JFIF).
  kBt601Limited = 2,  ///< Standard-definition video: Y 16..235.
  kBt709Limited = 3,  ///< High-definition video.
  kBt709Full = 4,
  kBt2020Limited = 5,  ///< Ultra-high-definition video (non-constant luminance).
  kBt2020Full = 6,
};

/// Whether Y uses 0..255; else it is 16..235, and Cb and Cr 16..240.
[[nodiscard]] constexpr bool is_full_range(YccMatrix matrix) {
  return matrix == YccMatrix::kBt601Full || matrix == YccMatrix::kBt709Full ||
         matrix == YccMatrix::kBt2020Full;
}

/// Borrowed 8-bit Y'CbCr planes. Chroma planes measure ceil(width / 2^h_shift) x ceil(height / 2^v_shift).
/// `cb` and `cr` may be null for gray.
struct YccView {
  const std::uint8_t* y = nullptr;
  const std::uint8_t* cb = nullptr;
  const std::uint8_t* cr = nullptr;
  std::ptrdiff_t y_stride_bytes = 0;
  std::ptrdiff_t chroma_stride_bytes = 0;
  int width_px = 0;
  int height_px = 0;
  int chroma_h_shift = 1;
  int chroma_v_shift = 1;
  YccMatrix matrix = YccMatrix::kBt601Full;
};

}  // namespace seawall
