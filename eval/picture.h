#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/model/pixels.h"

namespace seawall::eval {

struct Colour {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
};

/// An owned RGB picture without padding. Value type.
struct Picture {
  int width_px = 0;
  int height_px = 0;
  std::vector<std::uint8_t> rgb;

  Picture() = default;
  Picture(int width, int height, Colour fill);
  /// A copy of borrowed pixels, gray or RGB.
  static Picture copy_of(const PixelView& pixels);

  [[nodiscard]] PixelView view() const {
    return {rgb.data(), width_px, height_px, static_cast<std::ptrdiff_t>(width_px) * 3, PixelLayout::kRgb24};
  }
  [[nodiscard]] const std::uint8_t* at(int x, int y) const { return rgb.data() + offset(x, y); }
  [[nodiscard]] std::uint8_t* at(int x, int y) { return rgb.data() + offset(x, y); }
  void set(int x, int y, Colour colour);  ///< Ignores places outside.

 private:
  [[nodiscard]] std::size_t offset(int x, int y) const {
    return 3 *
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_px) + static_cast<std::size_t>(x));
  }
};

/// splitmix64: the evaluation's only source of chance, so that every run sees the same pictures.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  double uniform();                ///< 0 <= x < 1.
  int between(int low, int high);  ///< Both inclusive.
  double normal();                 ///< Mean 0, deviation 1 (sum of twelve).

 private:
  std::uint64_t state_;
};

/// Area-averaging when it shrinks, bilinear when it grows.
[[nodiscard]] Picture resize(const Picture& picture, int width_px, int height_px);
[[nodiscard]] Picture fit_within(const Picture& picture, int longer_side_px);  ///< Never grows.
[[nodiscard]] Picture crop(const Picture& picture, int x, int y, int width_px, int height_px);
void paste(Picture& onto, const Picture& piece, int x, int y);  ///< Clips.
[[nodiscard]] Picture gaussian_blur(const Picture& picture, double sigma_px);
void fill_rect(Picture& picture, int x, int y, int width_px, int height_px, Colour colour);
void fill_disc(Picture& picture, int x, int y, int radius_px, Colour colour);
/// Capitals and digits of a 5 x 7 font, each font pixel a square of `scale_px`; other characters are gaps.
void draw_text(Picture& picture, int x, int y, int scale_px, const char* text, Colour colour);
[[nodiscard]] int text_width(const char* text, int scale_px);

}  // namespace seawall::eval
