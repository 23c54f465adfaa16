#include "seawall/stream_pieces/picture_cutter.h"

#include <algorithm>
#include <utility>

namespace seawall {
namespace {

/// A step from the key picture that no stream makes: times that were turned or broken.
constexpr std::int64_t kLeapMs = 24LL * 3600 * 1000;

}  // namespace

void PictureCutter::restart() {
  pictures_.clear();
  more_ = full_ = false;
  discontinuity_ = true;
}

void PictureCutter::set_init(std::vector<std::byte> init) {
  if (init_ && *init_ == init) return;
  init_ = std::make_shared<const std::vector<std::byte>>(std::move(init));
  restart();
}

void PictureCutter::give(bool whole, Time now, OnPiece on_piece) {
  LiveSegment piece;
  piece.init = init_;
  piece.media = pictures_;
  piece.sequence = sequence_;
  piece.discontinuity = !whole && std::exchange(discontinuity_, false);
  piece.i_frames_only = !whole;
  piece.repeats = whole;
  piece.duration = std::chrono::milliseconds(whole ? last_ms_ - key_ms_ : 0);
  piece.listed_at = piece.fetched_at = now;
  on_piece(std::move(piece));
}

void PictureCutter::take(FramedPicture picture, Time now, bool wants_all, OnPiece on_piece) {
  if (picture.key) {
    if (more_ && wants_all) give(true, now, on_piece);
    pictures_.clear();
    more_ = false;
    full_ = picture.bytes.size() > kBytesMax;
    if (full_) {
      ++left_out_;
      return;
    }
    pictures_ = std::move(picture.bytes);
    key_ms_ = last_ms_ = picture.time_ms;
    next_part_ms_ = kFirstPart.count();
    ++sequence_;
    return give(false, now, on_piece);
  }
  if (pictures_.empty()) return;  // Nothing to decode it from.
  full_ = full_ || pictures_.size() + picture.bytes.size() > kBytesMax;
  if (full_) {
    ++left_out_;
    return;
  }
  pictures_.insert(pictures_.end(), picture.bytes.begin(), picture.bytes.end());
  more_ = true;
  const std::int64_t since_key = picture.time_ms - key_ms_;
  if (since_key < 0 || since_key >= kLeapMs) return;
  last_ms_ = std::max(last_ms_, picture.time_ms);
  if (since_key < next_part_ms_) return;
  next_part_ms_ = std::max(next_part_ms_, since_key) * 2;
  give(true, now, on_piece);
}

}  // namespace seawall
