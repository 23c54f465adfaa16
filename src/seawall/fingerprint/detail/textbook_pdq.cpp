#include "seawall/fingerprint/detail/textbook_pdq.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

namespace seawall::textbook {
namespace {

constexpr int kGridSide = 64;
constexpr int kHashSide = 16;

/// One box filter over `count` samples that lie `stride` apart; a running sum in the reference's order.
template <typename Real>
void box(const Real* in, Real* out, int count, int stride, int window) {
  const int half = (window + 2) / 2;
  Real sum = 0;
  int held = 0;
  int add = 0;
  int drop = 0;
  for (; add < half - 1; ++add, ++held) sum += in[add * stride];
  for (int at = 0; at < count; ++at) {
    if (add < count) {
      sum += in[add++ * stride];
      ++held;
    }
    // The window is full, or the picture's end has been reached: the oldest sample leaves.
    if (held > window || (add == count && at > count - half)) {
      sum -= in[drop++ * stride];
      --held;
    }
    out[at * stride] = sum / static_cast<Real>(held);
  }
}

template <typename Real>
PdqGrid filter(std::vector<Real> picture, int width_px, int height_px) {
  PdqGrid grid;
  if (width_px < 5 || height_px < 5) return grid;
  if (width_px == kGridSide && height_px == kGridSide) {
    std::transform(picture.begin(), picture.end(), grid.luma.begin(),
                   [](Real v) { return static_cast<float>(v); });
    return grid;
  }
  std::vector<Real> other(picture.size());
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < height_px; ++y) {
      const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(y) * width_px;
      box(picture.data() + row, other.data() + row, width_px, 1, (width_px + 127) / 128);
    }
    for (int x = 0; x < width_px; ++x) {
      box(other.data() + x, picture.data() + x, height_px, width_px, (height_px + 127) / 128);
    }
  }
  for (int i = 0; i < kGridSide; ++i) {
    const auto y = static_cast<std::size_t>((i + 0.5) * height_px / kGridSide);
    for (int j = 0; j < kGridSide; ++j) {
      const auto x = static_cast<std::size_t>((j + 0.5) * width_px / kGridSide);
      grid.luma[static_cast<std::size_t>(i * kGridSide + j)] =
          static_cast<float>(picture[y * static_cast<std::size_t>(width_px) + x]);
    }
  }
  return grid;
}

/// Lower median: the 128th smallest of 256.
float lower_median(std::array<float, 256> values) {
  std::sort(values.begin(), values.end());
  return values[127];
}

}  // namespace

std::vector<float> luma(const PixelView& pixels) {
  std::vector<float> out;
  out.reserve(static_cast<std::size_t>(pixels.width_px) * static_cast<std::size_t>(pixels.height_px));
  const int step = bytes_per_pixel(pixels.layout);
  for (int y = 0; y < pixels.height_px; ++y) {
    const std::uint8_t* p = pixels.data + y * pixels.stride_bytes;
    for (int x = 0; x < pixels.width_px; ++x, p += step) {
      out.push_back(pixels.layout == PixelLayout::kGray8
                        ? static_cast<float>(*p)
                        : 0.299f * static_cast<float>(p[0]) + 0.587f * static_cast<float>(p[1]) +
                              0.114f * static_cast<float>(p[2]));
    }
  }
  return out;
}

PdqGrid grid_of_luma(std::vector<float> luma, int width_px, int height_px) {
  return filter(std::move(luma), width_px, height_px);
}

PdqGrid grid(const PixelView& pixels) {
  return grid_of_luma(luma(pixels), pixels.width_px, pixels.height_px);
}

