#include "seawall/media/video_sniff.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "seawall/media/decoder.h"

namespace seawall {
namespace {

using Bytes = std::span<const std::byte>;

bool has_at(Bytes bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() && std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

struct Mark {
  std::size_t at = 0;
  std::string_view text;
  std::string_view type;
};

using std::string_view_literals::operator""sv;

constexpr std::array kMarks = {
    Mark{8, "AVI "sv, "video/x-msvideo"sv},  // After "RIFF" and a size.
    Mark{0, "\x1A\x45\xDF\xA3"sv, "video/x-matroska"sv},
    Mark{0, "FLV\x01"sv, "video/x-flv"sv},
    Mark{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, "video/x-ms-asf"sv},
    Mark{0, "OggS"sv, "video/ogg"sv},
    Mark{0, "\0\0\x01\xBA"sv, "video/mpeg"sv},  // Program stream.
    Mark{0, "\0\0\x01\xB3"sv, "video/mpeg"sv},  // Bare MPEG-1 or 2.
    Mark{0, "\0\0\x01\xB0"sv, "video/mp4v-es"sv},
    Mark{0, "\x06\x0E\x2B\x34\x02\x05\x01\x01"sv, "application/mxf"sv},
    Mark{0, ".RMF"sv, "application/vnd.rn-realmedia"sv},
    Mark{0, "DKIF\0\0"sv, "video/x-ivf"sv},
    Mark{0, "\x1F\x07\0"sv, "video/x-dv"sv},
    Mark{0, "\x12\0\x0A"sv, "video/x-av1-obu"sv},  // A temporal delimiter and a sequence header.
    // Bare H.264 and HEVC: parameter sets, delimiters or a note of the encoder come first.
    Mark{0, "\0\0\0\x01\x67"sv, "video/h264"sv},
    Mark{0, "\0\0\0\x01\x09"sv, "video/h264"sv},
    Mark{0, "\0\0\x01\x67"sv, "video/h264"sv},
    Mark{0, "\0\0\0\x01\x40\x01"sv, "video/h265"sv},
    Mark{0, "\0\0\x01\x40\x01"sv, "video/h265"sv},
    Mark{0, "\0\0\0\x01\x46\x01"sv, "video/h265"sv},
};

/// The first box of MP4, MOV and 3GP. Pictures have the same form: their brands were looked for before.
std::string_view iso_media_type(Bytes bytes) {
  if (has_at(bytes, 4, "ftyp")) {
    if (has_at(bytes, 8, "qt  ")) return "video/quicktime";
    return has_at(bytes, 8, "3g") ? "video/3gpp" : "video/mp4";
  }
  for (const std::string_view box : {"moov"sv, "mdat"sv, "wide"sv, "pnot"sv}) {
    if (has_at(bytes, 4, box)) return "video/quicktime";
  }
  // Room that was left before them; the size tells it from a text.
  for (const std::string_view box : {"free"sv, "skip"sv}) {
    if (has_at(bytes, 0, "\0"sv) && has_at(bytes, 4, box)) return "video/mp4";
  }
  for (const std::string_view box : {"styp"sv, "sidx"sv, "moof"sv}) {
    if (has_at(bytes, 4, box)) return "video/mp4";
  }
  return {};
}

/// Packets of 188 bytes, or of 192 with a time before each: 0x47 at the start of each, four in a row.
bool is_transport_stream(Bytes bytes) {
  const auto in_step = [&](std::size_t first, std::size_t packet) {
    for (std::size_t i = 0; i < 4; ++i) {
      if (!has_at(bytes, first + i * packet, "\x47")) return false;
    }
    return true;
  };
  // One that was cut out of a longer stream begins within a packet.
  for (std::size_t first = 0; first < 192; ++first) {
    if (in_step(first, 188) || in_step(first, 192)) return true;
  }
  return false;
}

}  // namespace

std::string_view sniff_video_type(Bytes first_bytes) {
  const Bytes bytes = first_bytes.first(std::min(first_bytes.size(), kVideoSniffBytes));
  if (sniff_media_type(bytes) != MediaType::kUnknown) return {};
  if (const auto type = iso_media_type(bytes); !type.empty()) return type;
  for (const Mark& mark : kMarks) {
    if (has_at(bytes, mark.at, mark.text)) return mark.type;
  }
  return is_transport_stream(bytes) ? "video/mp2t" : std::string_view();
}

}  // namespace seawall
