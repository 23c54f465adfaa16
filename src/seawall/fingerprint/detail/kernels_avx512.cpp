// Compiled with -mavx512f/bw/vl/dq: only C-like code of internal linkage here (see kernels.h).
#include "seawall/fingerprint/detail/kernels.h"

#if defined(__AVX512BW__)

#include <immintrin.h>

#include "seawall/fingerprint/detail/plain_kernels.h"

namespace seawall::pdq_detail {
namespace {

using Mask64 = __mmask64;

/// Adds 64 columns; `live` masks those inside the rows. Interleaving two rows lets one multiply-add take
/// both; it leaves the sums of bytes 0-7, 16-23, ... in `lower` and the rest in `upper`, put in order at the
/// end.
template <int kPairs, bool kStart, bool kWide>
inline void add_columns(const uint8_t* const* rows, const uint8_t* const* ahead, const __m512i* weights,
                        size_t x, Mask64 live, const ColumnSums& sums) {
  __m512i lower = _mm512_setzero_si512();
  __m512i upper = _mm512_setzero_si512();
#pragma GCC unroll 4
  for (int p = 0; p < kPairs; ++p) {
    // The rows come from several places at once, which the processor's own prefetching follows too late.
    _mm_prefetch(ahead[2 * p] + x, _MM_HINT_T0);
    _mm_prefetch(ahead[2 * p + 1] + x, _MM_HINT_T0);
    const __m512i a = _mm512_maskz_loadu_epi8(live, rows[2 * p] + x);
    const __m512i b = _mm512_maskz_loadu_epi8(live, rows[2 * p + 1] + x);
    const __m512i low = _mm512_maddubs_epi16(_mm512_unpacklo_epi8(a, b), weights[p]);
    const __m512i high = _mm512_maddubs_epi16(_mm512_unpackhi_epi8(a, b), weights[p]);
    lower = _mm512_add_epi16(lower, low);
    upper = _mm512_add_epi16(upper, high);
  }
  const __m512i first = _mm512_permutex2var_epi64(lower, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), upper);
  const __m512i second =
      _mm512_permutex2var_epi64(lower, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), upper);
  uint16_t* low = sums.low + x;
  if (kStart) {
    _mm512_storeu_si512(low, first);
    _mm512_storeu_si512(low + 32, second);
    if (kWide) {
      _mm512_storeu_si512(sums.high + x, _mm512_setzero_si512());
      _mm512_storeu_si512(sums.high + x + 32, _mm512_setzero_si512());
    }
    return;
  }
  const __m512i sum1 = _mm512_add_epi16(_mm512_loadu_si512(low), first);
  const __m512i sum2 = _mm512_add_epi16(_mm512_loadu_si512(low + 32), second);
  _mm512_storeu_si512(low, sum1);
  _mm512_storeu_si512(low + 32, sum2);
  if (!kWide) return;
  const __m512i one = _mm512_set1_epi16(1);
  uint16_t* high = sums.high + x;
  const __m512i old1 = _mm512_loadu_si512(high);
  const __m512i old2 = _mm512_loadu_si512(high + 32);
  const __mmask32 carry1 = _mm512_cmplt_epu16_mask(sum1, first);
  const __mmask32 carry2 = _mm512_cmplt_epu16_mask(sum2, second);
  _mm512_storeu_si512(high, _mm512_mask_add_epi16(old1, carry1, old1, one));
  _mm512_storeu_si512(high + 32, _mm512_mask_add_epi16(old2, carry2, old2, one));
}

template <int kPairs, bool kStart, bool kWide>
void add_rows_of(const RowGroup& group, size_t bytes, const ColumnSums& sums) {
  const uint8_t* rows[8];
  const uint8_t* ahead[8];
  for (int r = 0; r < 2 * kPairs; ++r) {
    rows[r] = group.rows[r];
    ahead[r] = group.ahead[r];
  }
  __m512i weights[4];
  for (int p = 0; p < kPairs; ++p) {
    weights[p] = _mm512_set1_epi16(
        static_cast<short>(group.weights[2 * p] | (static_cast<unsigned>(group.weights[2 * p + 1]) << 8)));
  }
  size_t x = 0;
  for (; x + 64 <= bytes; x += 64)
    add_columns<kPairs, kStart, kWide>(rows, ahead, weights, x, ~Mask64{0}, sums);
  if (x < bytes) {
    add_columns<kPairs, kStart, kWide>(rows, ahead, weights, x, (Mask64{1} << (bytes - x)) - 1, sums);
  }
}

