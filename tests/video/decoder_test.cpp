// Runs the suite of the port VideoDecoder over its two adapters.
#include <cstdlib>

#include "decoder_suite.h"
#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/media_video/ffmpeg_decoder.h"

namespace seawall::test {
namespace {

/// One pool for all tests: each would start a process of its own otherwise.
class SharedPool final : public VideoDecoder {
 public:
  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override {
    static const auto pool = SandboxedVideoDecoder::create({.workers_max = 1});
    if (!pool) std::abort();
    return (*pool)->decode(source, options, visit);
  }
};

INSTANTIATE_TEST_SUITE_P(InProcess, VideoDecoderSuite,
                         testing::Values(VideoDecoderUnderTest{
                             "ffmpeg", [] { return std::make_unique<FfmpegDecoder>(); }}));
INSTANTIATE_TEST_SUITE_P(Sandboxed, VideoDecoderSuite,
                         testing::Values(VideoDecoderUnderTest{
                             "sandbox", [] { return std::make_unique<SharedPool>(); }}));

}  // namespace
}  // namespace seawall::test
