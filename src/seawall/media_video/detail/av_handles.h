#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <memory>

/// FFmpeg's objects with owners.
namespace seawall::media_video {

struct AvRelease {
  void operator()(AVFormatContext* context) const { ::avformat_close_input(&context); }
  void operator()(AVCodecContext* context) const { ::avcodec_free_context(&context); }
  void operator()(AVPacket* packet) const { ::av_packet_free(&packet); }
  void operator()(AVCodecParserContext* parser) const { ::av_parser_close(parser); }
  void operator()(AVFrame* frame) const { ::av_frame_free(&frame); }
  void operator()(AVIOContext* context) const {
    ::av_freep(&context->buffer);
    ::avio_context_free(&context);
  }
};

template <class T>
using AvPtr = std::unique_ptr<T, AvRelease>;

}  // namespace seawall::media_video