template <bool kStart, bool kWide>
void add_rows_as(const RowGroup& group, size_t bytes, const ColumnSums& sums) {
  switch (group.count / 2) {
    case 1:
      return add_rows_of<1, kStart, kWide>(group, bytes, sums);
    case 2:
      return add_rows_of<2, kStart, kWide>(group, bytes, sums);
    case 3:
      return add_rows_of<3, kStart, kWide>(group, bytes, sums);
    default:
      return add_rows_of<4, kStart, kWide>(group, bytes, sums);
  }
}

void add_rows(const RowGroup& group, size_t bytes, bool start, const ColumnSums& sums) {
  const bool wide = sums.high != nullptr;
  if (start) {
    wide ? add_rows_as<true, true>(group, bytes, sums) : add_rows_as<true, false>(group, bytes, sums);
  } else {
    wide ? add_rows_as<false, true>(group, bytes, sums) : add_rows_as<false, false>(group, bytes, sums);
  }
}

/// 32 entries times their weights, pairs summed to 32 bits. `kBiased`: entries may have 16 bits and are taken
/// as signed, minus 32768.
template <bool kBiased>
inline __m512i dot_step(const uint16_t* values, const int16_t* weights) {
  __m512i v = _mm512_loadu_si512(values);
  if (kBiased) v = _mm512_xor_si512(v, _mm512_set1_epi16(-32768));
  return _mm512_madd_epi16(v, _mm512_loadu_si512(weights));
}

/// The dot product of one tent as 16 lanes of 32 bits, which the caller sums. `kSteps` 0: as many as there
/// are.
template <int kSteps, bool kBiased>
inline __m512i dot32(const Projection& p, int tent) {
  const uint16_t* values = p.values + p.first_entry[tent];
  const int16_t* weights = p.weights + p.pattern[tent];
  __m512i sum = dot_step<kBiased>(values, weights);
  for (int step = 1; step < (kSteps > 0 ? kSteps : p.steps); ++step) {
    values += kEntriesPerStep;
    weights += kEntriesPerStep;
    sum = _mm512_add_epi32(sum, dot_step<kBiased>(values, weights));
  }
  return sum;
}

inline __m512i halves(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}
inline __m512i quarters(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}
inline __m512i lanes(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xdd));
}

/// Four tents at a time, their 16 lanes summed to four: the first two levels of the tree.
template <int kSteps, bool kBiased>
inline __m512i four_tents(const Projection& p, int t) {
  return quarters(halves(dot32<kSteps, kBiased>(p, t), dot32<kSteps, kBiased>(p, t + 1)),
                  halves(dot32<kSteps, kBiased>(p, t + 2), dot32<kSteps, kBiased>(p, t + 3)));
}

inline void add_to(const Projection& p, int64_t* out, __m512i sums) {
  const __m512i before = _mm512_maskz_loadu_epi64(p.start ? 0 : 0xff, out);
  _mm512_storeu_si512(out, _mm512_add_epi64(before, sums));
}

/// Sums under 2^32 are right modulo 2^32, whatever overflows on the way.
template <bool kBiased>
inline void add_narrow(const Projection& p, int t, __m256i sums, int64_t* out) {
  __m512i whole = _mm512_cvtepu32_epi64(sums);
  if (kBiased) {
    whole = _mm512_add_epi64(whole, _mm512_loadu_si512(p.bias + t));
    whole = _mm512_and_si512(whole, _mm512_set1_epi64(0xffffffff));
  }
  add_to(p, out + t, whole);
}

template <int kSteps, bool kBiased>
__attribute__((noinline)) void project_narrow(const Projection& p, int64_t* out) {
  int t = 0;
  for (; t + 16 <= p.tents; t += 16) {
    const __m512i first = lanes(four_tents<kSteps, kBiased>(p, t), four_tents<kSteps, kBiased>(p, t + 4));
    const __m512i second =
        lanes(four_tents<kSteps, kBiased>(p, t + 8), four_tents<kSteps, kBiased>(p, t + 12));
    const __m512i sums = lanes(first, second);
    add_narrow<kBiased>(p, t, _mm512_castsi512_si256(sums), out);
    add_narrow<kBiased>(p, t + 8, _mm512_extracti64x4_epi64(sums, 1), out);
  }
  for (; t < p.tents; ++t) {
    const auto sum = static_cast<uint32_t>(_mm512_reduce_add_epi32(dot32<kSteps, kBiased>(p, t)));
    const uint32_t whole = sum + static_cast<uint32_t>(kBiased ? p.bias[t] : 0);
    out[t] = (p.start ? 0 : out[t]) + whole;
  }
}

