// Compiled with -mavx2: only C-like code of internal linkage here (see kernels.h).
#include "seawall/fingerprint/detail/kernels.h"

#if defined(__AVX2__)

#include <immintrin.h>

#include "seawall/fingerprint/detail/plain_kernels.h"

namespace seawall::pdq_detail {
namespace {

inline __m256i load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
inline void store(void* to, __m256i value) { _mm256_storeu_si256(static_cast<__m256i*>(to), value); }

template <bool kStart, bool kWide>
inline void add_sixteen(__m256i part, uint16_t* low, uint16_t* high) {
  if (kStart) {
    store(low, part);
    if (kWide) store(high, _mm256_setzero_si256());
    return;
  }
  const __m256i sum = _mm256_add_epi16(load(low), part);
  store(low, sum);
  if (!kWide) return;
  // All ones where the sum did not wrap: adding one more than that is the carry.
  const __m256i kept = _mm256_cmpeq_epi16(_mm256_max_epu16(sum, part), sum);
  store(high, _mm256_add_epi16(load(high), _mm256_add_epi16(kept, _mm256_set1_epi16(1))));
}

/// Adds 32 columns. Interleaving two rows lets one multiply-add take both; it leaves the sums of bytes 0-7
/// and 16-23 in `lower` and the rest in `upper`, put in order at the end.
template <int kPairs, bool kStart, bool kWide, bool kPrefetch>
inline void add_columns(const uint8_t* const* rows, const uint8_t* const* ahead, const __m256i* weights,
                        size_t x, size_t at, const ColumnSums& sums) {
  __m256i lower = _mm256_setzero_si256();
  __m256i upper = _mm256_setzero_si256();
#pragma GCC unroll 4
  for (int p = 0; p < kPairs; ++p) {
    // The rows come from several places at once, which the processor's own prefetching follows too late.
    if (kPrefetch) {
      _mm_prefetch(ahead[2 * p] + at, _MM_HINT_T0);
      _mm_prefetch(ahead[2 * p + 1] + at, _MM_HINT_T0);
    }
    const __m256i a = load(rows[2 * p] + at);
    const __m256i b = load(rows[2 * p + 1] + at);
    lower = _mm256_add_epi16(lower, _mm256_maddubs_epi16(_mm256_unpacklo_epi8(a, b), weights[p]));
    upper = _mm256_add_epi16(upper, _mm256_maddubs_epi16(_mm256_unpackhi_epi8(a, b), weights[p]));
  }
  const __m256i first = _mm256_permute2x128_si256(lower, upper, 0x20);
  const __m256i second = _mm256_permute2x128_si256(lower, upper, 0x31);
  uint16_t* high = kWide ? sums.high + x : nullptr;
  add_sixteen<kStart, kWide>(first, sums.low + x, high);
  add_sixteen<kStart, kWide>(second, sums.low + x + 16, kWide ? high + 16 : nullptr);
}

template <int kPairs, bool kStart, bool kWide>
void add_rows_of(const RowGroup& group, size_t bytes, const ColumnSums& sums) {
  __m256i weights[4];
  for (int p = 0; p < kPairs; ++p) {
    weights[p] = _mm256_set1_epi16(
        static_cast<short>(group.weights[2 * p] | (static_cast<unsigned>(group.weights[2 * p + 1]) << 8)));
  }
  const uint8_t* rows[8];
  for (int r = 0; r < 2 * kPairs; ++r) rows[r] = group.rows[r];
  size_t x = 0;
  for (; x + 64 <= bytes; x += 64) {
    add_columns<kPairs, kStart, kWide, true>(rows, group.ahead, weights, x, x, sums);
    add_columns<kPairs, kStart, kWide, false>(rows, group.ahead, weights, x + 32, x + 32, sums);
  }
  if (x + 32 <= bytes) {
    add_columns<kPairs, kStart, kWide, false>(rows, group.ahead, weights, x, x, sums);
    x += 32;
  }
  if (x == bytes) return;
  // The last few columns, copied so that nothing beyond a row is read.
  uint8_t ends[8][32];
  for (int r = 0; r < 2 * kPairs; ++r) {
    memset(ends[r], 0, sizeof ends[r]);
    memcpy(ends[r], group.rows[r] + x, bytes - x);
    rows[r] = ends[r];
  }
  add_columns<kPairs, kStart, kWide, false>(rows, group.ahead, weights, x, 0, sums);
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

/// 16 unsigned entries, taken as signed (minus 32768), times their weights; pairs summed to 32 bits.
inline __m256i dot_half(const uint16_t* values, const int16_t* weights) {
  return _mm256_madd_epi16(_mm256_xor_si256(load(values), _mm256_set1_epi16(-32768)), load(weights));
}

inline __m256i dot32(const Projection& p, int tent) {
  const uint16_t* values = p.values + p.first_entry[tent];
  const int16_t* weights = p.weights + p.pattern[tent];
  __m256i sum = _mm256_setzero_si256();
  for (int at = 0; at < p.steps * kEntriesPerStep; at += kEntriesPerStep) {
    sum = _mm256_add_epi32(sum, dot_half(values + at, weights + at));
    sum = _mm256_add_epi32(sum, dot_half(values + at + 16, weights + at + 16));
  }
  return sum;
}

inline __m256i four_tents(const Projection& p, int t) {
  return _mm256_hadd_epi32(_mm256_hadd_epi32(dot32(p, t), dot32(p, t + 1)),
                           _mm256_hadd_epi32(dot32(p, t + 2), dot32(p, t + 3)));
}

/// Sums under 2^32 are right modulo 2^32, whatever overflows on the way.
inline void add_narrow(const Projection& p, int t, __m128i sums, int64_t* out) {
  const __m256i whole = _mm256_add_epi64(_mm256_cvtepu32_epi64(sums), load(p.bias + t));
  const __m256i sum = _mm256_and_si256(whole, _mm256_set1_epi64x(0xffffffff));
  store(out + t, p.start ? sum : _mm256_add_epi64(load(out + t), sum));
}

inline uint32_t sum_lanes(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(s));
}

void project_narrow(const Projection& p, int64_t* out) {
  int t = 0;
  for (; t + 8 <= p.tents; t += 8) {
    const __m256i a = four_tents(p, t);
    const __m256i b = four_tents(p, t + 4);
    const __m256i sums =
        _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));
    add_narrow(p, t, _mm256_castsi256_si128(sums), out);
    add_narrow(p, t + 4, _mm256_extracti128_si256(sums, 1), out);
  }
  for (; t < p.tents; ++t) {
    const uint32_t sum = sum_lanes(dot32(p, t)) + static_cast<uint32_t>(p.bias[t]);
    out[t] = (p.start ? 0 : out[t]) + sum;
  }
}

