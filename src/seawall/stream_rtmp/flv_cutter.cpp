#include "seawall/stream_rtmp/flv_cutter.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "seawall/stream_pieces/matroska.h"

namespace seawall {
namespace {

constexpr unsigned kKeyPicture = 1;
constexpr unsigned kCommandFrame = 5;
constexpr unsigned kAvc = 7;
constexpr std::byte kSequenceHeader{0};
constexpr std::byte kPicture{1};
constexpr std::size_t kTagHead = 11;
constexpr std::size_t kEnhancedHead = 5;
/// Sorenson H.263, VP6 twice, H.264.
constexpr std::array<unsigned, 4> kCodecs{2, 4, 5, kAvc};

/// Of enhanced RTMP.
enum PacketType : unsigned { kStart = 0, kCoded = 1, kEnd = 2, kCodedX = 3, kMetadata = 4, kTsStart = 5 };

void append(std::vector<std::byte>& out, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

/// A video tag and its size, as they stand in a file.
void append_tag(std::vector<std::byte>& out, std::uint32_t time_ms, std::span<const std::byte> body) {
  append(out, RtmpMessage::kVideo, 1);
  append(out, static_cast<std::uint32_t>(body.size()), 3);
  append(out, time_ms & 0xffffffU, 3);
  append(out, time_ms >> 24, 1);
  append(out, 0, 3);
  out.insert(out.end(), body.begin(), body.end());
  append(out, static_cast<std::uint32_t>(kTagHead + body.size()), 4);
}

std::optional<PictureCodec> codec_of(std::span<const std::byte> four) {
  const std::string_view name(reinterpret_cast<const char*>(four.data()), four.size());
  if (name == "avc1") return PictureCodec::kH264;
  if (name == "hvc1") return PictureCodec::kHevc;
  if (name == "av01") return PictureCodec::kAv1;
  if (name == "vp09") return PictureCodec::kVp9;
  return std::nullopt;
}

bool nals_begin_as_key(PictureCodec codec, std::span<const std::byte> rest) {
  constexpr std::size_t kSizeBytes = 4;
  while (rest.size() > kSizeBytes) {
    std::size_t size = 0;
    for (const std::byte each : rest.first(kSizeBytes))
      size = size << 8U | std::to_integer<std::size_t>(each);
    if (size == 0 || size > rest.size() - kSizeBytes) return false;
    const NalKind kind = nal_kind(codec, rest.subspan(kSizeBytes, size));
    if (kind == NalKind::kKeyPicture || kind == NalKind::kRecovery) return true;
    if (kind == NalKind::kPicture) return false;
    rest = rest.subspan(kSizeBytes + size);
  }
  return false;
}

/// For servers that leave the kind of an enhanced picture at 0, as MediaMTX does: what its first bytes say.
/// AV1: key pictures begin with a sequence header, behind a delimiter. VP9: uncompressed header, section 6.2.
bool begins_as_key(PictureCodec codec, std::span<const std::byte> rest) {
  const auto first = std::to_integer<unsigned>(rest[0]);
  if (codec == PictureCodec::kVp9) return (first & 0xccU) == 0x80;
  if (codec != PictureCodec::kAv1) return nals_begin_as_key(codec, rest);
  constexpr unsigned kDelimiter = 0x12;  // With a size, which is 0.
  const std::size_t from = first == kDelimiter ? 2 : 0;
  return rest.size() > from && (std::to_integer<unsigned>(rest[from]) >> 3U & 0xfU) == 1;
}

tl::unexpected<Error> unsupported() {
  return fail(Code::kUnsupported, "the stream's codec is not read from RTMP: send H.264, HEVC, AV1 or VP9");
}

}  // namespace

void FlvCutter::restart() {
  cutter_.restart();
  last_ms_.reset();
}

std::int64_t FlvCutter::unwrapped(std::uint32_t time_ms) {
  if (!last_ms_) time_ms_ = time_ms;
  time_ms_ += static_cast<std::int32_t>(time_ms - last_ms_.value_or(time_ms));
  last_ms_ = time_ms;
  return time_ms_;
}

void FlvCutter::set_flv_head(const RtmpVideo* header) {
  constexpr std::array<unsigned char, 13> kHead{'F', 'L', 'V', 1, 1, 0, 0, 0, 9, 0, 0, 0, 0};
  std::vector<std::byte> bytes;
  for (const unsigned char each : kHead) bytes.push_back(static_cast<std::byte>(each));
  if (header != nullptr) append_tag(bytes, 0, header->body);
  cutter_.set_init(std::move(bytes));
  has_flv_head_ = true;
}

Result<void> FlvCutter::take(RtmpVideo video, Time now, bool wants_all, OnPiece on_piece) {
  const auto first = std::to_integer<unsigned>(video.body.front());
  const std::int64_t time_ms = unwrapped(video.time_ms);
  if ((first & 0x80U) != 0) return take_enhanced(video, time_ms, now, wants_all, on_piece);
  const unsigned kind = first >> 4;
  const unsigned codec = first & 0xfU;
  if (std::ranges::find(kCodecs, codec) == kCodecs.end()) return unsupported();
  if (kind == kCommandFrame) return {};
  if (codec == kAvc) {
    if (video.body.size() < 5) return {};
    if (video.body[1] == kSequenceHeader && video.body.size() <= kHeaderBytesMax) {
      set_flv_head(&video);
      return {};
    }
    if (video.body[1] != kPicture) return {};
  }
  if (!has_flv_head_) set_flv_head(nullptr);
  // What a publisher calls its pictures is not believed alone: one that called none a key would not be seen.
  const bool key = kind == kKeyPicture ||
                   (codec == kAvc && video.body.size() > 5 &&
                    begins_as_key(PictureCodec::kH264, std::span(video.body).subspan(5)));
  FramedPicture picture{time_ms, key, {}};
  append_tag(picture.bytes, video.time_ms, video.body);
  cutter_.take(std::move(picture), now, wants_all, on_piece);
  return {};
}

/// "ExVideoTagHeader": kind and type, the codec's name; and, of H.264 and HEVC, how much later it is shown.
Result<void> FlvCutter::take_enhanced(const RtmpVideo& video, std::int64_t time_ms, Time now, bool wants_all,
                                      OnPiece on_piece) {
  const auto first = std::to_integer<unsigned>(video.body.front());
  const unsigned kind = first >> 4 & 7U;
  const unsigned type = first & 0xfU;
  if (kind == kCommandFrame || type == kEnd || type == kMetadata) return {};
  if (video.body.size() < kEnhancedHead) return {};
  const auto codec = codec_of(std::span(video.body).subspan(1, 4));
  if (!codec || type > kTsStart) return unsupported();
  std::span<const std::byte> rest = std::span(video.body).subspan(kEnhancedHead);
  if (type == kStart || type == kTsStart) {
    const bool setup = type == kStart && *codec != PictureCodec::kVp9 && rest.size() <= kHeaderBytesMax;
    cutter_.set_init(matroska_head(*codec, setup ? rest : rest.first(0)));
    has_flv_head_ = false;
    return {};
  }
  if (type == kCoded && (*codec == PictureCodec::kH264 || *codec == PictureCodec::kHevc)) {
    if (rest.size() < 3) return {};
    std::uint32_t later = 0;  // Signed, of 24 bits.
    for (const std::byte each : rest.first(3)) later = later << 8U | std::to_integer<std::uint32_t>(each);
    time_ms += static_cast<std::int32_t>(later << 8U) / 256;
    rest = rest.subspan(3);
  }
  if (rest.empty()) return {};
  const bool key = kind == kKeyPicture || begins_as_key(*codec, rest);
  cutter_.take({time_ms, key, matroska_picture(time_ms, key, rest)}, now, wants_all, on_piece);
  return {};
}

}  // namespace seawall
