#include "seawall/match/detail/variants.h"

namespace seawall::detail {
namespace {

bool passes_gate(const PdqHash& hash) { return hash.quality >= kPdqQualityMin; }

PdqGrid grid_of(const Frame& frame) {
  if (frame.scale_denominator == 1) return pdq_grid(frame.pixels);
  return pdq_grid(ScaledPicture{frame.pixels, frame.original_width_px, frame.original_height_px,
                                frame.scale_denominator});
}

}  // namespace

FrameSignals hash_variants(const Frame& frame, VariantProfile profile, VariantSide side) {
  FrameSignals signals;
  const PdqSpectrum spectrum = pdq_spectrum(grid_of(frame));
  signals.pdq = pdq_hash(spectrum);
  if (!passes_gate(signals.pdq)) return signals;
  signals.variants.push_back({Variant{}, signals.pdq});
  if (profile == VariantProfile::kNone || side == VariantSide::kStored) return signals;
  const auto turned = pdq_dihedral(spectrum);
  for (std::size_t i = 1; i < turned.size(); ++i) {
    Variant variant;
    variant.symmetry = static_cast<Dihedral>(i);
    signals.variants.push_back({variant, turned[i]});
  }
  return signals;
}

}  // namespace seawall::detail
