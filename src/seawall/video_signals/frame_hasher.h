#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "seawall/match/variant.h"
#include "seawall/match/video_frame_signals.h"
#include "seawall/media/video_decoder.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

struct FrameHashOptions {
  VariantProfile profile = VariantProfile::kDefault;
  VariantSide side = VariantSide::kQuery;
};

/// The bridge from decoded frames to what clips are matched by: each frame's hashes in every variant, under
/// labels that mean the same in every frame, so that ClipMatcher can count frames under one label together.
/// A window has the label of the first one whose every edge lies within 1.2 % of the frame; what is left
/// without borders has one label wherever it lies, and windows of it by where they lie in the frame.
///
/// Guarantees: label 0 is the frame as it is and always given, whatever its quality; all others pass the
/// quality gate. Labels are only ever added, at most kLabelsMax(side); a hash whose label finds no place is
/// left out and counted. At most kHashesAFrameMax hashes a frame, what ClipTracker takes.
/// Threads: one; make one a video or stream. Memory: its labels. Cost: frame_signals_of(VideoFrame).
class FrameHasher {
 public:
  static constexpr std::size_t kHashesAFrameMax = 512;
  static constexpr std::size_t kQueryLabelsMax = 1024;
  static constexpr std::size_t kStoredLabelsMax = 64;  ///< DensePrint's.

  explicit FrameHasher(const FrameHashOptions& options = {});

  /// The hashes of `frame` by label, all of them at its time_us (live streams put their own time there).
  [[nodiscard]] std::vector<TimedHash> hash(const VideoFrame& frame);
  /// hash() in two steps: what needs the pixels, which touches nothing that label() changes, so that another
  /// thread may be in that meanwhile; and what gives the labels. `time_us`: of the hashes.
  [[nodiscard]] FrameSignals signals_of(const VideoFrame& frame) const;
  [[nodiscard]] std::vector<TimedHash> label(const FrameSignals& signals, std::int64_t time_us);
  /// Names of the labels used so far: "original", "flip_y", "trim", "trim+rotate90", "even trim".
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  struct Known {
    std::uint32_t key = 0;
    VariantWindow window;  ///< Of all kinds but kOriginal and kTrim.
    std::uint16_t label = 0;
  };
  std::uint16_t label_of(const Variant& variant, bool second_trim);

  FrameHashOptions options_;
  std::vector<std::string> labels_{"original"};
  std::vector<Known> known_{Known{}};
  std::size_t left_out_ = 0;
};

}  // namespace seawall
