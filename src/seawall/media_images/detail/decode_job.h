#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "seawall/base/result.h"
#include "seawall/media/decoder.h"
#include "seawall/media/frame_memory.h"
#include "seawall/model/pixels.h"

namespace seawall::media_images {

/// Frames of one file that are looked at, handed on or not; beyond it the file is refused.
inline constexpr int kFramesWalkedMax = 20'000;
/// What the undecoded rest of a damaged picture is filled with.
inline constexpr std::uint8_t kFillGray = 128;

/// Writable pixels; `stride_bytes` is positive.
struct Raster {
  std::uint8_t* data = nullptr;
  int width_px = 0;
  int height_px = 0;
  std::ptrdiff_t stride_bytes = 0;
  PixelLayout layout = PixelLayout::kRgb24;

  [[nodiscard]] std::uint8_t* row(int y) const { return data + y * stride_bytes; }
};

/// What a frame is besides its pixels. Sizes are as stored, before orientation.
struct FrameFacts {
  int original_width_px = 0;
  int original_height_px = 0;
  int scale_denominator = 1;
  int index = 0;
  std::int64_t time_ms = 0;
};

/// One file being decoded: its bytes, its limits, where pixels go and who sees them.
/// A format's decoder calls begin_frame(), fills every byte of the raster, then deliver().
class DecodeJob {
 public:
  DecodeJob(std::span<const std::byte> file, const DecodeOptions& options, FrameMemory& memory,
            FunctionRef<void(const Frame&)> visit);

  [[nodiscard]] std::span<const std::byte> file() const { return file_; }
  [[nodiscard]] const std::uint8_t* bytes() const {
    return reinterpret_cast<const std::uint8_t*>(file_.data());
  }
  [[nodiscard]] const DecodeOptions& options() const { return options_; }
  [[nodiscard]] const DecodeLimits& limits() const { return options_.limits; }

  /// kInvalidInput for an empty picture, kLimitExceeded for one with too long a side or too many pixels.
  [[nodiscard]] Result<void> check_size(std::uint64_t width_px, std::uint64_t height_px) const;
  [[nodiscard]] bool out_of_time() const { return std::chrono::steady_clock::now() > deadline_; }
  /// kLimitExceeded, each with the limit in words.
  [[nodiscard]] tl::unexpected<Error> time_is_up() const;
  [[nodiscard]] tl::unexpected<Error> memory_is_full() const;

  /// Pixels for a picture stored as width x height and shown by `orientation` (1..8): the frame memory itself
  /// when it is upright, else a private buffer that deliver() turns. Content undefined.
  Result<Raster> begin_frame(int width_px, int height_px, PixelLayout layout, int orientation);
  /// Hands the frame begun last to the visitor, upright.
  Result<void> deliver(const FrameFacts& facts);

  /// Whether frame `index` of `total` is among the evenly spaced ones that are handed on.
  [[nodiscard]] bool wants_frame(int index, int total) const;

  MediaInfo info;  ///< Filled by the format's decoder; deliver() counts frames and sets the upright size.

 private:
  std::span<const std::byte> file_;
  const DecodeOptions& options_;
  FrameMemory& memory_;
  FunctionRef<void(const Frame&)> visit_;
  std::chrono::steady_clock::time_point deadline_;
  std::unique_ptr<std::uint8_t[]> stored_;  ///< Pixels as stored, when they still have to be turned.
  std::size_t stored_bytes_ = 0;
  Raster frame_;
  int orientation_ = 1;
};

using DecodeFunction = Result<void> (*)(DecodeJob& job);
Result<void> decode_jpeg(DecodeJob& job);
Result<void> decode_png(DecodeJob& job);
Result<void> decode_webp(DecodeJob& job);
Result<void> decode_gif(DecodeJob& job);
Result<void> decode_heif(DecodeJob& job);
Result<void> decode_jxl(DecodeJob& job);
Result<void> decode_tiff(DecodeJob& job);
Result<void> decode_bmp(DecodeJob& job);
Result<void> decode_pnm(DecodeJob& job);

}  // namespace seawall::media_images
