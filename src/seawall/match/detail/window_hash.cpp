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

/// The weights of one axis: for each cell, of whole pixels from `first` on, normalised to 1.
struct Taps {
  struct Cell {
    int first = 0;
    std::size_t offset = 0;  ///< Of its weights.
    std::size_t count = 0;
  };
  std::array<Cell, kCells> cells;
  std::vector<float> weights;
};

/// Integral of the unit tent (area 1 on -1..1) up to t.
float tent_below(float t) {
  if (t <= -1) return 0;
  if (t >= 1) return 1;
  return t < 0 ? 0.5F * (1 + t) * (1 + t) : 1 - 0.5F * (1 - t) * (1 - t);
}

void add_cell(Taps& taps, std::size_t cell, float start, float length, int pixels) {
  const float centre = start + (static_cast<float>(cell) + 0.5F) * length / kCells;
  const float half = std::max(length / (2 * kCells), kHalfWidthMin);
  const int last = std::clamp(static_cast<int>(std::floor(centre + half)), 0, pixels - 1);
  const int first = std::clamp(static_cast<int>(std::floor(centre - half)), 0, last);
  const std::size_t offset = taps.weights.size();
  float sum = 0;
  float below = tent_below((static_cast<float>(first) - centre) / half);
  for (int p = first; p <= last; ++p) {
    const float up_to = tent_below((static_cast<float>(p + 1) - centre) / half);
    taps.weights.push_back(up_to - below);
    sum += up_to - below;
    below = up_to;
  }
  if (sum <= 0) taps.weights.back() = sum = 1;
  for (std::size_t i = offset; i < taps.weights.size(); ++i) taps.weights[i] /= sum;
  taps.cells[cell] = {first, offset, taps.weights.size() - offset};
}

Taps taps_of(float start, float length, int pixels) {
  Taps taps;
  taps.weights.reserve(kCells * 12);
  for (std::size_t cell = 0; cell < kCells; ++cell) add_cell(taps, cell, start, length, pixels);
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
  const Taps columns = taps_of(window.x, window.width, plane.width_px);
  const Taps rows = taps_of(window.y, window.height, plane.height_px);
  const int first = columns.cells.front().first;
  const int last = columns.cells.back().first + static_cast<int>(columns.cells.back().count);
  const auto count = static_cast<std::size_t>(last - first);
  std::vector<float> row(count);
  PdqGrid grid;
  float* cell = grid.luma.data();
  for (const Taps::Cell& down : rows.cells) {
    std::fill(row.begin(), row.end(), 0.0F);
    for (std::size_t k = 0; k < down.count; ++k) {
      const float* in = plane.row(down.first + static_cast<int>(k)) + first;
      const float weight = rows.weights[down.offset + k];
      float* out = row.data();
      for (std::size_t x = 0; x < count; ++x) out[x] += weight * in[x];
    }
    for (const Taps::Cell& along : columns.cells) {
      const float* in = row.data() + (along.first - first);
      const float* weights = columns.weights.data() + along.offset;
      float sum = 0;
      for (std::size_t k = 0; k < along.count; ++k) sum += weights[k] * in[k];
      *cell++ = sum;
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
