#include "seawall/media_video/detail/allowed.h"

#include <algorithm>
#include <array>
#include <string>

namespace seawall::media_video {
namespace {

constexpr std::array<std::string_view, 31> kDecoderNames{
    "h264",    "hevc",      "vp9",       "vp8",    "libdav1d", "mpeg2video", "mpeg1video", "mpeg4",
    "msmpeg4", "msmpeg4v2", "msmpeg4v1", "h263",   "flv",      "wmv1",       "wmv2",       "wmv3",
    "vc1",     "prores",    "mjpeg",     "theora", "dvvideo",  "vp6",        "vp6a",       "vp6f",
    "dnxhd",   "ffv1",      "rawvideo",  "rv30",   "rv40",     "h263p",      "huffyuv"};

const std::string& joined_names() {
  static const std::string names = [] {
    std::string all;
    for (const std::string_view name : kDecoderNames) all.append(all.empty() ? "" : ",").append(name);
    return all;
  }();
  return names;
}

}  // namespace

// Not here: whatever names other files (hls, dash, concat, imf, ...), devices, pictures, subtitles, games.
const char* const kDemuxers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,av1,ivf,avi,flv,live_flv,"
    "asf,"
    "ogg,mxf,dv,rm,mjpeg";
const char* const kDecoders = joined_names().c_str();

const AVCodec* allowed_decoder(AVCodecID codec) {
  void* state = nullptr;
  while (const AVCodec* candidate = ::av_codec_iterate(&state)) {
    if (candidate->id == codec && ::av_codec_is_decoder(candidate) != 0 &&
        std::ranges::find(kDecoderNames, std::string_view(candidate->name)) != kDecoderNames.end()) {
      return candidate;
    }
  }
  return nullptr;
}

std::span<const std::string_view> allowed_decoders() { return kDecoderNames; }

}  // namespace seawall::media_video
