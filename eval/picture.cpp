#include "picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace seawall::eval {
namespace {

/// Five columns a glyph, the lowest bit on top.
constexpr std::array<std::array<std::uint8_t, 5>, 36> kFont = {{
    {0x7C, 0x12, 0x11, 0x12, 0x7C}, {0x7F, 0x49, 0x49, 0x49, 0x36}, {0x3E, 0x41, 0x41, 0x41, 0x22},
    {0x7F, 0x41, 0x41, 0x41, 0x3E}, {0x7F, 0x49, 0x49, 0x49, 0x41}, {0x7F, 0x09, 0x09, 0x09, 0x01},
    {0x3E, 0x41, 0x41, 0x51, 0x72}, {0x7F, 0x08, 0x08, 0x08, 0x7F}, {0x00, 0x41, 0x7F, 0x41, 0x00},
    {0x20, 0x40, 0x41, 0x3F, 0x01}, {0x7F, 0x08, 0x14, 0x22, 0x41}, {0x7F, 0x40, 0x40, 0x40, 0x40},
    {0x7F, 0x02, 0x0C, 0x02, 0x7F}, {0x7F, 0x04, 0x08, 0x10, 0x7F}, {0x3E, 0x41, 0x41, 0x41, 0x3E},
    {0x7F, 0x09, 0x09, 0x09, 0x06}, {0x3E, 0x41, 0x51, 0x21, 0x5E}, {0x7F, 0x09, 0x19, 0x29, 0x46},
    {0x26, 0x49, 0x49, 0x49, 0x32}, {0x01, 0x01, 0x7F, 0x01, 0x01}, {0x3F, 0x40, 0x40, 0x40, 0x3F},
    {0x1F, 0x20, 0x40, 0x20, 0x1F}, {0x3F, 0x40, 0x38, 0x40, 0x3F}, {0x63, 0x14, 0x08, 0x14, 0x63},
    {0x03, 0x04, 0x78, 0x04, 0x03}, {0x61, 0x51, 0x49, 0x45, 0x43}, {0x3E, 0x51, 0x49, 0x45, 0x3E},
    {0x00, 0x42, 0x7F, 0x40, 0x00}, {0x72, 0x49, 0x49, 0x49, 0x46}, {0x22, 0x41, 0x49, 0x49, 0x36},
    {0x18, 0x14, 0x12, 0x7F, 0x10}, {0x27, 0x45, 0x45, 0x45, 0x39}, {0x3C, 0x4A, 0x49, 0x49, 0x30},
    {0x01, 0x71, 0x09, 0x05, 0x03}, {0x36, 0x49, 0x49, 0x49, 0x36}, {0x06, 0x49, 0x49, 0x29, 0x1E},
}};

int glyph_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '0' && c <= '9') return 26 + c - '0';
  return -1;
}

struct Tap {
  int first = 0;
  std::vector<float> weights;
};

/// Weights of a tent as wide as the shrink factor, at least a pixel: resampling without aliases.
std::vector<Tap> taps_for(int from_px, int to_px) {
  const double ratio = static_cast<double>(from_px) / to_px;
  const double half = std::max(1.0, ratio);
  std::vector<Tap> taps(static_cast<std::size_t>(to_px));
  for (int i = 0; i < to_px; ++i) {
    const double centre = (i + 0.5) * ratio - 0.5;
    Tap& tap = taps[static_cast<std::size_t>(i)];
    tap.first = std::max(0, static_cast<int>(std::ceil(centre - half)));
    const int last = std::min(from_px - 1, static_cast<int>(std::floor(centre + half)));
    float sum = 0;
    for (int p = tap.first; p <= last; ++p) {
      tap.weights.push_back(static_cast<float>(std::max(0.0, 1 - std::abs(p - centre) / half)));
      sum += tap.weights.back();
    }
    if (sum <= 0) tap.weights.assign(tap.weights.size(), sum = 1);
    for (float& weight : tap.weights) weight /= sum;
  }
  return taps;
}

/// Applies weights down the columns, then along the rows.
Picture filter(const Picture& picture, const std::vector<Tap>& columns, const std::vector<Tap>& rows) {
  Picture result(static_cast<int>(columns.size()), static_cast<int>(rows.size()), {});
  const auto values = static_cast<std::size_t>(picture.width_px) * 3;
  std::vector<float> line(values);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    std::fill(line.begin(), line.end(), 0.0F);
    for (std::size_t k = 0; k < rows[y].weights.size(); ++k) {
      const std::uint8_t* in = picture.at(0, rows[y].first + static_cast<int>(k));
      for (std::size_t i = 0; i < values; ++i) line[i] += rows[y].weights[k] * static_cast<float>(in[i]);
    }
    for (std::size_t x = 0; x < columns.size(); ++x) {
      std::uint8_t* out = result.at(static_cast<int>(x), static_cast<int>(y));
      for (std::size_t c = 0; c < 3; ++c) {
        float sum = 0;
        for (std::size_t k = 0; k < columns[x].weights.size(); ++k) {
          sum += columns[x].weights[k] * line[3 * (static_cast<std::size_t>(columns[x].first) + k) + c];
        }
        out[c] = static_cast<std::uint8_t>(std::clamp(sum + 0.5F, 0.0F, 255.0F));
      }
    }
  }
  return result;
}

