#include "seawall/media_images/detail/decode_job.h"

#include <new>

#include "seawall/media_images/detail/pixels.h"

namespace seawall::media_images {

DecodeJob::DecodeJob(std::span<const std::byte> file, const DecodeOptions& options, FrameMemory& memory,
                     FunctionRef<void(const Frame&)> visit)
    : file_(file),
      options_(options),
      memory_(memory),
      visit_(visit),
      deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(options.limits.time_ms_max)) {}

Result<void> DecodeJob::check_size(std::uint64_t width_px, std::uint64_t height_px) const {
  if (width_px == 0 || height_px == 0) return fail(Code::kInvalidInput, "the picture has no pixels");
  const auto side_max = static_cast<std::uint64_t>(limits().side_px_max);
  if (width_px > side_max || height_px > side_max || width_px * height_px > limits().pixels_max) {
    return fail(Code::kLimitExceeded, "a picture of " + std::to_string(width_px) + " x " +
                                          std::to_string(height_px) + " pixels is over the limit of " +
                                          std::to_string(side_max) + " a side and " +
                                          std::to_string(limits().pixels_max) + " in all");
  }
  return {};
}

tl::unexpected<Error> DecodeJob::time_is_up() const {
  return fail(Code::kLimitExceeded,
              "decoding took longer than the limit of " + std::to_string(limits().time_ms_max) + " ms");
}

tl::unexpected<Error> DecodeJob::memory_is_full() const { return fail_memory(limits().memory_bytes_max); }

Result<Raster> DecodeJob::begin_frame(int width_px, int height_px, PixelLayout layout, int orientation) {
  const auto stride = static_cast<std::size_t>(width_px) * static_cast<std::size_t>(bytes_per_pixel(layout));
  const std::size_t bytes = stride * static_cast<std::size_t>(height_px);
  orientation_ = orientation;
  frame_ = {nullptr, width_px, height_px, static_cast<std::ptrdiff_t>(stride), layout};
  if (orientation == 1) {
    frame_.data = memory_.next(bytes).data();
  } else {
    if (bytes > stored_bytes_) {
      stored_.reset(new (std::nothrow) std::uint8_t[bytes]);
      stored_bytes_ = stored_ ? bytes : 0;
    }
    frame_.data = stored_.get();
  }
  if (frame_.data == nullptr) return memory_is_full();
  return frame_;
}

Result<void> DecodeJob::deliver(const FrameFacts& facts) {
  const bool swaps_sides = orientation_ >= 5;
  Raster upright = frame_;
  if (orientation_ != 1) {
    if (swaps_sides) std::swap(upright.width_px, upright.height_px);
    upright.stride_bytes = static_cast<std::ptrdiff_t>(upright.width_px) * bytes_per_pixel(upright.layout);
    upright.data = memory_.next(static_cast<std::size_t>(upright.stride_bytes * upright.height_px)).data();
    if (upright.data == nullptr) return memory_is_full();
    turn_upright(frame_, orientation_, upright);
  }
  Frame frame;
  frame.pixels = {upright.data, upright.width_px, upright.height_px, upright.stride_bytes, upright.layout};
  frame.original_width_px = swaps_sides ? facts.original_height_px : facts.original_width_px;
  frame.original_height_px = swaps_sides ? facts.original_width_px : facts.original_height_px;
  frame.scale_denominator = facts.scale_denominator;
  frame.index = facts.index;
  frame.time_ms = facts.time_ms;
  if (info.frames_decoded == 0) {
    info.width_px = frame.original_width_px;
    info.height_px = frame.original_height_px;
  }
  ++info.frames_decoded;
  visit_(frame);
  return {};
}

bool DecodeJob::wants_frame(int index, int total) const {
  const std::int64_t handed_on = limits().frames_max;
  if (total <= handed_on) return true;
  // Frame floor(k * total / handed_on) for k = 0, 1, ...: exactly handed_on of them, the first included.
  const std::int64_t k = (static_cast<std::int64_t>(index) * handed_on + total - 1) / total;
  return k < handed_on && k * total / handed_on == index;
}

}  // namespace seawall::media_images
