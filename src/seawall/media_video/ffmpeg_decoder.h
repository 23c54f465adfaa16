#pragma once

#include "seawall/media/frame_memory.h"
#include "seawall/media/video_decoder.h"

namespace seawall {

/// Decodes videos in this process with FFmpeg's libavformat and libavcodec, from an explicit list of
/// containers and codecs (docs/video.md), one thread, no protocol, no file but the one given.
///
/// Guarantees: frames keep the limits on their size; every byte handed on is initialised. Not safe against
/// hostile files by itself: only video_worker, which has nothing to lose, runs it on files of unknown origin;
/// everything else takes media_sandbox. The time limit is checked between packets and while reading; the
/// memory limit is the worker's (RLIMIT_AS). Threads: without a FrameMemory any number at once; with one, one
/// decode at a time. Starts none. Switches FFmpeg's logging off for the whole process.
/// Cost: one copy of each frame that is visited.
class FfmpegDecoder final : public VideoDecoder {
 public:
  /// Puts pixels on the heap.
  FfmpegDecoder();
  /// Puts pixels into `memory`, which must outlive this object.
  explicit FfmpegDecoder(FrameMemory& memory);

  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override;

 private:
  FrameMemory* memory_ = nullptr;
};

/// Opens every allowed decoder once, so that tables are built and nothing is loaded later.
void warm_up_video_libraries();

}  // namespace seawall
