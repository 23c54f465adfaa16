#include "seawall/stream_pieces/matroska.h"

#include <algorithm>
#include <string_view>

namespace seawall {
namespace {

using Bytes = std::vector<std::byte>;

void append_number(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void append_id(Bytes& out, std::uint32_t id) {
  append_number(out, id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);
}

void append_head(Bytes& out, std::uint32_t id, std::uint64_t size) {
  append_id(out, id);
  append_number(out, size | std::uint64_t{1} << 56, 8);
}

void append_element(Bytes& out, std::uint32_t id, std::span<const std::byte> body) {
  append_head(out, id, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

void append_element(Bytes& out, std::uint32_t id, std::string_view text) {
  append_element(out, id, std::as_bytes(std::span(text)));
}

void append_element(Bytes& out, std::uint32_t id, std::uint64_t number) {
  Bytes body;
  append_number(body, number, 8);
  append_element(out, id, body);
}

enum Id : std::uint32_t {
  kEbml = 0x1a45dfa3,
  kDocType = 0x4282,
  kDocTypeVersion = 0x4287,
  kDocTypeReadVersion = 0x4285,
  kSegment = 0x18538067,
  kInfo = 0x1549a966,
  kTimestampScale = 0x2ad7b1,
  kMuxingApp = 0x4d80,
  kWritingApp = 0x5741,
  kTracks = 0x1654ae6b,
  kTrackEntry = 0xae,
  kTrackNumber = 0xd7,
  kTrackUid = 0x73c5,
  kTrackType = 0x83,
  kFlagLacing = 0x9c,
  kCodecId = 0x86,
  kCodecPrivate = 0x63a2,
  kCluster = 0x1f43b675,
  kTimestamp = 0xe7,
  kSimpleBlock = 0xa3,
};

constexpr std::uint64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kUnknownSize = (std::uint64_t{1} << 56) - 1;
constexpr std::uint64_t kVersion = 4;
constexpr std::uint64_t kReadVersion = 2;
constexpr std::string_view kApp = "seawall";

std::string_view codec_id(PictureCodec codec) {
  switch (codec) {
    case PictureCodec::kH264:
      return "V_MPEG4/ISO/AVC";
    case PictureCodec::kHevc:
      return "V_MPEGH/ISO/HEVC";
    case PictureCodec::kAv1:
      return "V_AV1";
    case PictureCodec::kVp9:
      break;
  }
  return "V_VP9";
}

}  // namespace

std::vector<std::byte> matroska_head(PictureCodec codec, std::span<const std::byte> setup) {
  Bytes ebml;
  append_element(ebml, kDocType, "matroska");
  append_element(ebml, kDocTypeVersion, kVersion);
  append_element(ebml, kDocTypeReadVersion, kReadVersion);
  Bytes info;
  append_element(info, kTimestampScale, kNsPerMs);
  append_element(info, kMuxingApp, kApp);
  append_element(info, kWritingApp, kApp);
  Bytes track;
  append_element(track, kTrackNumber, std::uint64_t{1});
  append_element(track, kTrackUid, std::uint64_t{1});
  append_element(track, kTrackType, std::uint64_t{1});
  append_element(track, kFlagLacing, std::uint64_t{0});
  append_element(track, kCodecId, codec_id(codec));
  if (!setup.empty()) append_element(track, kCodecPrivate, setup);
  Bytes tracks;
  append_element(tracks, kTrackEntry, track);
  Bytes out;
  append_element(out, kEbml, ebml);
  append_head(out, kSegment, kUnknownSize);
  append_element(out, kInfo, info);
  append_element(out, kTracks, tracks);
  return out;
}

std::vector<std::byte> matroska_picture(std::int64_t time_ms, bool key, std::span<const std::byte> picture) {
  constexpr std::uint64_t kTimestampBytes = 1 + 8 + 8;
  constexpr std::uint64_t kBlockHead = 4;  // Track, time in the cluster, flags.
  const std::uint64_t block = kBlockHead + picture.size();
  Bytes out;
  out.reserve(64 + picture.size());
  append_head(out, kCluster, kTimestampBytes + 1 + 8 + block);
  append_element(out, kTimestamp, static_cast<std::uint64_t>(std::max<std::int64_t>(time_ms, 0)));
  append_head(out, kSimpleBlock, block);
  append_number(out, 0x81, 1);
  append_number(out, 0, 2);
  append_number(out, key ? 0x80 : 0, 1);
  out.insert(out.end(), picture.begin(), picture.end());
  return out;
}

}  // namespace seawall
