#include "seawall/match/detail/features.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace seawall::detail {
namespace {

constexpr int kOctavesMax = 4;
constexpr int kBlurs = 6;            ///< Gaussians an octave: five differences, three tested levels.
constexpr float kSigmaFirst = 1.6F;  ///< Of an octave, in its own pixels.
constexpr float kLevelsPerOctave = 3.0F;
constexpr float kSideInSigmas = 18.0F;  ///< Side of the square around a feature.
constexpr float kResponseMin = 1.2F;    ///< Levels of luma; weaker extrema are noise.
constexpr float kOverlapMax = 0.8F;     ///< Squares that overlap more are the same.
constexpr float kSideMin = 32.0F;       ///< Pixels of the plane.
constexpr float kEdgeRatioMax = 10.0F;  ///< Lowe's r: extrema along edges slide and are dropped.

struct Feature {
  PlaneWindow window;
  float response = 0;
};

std::vector<float> kernel_of(float sigma) {
  const int radius = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> kernel;
  float sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    kernel.push_back(std::exp(-static_cast<float>(i * i) / (2 * sigma * sigma)));
    sum += kernel.back();
  }
  for (float& weight : kernel) weight /= sum;
  return kernel;
}

/// Gaussian blur; beyond the edge the edge's own value.
LumaPlane blur(const LumaPlane& plane, float sigma) {
  const std::vector<float> kernel = kernel_of(sigma);
  const int radius = static_cast<int>(kernel.size() / 2);
  LumaPlane tall{plane.width_px, plane.height_px, std::vector<float>(plane.luma.size(), 0.0F)};
  for (int y = 0; y < plane.height_px; ++y) {
    float* out = tall.row(y);
    for (int k = -radius; k <= radius; ++k) {
      const float* in = plane.row(std::clamp(y + k, 0, plane.height_px - 1));
      const float weight = kernel[static_cast<std::size_t>(k + radius)];
      for (int x = 0; x < plane.width_px; ++x) out[x] += weight * in[x];
    }
  }
  LumaPlane result{plane.width_px, plane.height_px, std::vector<float>(plane.luma.size(), 0.0F)};
  std::vector<float> padded(static_cast<std::size_t>(plane.width_px + 2 * radius));
  for (int y = 0; y < plane.height_px; ++y) {
    const float* in = tall.row(y);
    for (int x = -radius; x < plane.width_px + radius; ++x) {
      padded[static_cast<std::size_t>(x + radius)] = in[std::clamp(x, 0, plane.width_px - 1)];
    }
    float* out = result.row(y);
    for (std::size_t k = 0; k < kernel.size(); ++k) {
      const float* shifted = padded.data() + k;
      for (int x = 0; x < plane.width_px; ++x) out[x] += kernel[k] * shifted[x];
    }
  }
  return result;
}

struct Octave {
  std::array<LumaPlane, kBlurs> blurs;
  std::array<LumaPlane, kBlurs - 1> differences;
};

float sigma_of(float level) { return kSigmaFirst * std::exp2(level / kLevelsPerOctave); }

/// `base` already blurred to kSigmaFirst.
Octave octave_of(LumaPlane base) {
  Octave octave;
  octave.blurs[0] = std::move(base);
  for (std::size_t i = 1; i < octave.blurs.size(); ++i) {
    const float before = sigma_of(static_cast<float>(i - 1));
    const float after = sigma_of(static_cast<float>(i));
    octave.blurs[i] = blur(octave.blurs[i - 1], std::sqrt(after * after - before * before));
    LumaPlane& difference = octave.differences[i - 1];
    difference = octave.blurs[i];
    for (std::size_t p = 0; p < difference.luma.size(); ++p) {
      difference.luma[p] -= octave.blurs[i - 1].luma[p];
    }
  }
  return octave;
}

bool is_extremum(const Octave& octave, std::size_t level, int x, int y) {
  const float value = octave.differences[level].row(y)[x];
  if (std::abs(value) < kResponseMin) return false;
  for (std::size_t l = level - 1; l <= level + 1; ++l) {
    for (int j = y - 1; j <= y + 1; ++j) {
      const float* row = octave.differences[l].row(j);
      for (int i = x - 1; i <= x + 1; ++i) {
        if (l == level && j == y && i == x) continue;
        if (value > 0 ? row[i] >= value : row[i] <= value) return false;
      }
    }
  }
  return true;
}

