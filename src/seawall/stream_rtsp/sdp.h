#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/stream_pieces/nal_units.h"

namespace seawall {

/// The video of a session description that can be followed here.
struct SdpVideo {
  PictureCodec codec = PictureCodec::kH264;
  unsigned payload_type = 96;
  std::string control;                             ///< Of this medium; empty: that of the whole.
  std::string session_control;                     ///< Of the whole; empty or "*": what was asked for.
  std::vector<std::vector<std::byte>> parameters;  ///< NAL units said in the description.
};

inline constexpr std::size_t kSdpBytesMax = 256 << 10;

/// The first video of a codec that is known: H.264 in packetization modes 0 and 1, HEVC without decoding
/// order numbers; at 90 kHz. Errors: kUnsupported (it has none: says which codecs can be sent),
/// kInvalidInput. Source: RFC 8866, RFC 2326 appendix C, RFC 6184 section 8, RFC 7798 section 7.
Result<SdpVideo> sdp_video_from_text(std::string_view text);

}  // namespace seawall
