#include "seawall/media_video/ffmpeg_decoder.h"

#include <new>
#include <string>

#include "seawall/media_video/detail/allowed.h"
#include "seawall/media_video/detail/decode_job.h"

namespace seawall {
namespace {

constexpr std::int64_t kIntervalUsMin = 1'000;
constexpr std::int64_t kIntervalUsMax = 24LL * 3600 * 1'000'000;

bool are_in_range(const VideoOptions& options) {
  const VideoLimits& limits = options.limits;
  return limits.pixels_max > 0 && limits.pixels_max <= (std::uint64_t{1} << 30) && limits.side_px_max > 0 &&
         limits.frames_max > 0 && limits.packets_max > 0 && limits.time_ms_max > 0 && options.stream >= 0 &&
         options.spacing_us_min >= 0 && options.interval_us >= kIntervalUsMin &&
         options.interval_us <= kIntervalUsMax && options.sampling >= VideoSampling::kInfo &&
         options.sampling <= VideoSampling::kEveryFrame;
}

}  // namespace

FfmpegDecoder::FfmpegDecoder() { ::av_log_set_level(AV_LOG_QUIET); }
FfmpegDecoder::FfmpegDecoder(FrameMemory& memory) : FfmpegDecoder() { memory_ = &memory; }

Result<VideoInfo> FfmpegDecoder::decode(const VideoSource& source, const VideoOptions& options,
                                        FunctionRef<bool(const VideoFrame&)> visit) {
  if (!are_in_range(options)) return fail(Code::kInvalidInput, "video options out of range");
  HeapFrameMemory own_memory;
  FrameMemory& memory = memory_ != nullptr ? *memory_ : own_memory;
  try {
    return media_video::DecodeJob(options, memory, visit).run(source);
  } catch (const std::bad_alloc&) {
    return fail_memory(options.limits.memory_bytes_max);
  }
}

void warm_up_video_libraries() {
  ::av_log_set_level(AV_LOG_QUIET);
  for (const std::string_view name : media_video::allowed_decoders()) {
    const AVCodec* decoder = ::avcodec_find_decoder_by_name(std::string(name).c_str());
    if (decoder == nullptr) continue;
    const media_video::AvPtr<AVCodecContext> context(::avcodec_alloc_context3(decoder));
    if (!context) continue;
    context->width = context->height = context->coded_width = context->coded_height = 64;
    context->thread_count = 1;
    // Some refuse without their headers; what they set up before that is done.
    (void)::avcodec_open2(context.get(), decoder, nullptr);
  }
}

}  // namespace seawall
