// The program that decodes pictures in confinement: see docs/media.md. SandboxedDecoder starts it.
#include <memory>

#include "seawall/media_images/images_decoder.h"
#include "seawall/media_sandbox/worker_main.h"

int main(int argc, char** argv) {
  const auto make_decoder = [](seawall::FrameMemory& memory) -> std::unique_ptr<seawall::MediaDecoder> {
    return std::make_unique<seawall::ImagesDecoder>(memory);
  };
  const auto warm_up = [] { seawall::warm_up_image_libraries(); };
  return seawall::run_media_worker(argc, argv, {.make_decoder = make_decoder, .warm_up = warm_up});
}