PdqGrid precise_grid(const PixelView& pixels) {
  std::vector<double> out;
  const int step = bytes_per_pixel(pixels.layout);
  for (int y = 0; y < pixels.height_px; ++y) {
    const std::uint8_t* p = pixels.data + y * pixels.stride_bytes;
    for (int x = 0; x < pixels.width_px; ++x, p += step) {
      out.push_back(pixels.layout == PixelLayout::kGray8 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
    }
  }
  return filter(std::move(out), pixels.width_px, pixels.height_px);
}

int quality(const PdqGrid& grid) {
  int sum = 0;
  const auto step = [&](int a, int b) {
    const float u = grid.luma[static_cast<std::size_t>(a)];
    const float v = grid.luma[static_cast<std::size_t>(b)];
    sum += std::abs(static_cast<int>((u - v) * 100.0f / 255.0f));
  };
  for (int i = 0; i < kGridSide; ++i) {
    for (int j = 0; j < kGridSide; ++j) {
      const int at = i * kGridSide + j;
      if (i + 1 < kGridSide) step(at, at + kGridSide);
      if (j + 1 < kGridSide) step(at, at + 1);
    }
  }
  return std::min(100, sum / 90);
}

std::array<float, 256> dct(const PdqGrid& grid) {
  constexpr double kPi = 3.14159265358979323846;
  std::array<float, 16 * 64> d{};
  const auto scale = static_cast<float>(std::sqrt(2.0 / 64.0));
  for (int i = 0; i < kHashSide; ++i) {
    for (int j = 0; j < kGridSide; ++j) {
      d[static_cast<std::size_t>(i * 64 + j)] =
          static_cast<float>(static_cast<double>(scale) * std::cos((kPi / 128.0) * (i + 1) * (2 * j + 1)));
    }
  }
  std::array<float, 16 * 64> t{};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < 64; ++j) {
      float sum = 0;
      for (std::size_t k = 0; k < 64; ++k) sum += d[i * 64 + k] * grid.luma[k * 64 + j];
      t[i * 64 + j] = sum;
    }
  }
  std::array<float, 256> out{};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < 16; ++j) {
      float sum = 0;
      for (std::size_t k = 0; k < 64; ++k) sum += t[i * 64 + k] * d[j * 64 + k];
      out[i * 16 + j] = sum;
    }
  }
  return out;
}

PdqHash hash(const std::array<float, 256>& dct, int quality) {
  PdqHash result;
  result.quality = quality;
  const float median = lower_median(dct);
  for (std::size_t k = 0; k < dct.size(); ++k) {
    if (dct[k] > median) result.bits.words[k / 64] |= std::uint64_t{1} << (k % 64);
  }
  return result;
}

PdqHash hash(const PixelView& pixels) {
  if (pixels.width_px < 5 || pixels.height_px < 5) return {};
  const PdqGrid small = grid(pixels);
  return hash(dct(small), quality(small));
}

std::array<PdqHash, kDihedralCount> dihedral(const std::array<float, 256>& dct, int quality) {
  std::array<PdqHash, kDihedralCount> out;
  for (std::size_t which = 0; which < kDihedralCount; ++which) {
    const auto transform = static_cast<Dihedral>(which);
    const bool transposed = transform == Dihedral::kRotate90 || transform == Dihedral::kRotate270 ||
                            transform == Dihedral::kFlipPlus1 || transform == Dihedral::kFlipMinus1;
    const bool by_row = transform == Dihedral::kRotate270 || transform == Dihedral::kFlipX;
    const bool by_column = transform == Dihedral::kRotate90 || transform == Dihedral::kFlipY;
    const bool by_sum = transform == Dihedral::kRotate180 || transform == Dihedral::kFlipMinus1;
    std::array<float, 256> turned{};
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t j = 0; j < 16; ++j) {
        const bool negate =
            (by_row && i % 2 == 0) || (by_column && j % 2 == 0) || (by_sum && (i + j) % 2 == 1);
        const float value = dct[i * 16 + j];
        turned[transposed ? j * 16 + i : i * 16 + j] = negate ? -value : value;
      }
    }
    out[which] = hash(turned, quality);
  }
  return out;
}

}  // namespace seawall::textbook
