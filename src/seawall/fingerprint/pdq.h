#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "seawall/model/orientation.h"
#include "seawall/model/pixels.h"
#include "seawall/model/signal.h"

namespace seawall {

/// PDQ (Meta, "full resolution" dialect): 256 bits and a quality from a picture's luma.
/// Source: ThreatExchange pdq/cpp; docs/fingerprints.md says where and how we equal it.
///
/// Every function here is pure, allocates at most a few rows of scratch, and is safe from any thread. All CPU
/// backends give the same bits for the same pixels, also where quality is low.

/// The 64 x 64 luma picture that PDQ is computed from; row-major, values 0..255.
struct PdqGrid {
  std::array<float, 64 * 64> luma{};
};

/// The 16 x 16 lowest AC frequencies of a grid and the grid's quality, 0..100.
struct PdqSpectrum {
  std::array<float, 16 * 16> dct{};  ///< Row-major; entry i * 16 + j decides bit i * 16 + j.
  int quality = 0;
};

/// The eight symmetries of the square, in the order of Meta's reference.
enum class Dihedral : std::uint8_t {
  kOriginal,
  kRotate90,
  kRotate180,
  kRotate270,
  kFlipX,
  kFlipY,
  kFlipPlus1,
  kFlipMinus1
};
inline constexpr std::size_t kDihedralCount = 8;
[[nodiscard]] std::string_view name_of(Dihedral transform);

/// Luma 0.299 R + 0.587 G + 0.114 B (or the gray value), two-pass tent filter, decimation to 64 x 64.
/// `pixels`: any size from 5 x 5 up; smaller pictures give an all-zero grid.
[[nodiscard]] PdqGrid pdq_grid(const PixelView& pixels);
/// As above from Y'CbCr planes: the luma that the decoded RGB would have had, clamping included, without a
/// whole picture of RGB. Subsampled chroma is repeated, not interpolated. Without chroma: Y alone.
[[nodiscard]] PdqGrid pdq_grid(const YccView& planes);

/// The same for frames of videos, several times faster, and upright: the grid of the picture turned as
/// `orientation` says, without turning a pixel. Y is folded by itself; with a BT.709 or BT.2020 matrix Cb and
/// Cr are folded too, and make BT.601's luma of it. What it leaves out is the rounding of R, G and B and
/// their clamping to 0..255: 0 bits on most frames, a few on some (docs/fingerprints.md section 9 has
/// figures). Up to 128 x 128 pixels nothing is left out. `planes` with chroma shifts of 0 to 2.
[[nodiscard]] PdqGrid pdq_grid_linear(const YccView& planes, Orientation orientation = {});

/// A picture that a decoder has already shrunk by an integer factor (libjpeg's 1/2, 1/4, 1/8).
struct ScaledPicture {
  PixelView pixels;  ///< ceil(original / denominator) a side.
  int original_width_px = 0;
  int original_height_px = 0;
  int denominator = 1;  ///< 1, 2, 4 or 8.
};
/// Projects the tents of the *original* picture onto the scaled one: about 1 bit from exact on large natural
/// pictures, any number on smooth ones: ask is_firm().
/// A picture whose size is not ceil(original / denominator) is hashed as if it were the original.
[[nodiscard]] PdqGrid pdq_grid(const ScaledPicture& scaled);

[[nodiscard]] PdqSpectrum pdq_spectrum(const PdqGrid& grid);
/// How many bits lie nearer to the lower median than `error` (gray levels, 0 and up): 1 to 256, since the
/// median itself is one of the values.
[[nodiscard]] int pdq_unfirm_bits(const PdqSpectrum& spectrum, float error);
/// Whether the spectrum of a ScaledPicture stands for the exact one: at most six bits lie within 0.2 gray
/// levels and 0.6 % of the spectrum's own scale (median distance from the median), and the quality is more
/// than five from the gate kPdqQualityMin. Where true, hashes were at most 4 bits from exact and on the same
/// side of the gate (measured, not proved: docs/fingerprints.md section 8). About 1 us.
[[nodiscard]] bool is_firm(const PdqSpectrum& of_scaled);

/// Bit k set where dct[k] is above the lower median.
[[nodiscard]] PdqHash pdq_hash(const PdqSpectrum& spectrum);
/// The hashes of all eight symmetries, from one spectrum.
[[nodiscard]] std::array<PdqHash, kDihedralCount> pdq_dihedral(const PdqSpectrum& spectrum);

/// Hash and quality. Pictures with a side under 5 pixels: zero hash, quality 0.
[[nodiscard]] PdqHash pdq_hash(const PixelView& pixels);
[[nodiscard]] PdqHash pdq_hash(const YccView& planes);
[[nodiscard]] PdqHash pdq_hash(const ScaledPicture& scaled);
/// Of pdq_grid_linear().
[[nodiscard]] PdqHash pdq_hash_linear(const YccView& planes, Orientation orientation = {});

/// The other dialect, that of Meta's C++ command line, for comparison with its hashes: a picture with a side
/// over 512 pixels is first shrunk to 512 x 512 by nearest neighbour (source pixel floor(i * side / 512)).
/// 0 to 10 bits from pdq_hash, 5 on average.
[[nodiscard]] PdqHash pdq_hash_cli_dialect(const PixelView& pixels);

/// "avx512", "avx2", "neon" or "portable": what this machine runs. SEAWALL_CPU in the environment, read once,
/// may name a lesser one.
[[nodiscard]] std::string_view pdq_backend();

}  // namespace seawall
