#include "seawall/match/detail/trim.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "seawall/match/detail/luma_plane.h"

namespace seawall::detail {
namespace {

constexpr int kSamplesMax = 128;
constexpr int kRoundsMax = 4;      ///< Frames inside frames.
constexpr int kToleranceMin = 5;   ///< Levels of luma around a clean border's colour.
constexpr int kToleranceMax = 20;  ///< Beyond, it is texture, not noise.
constexpr int kOutliersPercent = 3;
constexpr int kSideMin = 16;
constexpr int kRingingMax = 9;   ///< Lines that JPEG's ringing may spoil inside the border.
constexpr double kStepMin = 10;  ///< Mean levels of luma that a border's end jumps by.

/// Up to kSamplesMax luma values of one row or column, evenly spread.
struct Line {
  std::array<int, kSamplesMax> luma{};
  int count = 0;
};

enum class Edge { kTop, kBottom, kLeft, kRight };

bool is_horizontal(Edge edge) { return edge == Edge::kTop || edge == Edge::kBottom; }

/// The line `depth` pixels in from `edge` of `rect`.
Line line_of(const PixelView& pixels, const PixelRect& rect, Edge edge, int depth) {
  const int length = is_horizontal(edge) ? rect.width_px : rect.height_px;
  Line line;
  line.count = std::min(length, kSamplesMax);
  for (int i = 0; i < line.count; ++i) {
    const int along = static_cast<int>((2LL * i + 1) * length / (2LL * line.count));
    const int x = is_horizontal(edge)   ? rect.x + along
                  : edge == Edge::kLeft ? rect.x + depth
                                        : rect.x + rect.width_px - 1 - depth;
    const int y = !is_horizontal(edge) ? rect.y + along
                  : edge == Edge::kTop ? rect.y + depth
                                       : rect.y + rect.height_px - 1 - depth;
    line.luma[static_cast<std::size_t>(i)] = luma_at(pixels, x, y);
  }
  return line;
}

int median_of(Line line) {
  const auto middle = line.luma.begin() + line.count / 2;
  std::nth_element(line.luma.begin(), middle, line.luma.begin() + line.count);
  return *middle;
}

/// A border's colour and how far its pixels stray from it.
struct BorderColour {
  int luma = 0;
  int tolerance = 0;
};

bool fits(const Line& line, const BorderColour& colour) {
  int outliers = 0;
  for (int i = 0; i < line.count; ++i) {
    outliers += std::abs(line.luma[static_cast<std::size_t>(i)] - colour.luma) > colour.tolerance ? 1 : 0;
  }
  return 100 * outliers <= kOutliersPercent * line.count;
}

/// The colour of the outermost line, its tolerance from that line's own spread.
BorderColour colour_of(const Line& line) {
  const int luma = median_of(line);
  Line deviation = line;
  for (int i = 0; i < line.count; ++i) {
    int& value = deviation.luma[static_cast<std::size_t>(i)];
    value = std::abs(value - luma);
  }
  return {luma, std::clamp(4 * median_of(deviation) + kToleranceMin, kToleranceMin, kToleranceMax)};
}

/// Mean change of luma from one line to the next.
double step_between(const Line& a, const Line& b) {
  int sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.count); ++i) sum += std::abs(a.luma[i] - b.luma[i]);
  return static_cast<double>(sum) / a.count;
}

/// JPEG rings into the border for as much as a block: if a clear step follows soon, the border ends there.
int settle_on_step(const PixelView& pixels, const PixelRect& rect, Edge edge, int depth, int depth_max) {
  int best = depth;
  double best_step = kStepMin;
  Line before = line_of(pixels, rect, edge, depth - 1);
  for (int d = depth; d < std::min(depth + kRingingMax, depth_max); ++d) {
    const Line line = line_of(pixels, rect, edge, d);
    const double step = step_between(before, line);
    if (step > best_step) {
      best = d;
      best_step = step;
    }
    before = line;
  }
  return best;
}

/// Number of border lines at `edge`; all of them if everything is one colour.
int border_depth(const PixelView& pixels, const PixelRect& rect, Edge edge) {
  const int depth_max = is_horizontal(edge) ? rect.height_px : rect.width_px;
  const BorderColour colour = colour_of(line_of(pixels, rect, edge, 0));
  int depth = 0;
  while (depth < depth_max && fits(line_of(pixels, rect, edge, depth), colour)) ++depth;
  if (depth == 0 || depth == depth_max) return depth;
  return settle_on_step(pixels, rect, edge, depth, depth_max);
}

/// One round over the four sides. False when too little would be left.
bool trim_once(const PixelView& pixels, PixelRect& rect) {
  const int top = border_depth(pixels, rect, Edge::kTop);
  if (rect.height_px - top < kSideMin) return false;
  rect.y += top;
  rect.height_px -= top;
  rect.height_px -= border_depth(pixels, rect, Edge::kBottom);
  if (rect.height_px < kSideMin) return false;
  const int left = border_depth(pixels, rect, Edge::kLeft);
  if (rect.width_px - left < kSideMin) return false;
  rect.x += left;
  rect.width_px -= left;
  rect.width_px -= border_depth(pixels, rect, Edge::kRight);
  return rect.width_px >= kSideMin;
}

}  // namespace

std::optional<PixelRect> find_trim(const PixelView& pixels) {
  if (pixels.width_px < kSideMin || pixels.height_px < kSideMin) return std::nullopt;
  const PixelRect whole{0, 0, pixels.width_px, pixels.height_px};
  PixelRect rect = whole;
  for (int round = 0; round < kRoundsMax; ++round) {
    const PixelRect before = rect;
    if (!trim_once(pixels, rect)) return std::nullopt;
    if (rect == before) break;
  }
  const bool too_small = 6 * rect.width_px < whole.width_px || 6 * rect.height_px < whole.height_px;
  if (rect == whole || too_small) return std::nullopt;
  return rect;
}

std::optional<PixelRect> symmetric_trim(const PixelView& pixels, const PixelRect& trim) {
  const int x = std::min(trim.x, pixels.width_px - trim.x - trim.width_px);
  const int y = std::min(trim.y, pixels.height_px - trim.y - trim.height_px);
  const PixelRect rect{x, y, pixels.width_px - 2 * x, pixels.height_px - 2 * y};
  if ((x == 0 && y == 0) || rect == trim) return std::nullopt;
  return rect;
}

}  // namespace seawall::detail
