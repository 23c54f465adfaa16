#include "seawall/match/detail/window_hash.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace seawall::detail {
namespace {

constexpr int kCells = 64;
constexpr float kHalfWidthMin = 0.75F;  ///< Pixels: windows under 96 px interpolate instead of pick.

/// One cell's weights over whole pixels, normalised to 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

/// Integral of the unit tent (area 1 on -1..1) up to t.
float tent_below(float t) {
  if (t <= -1) return 0;
  if (t >= 1) return 1;
  return t < 0 ? 0.5F * (1 + t) * (1 + t) : 1 - 0.5F * (1 - t) * (1 - t);
}

Taps taps_of(int cell, float start, float length, int pixels) {
  const float centre = start + (static_cast<float>(cell) + 0.5F) * length / kCells;
  const float half = std::max(length / (2 * kCells), kHalfWidthMin);
  const int last = std::clamp(static_cast<int>(std::floor(centre + half)), 0, pixels - 1);
  Taps taps;
  taps.first = std::clamp(static_cast<int>(std::floor(centre - half)), 0, last);
  float sum = 0;
  for (int p = taps.first; p <= last; ++p) {
    const float low = (static_cast<float>(p) - centre) / half;
    const float high = (static_cast<float>(p + 1) - centre) / half;
    taps.weights.push_back(tent_below(high) - tent_below(low));
    sum += taps.weights.back();
  }
  if (sum <= 0) return {taps.first, {1.0F}};
  for (float& weight : taps.weights) weight /= sum;
  return taps;
}

float bilinear(const LumaPlane& plane, float x, float y) {
  const float cx = std::clamp(x, 0.0F, static_cast<float>(plane.width_px - 1));
  const float cy = std::clamp(y, 0.0F, static_cast<float>(plane.height_px - 1));
  const int x0 = std::min(static_cast<int>(cx), std::max(0, plane.width_px - 2));
  const int y0 = std::min(static_cast<int>(cy), std::max(0, plane.height_px - 2));
  const int x1 = std::min(x0 + 1, plane.width_px - 1);
  const int y1 = std::min(y0 + 1, plane.height_px - 1);
  const float fx = cx - static_cast<float>(x0);
  const float fy = cy - static_cast<float>(y0);
  const float top = plane.row(y0)[x0] * (1 - fx) + plane.row(y0)[x1] * fx;
  const float bottom = plane.row(y1)[x0] * (1 - fx) + plane.row(y1)[x1] * fx;
  return top * (1 - fy) + bottom * fy;
}

}  // namespace

PdqGrid window_grid(const LumaPlane& plane, const PlaneWindow& window) {
  std::array<Taps, kCells> columns;
  for (int j = 0; j < kCells; ++j) {
    columns[static_cast<std::size_t>(j)] = taps_of(j, window.x, window.width, plane.width_px);
  }
  const int first = columns.front().first;
  const int last = columns.back().first + static_cast<int>(columns.back().weights.size());
  const auto count = static_cast<std::size_t>(last - first);
  std::vector<float> row(count);
  PdqGrid grid;
  for (int i = 0; i < kCells; ++i) {
    const Taps rows = taps_of(i, window.y, window.height, plane.height_px);
    std::fill(row.begin(), row.end(), 0.0F);
    for (std::size_t k = 0; k < rows.weights.size(); ++k) {
      const float* in = plane.row(rows.first + static_cast<int>(k)) + first;
      const float weight = rows.weights[k];
      float* out = row.data();
      for (std::size_t x = 0; x < count; ++x) out[x] += weight * in[x];
    }
    for (std::size_t j = 0; j < kCells; ++j) {
      const float* in = row.data() + (columns[j].first - first);
      float sum = 0;
      for (std::size_t k = 0; k < columns[j].weights.size(); ++k) sum += columns[j].weights[k] * in[k];
      grid.luma[static_cast<std::size_t>(i) * kCells + j] = sum;
    }
  }
  return grid;
}

PdqGrid rotated_grid(const LumaPlane& plane, float degrees) {
  const float radians = degrees * std::numbers::pi_v<float> / 180;
  const float cosine = std::cos(radians);
  const float sine = std::sin(radians);
  const auto width = static_cast<float>(plane.width_px);
  const auto height = static_cast<float>(plane.height_px);
  PdqGrid grid;
  for (int i = 0; i < kCells; ++i) {
    const float y = ((static_cast<float>(i) + 0.5F) / kCells - 0.5F) * height;
    for (int j = 0; j < kCells; ++j) {
      const float x = ((static_cast<float>(j) + 0.5F) / kCells - 0.5F) * width;
      grid.luma[static_cast<std::size_t>(i * kCells + j)] = bilinear(
          plane, cosine * x - sine * y + width / 2 - 0.5F, sine * x + cosine * y + height / 2 - 0.5F);
    }
  }
  return grid;
}

}  // namespace seawall::detail
