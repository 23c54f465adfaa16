#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "seawall/model/signal.h"

namespace seawall {

/// One hash of one frame of a video. A frame that is hashed in several ways (mirrored, trimmed, windows) has
/// several of these with the same time and different labels.
struct TimedHash {
  std::int64_t time_us = 0;  ///< Presentation time, from 0 at the start of the video; not a frame index.
  PdqHash hash;
  std::uint16_t label = 0;  ///< Index into HashTrack::labels.
  friend bool operator==(const TimedHash&, const TimedHash&) = default;
};

/// The hashes of a video or of a part of a stream, in order of presentation time.
struct HashTrack {
  /// How each hash was derived, for people: "original", "trim+flip_x", "crop 80%x80% at 10%,10%". Label 0 is
  /// the frame as it is.
  std::vector<std::string> labels{"original"};
  std::vector<TimedHash> hashes;
  friend bool operator==(const HashTrack&, const HashTrack&) = default;
};

}  // namespace seawall
