#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Generated pictures and files for the decoder tests. All harmless: smooth patterns and noise.
namespace seawall::test {

using Bytes = std::vector<std::byte>;

/// A picture with 1 (gray), 3 (RGB) or 4 (RGBA) channels of 8 bits.
struct Picture {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> samples;

  [[nodiscard]] std::size_t at(int x, int y, int channel) const {
    return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) *
               static_cast<std::size_t>(channels) +
           static_cast<std::size_t>(channel);
  }
  bool operator==(const Picture&) const = default;
};

/// A smooth pattern, different in every corner, with a little noise drawn from `seed`.
Picture make_picture(int width, int height, int channels, unsigned seed = 1);
/// The picture as it must be stored so that a viewer which obeys EXIF orientation 1..8 shows `upright`.
/// Written from the EXIF table, pixel by pixel: the textbook twin of the decoder's turning.
Picture stored_for_orientation(const Picture& upright, int orientation);
/// The textbook formula: colour * alpha + white * (1 - alpha), rounded to nearest.
Picture over_white(const Picture& rgba);
/// The largest difference of any sample; 256 when the shapes differ.
int largest_difference(const Picture& a, const Picture& b);
double mean_difference(const Picture& a, const Picture& b);

/// An EXIF block (TIFF structure) that holds just an orientation.
Bytes exif_block(int orientation, bool big_endian);

}  // namespace seawall::test