inline __m256i widened(__m256i v) {
  return _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(v)),
                          _mm256_cvtepi32_epi64(_mm256_extracti128_si256(v, 1)));
}

/// 32-bit lanes, widened to 64 before they can overflow: steps_per_flush counts the multiply-adds that a lane
/// holds, and a step is two of them here.
inline __m256i dot64(const Projection& p, int tent) {
  const uint16_t* values = p.values + p.first_entry[tent];
  const int16_t* weights = p.weights + p.pattern[tent];
  const int halves_per_flush = p.steps_per_flush;
  const int halves = 2 * p.steps;
  __m256i total = _mm256_setzero_si256();
  for (int half = 0; half < halves;) {
    const int stop = half + halves_per_flush < halves ? half + halves_per_flush : halves;
    __m256i part = _mm256_setzero_si256();
    for (; half < stop; ++half)
      part = _mm256_add_epi32(part, dot_half(values + 16 * half, weights + 16 * half));
    total = _mm256_add_epi64(total, widened(part));
  }
  return total;
}

void project_wide(const Projection& p, int64_t* out) {
  for (int t = 0; t < p.tents; ++t) {
    const __m256i v = dot64(p, t);
    const __m128i s = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    const int64_t sum = _mm_cvtsi128_si64(_mm_add_epi64(s, _mm_unpackhi_epi64(s, s)));
    out[t] = (p.start ? 0 : out[t]) + (sum + p.bias[t]) * (int64_t{1} << p.shift);
  }
}

