#pragma once

#include "seawall/fingerprint/detail/kernels.h"
#include "seawall/fingerprint/pdq.h"

/// From pixels to the 64 x 64 grid, on given kernels. Every function is pure and gives the same bits on all
/// of them: sums are integers, exact, and each grid value is rounded once to float64 and once to float32.
namespace seawall::pdq_detail {

PdqGrid fold(const Kernels& kernels, const PixelView& pixels);
PdqGrid fold(const Kernels& kernels, const YccView& planes);
PdqGrid fold(const Kernels& kernels, const ScaledPicture& scaled);
/// Upright, without clamping: see pdq_grid_linear().
PdqGrid fold_linear(const Kernels& kernels, const YccView& planes, Orientation orientation);

PdqSpectrum spectrum(const Kernels& kernels, const PdqGrid& grid);
PdqHash hash(const Kernels& kernels, const PdqSpectrum& spectrum);
std::array<PdqHash, kDihedralCount> dihedral(const Kernels& kernels, const PdqSpectrum& spectrum);

}  // namespace seawall::pdq_detail
