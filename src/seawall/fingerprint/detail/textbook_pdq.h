#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "seawall/fingerprint/pdq.h"

/// The slow twin of pdq.h for tests, fuzzers and benchmarks: PDQ step by step as the reference does it (whole
/// picture in float32, four box passes, running sums), written from docs/fingerprints.md section 1 and
/// sharing no code with the fast path. Same bits as the reference built without FMA contraction, float noise
/// included.
namespace seawall::textbook {

/// Width x height float luma of a picture, row-major.
std::vector<float> luma(const PixelView& pixels);

/// The box filter passes and decimation on a luma picture (consumed). Sides below 5 give a zero grid.
PdqGrid grid_of_luma(std::vector<float> luma, int width_px, int height_px);
PdqGrid grid(const PixelView& pixels);

/// The same grid with every sum and quotient in float64: what the reference would compute without float32's
/// rounding and drift.
PdqGrid precise_grid(const PixelView& pixels);

int quality(const PdqGrid& grid);
std::array<float, 256> dct(const PdqGrid& grid);
PdqHash hash(const std::array<float, 256>& dct, int quality);
PdqHash hash(const PixelView& pixels);

/// Hashes of the eight symmetries in the order of `Dihedral`, each from its own rearranged 16 x 16 array.
std::array<PdqHash, kDihedralCount> dihedral(const std::array<float, 256>& dct, int quality);

}  // namespace seawall::textbook