void project(const Projection& p, int64_t* out) {
  p.steps_per_flush == 0 ? project_narrow(p, out) : project_wide(p, out);
}

/// Eight pixels as R, G, B, 0.
inline __m256 luma_of(__m256i v) {
  const __m256i byte = _mm256_set1_epi32(255);
  const __m256 red = _mm256_cvtepi32_ps(_mm256_and_si256(v, byte));
  const __m256 green = _mm256_cvtepi32_ps(_mm256_and_si256(_mm256_srli_epi32(v, 8), byte));
  const __m256 blue = _mm256_cvtepi32_ps(_mm256_and_si256(_mm256_srli_epi32(v, 16), byte));
  const __m256 red_green =
      _mm256_add_ps(_mm256_mul_ps(red, _mm256_set1_ps(0.299f)), _mm256_mul_ps(green, _mm256_set1_ps(0.587f)));
  return _mm256_add_ps(red_green, _mm256_mul_ps(blue, _mm256_set1_ps(0.114f)));
}

void luma_row(const uint8_t* pixels, int bytes_per_pixel, float* grid_row) {
  if (bytes_per_pixel == 4) {
    for (int j = 0; j < kGridSide; j += 8) _mm256_storeu_ps(grid_row + j, luma_of(load(pixels + 4 * j)));
    return;
  }
  const __m256i spread = _mm256_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5);
  const __m256i last_spread = _mm256_setr_epi32(2, 3, 4, 4, 5, 6, 7, 7);
  const __m256i to_rgbx =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
  for (int j = 0; j < kGridSide; j += 8) {
    // The last load would pass the row's end: it starts eight bytes early.
    const bool last = j + 8 == kGridSide;
    const __m256i v = load(pixels + 3 * j - (last ? 8 : 0));
    const __m256i spaced = _mm256_permutevar8x32_epi32(v, last ? last_spread : spread);
    _mm256_storeu_ps(grid_row + j, luma_of(_mm256_shuffle_epi8(spaced, to_rgbx)));
  }
}

/// out[i][0..8) = sum over k of d[k][i] * in[k][0..8), k upwards, for eight rows i. One accumulator a row.
inline void dct_block(const float* in, size_t in_stride, const float* d, size_t d_stride, size_t d_step,
                      float* out, size_t out_stride) {
  __m256 sum[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) sum[i] = _mm256_setzero_ps();
  for (size_t k = 0; k < kGridSide; ++k) {
    const __m256 row = _mm256_loadu_ps(in + k * in_stride);
    const float* factor = d + k * d_stride;
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; ++i) {
      sum[i] = _mm256_add_ps(sum[i], _mm256_mul_ps(_mm256_broadcast_ss(factor + i * d_step), row));
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < 8; ++i) _mm256_storeu_ps(out + i * out_stride, sum[i]);
}

void dct(const float* grid, const float* matrix, float* out) {
  float rows[16 * kGridSide];
  for (size_t i = 0; i < 16; i += 8) {
    for (size_t j = 0; j < kGridSide; j += 8) {
      dct_block(grid + j, kGridSide, matrix + i, 16, 1, rows + i * kGridSide + j, kGridSide);
    }
  }
  for (size_t i = 0; i < 16; i += 8) {
    for (size_t j = 0; j < 16; j += 8) {
      dct_block(matrix + j, 16, rows + i * kGridSide, 1, kGridSide, out + i * 16 + j, 16);
    }
  }
}

