#include "seawall/match/detail/insets.h"

#include <algorithm>
#include <cmath>

namespace seawall::detail {
namespace {

constexpr float kStepMin = 6.0F;        ///< Levels of luma across two pixels.
constexpr float kSideSharpMin = 0.45F;  ///< Fraction of a side that must be a step.
constexpr std::size_t kLinesMax = 10;   ///< A direction, without the picture's own edges.
constexpr float kSideMin = 0.2F;        ///< Of the plane's.
constexpr float kAreaMin = 0.08F;
constexpr float kSameMax = 0.85F;  ///< Overlap beyond which two are one.

/// Steps across the boundary before each column of `plane`, as prefix sums down the column.
/// (The rows' are those of the transposed plane.)
class Steps {
 public:
  explicit Steps(const LumaPlane& plane)
      : columns_(plane.width_px),
        rows_(plane.height_px),
        sums_(static_cast<std::size_t>(columns_ + 1) * static_cast<std::size_t>(rows_ + 1), 0) {
    std::vector<float> strength(static_cast<std::size_t>(columns_ + 1), 0.0F);
    for (int y = 0; y < rows_; ++y) {
      const float* row = plane.row(y);
      for (int b = 2; b + 2 <= columns_; ++b) {
        strength[static_cast<std::size_t>(b)] =
            0.5F * std::abs(row[b] + row[b + 1 < columns_ ? b + 1 : b] - row[b - 1] - row[b - 2]);
      }
      for (int b = 0; b <= columns_; ++b) at(b, y + 1) = at(b, y) + (is_step(strength, b) ? 1 : 0);
    }
  }

  [[nodiscard]] int columns() const { return columns_; }
  [[nodiscard]] int rows() const { return rows_; }
  /// Rows of low..high (exclusive) with a step at boundary `b`.
  [[nodiscard]] int count(int b, int low, int high) const { return at(b, high) - at(b, low); }

 private:
  /// The strongest of its neighbours, so that a ramp counts once; one pixel of slack for slanted scaling.
  static bool is_step(const std::vector<float>& strength, int b) {
    const auto i = static_cast<std::size_t>(b);
    if (strength[i] < kStepMin) return false;
    const bool has_left = i >= 2;
    const bool has_right = i + 2 < strength.size();
    return (!has_left || strength[i] >= 0.7F * strength[i - 2]) &&
           (!has_right || strength[i] >= 0.7F * strength[i + 2]);
  }
  [[nodiscard]] int& at(int b, int row) {
    return sums_[static_cast<std::size_t>(b) * static_cast<std::size_t>(rows_ + 1) +
                 static_cast<std::size_t>(row)];
  }
  [[nodiscard]] int at(int b, int row) const {
    return sums_[static_cast<std::size_t>(b) * static_cast<std::size_t>(rows_ + 1) +
                 static_cast<std::size_t>(row)];
  }

  int columns_;
  int rows_;
  std::vector<int> sums_;
};

LumaPlane transposed(const LumaPlane& plane) {
  LumaPlane result{plane.height_px, plane.width_px, std::vector<float>(plane.luma.size())};
  for (int y = 0; y < plane.height_px; ++y) {
    for (int x = 0; x < plane.width_px; ++x) result.row(x)[y] = plane.row(y)[x];
  }
  return result;
}

/// The best run of steps at boundary `b`: each step counts for it, each gap against it.
float run_score(const Steps& steps, int b) {
  float best = 0;
  float run = 0;
  for (int y = 0; y < steps.rows(); ++y) {
    run = std::max(0.0F, run + (steps.count(b, y, y + 1) != 0 ? 1 - kSideSharpMin : -kSideSharpMin));
    best = std::max(best, run);
  }
  return best;
}

/// Boundaries with long runs, strongest first, and the two edges of the picture.
std::vector<int> lines_of(const Steps& steps) {
  std::vector<std::pair<float, int>> scored;
  for (int b = 3; b + 3 <= steps.columns(); ++b) {
    const float score = run_score(steps, b);
    if (score >= 0.5F * kSideMin * static_cast<float>(steps.rows())) scored.emplace_back(score, b);
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<int> lines;
  for (const auto& [score, b] : scored) {
    if (lines.size() >= kLinesMax) break;
    const bool is_known =
        std::any_of(lines.begin(), lines.end(), [b = b](int known) { return std::abs(known - b) <= 2; });
    if (!is_known) lines.push_back(b);
  }
  lines.push_back(0);
  lines.push_back(steps.columns());
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Sharp fraction of one side; the picture's own edges are sharp by definition.
float side_sharpness(const Steps& steps, int b, int low, int high) {
  if (b == 0 || b == steps.columns()) return 1;
  return static_cast<float>(steps.count(b, low, high)) / static_cast<float>(high - low);
}

struct Candidate {
  PlaneWindow window;
  float score = 0;
};

float overlap(const PlaneWindow& a, const PlaneWindow& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return width * height / (a.width * a.height + b.width * b.height - width * height);
}

/// Tests every rectangle between two columns and two rows.
class Search {
 public:
  explicit Search(const LumaPlane& plane)
      : columns_(plane), rows_(transposed(plane)), xs_(lines_of(columns_)), ys_(lines_of(rows_)) {}

  std::vector<Candidate> candidates() const {
    std::vector<Candidate> found;
    for (std::size_t l = 0; l < xs_.size(); ++l) {
      for (std::size_t r = l + 1; r < xs_.size(); ++r) {
        if (static_cast<float>(xs_[r] - xs_[l]) < kSideMin * static_cast<float>(columns_.columns())) continue;
        add_between(xs_[l], xs_[r], found);
      }
    }
    return found;
  }

 private:
  void add_between(int left, int right, std::vector<Candidate>& found) const {
    for (std::size_t t = 0; t < ys_.size(); ++t) {
      for (std::size_t b = t + 1; b < ys_.size(); ++b) {
        const Candidate candidate = judge(left, right, ys_[t], ys_[b]);
        if (candidate.score > 0) found.push_back(candidate);
      }
    }
  }

  Candidate judge(int left, int right, int top, int bottom) const {
    const auto width = static_cast<float>(right - left);
    const auto height = static_cast<float>(bottom - top);
    const auto all_width = static_cast<float>(columns_.columns());
    const auto all_height = static_cast<float>(columns_.rows());
    const bool is_whole = width * height > 0.97F * all_width * all_height;
    if (is_whole || height < kSideMin * all_height || width * height < kAreaMin * all_width * all_height) {
      return {};
    }
    const float weakest =
        std::min({side_sharpness(columns_, left, top, bottom), side_sharpness(columns_, right, top, bottom),
                  side_sharpness(rows_, top, left, right), side_sharpness(rows_, bottom, left, right)});
    if (weakest < kSideSharpMin) return {};
    return {{static_cast<float>(left), static_cast<float>(top), width, height}, weakest};
  }

  Steps columns_;
  Steps rows_;
  std::vector<int> xs_;
  std::vector<int> ys_;
};

}  // namespace

std::vector<PlaneWindow> find_insets(const LumaPlane& plane, std::size_t count_max) {
  if (plane.width_px < 16 || plane.height_px < 16) return {};
  std::vector<Candidate> candidates = Search(plane).candidates();
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  std::vector<PlaneWindow> windows;
  for (const Candidate& candidate : candidates) {
    if (windows.size() >= count_max) break;
    const bool is_known = std::any_of(windows.begin(), windows.end(), [&](const PlaneWindow& known) {
      return overlap(known, candidate.window) > kSameMax;
    });
    if (!is_known) windows.push_back(candidate.window);
  }
  return windows;
}

}  // namespace seawall::detail
