#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/pixels.h"

namespace seawall {

/// A picture file's format, told from its first bytes, never from its name.
enum class MediaType : std::uint8_t {
  kUnknown,
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kAvif,
  kHeic,
  kJxl,
  kTiff,
  kBmp,
  kPnm
};
/// "image/jpeg" and so on; "application/octet-stream" for kUnknown.
[[nodiscard]] std::string_view mime_type_of(MediaType type);
/// Looks at up to the first 64 bytes. Never fails.
[[nodiscard]] MediaType sniff_media_type(std::span<const std::byte> first_bytes);

/// What one decode may use. A decode that would pass a limit ends with kLimitExceeded.
struct DecodeLimits {
  std::uint64_t input_bytes_max = 256ULL << 20;
  std::uint64_t pixels_max = 100'000'000;  ///< Width x height of one frame.
  int side_px_max = 65'500;
  int frames_max = 64;  ///< Frames handed on; an animation with more is sampled evenly.
  std::uint64_t memory_bytes_max = 1ULL << 30;  ///< Decoder's own memory (RLIMIT_AS in the worker).
  int time_ms_max = 20'000;                     ///< Wall time; CPU time is limited likewise.
};

/// How to decode.
struct DecodeOptions {
  DecodeLimits limits;
  /// Full-resolution RGB always. When false, large JPEGs may come scaled and gray; match/firm_decode.h
  /// tells from such a frame whether its hash can be trusted.
  bool exact = false;
};

/// What a file turned out to be.
struct MediaInfo {
  MediaType type = MediaType::kUnknown;
  int width_px = 0;  ///< Upright (after EXIF orientation), unscaled.
  int height_px = 0;
  int frames_total = 0;    ///< In the file.
  int frames_decoded = 0;  ///< Handed to the visitor.
  bool truncated = false;  ///< The file ended early or was damaged; what could be decoded was used.
};

/// One upright frame. Alpha is composited on white; 16-bit samples keep their high byte; CMYK is converted.
struct Frame {
  PixelView pixels;           ///< kGray8 or kRgb24. Valid only during the visit.
  int original_width_px = 0;  ///< Upright, before any scaled decoding.
  int original_height_px = 0;
  int scale_denominator = 1;  ///< 1, 2, 4 or 8: see fingerprint/pdq.h ScaledPicture.
  int index = 0;              ///< Position in the file, from 0.
  std::int64_t time_ms = 0;   ///< Presentation time for animations.
};

/// Port: turns a picture file into frames. Adapters pass tests/conformance/media_decoder_suite.h.
/// media_images decodes in this process (only ever inside media_worker); media_sandbox forwards to a pool of
/// sandboxed workers and is what everything else uses.
/// Threads: one object may be used from several threads at once. Blocks until done or out of time.
class MediaDecoder {
 public:
  virtual ~MediaDecoder() = default;

  /// Calls `visit` once a frame, in order. Errors: kUnsupported (not a known picture format), kInvalidInput
  /// (nothing could be decoded), kLimitExceeded (a limit, the time included), kDecoderCrashed (the worker
  /// died; it has been replaced), kUnavailable (no worker could be started).
  virtual Result<MediaInfo> decode(std::span<const std::byte> file, const DecodeOptions& options,
                                   FunctionRef<void(const Frame&)> visit) = 0;
};

}  // namespace seawall
