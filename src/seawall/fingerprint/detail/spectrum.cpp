#include <algorithm>
#include <cmath>

#include "seawall/fingerprint/detail/fold.h"

namespace seawall::pdq_detail {
namespace {

/// D by columns: entry j * 16 + i is sqrt(2/64) cos(pi/128 (i + 1)(2 j + 1)), rounded as the reference does.
std::array<float, 16 * 64> make_dct_matrix() {
  constexpr double kPi = 3.14159265358979323846;
  const auto scale = static_cast<float>(std::sqrt(2.0 / 64.0));
  std::array<float, 16 * 64> matrix{};
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t j = 0; j < 64; ++j) {
      const double angle = kPi / 128.0 * static_cast<double>(i + 1) * static_cast<double>(2 * j + 1);
      matrix[j * 16 + i] = static_cast<float>(static_cast<double>(scale) * std::cos(angle));
    }
  }
  return matrix;
}

const float* dct_matrix() {
  static const std::array<float, 16 * 64> matrix = make_dct_matrix();
  return matrix.data();
}

using Values = std::array<float, 256>;

Fingerprint256 bits_of(const Kernels& kernels, const Values& values) {
  Fingerprint256 bits;
  kernels.above(values.data(), kernels.lower_median(values.data()), bits.words.data());
  return bits;
}

enum class Negate { kEvenRows, kEvenColumns, kOddSums };

Fingerprint256 bits_negated(const Kernels& kernels, Values values, Negate which) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::size_t i = k / 16;
    const std::size_t j = k % 16;
    const bool even_row = which == Negate::kEvenRows && i % 2 == 0;
    const bool even_column = which == Negate::kEvenColumns && j % 2 == 0;
    const bool odd_sum = which == Negate::kOddSums && (i + j) % 2 == 1;
    values[k] = even_row || even_column || odd_sum ? -values[k] : values[k];
  }
  return bits_of(kernels, values);
}

/// Bit i * 16 + j goes to j * 16 + i. Rearranging values leaves their median, so bits may be moved instead.
Fingerprint256 transposed(const Fingerprint256& bits) {
  std::array<std::uint32_t, 16> rows{};
  for (std::size_t i = 0; i < 16; ++i) {
    rows[i] = static_cast<std::uint32_t>(bits.words[i / 4] >> (16 * (i % 4))) & 0xffffU;
  }
  Fingerprint256 out;
  for (std::size_t j = 0; j < 16; ++j) {
    std::uint64_t row = 0;
    for (std::size_t i = 0; i < 16; ++i) row |= static_cast<std::uint64_t>((rows[i] >> j) & 1U) << i;
    out.words[j / 4] |= row << (16 * (j % 4));
  }
  return out;
}

}  // namespace

PdqSpectrum spectrum(const Kernels& kernels, const PdqGrid& grid) {
  PdqSpectrum out;
  kernels.dct(grid.luma.data(), dct_matrix(), out.dct.data());
  out.quality = std::min(100, kernels.gradient(grid.luma.data()) / 90);
  return out;
}

PdqHash hash(const Kernels& kernels, const PdqSpectrum& spectrum) {
  return {bits_of(kernels, spectrum.dct), spectrum.quality};
}

std::array<PdqHash, kDihedralCount> dihedral(const Kernels& kernels, const PdqSpectrum& spectrum) {
  const Fingerprint256 original = bits_of(kernels, spectrum.dct);
  const Fingerprint256 flip_x = bits_negated(kernels, spectrum.dct, Negate::kEvenRows);
  const Fingerprint256 flip_y = bits_negated(kernels, spectrum.dct, Negate::kEvenColumns);
  const Fingerprint256 half_turn = bits_negated(kernels, spectrum.dct, Negate::kOddSums);
  const int quality = spectrum.quality;
  return {{{original, quality},
           {transposed(flip_y), quality},
           {half_turn, quality},
           {transposed(flip_x), quality},
           {flip_x, quality},
           {flip_y, quality},
           {transposed(original), quality},
           {transposed(half_turn), quality}}};
}

}  // namespace seawall::pdq_detail
