#include "seawall/fingerprint/pdq.h"

#include <cstring>
#include <vector>

#include "seawall/fingerprint/detail/fold.h"

namespace seawall {

using pdq_detail::best_kernels;
using pdq_detail::fold;

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

PdqGrid pdq_grid(const PixelView& pixels) { return fold(best_kernels(), pixels); }
PdqGrid pdq_grid(const YccView& planes) { return fold(best_kernels(), planes); }
PdqGrid pdq_grid(const ScaledPicture& scaled) { return fold(best_kernels(), scaled); }

PdqGrid pdq_grid_linear(const YccView& planes, Orientation orientation) {
  return pdq_detail::fold_linear(best_kernels(), planes, orientation);
}
PdqHash pdq_hash_linear(const YccView& planes, Orientation orientation) {
  return pdq_hash(pdq_spectrum(pdq_grid_linear(planes, orientation)));
}

PdqSpectrum pdq_spectrum(const PdqGrid& grid) { return pdq_detail::spectrum(best_kernels(), grid); }
PdqHash pdq_hash(const PdqSpectrum& spectrum) { return pdq_detail::hash(best_kernels(), spectrum); }
std::array<PdqHash, kDihedralCount> pdq_dihedral(const PdqSpectrum& spectrum) {
  return pdq_detail::dihedral(best_kernels(), spectrum);
}

PdqHash pdq_hash(const PixelView& pixels) { return pdq_hash(pdq_spectrum(pdq_grid(pixels))); }
PdqHash pdq_hash(const YccView& planes) { return pdq_hash(pdq_spectrum(pdq_grid(planes))); }
PdqHash pdq_hash(const ScaledPicture& scaled) { return pdq_hash(pdq_spectrum(pdq_grid(scaled))); }

PdqHash pdq_hash_cli_dialect(const PixelView& pixels) {
  constexpr std::int64_t kSide = 512;
  if (pixels.width_px <= kSide && pixels.height_px <= kSide) return pdq_hash(pixels);
  if (pixels.width_px < 1 || pixels.height_px < 1) return {};
  const auto step = static_cast<std::size_t>(bytes_per_pixel(pixels.layout));
  std::vector<std::uint8_t> shrunk(static_cast<std::size_t>(kSide * kSide) * step);
  std::uint8_t* to = shrunk.data();
  for (std::int64_t y = 0; y < kSide; ++y) {
    const std::uint8_t* row = pixels.data + (y * pixels.height_px / kSide) * pixels.stride_bytes;
    for (std::int64_t x = 0; x < kSide; ++x, to += step) {
      std::memcpy(to, row + static_cast<std::size_t>(x * pixels.width_px / kSide) * step, step);
    }
  }
  return pdq_hash(
      PixelView{shrunk.data(), kSide, kSide, static_cast<std::ptrdiff_t>(kSide * step), pixels.layout});
}

std::string_view pdq_backend() { return best_kernels().name; }

}  // namespace seawall
