#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/orientation.h"
#include "seawall/model/pixels.h"

namespace seawall {

/// Where a video's bytes lie. Borrowed: file and bytes must outlive the decode.
struct VideoSource {
  using Bytes = std::span<const std::byte>;

  /// An open regular file (or sealed memory) that can be read at any offset, or -1. Its own position is
  /// neither used nor moved; nothing is written.
  int file = -1;
  std::uint64_t file_bytes = 0;  ///< How much of the file there is to read; 0: its size at the start.
  /// Read one after the other as one stream when `file` is -1: a live stream's init section and a segment.
  /// At most kPartsMax.
  std::span<const Bytes> parts{};

  static constexpr std::size_t kPartsMax = 16;
};

/// Which frames are handed on. By presentation time, never by a frame's number.
enum class VideoSampling : std::uint8_t {
  kInfo = 1,       ///< None: everything is read, nothing is decoded.
  kKeyframes = 2,  ///< Those that decode by themselves; nothing else is decoded.
  kInterval = 3,   ///< The first at or after each whole multiple of `interval_us`; all are decoded.
  kEveryFrame = 4,
};

/// What one decode may use. A decode that would pass a limit ends with kLimitExceeded; the frames visited
/// until then stay valid.
struct VideoLimits {
  std::uint64_t input_bytes_max = 1ULL << 40;  ///< Of the file; parts have a limit of their own in the pool.
  std::uint64_t pixels_max = 8192ULL * 4352;   ///< Width x height of one frame.
  int side_px_max = 16'384;
  std::int64_t frames_max = 2'000'000;          ///< Handed on.
  std::int64_t packets_max = 50'000'000;        ///< Read, of all streams.
  std::uint64_t memory_bytes_max = 1ULL << 30;  ///< Decoder's own memory (RLIMIT_AS in the worker).
  int time_ms_max = 600'000;  ///< Wall time without the visitor's own; CPU time is limited likewise.
};

/// How to decode.
struct VideoOptions {
  VideoSampling sampling = VideoSampling::kKeyframes;
  std::int64_t interval_us = 1'000'000;  ///< kInterval: 1 ms to a day.
  /// kKeyframes: those closer than this to the last one handed on are passed over (intra-only codecs have
  /// nothing but keyframes). 0: none.
  std::int64_t spacing_us_min = 0;
  /// kKeyframes: leave the loop filter out in pictures of 360 lines and more. Changes pixels a little; their
  /// PDQ hash not at all or by a few bits (docs/video.md has figures). Off for exact pixels.
  bool fast_keyframes = true;
  /// Nothing of the file is decoded before the first frame is asked for, only to learn of it: about half the
  /// cost of a piece of a live stream. Frame rate and start may then be unknown, and frames that a decoder
  /// reorders come in the wrong order at first: for kKeyframes. Where no video shows at once, all is as
  /// without.
  bool at_sight = false;
  int stream = 0;  ///< Which of the file's video streams, from 0 in the file's order.
  VideoLimits limits{};
};

/// One frame, as stored: 8-bit planes that are still to be turned by `orientation`.
struct VideoFrame {
  /// Samples of more than 8 bits keep their high 8; RGB comes as BT.601 full-range 4:4:4; alpha is left out.
  /// Chroma null for gray. Valid only during the visit.
  YccView planes;
  Orientation orientation;  ///< To be applied to see it upright (display matrix).
  /// Presentation time from the start of the stream; never falls, however the file lies (docs/video.md says
  /// how gaps and jumps are repaired).
  std::int64_t time_us = 0;
  std::int64_t container_time_us =
      0;                   ///< As the container has it, to join live segments; a guess if it does not.
  std::int64_t index = 0;  ///< Position among the frames handed on, from 0.
  bool key = false;
  bool interlaced = false;     ///< Two fields woven together.
  bool damaged = false;        ///< The decoder noticed; parts are guessed.
  bool matrix_stated = false;  ///< False: planes.matrix is the custom for this size (BT.709 from 720 lines).
  int aspect_num = 1;          ///< Sample aspect ratio as stored: width to height of one sample.
  int aspect_den = 1;
};

/// What a file turned out to be.
struct VideoInfo {
  std::string container;         ///< FFmpeg's names, e.g. "mov,mp4,m4a,3gp,3g2,mj2", "mpegts".
  std::string codec;             ///< e.g. "h264".
  int width_px = 0;              ///< As the stream says (the last frame, where one was decoded); not turned.
  int height_px = 0;             ///<
  Orientation orientation;       ///< Of the stream.
  std::int64_t duration_us = 0;  ///< As the container says; 0: it does not.
  std::int64_t start_us = 0;     ///< The container's time at which time_us is 0.
  std::int64_t last_us = 0;      ///< Largest presentation time of a packet of this stream, as time_us counts.
  int frame_rate_num = 0;        ///< Average, as the container says or its first seconds show; 0/1: unknown.
  int frame_rate_den = 1;
  std::int64_t packets = 0;              ///< Of this stream: pictures or fields.
  std::int64_t keyframes = 0;            ///< Of this stream.
  std::int64_t keyframe_gap_us_max = 0;  ///< Longest time without one, from start to end.
  std::int64_t frames_decoded = 0;
  std::int64_t frames_visited = 0;
  std::int64_t times_repaired = 0;  ///< Frames whose time was missing, fell or leapt.
  int video_streams = 0;            ///< Cover pictures are not counted.
  int audio_streams = 0;
  int other_streams = 0;
  bool truncated = false;  ///< The file ended early or was damaged; what could be decoded was used.
  bool stopped = false;    ///< The visitor had seen enough.

  /// Upright, as people see it.
  [[nodiscard]] int shown_width_px() const { return orientation.swaps_sides() ? height_px : width_px; }
  [[nodiscard]] int shown_height_px() const { return orientation.swaps_sides() ? width_px : height_px; }
  /// As the container says, or as far as it goes where that is further.
  [[nodiscard]] std::int64_t length_ms() const { return std::max(duration_us, last_us) / 1000; }
};

/// Port: turns a video into frames, in the order of their presentation. Adapters pass
/// tests/video/decoder_suite.h. media_video decodes in this process (only ever inside
/// video_worker); media_sandbox forwards to a pool of sandboxed workers and is what everything else uses.
/// Memory: bounded by the limits, not by the video's length; a frame waits until the visitor is done with an
/// earlier one. Threads: one object may be used from several threads at once. Blocks until done or out of
/// time.
class VideoDecoder {
 public:
  virtual ~VideoDecoder() = default;

  /// Calls `visit` once a frame until it returns false. Animated pictures (GIF, APNG, WebP) are
  /// MediaDecoder's, not this one's. Errors: kUnsupported (no known container or codec, no such
  /// stream), kNotFound (no video stream at all: music), kInvalidInput (options out of range, a source that
  /// cannot be read, nothing could be decoded), kLimitExceeded (a limit, the time included), kDecoderCrashed
  /// (the worker died; it has been replaced), kUnavailable (no worker could be started).
  virtual Result<VideoInfo> decode(const VideoSource& source, const VideoOptions& options,
                                   FunctionRef<bool(const VideoFrame&)> visit) = 0;
};

}  // namespace seawall
