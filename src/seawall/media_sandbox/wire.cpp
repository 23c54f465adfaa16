#include "seawall/media_sandbox/detail/wire.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <type_traits>

namespace seawall::media_sandbox {
namespace {

constexpr std::int64_t kStridePaddingMax = 4096;

template <class Record>
std::optional<Record> record_of(std::span<const std::byte> packet) {
  static_assert(std::is_trivially_copyable_v<Record>);
  static_assert(sizeof(Record) % 8 == 0);
  Record record;
  if (packet.size() != sizeof record) return std::nullopt;
  std::memcpy(&record, packet.data(), sizeof record);
  if (record.magic != kWireMagic) return std::nullopt;
  return record;
}

tl::unexpected<Error> refuse(const char* what) {
  return fail(Code::kCorrupt, std::string("the worker sent a reply that cannot be true: ") + what);
}

bool side_within(std::int64_t side, const DecodeLimits& limits) {
  return side >= 1 && side <= limits.side_px_max;
}

/// The scaled side that libjpeg makes of a whole one.
std::int64_t scaled(std::int64_t side, std::int64_t denominator) {
  return (side + denominator - 1) / denominator;
}

bool sizes_agree(const FrameRecord& f, const DecodeLimits& limits) {
  if (!side_within(f.original_width_px, limits) || !side_within(f.original_height_px, limits)) return false;
  const auto pixels = static_cast<std::uint64_t>(std::int64_t{f.original_width_px} * f.original_height_px);
  if (pixels > limits.pixels_max) return false;
  const std::int64_t s = f.scale_denominator;
  if (s != 1 && s != 2 && s != 4 && s != 8) return false;
  return f.width_px == scaled(f.original_width_px, s) && f.height_px == scaled(f.original_height_px, s);
}

Result<Frame> check_frame(const FrameRecord& f, const ReplyExpectation& expected) {
  if (!sizes_agree(f, expected.limits)) return refuse("frame size");
  if (f.index <= expected.last_index) return refuse("frame index");
  if (expected.frames_seen >= expected.limits.frames_max) return refuse("too many frames");
  if (f.layout != static_cast<std::uint32_t>(PixelLayout::kGray8) &&
      f.layout != static_cast<std::uint32_t>(PixelLayout::kRgb24)) {
    return refuse("pixel layout");
  }
  const auto layout = static_cast<PixelLayout>(f.layout);
  const std::int64_t row_bytes = std::int64_t{f.width_px} * bytes_per_pixel(layout);
  if (f.stride_bytes < row_bytes || f.stride_bytes > row_bytes + kStridePaddingMax) return refuse("stride");
  // Sides are under 2^31 and strides under 2^34, so neither product overflows.
  const auto bytes = static_cast<std::uint64_t>(f.stride_bytes * (f.height_px - 1) + row_bytes);
  if (f.offset_bytes > expected.output.size() || expected.output.size() - f.offset_bytes < bytes) {
    return refuse("pixels outside the shared memory");
  }
  Frame frame;
  frame.pixels = {reinterpret_cast<const std::uint8_t*>(expected.output.data()) + f.offset_bytes, f.width_px,
                  f.height_px, static_cast<std::ptrdiff_t>(f.stride_bytes), layout};
  frame.original_width_px = f.original_width_px;
  frame.original_height_px = f.original_height_px;
  frame.scale_denominator = f.scale_denominator;
  frame.index = f.index;
  frame.time_ms = f.time_ms;
  return frame;
}

std::string printable(const ReplyRecord& record) {
  std::string text(record.text.data(), std::min<std::size_t>(record.text_bytes, kReplyTextBytes));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

/// The codes a decoder may answer with; a crash is for the pool to see, not for the worker to claim.
bool code_is_believable(std::uint32_t code) {
  return code == static_cast<std::uint32_t>(Code::kInvalidInput) ||
         code == static_cast<std::uint32_t>(Code::kLimitExceeded) ||
         code == static_cast<std::uint32_t>(Code::kUnsupported);
}

Result<MediaInfo> check_info(const ReplyRecord& r, const ReplyExpectation& expected, int frames_seen) {
  if (r.type > static_cast<std::uint32_t>(MediaType::kPnm)) return refuse("media type");
  if (r.frames_decoded != frames_seen) return refuse("frames counted");
  if (r.frames_total < r.frames_decoded) return refuse("frames in the file");
  if (!side_within(r.width_px, expected.limits) || !side_within(r.height_px, expected.limits)) {
    return refuse("picture size");
  }
  return MediaInfo{static_cast<MediaType>(r.type),
                   r.width_px,
                   r.height_px,
                   r.frames_total,
                   r.frames_decoded,
                   r.truncated != 0U};
}

}  // namespace

Result<Reply> parse_reply(std::span<const std::byte> packet, const ReplyExpectation& expected) {
  const auto record = record_of<ReplyRecord>(packet);
  if (!record) return refuse("not a reply");
  if (record->job != expected.job) return refuse("another job");
  Reply reply;
  if (record->frame.present != 0) {
    SEAWALL_TRY(reply.frame, check_frame(record->frame, expected));
    reply.has_frame = true;
  }
  if (record->kind == static_cast<std::uint32_t>(ReplyKind::kFrame)) {
    if (!reply.has_frame) return refuse("no frame");
    reply.kind = ReplyKind::kFrame;
    return reply;
  }
  if (record->kind != static_cast<std::uint32_t>(ReplyKind::kDone)) return refuse("kind");
  reply.failed = record->error_code != 0;
  if (reply.failed) {
    if (!code_is_believable(record->error_code)) return refuse("error code");
    reply.error = {static_cast<Code>(record->error_code), printable(*record)};
    return reply;
  }
  SEAWALL_TRY(reply.info, check_info(*record, expected, expected.frames_seen + (reply.has_frame ? 1 : 0)));
  return reply;
}

Result<Request> parse_request(std::span<const std::byte> packet, const RegionSizes& regions) {
  const auto record = record_of<RequestRecord>(packet);
  if (!record || record->file_bytes > regions.input_bytes || record->side_px_max <= 0 ||
      record->frames_max <= 0 || record->time_ms_max <= 0) {
    return fail(Code::kCorrupt, "not a request");
  }
  Request request;
  request.job = record->job;
  request.file_bytes = static_cast<std::size_t>(record->file_bytes);
  request.options.exact = record->exact != 0;
  request.options.limits = {regions.input_bytes, record->pixels_max,       record->side_px_max,
                            record->frames_max,  record->memory_bytes_max, record->time_ms_max};
  return request;
}

}  // namespace seawall::media_sandbox