/// 32-bit lanes, widened to 64 before they can overflow.
__attribute__((noinline)) __m512i dot64(const Projection& p, int tent) {
  const uint16_t* values = p.values + p.first_entry[tent];
  const int16_t* weights = p.weights + p.pattern[tent];
  __m512i total = _mm512_setzero_si512();
  for (int left = p.steps; left > 0;) {
    const int run = left < p.steps_per_flush ? left : p.steps_per_flush;
    __m512i part = _mm512_setzero_si512();
    for (int step = 0; step < run; ++step) {
      part = _mm512_add_epi32(part, dot_step<true>(values, weights));
      values += kEntriesPerStep;
      weights += kEntriesPerStep;
    }
    left -= run;
    const __m512i odd = _mm512_srai_epi64(part, 32);
    const __m512i even = _mm512_srai_epi64(_mm512_slli_epi64(part, 32), 32);
    total = _mm512_add_epi64(total, _mm512_add_epi64(odd, even));
  }
  return total;
}

inline __m512i pairs64(__m512i a, __m512i b) {
  return _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}
inline __m512i lanes64(__m512i a, __m512i b) {
  return _mm512_add_epi64(_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xdd));
}

void project_wide(const Projection& p, int64_t* out) {
  int t = 0;
  for (; t + 8 <= p.tents; t += 8) {
    const __m512i ab = pairs64(dot64(p, t), dot64(p, t + 1));
    const __m512i cd = pairs64(dot64(p, t + 2), dot64(p, t + 3));
    const __m512i ef = pairs64(dot64(p, t + 4), dot64(p, t + 5));
    const __m512i gh = pairs64(dot64(p, t + 6), dot64(p, t + 7));
    __m512i sums = lanes64(lanes64(ab, cd), lanes64(ef, gh));
    sums = _mm512_add_epi64(sums, _mm512_loadu_si512(p.bias + t));
    sums = _mm512_slli_epi64(sums, static_cast<unsigned>(p.shift));
    add_to(p, out + t, sums);
  }
  for (; t < p.tents; ++t) {
    const int64_t sum = (_mm512_reduce_add_epi64(dot64(p, t)) + p.bias[t]) * (int64_t{1} << p.shift);
    out[t] = (p.start ? 0 : out[t]) + sum;
  }
}

void project(const Projection& p, int64_t* out) {
  if (p.steps_per_flush != 0) return project_wide(p, out);
  if (!p.fifteen_bits) return project_narrow<0, true>(p, out);
  switch (p.steps) {
    case 1:
      return project_narrow<1, false>(p, out);
    case 2:
      return project_narrow<2, false>(p, out);
    default:
      return project_narrow<0, false>(p, out);
  }
}

void scale_row(const int64_t* sums, double unit, double scale, float* grid_row) {
  const __m512d units = _mm512_set1_pd(unit);
  const __m512d scales = _mm512_set1_pd(scale);
  for (int j = 0; j < kGridSide; j += 8) {
    const __m512d value = _mm512_cvtepi64_pd(_mm512_loadu_si512(sums + j));
    _mm256_storeu_ps(grid_row + j, _mm512_cvtpd_ps(_mm512_mul_pd(_mm512_mul_pd(value, units), scales)));
  }
}

void luma_row(const uint8_t* pixels, int bytes_per_pixel, float* grid_row) {
  const __m512i spread = bytes_per_pixel == 4
                             ? _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                             : _mm512_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11);
  const __m128i to_rgbx = bytes_per_pixel == 4
                              ? _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
                              : _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
  const Mask64 live = ~Mask64{0} >> (64 - 16 * bytes_per_pixel);
  const __m512i byte = _mm512_set1_epi32(255);
  for (int j = 0; j < kGridSide; j += 16) {
    __m512i v = _mm512_maskz_loadu_epi8(live, pixels + j * bytes_per_pixel);
    v = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(spread, v), _mm512_broadcast_i32x4(to_rgbx));
    const __m512 red = _mm512_cvtepi32_ps(_mm512_and_si512(v, byte));
    const __m512 green = _mm512_cvtepi32_ps(_mm512_and_si512(_mm512_srli_epi32(v, 8), byte));
    const __m512 blue = _mm512_cvtepi32_ps(_mm512_and_si512(_mm512_srli_epi32(v, 16), byte));
    const __m512 red_green = _mm512_add_ps(_mm512_mul_ps(red, _mm512_set1_ps(0.299f)),
                                           _mm512_mul_ps(green, _mm512_set1_ps(0.587f)));
    _mm512_storeu_ps(grid_row + j, _mm512_add_ps(red_green, _mm512_mul_ps(blue, _mm512_set1_ps(0.114f))));
  }
}

/// out[i][0..16) = sum over k of d[k][i] * in[k][0..16), k upwards, for 16 rows i. One accumulator a row.
inline void dct_block(const float* in, size_t in_stride, const float* d, size_t d_stride, size_t d_step,
                      float* out, size_t out_stride) {
  __m512 sum[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) sum[i] = _mm512_setzero_ps();
  for (size_t k = 0; k < kGridSide; ++k) {
    const __m512 row = _mm512_loadu_ps(in + k * in_stride);
    const float* factor = d + k * d_stride;
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; ++i) {
      sum[i] = _mm512_add_ps(sum[i], _mm512_mul_ps(_mm512_set1_ps(factor[i * d_step]), row));
    }
  }
