// The program that decodes videos in confinement: see docs/video.md. SandboxedVideoDecoder starts it.
#include <memory>

#include "seawall/media_sandbox/video_worker_main.h"
#include "seawall/media_video/ffmpeg_decoder.h"

int main(int argc, char** argv) {
  const auto make_decoder = [](seawall::FrameMemory& memory) -> std::unique_ptr<seawall::VideoDecoder> {
    return std::make_unique<seawall::FfmpegDecoder>(memory);
  };
  const auto warm_up = [] { seawall::warm_up_video_libraries(); };
  return seawall::run_video_worker(argc, argv, {.make_decoder = make_decoder, .warm_up = warm_up});
}
