#include "seawall/fingerprint/pdq.h"

#include <algorithm>
#include <vector>

#include "seawall/fingerprint/detail/textbook_pdq.h"

namespace seawall {

std::string_view name_of(Dihedral transform) {
  switch (transform) {
    case Dihedral::kOriginal:
      return "original";
    case Dihedral::kRotate90:
      return "rotate90";
    case Dihedral::kRotate180:
      return "rotate180";
    case Dihedral::kRotate270:
      return "rotate270";
    case Dihedral::kFlipX:
      return "flip_x";
    case Dihedral::kFlipY:
      return "flip_y";
    case Dihedral::kFlipPlus1:
      return "flip_plus_1";
    case Dihedral::kFlipMinus1:
      return "flip_minus_1";
  }
  return "unknown";
}

PdqGrid pdq_grid(const PixelView& pixels) { return textbook::grid(pixels); }

PdqGrid pdq_grid(const YccView& planes) {
  return pdq_grid(
      PixelView{planes.y, planes.width_px, planes.height_px, planes.y_stride_bytes, PixelLayout::kGray8});
}

PdqGrid pdq_grid(const ScaledPicture& scaled) { return pdq_grid(scaled.pixels); }

PdqSpectrum pdq_spectrum(const PdqGrid& grid) { return {textbook::dct(grid), textbook::quality(grid)}; }

PdqHash pdq_hash(const PdqSpectrum& spectrum) { return textbook::hash(spectrum.dct, spectrum.quality); }

std::array<PdqHash, kDihedralCount> pdq_dihedral(const PdqSpectrum& spectrum) {
  return textbook::dihedral(spectrum.dct, spectrum.quality);
}

PdqHash pdq_hash(const PixelView& pixels) { return textbook::hash(pixels); }
PdqHash pdq_hash(const YccView& planes) { return pdq_hash(pdq_spectrum(pdq_grid(planes))); }
PdqHash pdq_hash(const ScaledPicture& scaled) { return pdq_hash(pdq_spectrum(pdq_grid(scaled))); }

std::string_view pdq_backend() { return "portable"; }

}  // namespace seawall
