#include <algorithm>
#include <cmath>

#include "seawall/fingerprint/pdq.h"

namespace seawall {
namespace {

/// Measured; the table is in docs/fingerprints.md section 8.
constexpr float kErrorGrayLevels = 0.2F;
constexpr float kErrorOfScale = 0.006F;
constexpr int kUnfirmBitsMax = 6;
constexpr int kQualityErrorMax = 5;
constexpr std::size_t kLowerMedian = 127;

/// Each coefficient's distance from the lower median.
std::array<float, 256> margins_of(const PdqSpectrum& spectrum) {
  std::array<float, 256> sorted = spectrum.dct;
  std::nth_element(sorted.begin(), sorted.begin() + kLowerMedian, sorted.end());
  std::array<float, 256> margins{};
  std::transform(spectrum.dct.begin(), spectrum.dct.end(), margins.begin(),
                 [median = sorted[kLowerMedian]](float value) { return std::abs(value - median); });
  return margins;
}

}  // namespace

int pdq_unfirm_bits(const PdqSpectrum& spectrum, float error) {
  const std::array<float, 256> margins = margins_of(spectrum);
  return static_cast<int>(std::ranges::count_if(margins, [&](float margin) { return margin <= error; }));
}

bool is_firm(const PdqSpectrum& of_scaled) {
  if (std::abs(of_scaled.quality - kPdqQualityMin) <= kQualityErrorMax) return false;
  std::array<float, 256> margins = margins_of(of_scaled);
  std::nth_element(margins.begin(), margins.begin() + kLowerMedian, margins.end());
  const float error = kErrorGrayLevels + kErrorOfScale * margins[kLowerMedian];
  return pdq_unfirm_bits(of_scaled, error) <= kUnfirmBitsMax;
}

}  // namespace seawall
