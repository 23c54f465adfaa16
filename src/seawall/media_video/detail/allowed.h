#pragma once

#include <span>
#include <string_view>

#include "seawall/media_video/detail/av_handles.h"

/// What of FFmpeg may run. Everything else is refused, whatever the installed libraries can do.
namespace seawall::media_video {

/// Names of demuxers, comma-separated, as AVFormatContext::format_whitelist takes them. None opens other
/// files.
extern const char* const kDemuxers;
/// Names of decoders, likewise; the same as allowed_decoders().
extern const char* const kDecoders;

/// The decoder for `codec`, or null.
[[nodiscard]] const AVCodec* allowed_decoder(AVCodecID codec);
/// All that this FFmpeg has.
[[nodiscard]] std::span<const std::string_view> allowed_decoders();

}  // namespace seawall::media_video
