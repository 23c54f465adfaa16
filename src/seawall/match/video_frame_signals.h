#pragma once

#include "seawall/match/signals.h"
#include "seawall/media/video_decoder.h"

namespace seawall {

/// The signals of one decoded frame of a video, from its planes: the same variants as of a picture, upright.
/// `kThorough` looks at other windows than a picture's, two on the stored side and some 50 on the query's,
/// since listed videos are dense (detail/video_windows.h). FrameSignals::index and time_ms are the frame's.
/// Deterministic; pure. Cost at 720p: about 0.15 ms for what has no border, as much again for each trimmed
/// part (docs/video.md has figures), and some 0.1 ms for each window.
[[nodiscard]] FrameSignals frame_signals_of(const VideoFrame& frame, VariantProfile profile,
                                            VariantSide side);

}  // namespace seawall
