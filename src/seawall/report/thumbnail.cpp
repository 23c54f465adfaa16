#include "seawall/report/thumbnail.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace seawall {
namespace {

constexpr int kSideMax = 16;
constexpr std::size_t kHeaderBytes = 14 + 40;
constexpr std::size_t kPaletteBytes = 256 * 4;

struct Gray {
  int width = 0;
  int height = 0;
  std::vector<int> values;  // Row-major, 0..255.
  [[nodiscard]] int at(int x, int y) const {
    x = std::clamp(x, 0, width - 1);
    y = std::clamp(y, 0, height - 1);
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
};

int luma_at(const PixelView& pixels, int x, int y) {
  const std::uint8_t* pixel =
      pixels.data + y * pixels.stride_bytes + static_cast<std::ptrdiff_t>(x) * bytes_per_pixel(pixels.layout);
  if (pixels.layout == PixelLayout::kGray8) return pixel[0];
  return (299 * pixel[0] + 587 * pixel[1] + 114 * pixel[2]) / 1000;
}

int mean_of(const PixelView& pixels, int left, int right, int top, int bottom) {
  std::int64_t sum = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) sum += luma_at(pixels, x, y);
  }
  return static_cast<int>(sum / (static_cast<std::int64_t>(right - left) * (bottom - top)));
}

Gray shrink(const PixelView& pixels) {
  const int longest = std::max(pixels.width_px, pixels.height_px);
  const auto side = [&](int px) {
    return std::clamp(static_cast<int>(static_cast<std::int64_t>(px) * kSideMax / longest), 1,
                      std::min(px, kSideMax));
  };
  Gray gray{side(pixels.width_px), side(pixels.height_px), {}};
  const auto edge = [](int at, int cells, int px) {
    return static_cast<int>(static_cast<std::int64_t>(at) * px / cells);
  };
  for (int y = 0; y < gray.height; ++y) {
    for (int x = 0; x < gray.width; ++x) {
      gray.values.push_back(
          mean_of(pixels, edge(x, gray.width, pixels.width_px), edge(x + 1, gray.width, pixels.width_px),
                  edge(y, gray.height, pixels.height_px), edge(y + 1, gray.height, pixels.height_px)));
    }
  }
  return gray;
}

Gray blurred(const Gray& gray) {
  Gray out{gray.width, gray.height, {}};
  for (int y = 0; y < gray.height; ++y) {
    for (int x = 0; x < gray.width; ++x) {
      int sum = 0;
      for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) sum += gray.at(x + dx, y + dy) * (2 - dx * dx) * (2 - dy * dy);
      }
      out.values.push_back(sum / 16);
    }
  }
  return out;
}

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

}  // namespace

std::string blurred_bmp(const PixelView& pixels) {
  const Gray gray = blurred(shrink(pixels));
  const auto stride = static_cast<std::uint32_t>((gray.width + 3) / 4 * 4);
  const std::uint32_t data_bytes = stride * static_cast<std::uint32_t>(gray.height);
  std::string out = "BM";
  append_little_endian(out, static_cast<std::uint32_t>(kHeaderBytes + kPaletteBytes) + data_bytes, 4);
  append_little_endian(out, 0, 4);
  append_little_endian(out, static_cast<std::uint32_t>(kHeaderBytes + kPaletteBytes), 4);
  append_little_endian(out, 40, 4);
  append_little_endian(out, static_cast<std::uint32_t>(gray.width), 4);
  append_little_endian(out, static_cast<std::uint32_t>(gray.height), 4);
  append_little_endian(out, 1, 2);
  append_little_endian(out, 8, 2);
  append_little_endian(out, 0, 4);
  append_little_endian(out, data_bytes, 4);
  for (int i = 0; i < 4; ++i) append_little_endian(out, i == 2 ? 256 : 0, 4);
  for (std::uint32_t i = 0; i < 256; ++i) append_little_endian(out, i * 0x010101U, 4);
  for (int y = gray.height - 1; y >= 0; --y) {
    for (int x = 0; x < static_cast<int>(stride); ++x)
      out += static_cast<char>(x < gray.width ? gray.at(x, y) : 0);
  }
  return out;
}

}  // namespace seawall
