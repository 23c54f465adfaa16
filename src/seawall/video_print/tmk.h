#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// A TMK+PDQF signal: one fixed vector for a whole video (Meta, ThreatExchange tmk/; temporal match kernels
/// of Poullot et al. 2015). Read, stored and compared for lists that carry it, and made by TmkMaker. With P
/// periods, m coefficients and dimension d: `cosines` and `sines` hold P x m x d floats, period by period,
/// coefficient by coefficient. The usual 4 x 32 x 256 make 263,344 bytes.
struct TmkPrint {
  static constexpr std::size_t kBytesMax = 2 << 20;
  static constexpr int kPeriodsMax = 16;
  static constexpr int kPeriodMax = 1 << 16;
  static constexpr int kCoefficientsMax = 64;
  static constexpr int kDimensionMax = 1024;

  std::int32_t frames_per_second = 15;  ///< Of the video as it was resampled.
  std::int32_t frame_count = 0;         ///< After resampling.
  std::vector<std::int32_t> periods;    ///< In frames, 1..kPeriodMax.
  std::vector<float> coefficients;      ///< Of the kernel's Fourier series, 0 and up.
  std::vector<float> average;           ///< d floats: the mean of the frames' features.
  std::vector<float> cosines;
  std::vector<float> sines;

  [[nodiscard]] std::size_t dimension() const { return average.size(); }
  friend bool operator==(const TmkPrint&, const TmkPrint&) = default;
};

/// Reads a whole .tmk file ("TMK1" "FVEC" "PDQF"). Every float must be finite.
/// Errors: kInvalidInput (not such a file, or its size is not what its header says), kUnsupported (another
/// frame feature than PDQF), kLimitExceeded (a count above the limits of TmkPrint).
Result<TmkPrint> read_tmk(std::span<const std::byte> file);
/// The bytes of the file: read_tmk() of them is equal, and what Meta's programs wrote is given back byte for
/// byte.
[[nodiscard]] std::vector<std::byte> write_tmk(const TmkPrint& print);

struct TmkRule {
  double level1_min = 0.7;  ///< Inclusive; Meta's default.
  double level2_min = 0.7;  ///< Likewise.
};

struct TmkComparison {
  double level1 = 0;  ///< Cosine of the two averages, -1..1.
  /// Best kernel score over all offsets and periods; 1 for a video with itself. Computed only where level 1
  /// passes, as the rule asks for both; else 0.
  double level2 = 0;
  bool level2_computed = false;
  /// Where the score of each period is best: frames, modulo the period; empty unless level 2 was computed.
  std::vector<int> best_offsets_frames;
  bool is_match = false;
};

/// Compares two videos by both levels. Sums are in double precision, so scores may differ from those of
/// Meta's programs (float) in the fifth digit. Errors: kInvalidInput when the two were made with other
/// parameters. Cost: level 1 under 1 us; level 2 about 1 ms for the usual size.
Result<TmkComparison> tmk_compare(const TmkPrint& query, const TmkPrint& reference, const TmkRule& rule = {});

}  // namespace seawall
