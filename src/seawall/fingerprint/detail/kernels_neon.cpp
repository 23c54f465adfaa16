// Only C-like code of internal linkage here (see kernels.h).
#include "seawall/fingerprint/detail/kernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#include "seawall/fingerprint/detail/plain_kernels.h"

namespace seawall::pdq_detail {
namespace {

template <bool kStart, bool kWide>
inline void add_eight(uint16x8_t part, uint16_t* low, uint16_t* high) {
  if (kStart) {
    vst1q_u16(low, part);
    if (kWide) vst1q_u16(high, vdupq_n_u16(0));
    return;
  }
  const uint16x8_t sum = vaddq_u16(vld1q_u16(low), part);
  vst1q_u16(low, sum);
  if (kWide) vst1q_u16(high, vsubq_u16(vld1q_u16(high), vcltq_u16(sum, part)));
}

template <bool kStart, bool kWide>
void add_rows_as(const RowGroup& group, size_t bytes, const ColumnSums& sums) {
  size_t x = 0;
  for (; x + 16 <= bytes; x += 16) {
    uint16x8_t first = vdupq_n_u16(0);
    uint16x8_t second = vdupq_n_u16(0);
    for (int r = 0; r < group.count; ++r) {
      const uint8x16_t row = vld1q_u8(group.rows[r] + x);
      const uint8x16_t weight = vdupq_n_u8(group.weights[r]);
      first = vmlal_u8(first, vget_low_u8(row), vget_low_u8(weight));
      second = vmlal_high_u8(second, row, weight);
    }
    add_eight<kStart, kWide>(first, sums.low + x, kWide ? sums.high + x : nullptr);
    add_eight<kStart, kWide>(second, sums.low + x + 8, kWide ? sums.high + x + 8 : nullptr);
  }
  if (x < bytes) plain_add_rows_from(group, x, bytes, kStart, sums);
}

void add_rows(const RowGroup& group, size_t bytes, bool start, const ColumnSums& sums) {
  const bool wide = sums.high != nullptr;
  if (start) {
    wide ? add_rows_as<true, true>(group, bytes, sums) : add_rows_as<true, false>(group, bytes, sums);
  } else {
    wide ? add_rows_as<false, true>(group, bytes, sums) : add_rows_as<false, false>(group, bytes, sums);
  }
}

/// Values unsigned, weights signed but never negative: a product fits 32 unsigned bits, and pairs go to 64.
void project(const Projection& p, int64_t* out) {
  for (int t = 0; t < p.tents; ++t) {
    const uint16_t* values = p.values + p.first_entry[t];
    const int16_t* weights = p.weights + p.pattern[t];
    uint64x2_t sum = vdupq_n_u64(0);
    for (int at = 0; at < p.steps * kEntriesPerStep; at += 8) {
      const uint16x8_t v = vld1q_u16(values + at);
      const uint16x8_t w = vreinterpretq_u16_s16(vld1q_s16(weights + at));
      sum = vpadalq_u32(sum, vmull_u16(vget_low_u16(v), vget_low_u16(w)));
      sum = vpadalq_u32(sum, vmull_high_u16(v, w));
    }
    out[t] = (p.start ? 0 : out[t]) + static_cast<int64_t>(vaddvq_u64(sum) << p.shift);
  }
}

/// out[i][0..4) = sum over k of d[k][i] * in[k][0..4), k upwards, for 16 rows i. One accumulator a row.
inline void dct_block(const float* in, size_t in_stride, const float* d, size_t d_stride, size_t d_step,
                      float* out, size_t out_stride) {
  float32x4_t sum[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) sum[i] = vdupq_n_f32(0.0f);
  for (size_t k = 0; k < kGridSide; ++k) {
    const float32x4_t row = vld1q_f32(in + k * in_stride);
    const float* factor = d + k * d_stride;
#pragma GCC unroll 16
    for (size_t i = 0; i < 16; ++i)
      sum[i] = vaddq_f32(sum[i], vmulq_f32(vdupq_n_f32(factor[i * d_step]), row));
  }
#pragma GCC unroll 16
  for (size_t i = 0; i < 16; ++i) vst1q_f32(out + i * out_stride, sum[i]);
}

void dct(const float* grid, const float* matrix, float* out) {
  float rows[16 * kGridSide];
  for (size_t j = 0; j < kGridSide; j += 4)
    dct_block(grid + j, kGridSide, matrix, 16, 1, rows + j, kGridSide);
  for (size_t j = 0; j < 16; j += 4) dct_block(matrix + j, 16, rows, 1, kGridSide, out + j, 16);
}

constexpr Kernels kNeon = {"neon",        add_rows, project,        plain_scale_row,    plain_luma_row,
                           plain_ycc_row, dct,      plain_gradient, plain_lower_median, plain_above};

}  // namespace

const Kernels* kernels_neon() { return &kNeon; }

}  // namespace seawall::pdq_detail

#else

namespace seawall::pdq_detail {
const Kernels* kernels_neon() { return nullptr; }
}  // namespace seawall::pdq_detail

#endif
