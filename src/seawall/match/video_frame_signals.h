#pragma once

#include "seawall/match/signals.h"
#include "seawall/media/video_decoder.h"

namespace seawall {

/// The signals of one decoded frame of a video, from its planes: the same variants as of a picture, upright.
/// `kThorough` looks at fewer of them than a picture's, since videos have many frames: docs/video-matching.md
/// says which. FrameSignals::index and time_ms are the frame's. Deterministic; pure. Cost at 720p: about
/// 0.15 ms for what has no border, as much again for each trimmed part (docs/video.md has figures).
[[nodiscard]] FrameSignals frame_signals_of(const VideoFrame& frame, VariantProfile profile,
                                            VariantSide side);

}  // namespace seawall
