#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/video_print/tmk.h"

namespace seawall {

/// Makes the TMK+PDQF signal of a video from the features of its frames, with Meta's parameters: 15 frames a
/// second, the periods 2731, 4391, 9767 and 14653, 32 coefficients (beta 32), 256 features. Frames are
/// resampled as Meta's program has ffmpeg do it: each 1/15 s shows the frame that was last begun.
/// Source: ThreatExchange tmk/cpp; Poullot et al. 2015, "Temporal matching kernel with explicit feature map".
///
/// Threads: one. Memory: 0.5 MB. Cost: about 40 us a frame, however long it stands.
class TmkMaker {
 public:
  static constexpr std::int32_t kFramesPerSecond = 15;
  static constexpr std::size_t kDimension = 256;
  /// 24 days, as DensePrint.
  static constexpr std::int64_t kTimeUsMax = std::int64_t{0x7fffffff} * 1000;

  TmkMaker();

  /// A frame's PDQ spectrum (PdqSpectrum::dct), in the order of time. `time_us`: 0 and up; one that does not
  /// rise replaces nothing and is left out. Errors: kInvalidInput (a time before 0, not kDimension features,
  /// one that is not finite), kLimitExceeded (kTimeUsMax).
  Result<void> add(std::span<const float> features, std::int64_t time_us);
  /// The signal of what was added, the last frame standing until `end_us`; the maker is then empty.
  /// Errors: kInvalidInput (there was no frame), kLimitExceeded.
  Result<TmkPrint> finish(std::int64_t end_us);

 private:
  void show_until(std::int64_t slot);
  void take(std::int64_t slots);

  std::vector<float> shown_;         // Of the frame added last; empty: none was.
  std::vector<float> unit_;          // The same, as a unit vector.
  std::int64_t shown_from_us_ = -1;  // When it begins.
  std::int64_t slots_ = 0;           // 1/15 s that were taken.
  std::vector<double> average_;
  std::vector<double> cosines_;
  std::vector<double> sines_;
};

}  // namespace seawall
