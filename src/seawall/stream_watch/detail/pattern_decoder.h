#pragma once

// For tests: a "video" that is a list of pictures, each a smooth pattern made from a seed.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "seawall/media/video_decoder.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall::test {

struct PatternPicture {
  std::int64_t time_us = 0;
  std::uint32_t seed = 0;
  std::uint32_t key = 0;
};

inline std::vector<std::byte> pattern_media(const std::vector<PatternPicture>& pictures) {
  const auto bytes = std::as_bytes(std::span(pictures));
  return {bytes.begin(), bytes.end()};
}

inline constexpr int kPatternSide = 64;

/// A few slow waves: PDQ finds it good, and those of other seeds are unrelated. Kept for the thread's next
/// call.
inline const std::vector<std::uint8_t>& pattern_plane(std::uint32_t seed) {
  static thread_local std::map<std::uint32_t, std::vector<std::uint8_t>> known;
  std::vector<std::uint8_t>& plane = known[seed];
  if (!plane.empty()) return plane;
  std::vector<double> sum(kPatternSide * kPatternSide, 0.0);
  std::uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
  const auto draw = [&state] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<double>(state % 10'000) / 10'000;
  };
  for (int wave = 0; wave < 16; ++wave) {
    const double fx = draw() * 0.8, fy = draw() * 0.8, phase = draw() * 6.28;
    for (int y = 0; y < kPatternSide; ++y) {
      for (int x = 0; x < kPatternSide; ++x)
        sum[static_cast<std::size_t>(y * kPatternSide + x)] += std::sin(fx * x + fy * y + phase);
    }
  }
  for (const double each : sum)
    plane.push_back(static_cast<std::uint8_t>(std::clamp(128 + 25 * each, 0.0, 255.0)));
  return plane;
}

/// That pattern as a frame. Lifetime: the thread's.
inline VideoFrame pattern_frame(std::uint32_t seed) {
  VideoFrame frame;
  frame.planes.y = pattern_plane(seed).data();
  frame.planes.y_stride_bytes = frame.planes.width_px = frame.planes.height_px = kPatternSide;
  return frame;
}

/// Decodes pattern_media(), as a decoder would sample it. No picture: kUnsupported.
class PatternDecoder final : public VideoDecoder {
 public:
  Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override {
    ++decodes;
    if (on_decode) on_decode(options);
    std::vector<std::byte> bytes;
    for (const auto part : source.parts) bytes.insert(bytes.end(), part.begin(), part.end());
    std::vector<PatternPicture> pictures(bytes.size() / sizeof(PatternPicture));
    if (pictures.empty()) return fail(Code::kUnsupported, "no pictures");
    std::memcpy(pictures.data(), bytes.data(), pictures.size() * sizeof(PatternPicture));
    VideoInfo info;
    info.codec = "pattern";
    info.width_px = info.height_px = kPatternSide;
    std::int64_t last_key = 0, due = 0, index = 0;
    for (const PatternPicture& picture : pictures) {
      const std::int64_t after = picture.time_us - pictures.front().time_us;
      if (picture.key != 0) {
        info.keyframe_gap_us_max = std::max(info.keyframe_gap_us_max, after - last_key);
        last_key = after;
      }
      const bool all = options.sampling == VideoSampling::kInterval;
      if (all ? after < due : picture.key == 0) continue;
      due = (after / options.interval_us + 1) * options.interval_us;
      VideoFrame frame = pattern_frame(picture.seed);
      frame.time_us = after;
      frame.container_time_us = picture.time_us;
      frame.index = index++;
      frame.key = picture.key != 0;
      ++frames;
      if (!visit(frame)) break;
    }
    const std::int64_t end = pictures.back().time_us - pictures.front().time_us;
    info.keyframe_gap_us_max = std::max(info.keyframe_gap_us_max, end - last_key);
    return info;
  }
  std::atomic<int> decodes = 0;
  std::atomic<int> frames = 0;
  std::function<void(const VideoOptions&)> on_decode;
};

}  // namespace seawall::test
