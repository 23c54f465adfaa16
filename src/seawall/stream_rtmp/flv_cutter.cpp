#include "seawall/stream_rtmp/flv_cutter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace seawall {
namespace {

constexpr std::size_t kTagHead = 11;
constexpr unsigned kKeyPicture = 1;
constexpr unsigned kCommandFrame = 5;
constexpr unsigned kAvc = 7;
constexpr std::byte kSequenceHeader{0};
constexpr std::byte kPicture{1};
/// Sorenson H.263, VP6, VP6 with alpha, AVC: what FFmpeg's FLV reader decodes as video.
constexpr std::array<unsigned, 4> kCodecs{2, 4, 5, kAvc};
constexpr std::uint32_t kLeapMs = 1U << 31;

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

}  // namespace

void FlvCutter::restart() {
  pictures_.clear();
  full_ = false;
  discontinuity_ = true;
}

std::shared_ptr<const std::vector<std::byte>> FlvCutter::init() {
  if (init_) return init_;
  constexpr std::array<unsigned char, 13> kHead{'F', 'L', 'V', 1, 1, 0, 0, 0, 9, 0, 0, 0, 0};
  std::vector<std::byte> bytes;
  for (const unsigned char each : kHead) bytes.push_back(static_cast<std::byte>(each));
  bytes.insert(bytes.end(), header_.begin(), header_.end());
  return init_ = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
}

void FlvCutter::set_header(const RtmpVideo& video) {
  std::vector<std::byte> tag;
  append_tag(tag, 0, video.body);
  if (tag == header_) return;
  header_ = std::move(tag);
  init_.reset();
  restart();
}

void FlvCutter::give(bool whole, Time now, OnPiece on_piece) {
  LiveSegment piece;
  piece.init = init();
  piece.media = pictures_;
  piece.sequence = sequence_;
  piece.discontinuity = !whole && std::exchange(discontinuity_, false);
  piece.i_frames_only = !whole;
  piece.repeats = whole;
  piece.duration = std::chrono::milliseconds(whole ? last_ms_ - key_ms_ : 0);
  piece.listed_at = piece.fetched_at = now;
  on_piece(std::move(piece));
}

Result<void> FlvCutter::take(RtmpVideo video, Time now, bool wants_all, OnPiece on_piece) {
  const auto first = std::to_integer<unsigned>(video.body.front());
  const unsigned kind = first >> 4;
  const unsigned codec = first & 0xfU;
  if ((first & 0x80U) != 0 || std::ranges::find(kCodecs, codec) == kCodecs.end())
    return fail(Code::kUnsupported, "the stream's codec is not read from RTMP: send H.264");
  if (kind == kCommandFrame) return {};
  if (codec == kAvc) {
    if (video.body.size() < 5) return {};
    if (video.body[1] == kSequenceHeader && video.body.size() <= kHeaderBytesMax) {
      set_header(video);
      return {};
    }
    if (video.body[1] != kPicture) return {};
  }
  const bool has_more = pictures_.size() > 0 && last_ms_ != key_ms_;
  if (kind == kKeyPicture) {
    if (has_more && wants_all) give(true, now, on_piece);
    pictures_.clear();
    append_tag(pictures_, video.time_ms, video.body);
    key_ms_ = last_ms_ = video.time_ms;
    next_part_ms_ = static_cast<std::uint32_t>(kFirstPart.count());
    full_ = false;
    ++sequence_;
    give(false, now, on_piece);
    return {};
  }
  if (pictures_.empty()) return {};  // Nothing to decode it from.
  full_ = full_ || pictures_.size() + video.body.size() + kTagHead + 4 > kBytesMax;
  if (full_) {
    ++left_out_;
    return {};
  }
  append_tag(pictures_, video.time_ms, video.body);
  last_ms_ = video.time_ms;
  const std::uint32_t since_key = last_ms_ - key_ms_;
  if (since_key >= kLeapMs || since_key < next_part_ms_) return {};
  next_part_ms_ = std::max(next_part_ms_, since_key) * 2;
  give(true, now, on_piece);
  return {};
}

}  // namespace seawall