#pragma GCC unroll 16
  for (size_t i = 0; i < 16; ++i) _mm512_storeu_ps(out + i * out_stride, sum[i]);
}

void dct(const float* grid, const float* matrix, float* out) {
  float rows[16 * kGridSide];
  for (size_t j = 0; j < kGridSide; j += 16)
    dct_block(grid + j, kGridSide, matrix, 16, 1, rows + j, kGridSide);
  dct_block(matrix, 16, rows, 1, kGridSide, out, 16);
}

/// |int((u - v) * 100 / 255)| without dividing: a factor just above 1 / 255 gives the quotient or one more,
/// and multiplying back, which is exact, tells which.
inline __m512i steps_between(__m512 u, __m512 v) {
  const __m512 size = _mm512_mul_ps(_mm512_abs_ps(_mm512_sub_ps(u, v)), _mm512_set1_ps(100.0f));
  const __m512i guess = _mm512_cvttps_epi32(_mm512_mul_ps(size, _mm512_set1_ps(0x1.010104p-8f)));
  const __m512 back = _mm512_mul_ps(_mm512_cvtepi32_ps(guess), _mm512_set1_ps(255.0f));
  const __mmask16 over = _mm512_cmp_ps_mask(back, size, _CMP_GT_OQ);
  return _mm512_mask_sub_epi32(guess, over, guess, _mm512_set1_epi32(1));
}

int gradient(const float* grid) {
  __m512i across = _mm512_setzero_si512();
  __m512i down = _mm512_setzero_si512();
  for (int i = 0; i < kGridSide; ++i) {
    const float* row = grid + i * kGridSide;
    for (int j = 0; j < kGridSide; j += 16) {
      const __m512 here = _mm512_loadu_ps(row + j);
      const __mmask16 live = j + 16 < kGridSide ? 0xffff : 0x7fff;
      const __m512 right = _mm512_mask_loadu_ps(here, live, row + j + 1);
      across = _mm512_add_epi32(across, steps_between(here, right));
      if (i + 1 == kGridSide) continue;
      down = _mm512_add_epi32(down, steps_between(here, _mm512_loadu_ps(row + j + kGridSide)));
    }
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(across, down));
}

float lower_median(const float* values) {
  __m512i keys[16];
#pragma GCC unroll 16
  for (int k = 0; k < 16; ++k) {
    const __m512i bits = _mm512_loadu_si512(values + 16 * k);
    const __m512i flip = _mm512_or_si512(_mm512_srai_epi32(bits, 31), _mm512_set1_epi32(INT32_MIN));
    keys[k] = _mm512_xor_si512(bits, flip);
  }
  uint32_t found = 0;
  for (int bit = 31; bit >= 0; --bit) {
    const uint32_t trial = found | (uint32_t{1} << bit);
    const __m512i limit = _mm512_set1_epi32(static_cast<int>(trial));
    int count = 0;
#pragma GCC unroll 4
    for (int k = 0; k < 16; k += 4) {
      const auto a = static_cast<uint64_t>(_mm512_cmplt_epu32_mask(keys[k], limit));
      const auto b = static_cast<uint64_t>(_mm512_cmplt_epu32_mask(keys[k + 1], limit));
      const auto c = static_cast<uint64_t>(_mm512_cmplt_epu32_mask(keys[k + 2], limit));
      const auto d = static_cast<uint64_t>(_mm512_cmplt_epu32_mask(keys[k + 3], limit));
      count += __builtin_popcountll(a | (b << 16) | (c << 32) | (d << 48));
    }
    if (count <= 127) found = trial;
  }
  return float_of_key(found);
}

void above(const float* values, float limit, uint64_t* words) {
  const __m512 limits = _mm512_set1_ps(limit);
  for (int w = 0; w < 4; ++w) {
    words[w] = 0;
    for (int k = 0; k < 4; ++k) {
      const __m512 v = _mm512_loadu_ps(values + w * 64 + k * 16);
      words[w] |= static_cast<uint64_t>(_mm512_cmp_ps_mask(v, limits, _CMP_GT_OQ)) << (16 * k);
    }
  }
}

constexpr Kernels kAvx512 = {"avx512",      add_rows, project,  scale_row,    luma_row,
                             plain_ycc_row, dct,      gradient, lower_median, above};

}  // namespace

const Kernels* kernels_avx512() { return &kAvx512; }

}  // namespace seawall::pdq_detail

#else

namespace seawall::pdq_detail {
const Kernels* kernels_avx512() { return nullptr; }
}  // namespace seawall::pdq_detail

#endif
