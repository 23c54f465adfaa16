#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "seawall/fingerprint/detail/kernels.h"

/// The kernels in plain C++, for the compiler to vectorise. Internal linkage on purpose: every backend that
/// includes this gets its own copy, compiled for its own instruction set.
namespace seawall::pdq_detail {
namespace {

[[maybe_unused]] void plain_add_rows_from(const RowGroup& group, size_t begin, size_t bytes, bool start,
                                          const ColumnSums& sums) {
  constexpr size_t kBlock = 64;
  for (size_t x = begin; x < bytes; x += kBlock) {
    const size_t width = bytes - x < kBlock ? bytes - x : kBlock;
    uint16_t block[kBlock] = {};
    for (int r = 0; r < group.count; ++r) {
      const uint8_t* row = group.rows[r] + x;
      const unsigned weight = group.weights[r];
      for (size_t k = 0; k < width; ++k) block[k] = static_cast<uint16_t>(block[k] + row[k] * weight);
    }
    uint16_t* low = sums.low + x;
    if (start) {
      memcpy(low, block, width * sizeof(uint16_t));
      if (sums.high != nullptr) memset(sums.high + x, 0, width * sizeof(uint16_t));
      continue;
    }
    for (size_t k = 0; k < width; ++k) {
      const uint16_t sum = static_cast<uint16_t>(low[k] + block[k]);
      low[k] = sum;
      if (sums.high != nullptr) sums.high[x + k] = static_cast<uint16_t>(sums.high[x + k] + (sum < block[k]));
    }
  }
}

[[maybe_unused]] void plain_add_rows(const RowGroup& group, size_t bytes, bool start,
                                     const ColumnSums& sums) {
  plain_add_rows_from(group, 0, bytes, start, sums);
}

[[maybe_unused]] void plain_project(const Projection& p, int64_t* out) {
  for (int t = 0; t < p.tents; ++t) {
    const uint16_t* values = p.values + p.first_entry[t];
    const int16_t* weights = p.weights + p.pattern[t];
    int64_t sum = 0;
    for (int step = 0; step < p.steps; ++step, values += kEntriesPerStep, weights += kEntriesPerStep) {
      int64_t part = 0;
      for (int e = 0; e < kEntriesPerStep; ++e) part += static_cast<int32_t>(values[e]) * weights[e];
      sum += part;
    }
    out[t] = (p.start ? 0 : out[t]) + sum * (int64_t{1} << p.shift);
  }
}

[[maybe_unused]] void plain_scale_row(const int64_t* sums, double unit, double scale, float* grid_row) {
  for (int j = 0; j < kGridSide; ++j) {
    grid_row[j] = static_cast<float>(static_cast<double>(sums[j]) * unit * scale);
  }
}

[[maybe_unused]] void plain_luma_row(const uint8_t* pixels, int bytes_per_pixel, float* grid_row) {
  for (int j = 0; j < kGridSide; ++j, pixels += bytes_per_pixel) {
    const float red_green = 0.299f * static_cast<float>(pixels[0]) + 0.587f * static_cast<float>(pixels[1]);
    grid_row[j] = red_green + 0.114f * static_cast<float>(pixels[2]);
  }
}

inline int clamp_to_byte(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

inline void ycc_pixels(const YccRows& rows, const int* cb, const int* cr, int begin, int count, uint8_t* red,
                       uint8_t* green, uint8_t* blue) {
  for (int k = 0; k < count; ++k) {
    const int y = rows.y_gain * (rows.y[begin + k] - rows.y_zero) + 32768;
    red[k] = static_cast<uint8_t>(clamp_to_byte((y + rows.red * cr[k]) >> 16));
    green[k] = static_cast<uint8_t>(clamp_to_byte((y - rows.green_cb * cb[k] - rows.green_cr * cr[k]) >> 16));
    blue[k] = static_cast<uint8_t>(clamp_to_byte((y + rows.blue * cb[k]) >> 16));
  }
}

[[maybe_unused]] void plain_ycc_row(const YccRows& rows, uint8_t* planes, size_t plane_stride) {
  constexpr int kBlock = 128;
  int cb[kBlock];
  int cr[kBlock];
  for (int x = 0; x < rows.width_px; x += kBlock) {
    const int count = rows.width_px - x < kBlock ? rows.width_px - x : kBlock;
    if (rows.chroma_h_shift == 0) {
      for (int k = 0; k < count; ++k) cb[k] = rows.cb[x + k] - 128;
      for (int k = 0; k < count; ++k) cr[k] = rows.cr[x + k] - 128;
    } else {
      for (int k = 0; k < count; ++k) cb[k] = rows.cb[(x + k) >> rows.chroma_h_shift] - 128;
      for (int k = 0; k < count; ++k) cr[k] = rows.cr[(x + k) >> rows.chroma_h_shift] - 128;
    }
    uint8_t* red = planes + x;
    ycc_pixels(rows, cb, cr, x, count, red, red + plane_stride, red + 2 * plane_stride);
  }
}

/// One column block of a product: out[i][0..width) = sum over k of d[k][i] * in[k][0..width), k upwards.
[[maybe_unused]] void plain_dct(const float* grid, const float* matrix, float* out) {
  float rows[16 * kGridSide];
  for (int i = 0; i < 16; ++i) {
    float sum[kGridSide] = {};
    for (int k = 0; k < kGridSide; ++k) {
      const float d = matrix[k * 16 + i];
      for (int j = 0; j < kGridSide; ++j) sum[j] += d * grid[k * kGridSide + j];
    }
    memcpy(rows + i * kGridSide, sum, sizeof sum);
  }
  for (int i = 0; i < 16; ++i) {
    float sum[16] = {};
    for (int k = 0; k < kGridSide; ++k) {
      const float t = rows[i * kGridSide + k];
      for (int j = 0; j < 16; ++j) sum[j] += t * matrix[k * 16 + j];
    }
    memcpy(out + i * 16, sum, sizeof sum);
  }
}

[[maybe_unused]] int plain_gradient(const float* grid) {
  int sum = 0;
  for (int i = 0; i < kGridSide; ++i) {
    const float* row = grid + i * kGridSide;
    for (int j = 0; j + 1 < kGridSide; ++j) {
      const int d = static_cast<int>((row[j] - row[j + 1]) * 100.0f / 255.0f);
      sum += d < 0 ? -d : d;
    }
    if (i + 1 == kGridSide) break;
    for (int j = 0; j < kGridSide; ++j) {
      const int d = static_cast<int>((row[j] - row[j + kGridSide]) * 100.0f / 255.0f);
      sum += d < 0 ? -d : d;
    }
  }
  return sum;
}

/// The float whose bits, ordered as unsigned integers, are `key`; inverse of ordered_key.
[[maybe_unused]] float float_of_key(uint32_t key) {
  const uint32_t bits = (key & 0x80000000U) != 0 ? key ^ 0x80000000U : ~key;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// Floats to unsigned integers of the same order (negative zero just below zero, which no comparison of
/// floats that follows can see).
[[maybe_unused]] void ordered_keys(const float* values, uint32_t* keys) {
  for (int k = 0; k < 256; ++k) {
    uint32_t bits;
    memcpy(&bits, values + k, sizeof bits);
    keys[k] = bits ^ (static_cast<uint32_t>(-static_cast<int32_t>(bits >> 31)) | 0x80000000U);
  }
}

/// Bit by bit from the top: the largest key that at most 127 keys are below of.
[[maybe_unused]] float plain_lower_median(const float* values) {
  uint32_t keys[256];
  ordered_keys(values, keys);
  uint32_t found = 0;
  for (int bit = 31; bit >= 0; --bit) {
    const uint32_t trial = found | (uint32_t{1} << bit);
    int below = 0;
    for (int k = 0; k < 256; ++k) below += keys[k] < trial ? 1 : 0;
    if (below <= 127) found = trial;
  }
  return float_of_key(found);
}

[[maybe_unused]] void plain_above(const float* values, float limit, uint64_t* words) {
  for (int w = 0; w < 4; ++w) {
    uint64_t word = 0;
    for (int k = 0; k < 64; ++k) word |= static_cast<uint64_t>(values[w * 64 + k] > limit) << k;
    words[w] = word;
  }
}

}  // namespace
}  // namespace seawall::pdq_detail
