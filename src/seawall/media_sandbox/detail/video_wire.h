#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "seawall/media/video_decoder.h"
#include "seawall/media_sandbox/detail/wire.h"

/// What pool and worker say to each other about videos: as in wire.h, but every frame is a packet of its own.
///
///     worker  Hello                                once, when it is confined and ready
///     pool    VideoRequest (with the descriptor)   or the bytes lie in the input memory
///     worker  VideoFrameReply, pool FrameDone      at most two are in flight; FrameDone may say "enough"
///     worker  VideoDoneReply
///
/// The pool believes nothing: the parsers accept a reply only if it keeps the limits of the request and
/// points into the memory of this worker.
namespace seawall::media_sandbox {

inline constexpr std::uint32_t kVideoFrameMagic = 0x53575646;  // "SWVF"
inline constexpr std::uint32_t kVideoDoneMagic = 0x53575644;   // "SWVD"
inline constexpr std::size_t kVideoNameBytes = 32;

struct VideoRequestRecord {
  std::uint32_t magic = kWireMagic;
  std::uint32_t sampling = 0;
  std::uint64_t job = 0;
  std::uint64_t bytes = 0;  ///< Of the file, or in the input memory.
  std::int64_t interval_us = 0;
  std::int64_t spacing_us_min = 0;
  std::uint64_t pixels_max = 0;
  std::int64_t frames_max = 0;
  std::int64_t packets_max = 0;
  std::uint64_t memory_bytes_max = 0;
  std::int32_t side_px_max = 0;
  std::int32_t time_ms_max = 0;
  std::int32_t stream = 0;
  std::uint32_t fast_keyframes = 0;
  std::uint32_t at_sight = 0;
  std::uint32_t from_file = 0;  ///< 1: a descriptor comes with this record.
};

struct VideoFrameReply {
  std::uint32_t magic = kVideoFrameMagic;
  std::uint32_t flags = 0;  ///< Sum of VideoFrameFlag.
  std::uint64_t job = 0;
  std::uint64_t y_offset_bytes = 0;
  std::uint64_t cb_offset_bytes = 0;
  std::uint64_t cr_offset_bytes = 0;
  std::int64_t y_stride_bytes = 0;
  std::int64_t chroma_stride_bytes = 0;
  std::int64_t time_us = 0;
  std::int64_t container_time_us = 0;
  std::int64_t index = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t aspect_num = 1;
  std::int32_t aspect_den = 1;
  std::uint8_t h_shift = 0;
  std::uint8_t v_shift = 0;
  std::uint8_t matrix = 0;
  std::uint8_t quarter_turns = 0;
  std::uint32_t reserved = 0;
};

enum VideoFrameFlag : std::uint32_t {
  kVideoColour = 1,
  kVideoMirrored = 2,
  kVideoKey = 4,
  kVideoInterlaced = 8,
  kVideoDamaged = 16,
  kVideoMatrixStated = 32,
};

struct VideoDoneReply {
  std::uint32_t magic = kVideoDoneMagic;
  std::uint32_t error_code = 0;  ///< 0, or a Code.
  std::uint64_t job = 0;
  std::array<char, kReplyTextBytes> text{};  ///< Of the error, filled with zeros; so the names.
  std::array<char, kVideoNameBytes> container{};
  std::array<char, kVideoNameBytes> codec{};
  std::int64_t duration_us = 0;
  std::int64_t start_us = 0;
  std::int64_t last_us = 0;
  std::int64_t packets = 0;
  std::int64_t keyframes = 0;
  std::int64_t keyframe_gap_us_max = 0;
  std::int64_t frames_decoded = 0;
  std::int64_t frames_visited = 0;
  std::int64_t times_repaired = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t frame_rate_num = 0;
  std::int32_t frame_rate_den = 1;
  std::int32_t video_streams = 0;
  std::int32_t audio_streams = 0;
  std::int32_t other_streams = 0;
  std::uint8_t mirrored = 0;
  std::uint8_t quarter_turns = 0;
  std::uint8_t truncated = 0;
  std::uint8_t stopped = 0;
};

/// What the pool knows and a reply has to agree with.
struct VideoExpectation {
  std::uint64_t job = 0;
  VideoLimits limits;
  std::span<const std::byte> output;  ///< The output memory.
  std::int64_t frames_seen = 0;
  std::int64_t last_time_us = -1;
};

[[nodiscard]] bool is_video_frame(std::span<const std::byte> packet);
/// kCorrupt unless `packet` is exactly one frame that agrees with `expected`. Its planes point into `output`.
[[nodiscard]] Result<VideoFrame> parse_video_frame(std::span<const std::byte> packet,
                                                   const VideoExpectation& expected);

/// How a worker says that a decode ended.
struct VideoDone {
  bool failed = false;
  Error error{Code::kInvalidInput, {}};
  VideoInfo info;
};
/// kCorrupt likewise. Texts are cut to printable ASCII.
[[nodiscard]] Result<VideoDone> parse_video_done(std::span<const std::byte> packet,
                                                 const VideoExpectation& expected);

/// What a worker was asked to do, checked likewise.
struct VideoRequest {
  std::uint64_t job = 0;
  std::uint64_t bytes = 0;
  bool from_file = false;
  VideoOptions options;
};
[[nodiscard]] Result<VideoRequest> parse_video_request(std::span<const std::byte> packet,
                                                       const RegionSizes& regions);

[[nodiscard]] VideoRequestRecord record_of(const VideoRequest& request);
/// `base`: the first byte of the output memory, in which the planes lie.
[[nodiscard]] VideoFrameReply record_of(const VideoFrame& frame, std::uint64_t job, const std::uint8_t* base);
[[nodiscard]] VideoDoneReply record_of(const Result<VideoInfo>& result, std::uint64_t job);

}  // namespace seawall::media_sandbox
