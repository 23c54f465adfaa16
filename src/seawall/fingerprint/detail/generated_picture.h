#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/model/pixels.h"

/// Generated, natural-looking test pictures: a smooth random field on a coarse grid, plus noise. All
/// integers, so every machine makes the same bytes; those of tests/data/pdq_generated.json are made this way.
namespace seawall::testing {

/// splitmix64's finaliser on x + 0x9E3779B97F4A7C15.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

struct PictureRecipe {
  std::uint64_t seed = 0;
  int grid = 8;   ///< Cells of the coarse field a side, at most 62.
  int noise = 0;  ///< A mask of low bits: 0, 1, 3, 7, 15, 31...
  int width_px = 0;
  int height_px = 0;
  int channels = 3;  ///< 1 or 3.
};

/// The coarse field: values v(i, j) of channel k, i and j up to grid + 1, at ((j * (grid + 2)) + i) *
/// channels + k.
inline std::vector<std::int64_t> control_values(const PictureRecipe& recipe) {
  std::vector<std::int64_t> values;
  for (std::uint64_t j = 0; j < static_cast<std::uint64_t>(recipe.grid) + 2; ++j) {
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(recipe.grid) + 2; ++i) {
      for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(recipe.channels); ++k) {
        const std::uint64_t value = mix(recipe.seed * 1000003ULL + ((j * 64 + i) * 4 + k)) & 255U;
        values.push_back(static_cast<std::int64_t>(value));
      }
    }
  }
  return values;
}

/// Row-major bytes without padding, `channels` a pixel.
inline std::vector<std::uint8_t> generate_picture(const PictureRecipe& recipe) {
  const std::vector<std::int64_t> control = control_values(recipe);
  const std::int64_t width = recipe.width_px;
  const std::int64_t height = recipe.height_px;
  const std::int64_t right = recipe.channels;
  const std::int64_t below = right * (recipe.grid + 2);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(width * height * recipe.channels));
  std::uint8_t* out = bytes.data();
  for (std::int64_t y = 0; y < height; ++y) {
    const std::int64_t down = y * recipe.grid * 256 / height;
    const std::int64_t fy = down & 255;
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t across = x * recipe.grid * 256 / width;
      const std::int64_t fx = across & 255;
      const std::int64_t* cell = control.data() + (down >> 8) * below + (across >> 8) * right;
      for (int k = 0; k < recipe.channels; ++k, ++cell, ++out) {
        const std::int64_t a = cell[0] * (256 - fx) + cell[right] * fx;
        const std::int64_t b = cell[below] * (256 - fx) + cell[below + right] * fx;
        const auto place = static_cast<std::uint64_t>((y * width + x) * 4 + k) * 0x1000193ULL;
        const std::uint64_t grain =
            mix(recipe.seed ^ 0x5555ULL ^ place) & static_cast<unsigned>(recipe.noise);
        const std::int64_t value =
            ((a * (256 - fy) + b * fy) >> 16) + static_cast<std::int64_t>(grain) - (recipe.noise + 1) / 2;
        *out = static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255));
      }
    }
  }
  return bytes;
}

inline PixelView view_of(const std::vector<std::uint8_t>& bytes, const PictureRecipe& recipe) {
  const auto layout = recipe.channels == 1 ? PixelLayout::kGray8 : PixelLayout::kRgb24;
  return {bytes.data(), recipe.width_px, recipe.height_px,
          static_cast<std::ptrdiff_t>(recipe.width_px) * recipe.channels, layout};
}

}  // namespace seawall::testing
