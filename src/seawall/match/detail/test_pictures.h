#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "seawall/model/pixels.h"

namespace seawall::test {

/// An owned gray picture for tests.
struct GrayPicture {
  int width_px = 0;
  int height_px = 0;
  std::vector<std::uint8_t> luma;

  GrayPicture(int width, int height, std::uint8_t fill = 0)
      : width_px(width),
        height_px(height),
        luma(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), fill) {}
  [[nodiscard]] std::uint8_t& at(int x, int y) {
    return luma[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_px) +
                static_cast<std::size_t>(x)];
  }
  [[nodiscard]] std::uint8_t at(int x, int y) const { return const_cast<GrayPicture*>(this)->at(x, y); }
  [[nodiscard]] PixelView view() const {
    return {luma.data(), width_px, height_px, width_px, PixelLayout::kGray8};
  }
};

inline std::uint64_t mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// Smoothly interpolated noise of several octaves: the spectrum of a photograph, roughly.
inline GrayPicture natural_picture(std::uint64_t seed, int width_px, int height_px) {
  const auto lattice = [&](int octave, int i, int j) {
    return static_cast<double>(
               mix(mix(mix(seed * 131 + static_cast<unsigned>(octave)) + static_cast<unsigned>(i)) +
                   static_cast<unsigned>(j)) >>
               40) /
               16777216.0 -
           0.5;
  };
  GrayPicture picture(width_px, height_px);
  for (int y = 0; y < height_px; ++y) {
    for (int x = 0; x < width_px; ++x) {
      double value = 128;
      double amplitude = 170;
      for (int octave = 0; octave < 6; ++octave, amplitude *= 0.5) {
        const double cell = 0.4 * std::min(width_px, height_px) / (1 << octave);
        const double u = x / cell;
        const double v = y / cell;
        const int i = static_cast<int>(u);
        const int j = static_cast<int>(v);
        const double fx = (u - i) * (u - i) * (3 - 2 * (u - i));
        const double fy = (v - j) * (v - j) * (3 - 2 * (v - j));
        value +=
            amplitude * ((lattice(octave, i, j) * (1 - fx) + lattice(octave, i + 1, j) * fx) * (1 - fy) +
                         (lattice(octave, i, j + 1) * (1 - fx) + lattice(octave, i + 1, j + 1) * fx) * fy);
      }
      picture.at(x, y) = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return picture;
}

inline GrayPicture pasted(const GrayPicture& picture, int width_px, int height_px, int x, int y,
                          std::uint8_t fill) {
  GrayPicture result(width_px, height_px, fill);
  for (int j = 0; j < picture.height_px; ++j) {
    for (int i = 0; i < picture.width_px; ++i) result.at(x + i, y + j) = picture.at(i, j);
  }
  return result;
}

inline GrayPicture cropped(const GrayPicture& picture, int x, int y, int width_px, int height_px) {
  GrayPicture result(width_px, height_px);
  for (int j = 0; j < height_px; ++j) {
    for (int i = 0; i < width_px; ++i) result.at(i, j) = picture.at(x + i, y + j);
  }
  return result;
}

/// The picture under (x, y) -> (x, y) in the result for the eight symmetries, by their plain meaning.
inline GrayPicture mirrored(const GrayPicture& picture) {
  GrayPicture result = picture;
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) result.at(x, y) = picture.at(picture.width_px - 1 - x, y);
  }
  return result;
}

inline GrayPicture quarter_turned(const GrayPicture& picture) {
  GrayPicture result(picture.height_px, picture.width_px);
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) result.at(picture.height_px - 1 - y, x) = picture.at(x, y);
  }
  return result;
}

inline GrayPicture negative_of(const GrayPicture& picture) {
  GrayPicture result = picture;
  for (std::uint8_t& value : result.luma) value = static_cast<std::uint8_t>(255 - value);
  return result;
}

/// Uniform noise of +-amplitude.
inline GrayPicture noisy(const GrayPicture& picture, std::uint64_t seed, int amplitude) {
  GrayPicture result = picture;
  for (std::size_t i = 0; i < result.luma.size(); ++i) {
    const int noise =
        static_cast<int>(mix(seed * 7919 + i) % static_cast<unsigned>(2 * amplitude + 1)) - amplitude;
    result.luma[i] = static_cast<std::uint8_t>(std::clamp(result.luma[i] + noise, 0, 255));
  }
  return result;
}

}  // namespace seawall::test
