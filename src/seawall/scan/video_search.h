#pragma once

#include <span>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/media/video_decoder.h"
#include "seawall/report/record.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall {

class ScanBank;

/// What banks say of a video.
struct VideoFindings {
  std::vector<RecordedMatch> matches;  ///< One a part that was found.
  bool is_near = false;  ///< Something was nearly found, or found by little: worth a closer look.
};

inline constexpr int kVideoStreamsMax = 8;  ///< Of one file; further ones are told (QueryVideo::ended).

/// A part of a match of clips as reports have it, without bank, entry and verdict. `query_labels` and
/// `listed_labels`: HashTrack::labels, DensePrint::labels.
[[nodiscard]] RecordedMatch recorded_clip(const ClipSegment& segment,
                                          std::span<const std::string> query_labels,
                                          std::span<const std::string> listed_labels);

struct VideoSearch {
  QueryVideo video;  ///< The first stream's; `ended` and is_cut where they are any stream's.
  VideoFindings findings;
  bool looked_closer = false;
};

/// Looks a video up in the listed videos of the banks: as VideoQueryOptions say and, where that comes near to
/// something, once more by frames 200 ms apart (unless `options` ask for keyframes alone or for every frame).
/// What the first look found and the closer one does not stands all the same: a picture that flashes up is
/// a keyframe between two steps. Each of the file's video streams is looked at, up to kVideoStreamsMax.
/// Errors: the decoder's (of the first look; where the closer one fails, the first stands), the banks'.
Result<VideoSearch> search_video(VideoDecoder& decoder, const VideoSource& file,
                                 std::span<const ScanBank* const> banks,
                                 const VideoQueryOptions& options = {});

}  // namespace seawall
