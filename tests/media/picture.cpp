#include "picture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <utility>

namespace seawall::test {

Picture make_picture(int width, int height, int channels, unsigned seed) {
  Picture p{width, height, channels, {}};
  p.samples.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                   static_cast<std::size_t>(channels));
  std::mt19937 noise(seed);
  std::vector<double> waves;  // of the columns, a channel after the other
  for (int c = 0; c < channels; ++c) {
    for (int x = 0; x < width; ++x) waves.push_back(90 * std::sin(5 * (x + 0.5) / width + 2 * c + seed));
  }
  for (int y = 0; y < height; ++y) {
    const double v = (y + 0.5) / height;
    for (int c = 0; c < channels; ++c) {
      const double row_wave = std::cos(4 * v - c);
      for (int x = 0; x < width; ++x) {
        const double wave = waves[static_cast<std::size_t>(c * width + x)] * row_wave;
        const double u = (x + 0.5) / width;
        const int value = static_cast<int>(120 + wave + 60 * u * v - 40 * v) + static_cast<int>(noise() % 5U);
        p.samples[p.at(x, y, c)] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
      }
    }
  }
  return p;
}

Picture stored_for_orientation(const Picture& upright, int orientation) {
  Picture stored = upright;
  if (orientation >= 5) std::swap(stored.width, stored.height);
  for (int y = 0; y < stored.height; ++y) {
    for (int x = 0; x < stored.width; ++x) {
      // EXIF names where row 0 and column 0 of the stored picture are shown.
      int show_x = x;
      int show_y = y;
      if (orientation >= 5) std::swap(show_x, show_y);  // rows are shown as columns
      if (orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7) {
        show_x = upright.width - 1 - show_x;
      }
      if (orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8) {
        show_y = upright.height - 1 - show_y;
      }
      for (int c = 0; c < stored.channels; ++c) {
        stored.samples[stored.at(x, y, c)] = upright.samples[upright.at(show_x, show_y, c)];
      }
    }
  }
  return stored;
}

Picture over_white(const Picture& rgba) {
  Picture rgb{rgba.width, rgba.height, 3, {}};
  for (std::size_t i = 0; i + 3 < rgba.samples.size(); i += 4) {
    const double alpha = rgba.samples[i + 3] / 255.0;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb.samples.push_back(
          static_cast<std::uint8_t>(std::lround(rgba.samples[i + c] * alpha + 255.0 * (1 - alpha))));
    }
  }
  return rgb;
}

int largest_difference(const Picture& a, const Picture& b) {
  if (a.width != b.width || a.height != b.height || a.channels != b.channels) return 256;
  int most = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i)
    most = std::max(most, std::abs(a.samples[i] - b.samples[i]));
  return most;
}

double mean_difference(const Picture& a, const Picture& b) {
  if (a.samples.size() != b.samples.size() || a.samples.empty()) return 256;
  double sum = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) sum += std::abs(a.samples[i] - b.samples[i]);
  return sum / static_cast<double>(a.samples.size());
}

Bytes exif_block(int orientation, bool big_endian) {
  Bytes block;
  const auto put = [&](unsigned value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (big_endian ? bytes - 1 - i : i);
      block.push_back(static_cast<std::byte>(value >> shift));
    }
  };
  for (int i = 0; i < 2; ++i) block.push_back(static_cast<std::byte>(big_endian ? 'M' : 'I'));
  put(42, 2);
  put(8, 4);  // offset of the first IFD
  put(1, 2);  // entries
  put(0x0112, 2);
  put(3, 2);  // SHORT
  put(1, 4);
  put(static_cast<unsigned>(orientation), 2);
  put(0, 2);
  put(0, 4);  // no further IFD
  return block;
}

}  // namespace seawall::test
