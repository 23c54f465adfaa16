#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "seawall/stream_pieces/nal_units.h"

namespace seawall {

/// Coded pictures as Matroska: what gives decoders any of these codecs with its times. One video track; no
/// index; its length is open, so that pictures can follow as they come. Source: RFC 9559.
/// What stands before the pictures. `setup`: what the decoder needs first: parameters with start codes
/// (H.264, HEVC), av1C (AV1); may be empty.
[[nodiscard]] std::vector<std::byte> matroska_head(PictureCodec codec, std::span<const std::byte> setup);

/// One picture, in a cluster of its own: Annex B (H.264, HEVC), OBUs (AV1), a frame (VP9). `time_ms`: at
/// least 0, when it is shown.
[[nodiscard]] std::vector<std::byte> matroska_picture(std::int64_t time_ms, bool key,
                                                      std::span<const std::byte> picture);

}  // namespace seawall