/// Where a parabola through three neighbours peaks, -0.5..0.5.
float peak_between(float before, float at, float after) {
  const float curvature = before - 2 * at + after;
  if (curvature == 0) return 0;
  return std::clamp(0.5F * (before - after) / curvature, -0.5F, 0.5F);
}

bool is_edge_like(const LumaPlane& plane, int x, int y) {
  const float* above = plane.row(y - 1);
  const float* row = plane.row(y);
  const float* below = plane.row(y + 1);
  const float xx = row[x - 1] - 2 * row[x] + row[x + 1];
  const float yy = above[x] - 2 * row[x] + below[x];
  const float xy = 0.25F * (below[x + 1] - below[x - 1] - above[x + 1] + above[x - 1]);
  const float trace = xx + yy;
  const float determinant = xx * yy - xy * xy;
  constexpr float kRatio = (kEdgeRatioMax + 1) * (kEdgeRatioMax + 1) / kEdgeRatioMax;
  return determinant <= 0 || trace * trace > kRatio * determinant;
}

/// The feature at an extremum, in pixels of the plane that is `scale` times finer than the octave.
Feature refine(const Octave& octave, std::size_t level, int x, int y, float scale) {
  const LumaPlane& plane = octave.differences[level];
  const float* row = plane.row(y);
  const float value = row[x];
  const float dx = peak_between(row[x - 1], value, row[x + 1]);
  const float dy = peak_between(plane.row(y - 1)[x], value, plane.row(y + 1)[x]);
  const float ds =
      peak_between(octave.differences[level - 1].row(y)[x], value, octave.differences[level + 1].row(y)[x]);
  const float side = kSideInSigmas * sigma_of(static_cast<float>(level) + ds) * scale;
  const float cx = (static_cast<float>(x) + 0.5F + dx) * scale;
  const float cy = (static_cast<float>(y) + 0.5F + dy) * scale;
  return {{cx - side / 2, cy - side / 2, side, side}, std::abs(value)};
}

bool is_inside(const PlaneWindow& window, const LumaPlane& plane) {
  constexpr float kSlack = 0.01F;
  const float slack = kSlack * window.width;
  return window.width >= kSideMin && window.x >= -slack && window.y >= -slack &&
         window.x + window.width <= static_cast<float>(plane.width_px) + slack &&
         window.y + window.height <= static_cast<float>(plane.height_px) + slack;
}

void collect(const Octave& octave, float scale, const LumaPlane& plane, std::vector<Feature>& features) {
  for (std::size_t level = 1; level + 1 < octave.differences.size(); ++level) {
    const LumaPlane& difference = octave.differences[level];
    for (int y = 1; y + 1 < difference.height_px; ++y) {
      for (int x = 1; x + 1 < difference.width_px; ++x) {
        if (!is_extremum(octave, level, x, y) || is_edge_like(difference, x, y)) continue;
        const Feature feature = refine(octave, level, x, y, scale);
        if (is_inside(feature.window, plane)) features.push_back(feature);
      }
    }
  }
}

float overlap(const PlaneWindow& a, const PlaneWindow& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const float both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

PlaneWindow clipped(const PlaneWindow& window, const LumaPlane& plane) {
  const float x = std::max(0.0F, window.x);
  const float y = std::max(0.0F, window.y);
  return {x, y, std::min(window.x + window.width, static_cast<float>(plane.width_px)) - x,
          std::min(window.y + window.height, static_cast<float>(plane.height_px)) - y};
}

}  // namespace

std::vector<PlaneWindow> find_features(const LumaPlane& plane, std::size_t count_max) {
  std::vector<Feature> features;
  // Shrinking by whole blocks blurs by about half a pixel; make it kSigmaFirst.
  LumaPlane base = blur(plane, std::sqrt(kSigmaFirst * kSigmaFirst - 0.25F));
  float scale = 1;
  for (int i = 0; i < kOctavesMax && std::min(base.width_px, base.height_px) >= 8; ++i, scale *= 2) {
    const Octave octave = octave_of(std::move(base));
    collect(octave, scale, plane, features);
    base = halve(octave.blurs[3]);
  }
  std::stable_sort(features.begin(), features.end(),
                   [](const Feature& a, const Feature& b) { return a.response > b.response; });
  std::vector<PlaneWindow> windows;
  for (const Feature& feature : features) {
    if (windows.size() >= count_max) break;
    const bool is_known = std::any_of(windows.begin(), windows.end(), [&](const PlaneWindow& known) {
      return overlap(known, feature.window) > kOverlapMax;
    });
    if (!is_known) windows.push_back(clipped(feature.window, plane));
  }
  return windows;
}

}  // namespace seawall::detail
