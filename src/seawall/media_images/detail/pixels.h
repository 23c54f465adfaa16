#pragma once

#include <cstddef>
#include <cstdint>

#include "seawall/media_images/detail/decode_job.h"

namespace seawall::media_images {

/// colour over white at the given opacity, rounded exactly: the formula libpng uses, so formats agree.
[[nodiscard]] constexpr std::uint8_t over_white(unsigned colour, unsigned alpha) {
  const unsigned sum = colour * alpha + 255U * (255U - alpha) + 128U;
  return static_cast<std::uint8_t>((sum + (sum >> 8)) >> 8);
}
/// The same where the colour already stands multiplied by its alpha.
[[nodiscard]] constexpr std::uint8_t premultiplied_over_white(unsigned colour, unsigned alpha) {
  const unsigned sum = colour + 255U - alpha;
  return static_cast<std::uint8_t>(sum > 255U ? 255U : sum);
}

/// One row of R, G, B, A (or of gray, A) to the raster row `to`. `to` may be `from`.
void rgba_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px);
void gray_alpha_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px);
void premultiplied_rgba_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px);
void premultiplied_gray_alpha_over_white(const std::uint8_t* from, std::uint8_t* to, int width_px);
/// One row of C, M, Y, K to R, G, B. `inverted`: 255 means no ink, as Adobe writes it. `to` may be `from`.
void cmyk_to_rgb(const std::uint8_t* from, std::uint8_t* to, int width_px, bool inverted);

/// Sets rows [first_row, height) to kFillGray.
void fill_rows(const Raster& raster, int first_row);

/// Copies `stored` to `upright` so that it is shown as EXIF orientation 1..8 says; 5..8 swap the sides.
void turn_upright(const Raster& stored, int orientation, const Raster& upright);

}  // namespace seawall::media_images
