#pragma once

#include <memory>

#include "seawall/base/function_ref.h"
#include "seawall/media/frame_memory.h"
#include "seawall/media/video_decoder.h"

namespace seawall {

/// What a worker program for videos is made of.
struct VideoWorkerParts {
  /// Builds the decoder, which puts its pixels into the given memory.
  FunctionRef<std::unique_ptr<VideoDecoder>(FrameMemory&)> make_decoder;
  /// Called before the process is confined: must touch everything that would be opened lazily.
  FunctionRef<void()> warm_up;
};

/// The whole of a worker program's main(): confines this process for good (docs/video.md), then decodes what
/// SandboxedVideoDecoder sends until that hangs up. Returns the exit status.
/// `argc`, `argv`: as SandboxedVideoDecoder starts it; anything else gets one line of explanation and
/// status 2.
int run_video_worker(int argc, char** argv, const VideoWorkerParts& parts);

}  // namespace seawall
