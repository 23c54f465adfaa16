#include "seawall/fingerprint/detail/fold_plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace seawall::pdq_detail {
namespace {

constexpr int kKeptSideMaxPx = 4096;
constexpr std::size_t kPlansKept = 4;

struct Kept {
  FoldPlan::Key key;
  std::shared_ptr<const FoldPlan> plan;
};

}  // namespace

FoldPlan::FoldPlan(const Key& key)
    : vertical(plan_axis(key.height_px, key.denominator_y, key.mirrored_y)),
      horizontal(plan_axis(key.width_px, key.denominator_x, key.mirrored_x)),
      groups(group_rows(vertical)),
      passes(HorizontalPass::all(horizontal, key.layout)) {
  const double v = vertical.window;
  const double h = horizontal.window;
  unit = key.layout.luma_sum() == 1 ? 1000.0 : 1.0;
  scale = 1.0 / (1000.0 * v * v * h * h);
  bounds.fifteen_bits = 255.0 * v * v < 32768.0;
  bounds.whole_fits_32_bits = !wide() && 255.0 * key.layout.luma_sum() * v * v * h * h < 4294967296.0;
}

std::shared_ptr<const FoldPlan> fold_plan(const FoldPlan::Key& key) {
  if (std::max(key.width_px, key.height_px) > kKeptSideMaxPx) return std::make_shared<const FoldPlan>(key);
  thread_local std::array<Kept, kPlansKept> kept;  // The one used last comes first.
  auto found = std::ranges::find_if(kept, [&](const Kept& k) { return k.plan && k.key == key; });
  const bool is_new = found == kept.end();
  if (is_new) found = kept.end() - 1;
  std::rotate(kept.begin(), found, found + 1);
  if (is_new) kept[0] = {key, std::make_shared<const FoldPlan>(key)};
  return kept[0].plan;
}

}  // namespace seawall::pdq_detail
