#include "seawall/media_sandbox/detail/video_wire.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <type_traits>

namespace seawall::media_sandbox {
namespace {

constexpr std::int64_t kStridePaddingMax = 4096;
constexpr std::int64_t kTimeMax = std::int64_t{1} << 62;
constexpr int kShiftMax = 2;

template <class Record>
std::optional<Record> read(std::span<const std::byte> packet, std::uint32_t magic) {
  static_assert(std::is_trivially_copyable_v<Record>);
  static_assert(std::has_unique_object_representations_v<Record>, "no padding may carry stray bytes");
  Record record;
  if (packet.size() != sizeof record) return std::nullopt;
  std::memcpy(&record, packet.data(), sizeof record);
  if (record.magic != magic) return std::nullopt;
  return record;
}

tl::unexpected<Error> refuse(const char* what) {
  return fail(Code::kCorrupt, std::string("the worker sent a reply that cannot be true: ") + what);
}

/// Whether a plane of this size lies in the memory. Sides are under 2^31 and strides under 2^32.
bool plane_fits(std::span<const std::byte> output, std::uint64_t offset, std::int64_t stride,
                std::int64_t width, std::int64_t height) {
  if (stride < width || stride > width + kStridePaddingMax) return false;
  const auto bytes = static_cast<std::uint64_t>(stride * (height - 1) + width);
  return offset <= output.size() && output.size() - offset >= bytes;
}

bool planes_fit(const VideoFrameReply& f, std::span<const std::byte> output) {
  if (!plane_fits(output, f.y_offset_bytes, f.y_stride_bytes, f.width_px, f.height_px)) return false;
  if ((f.flags & kVideoColour) == 0) return true;
  const std::int64_t width = (std::int64_t{f.width_px} + (1 << f.h_shift) - 1) >> f.h_shift;
  const std::int64_t height = (std::int64_t{f.height_px} + (1 << f.v_shift) - 1) >> f.v_shift;
  return plane_fits(output, f.cb_offset_bytes, f.chroma_stride_bytes, width, height) &&
         plane_fits(output, f.cr_offset_bytes, f.chroma_stride_bytes, width, height);
}

bool size_is_within(const VideoFrameReply& f, const VideoLimits& limits) {
  if (f.width_px < 1 || f.width_px > limits.side_px_max) return false;
  if (f.height_px < 1 || f.height_px > limits.side_px_max) return false;
  return static_cast<std::uint64_t>(std::int64_t{f.width_px} * f.height_px) <= limits.pixels_max;
}

template <std::size_t N>
std::string printable(const std::array<char, N>& from) {
  std::string text(from.begin(), std::ranges::find(from, '\0'));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

template <std::size_t N>
void write(std::string_view text, std::array<char, N>& to) {
  std::copy_n(text.begin(), std::min(text.size(), N), to.begin());
}

/// The codes a decoder may answer with; a crash is for the pool to see, not for the worker to claim.
bool code_is_believable(std::uint32_t code) {
  return code == static_cast<std::uint32_t>(Code::kInvalidInput) ||
         code == static_cast<std::uint32_t>(Code::kLimitExceeded) ||
         code == static_cast<std::uint32_t>(Code::kNotFound) ||
         code == static_cast<std::uint32_t>(Code::kUnsupported);
}

bool counts_agree(const VideoDoneReply& r, const VideoExpectation& expected) {
  const std::array counts{r.packets,        r.keyframes, r.keyframe_gap_us_max, r.frames_decoded,
                          r.times_repaired, r.last_us,   r.duration_us};
  const auto is_negative = [](std::int64_t count) { return count < 0; };
  return std::ranges::none_of(counts, is_negative) && r.frames_visited == expected.frames_seen &&
         r.frames_visited <= r.frames_decoded && r.keyframes <= r.packets &&
         r.packets <= expected.limits.packets_max && r.times_repaired <= r.frames_decoded &&
         r.video_streams >= 1 && r.audio_streams >= 0 && r.other_streams >= 0 && r.width_px >= 0 &&
         r.height_px >= 0 && r.frame_rate_num >= 0 && r.frame_rate_den >= 1 && r.quarter_turns <= 3;
}

}  // namespace

bool is_video_frame(std::span<const std::byte> packet) { return packet.size() == sizeof(VideoFrameReply); }

Result<VideoFrame> parse_video_frame(std::span<const std::byte> packet, const VideoExpectation& expected) {
  const auto f = read<VideoFrameReply>(packet, kVideoFrameMagic);
  if (!f) return refuse("not a frame");
  if (f->job != expected.job) return refuse("another job");
  if (f->index != expected.frames_seen) return refuse("frame index");
  if (f->index >= expected.limits.frames_max) return refuse("too many frames");
  if (f->time_us <= expected.last_time_us || f->time_us > kTimeMax) return refuse("frame time");
  if (!size_is_within(*f, expected.limits)) return refuse("frame size");
  if (f->h_shift > kShiftMax || f->v_shift > kShiftMax) return refuse("chroma");
  if (f->matrix < 1 || f->matrix > static_cast<std::uint8_t>(YccMatrix::kBt2020Full)) return refuse("matrix");
  if (f->quarter_turns > 3) return refuse("orientation");
  if (f->aspect_num < 1 || f->aspect_den < 1) return refuse("aspect ratio");
  if (!planes_fit(*f, expected.output)) return refuse("pixels outside the shared memory");
  const auto* base = reinterpret_cast<const std::uint8_t*>(expected.output.data());
  const bool colour = (f->flags & kVideoColour) != 0;
  VideoFrame frame;
  frame.planes = {.y = base + f->y_offset_bytes,
                  .cb = colour ? base + f->cb_offset_bytes : nullptr,
                  .cr = colour ? base + f->cr_offset_bytes : nullptr,
                  .y_stride_bytes = static_cast<std::ptrdiff_t>(f->y_stride_bytes),
                  .chroma_stride_bytes = colour ? static_cast<std::ptrdiff_t>(f->chroma_stride_bytes) : 0,
                  .width_px = f->width_px,
                  .height_px = f->height_px,
                  .chroma_h_shift = f->h_shift,
                  .chroma_v_shift = f->v_shift,
                  .matrix = static_cast<YccMatrix>(f->matrix)};
  frame.orientation = {(f->flags & kVideoMirrored) != 0, f->quarter_turns};
  frame.time_us = f->time_us;
  frame.container_time_us = f->container_time_us;
  frame.index = f->index;
  frame.key = (f->flags & kVideoKey) != 0;
  frame.interlaced = (f->flags & kVideoInterlaced) != 0;
  frame.damaged = (f->flags & kVideoDamaged) != 0;
  frame.matrix_stated = (f->flags & kVideoMatrixStated) != 0;
  frame.aspect_num = f->aspect_num;
  frame.aspect_den = f->aspect_den;
  return frame;
}

Result<VideoDone> parse_video_done(std::span<const std::byte> packet, const VideoExpectation& expected) {
  const auto r = read<VideoDoneReply>(packet, kVideoDoneMagic);
  if (!r) return refuse("not a reply");
  if (r->job != expected.job) return refuse("another job");
  VideoDone done;
  done.failed = r->error_code != 0;
  if (done.failed) {
    if (!code_is_believable(r->error_code)) return refuse("error code");
    done.error = {static_cast<Code>(r->error_code), printable(r->text)};
    return done;
  }
  if (!counts_agree(*r, expected)) return refuse("counts");
  done.info = {.container = printable(r->container),
               .codec = printable(r->codec),
               .width_px = r->width_px,
               .height_px = r->height_px,
               .orientation = {r->mirrored != 0, r->quarter_turns},
               .duration_us = r->duration_us,
               .start_us = r->start_us,
               .last_us = r->last_us,
               .frame_rate_num = r->frame_rate_num,
               .frame_rate_den = r->frame_rate_den,
               .packets = r->packets,
               .keyframes = r->keyframes,
               .keyframe_gap_us_max = r->keyframe_gap_us_max,
               .frames_decoded = r->frames_decoded,
               .frames_visited = r->frames_visited,
               .times_repaired = r->times_repaired,
               .video_streams = r->video_streams,
               .audio_streams = r->audio_streams,
               .other_streams = r->other_streams,
               .truncated = r->truncated != 0,
               .stopped = r->stopped != 0};
  return done;
}

Result<VideoRequest> parse_video_request(std::span<const std::byte> packet, const RegionSizes& regions) {
  const auto r = read<VideoRequestRecord>(packet, kWireMagic);
  if (!r || (r->from_file == 0 && r->bytes > regions.input_bytes) || r->sampling > 4) {
    return fail(Code::kCorrupt, "not a request");
  }
  VideoRequest request;
  request.job = r->job;
  request.bytes = r->bytes;
  request.from_file = r->from_file != 0;
  request.options = {.sampling = static_cast<VideoSampling>(r->sampling),
                     .interval_us = r->interval_us,
                     .spacing_us_min = r->spacing_us_min,
                     .fast_keyframes = r->fast_keyframes != 0,
                     .at_sight = r->at_sight != 0,
                     .stream = r->stream,
                     .limits = {.input_bytes_max = r->bytes,
                                .pixels_max = r->pixels_max,
                                .side_px_max = r->side_px_max,
                                .frames_max = r->frames_max,
                                .packets_max = r->packets_max,
                                .memory_bytes_max = r->memory_bytes_max,
                                .time_ms_max = r->time_ms_max}};
  return request;
}

VideoRequestRecord record_of(const VideoRequest& request) {
  const VideoOptions& options = request.options;
  return {.sampling = static_cast<std::uint32_t>(options.sampling),
          .job = request.job,
          .bytes = request.bytes,
          .interval_us = options.interval_us,
          .spacing_us_min = options.spacing_us_min,
          .pixels_max = options.limits.pixels_max,
          .frames_max = options.limits.frames_max,
          .packets_max = options.limits.packets_max,
          .memory_bytes_max = options.limits.memory_bytes_max,
          .side_px_max = options.limits.side_px_max,
          .time_ms_max = options.limits.time_ms_max,
          .stream = options.stream,
          .fast_keyframes = options.fast_keyframes ? 1U : 0U,
          .at_sight = options.at_sight ? 1U : 0U,
          .from_file = request.from_file ? 1U : 0U};
}

VideoFrameReply record_of(const VideoFrame& frame, std::uint64_t job, const std::uint8_t* base) {
  const YccView& planes = frame.planes;
  const bool colour = planes.cb != nullptr && planes.cr != nullptr;
  const auto offset = [base](const std::uint8_t* at) { return static_cast<std::uint64_t>(at - base); };
  VideoFrameReply reply;
  reply.flags = (colour ? kVideoColour : 0U) | (frame.orientation.mirrored ? kVideoMirrored : 0U) |
                (frame.key ? kVideoKey : 0U) | (frame.interlaced ? kVideoInterlaced : 0U) |
                (frame.damaged ? kVideoDamaged : 0U) | (frame.matrix_stated ? kVideoMatrixStated : 0U);
  reply.job = job;
  reply.y_offset_bytes = offset(planes.y);
  if (colour) {
    reply.cb_offset_bytes = offset(planes.cb);
    reply.cr_offset_bytes = offset(planes.cr);
  }
  reply.y_stride_bytes = planes.y_stride_bytes;
  reply.chroma_stride_bytes = planes.chroma_stride_bytes;
  reply.time_us = frame.time_us;
  reply.container_time_us = frame.container_time_us;
  reply.index = frame.index;
  reply.width_px = planes.width_px;
  reply.height_px = planes.height_px;
  reply.aspect_num = frame.aspect_num;
  reply.aspect_den = frame.aspect_den;
  reply.h_shift = static_cast<std::uint8_t>(planes.chroma_h_shift);
  reply.v_shift = static_cast<std::uint8_t>(planes.chroma_v_shift);
  reply.matrix = static_cast<std::uint8_t>(planes.matrix);
  reply.quarter_turns = frame.orientation.quarter_turns;
  return reply;
}

VideoDoneReply record_of(const Result<VideoInfo>& result, std::uint64_t job) {
  VideoDoneReply reply;
  reply.job = job;
  if (!result) {
    reply.error_code = static_cast<std::uint32_t>(result.error().code);
    write(result.error().message, reply.text);
    return reply;
  }
  const VideoInfo& info = *result;
  write(info.container, reply.container);
  write(info.codec, reply.codec);
  reply.duration_us = info.duration_us;
  reply.start_us = info.start_us;
  reply.last_us = info.last_us;
  reply.packets = info.packets;
  reply.keyframes = info.keyframes;
  reply.keyframe_gap_us_max = info.keyframe_gap_us_max;
  reply.frames_decoded = info.frames_decoded;
  reply.frames_visited = info.frames_visited;
  reply.times_repaired = info.times_repaired;
  reply.width_px = info.width_px;
  reply.height_px = info.height_px;
  reply.frame_rate_num = info.frame_rate_num;
  reply.frame_rate_den = info.frame_rate_den;
  reply.video_streams = info.video_streams;
  reply.audio_streams = info.audio_streams;
  reply.other_streams = info.other_streams;
  reply.mirrored = info.orientation.mirrored ? 1 : 0;
  reply.quarter_turns = info.orientation.quarter_turns;
  reply.truncated = info.truncated ? 1 : 0;
  reply.stopped = info.stopped ? 1 : 0;
  return reply;
}

}  // namespace seawall::media_sandbox
