#include "seawall/match/detail/part_gate.h"

#include <algorithm>
#include <array>

namespace seawall::detail {

float dominant_share(const PdqGrid& grid) {
  constexpr std::size_t kBins = 64;
  std::array<int, kBins + 1> cells{};
  for (const float value : grid.luma) {
    ++cells[static_cast<std::size_t>(std::clamp(value / 4, 0.0F, static_cast<float>(kBins - 1)))];
  }
  int most = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) most = std::max(most, cells[bin] + cells[bin + 1]);
  return static_cast<float>(most) / static_cast<float>(grid.luma.size());
}

}  // namespace seawall::detail
