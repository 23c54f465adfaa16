#pragma once

#include <optional>

#include "seawall/media/frame_memory.h"
#include "seawall/media_video/detail/av_handles.h"
#include "seawall/model/orientation.h"
#include "seawall/model/pixels.h"

namespace seawall::media_video {

/// A decoded frame as 8-bit planes in memory of ours.
struct Planes {
  YccView view;
  bool matrix_stated = false;
};

/// Whether to_planes() reads this format: any planar or packed Y'CbCr, gray, RGB or palette of up to 16 bits.
[[nodiscard]] bool is_readable(AVPixelFormat format);
/// Bytes that to_planes() asks of the memory for a frame of this kind; 0 if it is not readable.
[[nodiscard]] std::size_t plane_bytes(const AVFrame& frame);
/// Copies: samples of more than 8 bits keep their high 8, RGB becomes BT.601 full range, alpha is dropped.
/// `to`: at least plane_bytes(frame), of any alignment. The frame must be readable.
[[nodiscard]] Planes to_planes(const AVFrame& frame, std::span<std::uint8_t> to);

/// What a display matrix (nine 32-bit numbers) asks for, rounded to the next of the eight symmetries.
[[nodiscard]] Orientation orientation_of(const std::int32_t* display_matrix);
/// The frame's own display matrix, if it brings one.
[[nodiscard]] std::optional<Orientation> orientation_of(const AVFrame& frame);

}  // namespace seawall::media_video