std::vector<Tap> gaussian_taps(int pixels, double sigma_px) {
  const int radius = static_cast<int>(std::ceil(3 * sigma_px));
  std::vector<Tap> taps(static_cast<std::size_t>(pixels));
  for (int i = 0; i < pixels; ++i) {
    Tap& tap = taps[static_cast<std::size_t>(i)];
    tap.first = std::max(0, i - radius);
    float sum = 0;
    for (int p = tap.first; p <= std::min(pixels - 1, i + radius); ++p) {
      tap.weights.push_back(static_cast<float>(std::exp(-0.5 * (p - i) * (p - i) / (sigma_px * sigma_px))));
      sum += tap.weights.back();
    }
    for (float& weight : tap.weights) weight /= sum;
  }
  return taps;
}

}  // namespace

Picture::Picture(int width, int height, Colour fill) : width_px(width), height_px(height) {
  rgb.resize(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < rgb.size(); i += 3) {
    rgb[i] = fill.r;
    rgb[i + 1] = fill.g;
    rgb[i + 2] = fill.b;
  }
}

Picture Picture::copy_of(const PixelView& pixels) {
  Picture picture(pixels.width_px, pixels.height_px, {});
  const int bytes = bytes_per_pixel(pixels.layout);
  for (int y = 0; y < pixels.height_px; ++y) {
    const std::uint8_t* in = pixels.data + y * pixels.stride_bytes;
    for (int x = 0; x < pixels.width_px; ++x, in += bytes) {
      if (bytes == 1) {
        picture.set(x, y, {in[0], in[0], in[0]});
      } else {
        picture.set(x, y, {in[0], in[1], in[2]});
      }
    }
  }
  return picture;
}

void Picture::set(int x, int y, Colour colour) {
  if (x < 0 || y < 0 || x >= width_px || y >= height_px) return;
  std::uint8_t* pixel = at(x, y);
  pixel[0] = colour.r;
  pixel[1] = colour.g;
  pixel[2] = colour.b;
}

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

int Random::between(int low, int high) {
  return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
}

double Random::normal() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

Picture resize(const Picture& picture, int width_px, int height_px) {
  return filter(picture, taps_for(picture.width_px, width_px), taps_for(picture.height_px, height_px));
}

Picture fit_within(const Picture& picture, int longer_side_px) {
  const int longer = std::max(picture.width_px, picture.height_px);
  if (longer <= longer_side_px) return picture;
  return resize(picture, std::max(1, picture.width_px * longer_side_px / longer),
                std::max(1, picture.height_px * longer_side_px / longer));
}

Picture crop(const Picture& picture, int x, int y, int width_px, int height_px) {
  Picture result(width_px, height_px, {});
  for (int row = 0; row < height_px; ++row) {
    std::memcpy(result.at(0, row), picture.at(x, y + row), 3 * static_cast<std::size_t>(width_px));
  }
  return result;
}

void paste(Picture& onto, const Picture& piece, int x, int y) {
  for (int j = 0; j < piece.height_px; ++j) {
    for (int i = 0; i < piece.width_px; ++i) {
      const std::uint8_t* pixel = piece.at(i, j);
      onto.set(x + i, y + j, {pixel[0], pixel[1], pixel[2]});
    }
  }
}

Picture gaussian_blur(const Picture& picture, double sigma_px) {
  return filter(picture, gaussian_taps(picture.width_px, sigma_px),
                gaussian_taps(picture.height_px, sigma_px));
}

void fill_rect(Picture& picture, int x, int y, int width_px, int height_px, Colour colour) {
  for (int j = y; j < y + height_px; ++j) {
    for (int i = x; i < x + width_px; ++i) picture.set(i, j, colour);
  }
}

void fill_disc(Picture& picture, int x, int y, int radius_px, Colour colour) {
  for (int j = -radius_px; j <= radius_px; ++j) {
    for (int i = -radius_px; i <= radius_px; ++i) {
      if (i * i + j * j <= radius_px * radius_px) picture.set(x + i, y + j, colour);
    }
  }
}

void draw_text(Picture& picture, int x, int y, int scale_px, const char* text, Colour colour) {
  for (; *text != '\0'; ++text, x += 6 * scale_px) {
    const int glyph = glyph_of(*text);
    if (glyph < 0) continue;
    for (int column = 0; column < 5; ++column) {
      const unsigned bits = kFont[static_cast<std::size_t>(glyph)][static_cast<std::size_t>(column)];
      for (int row = 0; row < 7; ++row) {
        if (((bits >> row) & 1U) == 0) continue;
        fill_rect(picture, x + column * scale_px, y + row * scale_px, scale_px, scale_px, colour);
      }
    }
  }
}

int text_width(const char* text, int scale_px) { return static_cast<int>(std::strlen(text)) * 6 * scale_px; }

}  // namespace seawall::eval
