#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/temporary_folder.h"

// Harmless clips for video_bench, made by the `ffmpeg` program from photographs, or from a generated pattern
// where there are none.
namespace seawall::bench {

struct ClipRecipe {
  int width_px = 0;
  int height_px = 0;
  double seconds = 0;
  int frames_per_second = 30;
  std::string codec;      ///< Output options: "-c:v libx264 -preset veryfast ...".
  std::string extension;  ///< Of the file.
  bool slides = false;    ///< A photograph a frame, instead of pans over photographs.
};

/// A place for clips that goes with the process.
class ClipFolder {
 public:
  explicit ClipFolder(TemporaryFolder folder) : folder_(std::move(folder)) {}

  /// Where the clip lies; empty, with a word on stderr, where `ffmpeg` is missing or fails. `photos`: a
  /// folder.
  std::string make(const ClipRecipe& recipe, const std::string& photos);
  /// The frames of a clip as packed RGB by FFmpeg's own scaler, which is told the matrix; one after the
  /// other.
  std::vector<std::uint8_t> rgb_frames(const std::string& clip, const std::string& matrix);

 private:
  TemporaryFolder folder_;
  int made_ = 0;
};

}  // namespace seawall::bench
