#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "seawall/media/decoder.h"
#include "seawall/model/pixels.h"

/// What pool and worker say to each other over a SOCK_SEQPACKET pair: fixed-size records of integers, in this
/// machine's byte order, one a packet. Pixels and files travel through shared memory.
///
///     worker  Hello                            once, when it is confined and ready
///     pool    Request                          the file lies in the input memory
///     worker  Reply{kFrame}, pool FrameDone    each frame but the last; at most two are in flight
///     worker  Reply{kDone}                     with the last frame, if there was one
///
/// The pool believes nothing: parse_reply() accepts a reply only if every size and offset lies inside the
/// limits of the request and the memory of this worker.
namespace seawall::media_sandbox {

inline constexpr std::uint32_t kWireMagic = 0x53574d31;  // "SWM1"
inline constexpr std::size_t kReplyTextBytes = 160;

/// Sizes of the shared memory between one worker and the pool.
struct RegionSizes {
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes = 0;
};

struct HelloRecord {
  std::uint32_t magic = kWireMagic;
  std::uint32_t reserved = 0;
  std::uint64_t address_space_bytes = 0;  ///< What the worker occupies before any file.
};

struct RequestRecord {
  std::uint32_t magic = kWireMagic;
  std::uint32_t exact = 0;
  std::uint64_t job = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t pixels_max = 0;
  std::uint64_t memory_bytes_max = 0;
  std::int32_t side_px_max = 0;
  std::int32_t frames_max = 0;
  std::int32_t time_ms_max = 0;
  std::uint32_t reserved = 0;
};

struct FrameDoneRecord {
  std::uint32_t magic = kWireMagic;
  std::uint32_t enough = 0;  ///< 1: no more frames are wanted (videos).
  std::uint64_t job = 0;
};

enum class ReplyKind : std::uint32_t { kFrame = 1, kDone = 2 };

struct FrameRecord {
  std::uint64_t offset_bytes = 0;
  std::int64_t stride_bytes = 0;
  std::int64_t time_ms = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t original_width_px = 0;
  std::int32_t original_height_px = 0;
  std::int32_t scale_denominator = 0;
  std::int32_t index = 0;
  std::uint32_t layout = 0;
  std::uint32_t present = 0;
};

struct ReplyRecord {
  std::uint32_t magic = kWireMagic;
  std::uint32_t kind = 0;
  std::uint64_t job = 0;
  FrameRecord frame;
  std::uint32_t error_code = 0;  ///< 0, or a Code.
  std::uint32_t type = 0;
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t frames_total = 0;
  std::int32_t frames_decoded = 0;
  std::uint32_t truncated = 0;
  std::uint32_t text_bytes = 0;
  std::array<char, kReplyTextBytes> text{};
};

/// A reply that has been checked.
struct Reply {
  ReplyKind kind = ReplyKind::kDone;
  bool has_frame = false;
  Frame frame;  ///< `pixels.data` points into `output`.
  bool failed = false;
  Error error{Code::kInvalidInput, {}};
  MediaInfo info;
};

/// What the pool knows and a reply has to agree with.
struct ReplyExpectation {
  std::uint64_t job = 0;
  DecodeLimits limits;
  std::span<const std::byte> output;  ///< The output memory.
  int frames_seen = 0;
  int last_index = -1;
};

/// kCorrupt unless `packet` is exactly one reply that agrees with `expected`. The text of an error is cut to
/// printable ASCII.
[[nodiscard]] Result<Reply> parse_reply(std::span<const std::byte> packet, const ReplyExpectation& expected);

/// What a worker was asked to do, checked likewise.
struct Request {
  std::uint64_t job = 0;
  std::size_t file_bytes = 0;
  DecodeOptions options;
};
[[nodiscard]] Result<Request> parse_request(std::span<const std::byte> packet, const RegionSizes& regions);

}  // namespace seawall::media_sandbox
