// Property: whatever the bytes, a decode of a video ends without a crash and within its limits; frames come
// with rising times and indices in a row, their planes are readable and initialised, and the counts agree.
// The first byte picks how frames are sampled; the rest is the file, in two parts where the byte says so.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "seawall/media_video/ffmpeg_decoder.h"

namespace {

using seawall::VideoFrame;

volatile unsigned sink = 0;

void require(bool holds) {
  if (!holds) std::abort();
}

unsigned sum_of(const std::uint8_t* plane, std::ptrdiff_t stride, int width, int height) {
  unsigned sum = 0;
  for (int y = 0; plane != nullptr && y < height; ++y, plane += stride) {
    for (int x = 0; x < width; ++x) sum += plane[x];
  }
  return sum;
}

void check_frame(const VideoFrame& frame, const seawall::VideoLimits& limits) {
  const seawall::YccView& v = frame.planes;
  require(v.width_px > 0 && v.height_px > 0 && v.width_px <= limits.side_px_max &&
          v.height_px <= limits.side_px_max);
  require(static_cast<std::uint64_t>(v.width_px) * static_cast<std::uint64_t>(v.height_px) <=
          limits.pixels_max);
  require(frame.aspect_num > 0 && frame.aspect_den > 0 && frame.orientation.quarter_turns < 4);
  const int chroma_width = (v.width_px + (1 << v.chroma_h_shift) - 1) >> v.chroma_h_shift;
  const int chroma_height = (v.height_px + (1 << v.chroma_v_shift) - 1) >> v.chroma_v_shift;
  const unsigned sum = sum_of(v.y, v.y_stride_bytes, v.width_px, v.height_px) +
                       sum_of(v.cb, v.chroma_stride_bytes, chroma_width, chroma_height) +
                       sum_of(v.cr, v.chroma_stride_bytes, chroma_width, chroma_height);
  if (sum == 1) sink = sink + 1;  // a branch on the samples: an uninitialised one shows under valgrind
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  seawall::VideoOptions options;
  options.sampling = static_cast<seawall::VideoSampling>(1 + data[0] % 4);
  options.at_sight = (data[0] & 8U) != 0;
  options.interval_us = 100'000;
  options.limits.pixels_max = 1U << 17;
  options.limits.side_px_max = 2048;
  options.limits.frames_max = 24;
  options.limits.packets_max = 300;
  options.limits.time_ms_max = 1000;
  // A copy of just this size, so that reading on would be seen.
  const std::vector<std::byte> file(reinterpret_cast<const std::byte*>(data + 1),
                                    reinterpret_cast<const std::byte*>(data + size));
  const std::span<const std::byte> whole(file);
  const std::size_t cut = (data[0] & 4U) != 0 ? file.size() / 3 : file.size();
  const std::array<seawall::VideoSource::Bytes, 2> parts{whole.first(cut), whole.subspan(cut)};
  seawall::FfmpegDecoder decoder;
  std::int64_t frames = 0;
  std::int64_t last_us = -1;
  const auto info = decoder.decode({.parts = parts}, options, [&](const VideoFrame& frame) {
    require(frame.index == frames++ && frame.time_us > last_us);
    last_us = frame.time_us;
    check_frame(frame, options.limits);
    return true;
  });
  require(frames <= options.limits.frames_max);
  if (info) {
    require(info->frames_visited == frames && info->frames_decoded >= frames &&
            info->keyframes <= info->packets);
    require(frames > 0 || options.sampling == seawall::VideoSampling::kInfo);
  }
  return 0;
}
