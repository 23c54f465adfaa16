#pragma once

#include <cstddef>
#include <cstdint>

/// The inner loops of PDQ, once per instruction set. Plain C types only: the translation units behind this
/// header are compiled for processors that the rest of the program may not run on, so they must share no
/// inline function with it.
///
/// All backends give the same bits: everything up to the grid is integer arithmetic without rounding, and the
/// float steps (scaling, DCT) have one fixed order of operations, never fused.
namespace seawall::pdq_detail {

inline constexpr int kGridSide = 64;
inline constexpr int kRowsPerGroup = 8;
/// Largest weight of one row in a group, and of a group in sum: 255 times it fits 16 bits (a pair's 15).
inline constexpr int kRowWeightMax = 64;
inline constexpr int kGroupWeightMax = 256;
/// Buffers of column sums are writable this many entries past their end, and readable a tent's entries more.
inline constexpr std::size_t kSlackEntries = 64;
/// Horizontal weights come in steps of this many entries, the last one filled with zeros.
inline constexpr int kEntriesPerStep = 32;

/// Up to eight rows with their weights; `count` is even, missing ones have weight 0 but a readable row.
struct RowGroup {
  const std::uint8_t* rows[kRowsPerGroup];
  const std::uint8_t* ahead[kRowsPerGroup];  ///< Readable rows that come next: asked of the memory meanwhile.
  std::uint8_t weights[kRowsPerGroup];
  int count;
};

/// Sums per byte column: value = low[x] + 65536 * high[x]; `high` is null where 16 bits suffice.
struct ColumnSums {
  std::uint16_t* low;
  std::uint16_t* high;
};

/// Weighted sums over a run of entries, for many tents.
struct Projection {
  const std::uint16_t* values;
  const std::int16_t* weights;       ///< All patterns, each `steps` * kEntriesPerStep long.
  const std::uint32_t* first_entry;  ///< Per tent: where in `values` it starts.
  const std::uint32_t* pattern;      ///< Per tent: where in `weights` its pattern starts.
  const std::int64_t* bias;          ///< Per tent: 32768 times the sum of its weights.
  bool fifteen_bits;                 ///< All values are under 2^15 (bias is not needed).
  int tents;
  int steps;
  int steps_per_flush;  ///< 32-bit lanes cannot overflow within this many steps; 0: the whole sum is under
                        ///< 2^32.
  int shift;            ///< The sums count times 2^shift.
  bool start;           ///< `out` is set, not added to.
};

struct YccRows {
  const std::uint8_t* y;
  const std::uint8_t* cb;
  const std::uint8_t* cr;
  int chroma_h_shift;
  int width_px;
  /// 16-bit fixed point: R = (y_gain * (Y - y_zero) + red * (Cr - 128) + 32768) >> 16, and so on, clamped.
  int y_zero, y_gain, red, green_cb, green_cr, blue;
};

struct Kernels {
  const char* name;

  /// sums = (or, unless `start`, +=) the weighted sum of the group's rows, for `bytes` columns. May write
  /// kSlackEntries past the end; reads not one byte past a row.
  void (*add_rows)(const RowGroup& group, std::size_t bytes, bool start, const ColumnSums& sums);

  /// out[t] = (or, unless `start`, +=) (sum over e of values[first_entry[t] + e] * weights[pattern[t] + e])
  /// << shift.
  void (*project)(const Projection& projection, std::int64_t* out);

  /// grid_row[j] = float(double(sums[j]) * unit * scale), j 0..63.
  void (*scale_row)(const std::int64_t* sums, double unit, double scale, float* grid_row);

  /// Luma of 64 pixels of 3 or 4 bytes: (0.299f R + 0.587f G) + 0.114f B.
  void (*luma_row)(const std::uint8_t* pixels, int bytes_per_pixel, float* grid_row);

  /// One row of Y'CbCr to three planes of R, G and B, each width_px long, `plane_stride` apart.
  void (*ycc_row)(const YccRows& rows, std::uint8_t* planes, std::size_t plane_stride);

  /// 64 x 64 -> 16 x 16. `matrix` is D by columns: matrix[j * 16 + i] = D[i][j]. Sums run over j upwards.
  void (*dct)(const float* grid, const float* matrix, float* out);

  /// Sum over neighbours of |int((u - v) * 100 / 255)|.
  int (*gradient)(const float* grid);

  /// The 128th smallest of 256.
  float (*lower_median)(const float* values);

  /// Bit k of words set where values[k] > limit.
  void (*above)(const float* values, float limit, std::uint64_t* words);
};

/// Null where the program is not built for that instruction set.
const Kernels* kernels_avx512();
const Kernels* kernels_avx2();
const Kernels* kernels_neon();
const Kernels* kernels_portable();

/// The best that this machine runs, or the lesser one that SEAWALL_CPU names. Decided once.
const Kernels& best_kernels();
/// By name ("avx512", "avx2", "neon", "portable"); null if unknown or not runnable here.
const Kernels* kernels_named(const char* name);

}  // namespace seawall::pdq_detail
