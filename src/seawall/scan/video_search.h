#pragma once

#include <span>
#include <vector>

#include "seawall/base/result.h"
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

struct VideoSearch {
  QueryVideo video;
  VideoFindings findings;
  bool looked_closer = false;
};

/// Looks a video up in the listed videos of the banks: as VideoQueryOptions say and, where that comes near to
/// something, once more by frames 200 ms apart (unless `options` ask for keyframes alone or for every frame).
/// Errors: the decoder's (of the first look; where the closer one fails, the first stands), the banks'.
Result<VideoSearch> search_video(VideoDecoder& decoder, const VideoSource& file,
                                 std::span<const ScanBank* const> banks,
                                 const VideoQueryOptions& options = {});

}  // namespace seawall
