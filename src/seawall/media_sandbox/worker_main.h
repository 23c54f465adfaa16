#pragma once

#include <memory>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/media/decoder.h"
#include "seawall/media/frame_memory.h"

namespace seawall {

/// What a worker program is made of.
struct WorkerParts {
  /// Builds the decoder, which puts its pixels into the given memory.
  FunctionRef<std::unique_ptr<MediaDecoder>(FrameMemory&)> make_decoder;
  /// Called before the process is confined: must touch everything that would be opened lazily.
  FunctionRef<void()> warm_up;
};

/// The whole of a worker program's main(): confines this process for good (docs/media.md), then decodes what
/// SandboxedDecoder sends until that hangs up. Returns the exit status.
/// `argc`, `argv`: as SandboxedDecoder starts it; anything else gets one line of explanation and status 2.
int run_media_worker(int argc, char** argv, const WorkerParts& parts);

}  // namespace seawall