/// |int((u - v) * 100 / 255)| without dividing: a factor just above 1 / 255 gives the quotient or one more,
/// and multiplying back, which is exact, tells which.
inline __m256i steps_between(__m256 u, __m256 v) {
  const __m256 magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), _mm256_sub_ps(u, v));
  const __m256 size = _mm256_mul_ps(magnitude, _mm256_set1_ps(100.0f));
  const __m256i guess = _mm256_cvttps_epi32(_mm256_mul_ps(size, _mm256_set1_ps(0x1.010104p-8f)));
  const __m256 back = _mm256_mul_ps(_mm256_cvtepi32_ps(guess), _mm256_set1_ps(255.0f));
  return _mm256_add_epi32(guess, _mm256_castps_si256(_mm256_cmp_ps(back, size, _CMP_GT_OQ)));
}

int gradient(const float* grid) {
  const __m256i all_but_last = _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, -1, 0);
  __m256i across = _mm256_setzero_si256();
  __m256i down = _mm256_setzero_si256();
  for (int i = 0; i < kGridSide; ++i) {
    const float* row = grid + i * kGridSide;
    for (int j = 0; j < kGridSide; j += 8) {
      const __m256 here = _mm256_loadu_ps(row + j);
      if (j + 8 < kGridSide) {
        across = _mm256_add_epi32(across, steps_between(here, _mm256_loadu_ps(row + j + 1)));
      } else {
        const __m256i steps = steps_between(here, _mm256_maskload_ps(row + j + 1, all_but_last));
        across = _mm256_add_epi32(across, _mm256_and_si256(steps, all_but_last));
      }
      if (i + 1 == kGridSide) continue;
      down = _mm256_add_epi32(down, steps_between(here, _mm256_loadu_ps(row + j + kGridSide)));
    }
  }
  return static_cast<int>(sum_lanes(_mm256_add_epi32(across, down)));
}

/// As plain_lower_median, with the keys' order moved to signed integers, which is what AVX2 compares.
float lower_median(const float* values) {
  __m256i keys[32];
  for (int k = 0; k < 32; ++k) {
    const __m256i bits = load(values + 8 * k);
    keys[k] = _mm256_xor_si256(bits, _mm256_srli_epi32(_mm256_srai_epi32(bits, 31), 1));
  }
  uint32_t found = 0;
  for (int bit = 31; bit >= 0; --bit) {
    const uint32_t trial = found | (uint32_t{1} << bit);
    const __m256i limit = _mm256_set1_epi32(static_cast<int>(trial ^ 0x80000000U));
    __m256i even = _mm256_setzero_si256();
    __m256i odd = _mm256_setzero_si256();
#pragma GCC unroll 16
    for (int k = 0; k < 32; k += 2) {
      even = _mm256_sub_epi32(even, _mm256_cmpgt_epi32(limit, keys[k]));
      odd = _mm256_sub_epi32(odd, _mm256_cmpgt_epi32(limit, keys[k + 1]));
    }
    if (sum_lanes(_mm256_add_epi32(even, odd)) <= 127) found = trial;
  }
  return float_of_key(found);
}

void above(const float* values, float limit, uint64_t* words) {
  const __m256 limits = _mm256_set1_ps(limit);
  for (int w = 0; w < 4; ++w) {
    words[w] = 0;
    for (int k = 0; k < 8; ++k) {
      const __m256 over = _mm256_cmp_ps(_mm256_loadu_ps(values + w * 64 + k * 8), limits, _CMP_GT_OQ);
      words[w] |= static_cast<uint64_t>(static_cast<unsigned>(_mm256_movemask_ps(over))) << (8 * k);
    }
  }
}

constexpr Kernels kAvx2 = {"avx2",        add_rows, project,  plain_scale_row, luma_row,
                           plain_ycc_row, dct,      gradient, lower_median,    above};

}  // namespace

const Kernels* kernels_avx2() { return &kAvx2; }

}  // namespace seawall::pdq_detail

#else

namespace seawall::pdq_detail {
const Kernels* kernels_avx2() { return nullptr; }
}  // namespace seawall::pdq_detail

#endif
