#include "seawall/stream_watch/stream_eye.h"

#include <algorithm>
#include <array>

#include "seawall/crypto/sha256.h"

namespace seawall {
namespace {

std::span<const std::byte> init_of(const LiveSegment& piece) {
  return piece.init ? std::span<const std::byte>(*piece.init) : std::span<const std::byte>{};
}

}  // namespace

StreamEye::StreamEye(const ClipIndex& index, const EyeOptions& options, const ClipScope& scope)
    : options_(options), hasher_(options.hashes), tracker_(index, options.tracker, scope) {}

bool StreamEye::wants_all(Time now) const {
  const bool long_without_key = key_at_ && now - *key_at_ > options_.keyframe_gap_max;
  return is_near() || sparse_ || long_without_key;
}

bool StreamEye::is_due(const LiveSegment& piece, std::chrono::microseconds spacing) const {
  if (!looked_at_ || is_near()) return true;
  return piece.fetched_at + piece.duration - *looked_at_ >= spacing || piece.fetched_at < *looked_at_;
}

Result<EyePictures> StreamEye::decode(VideoDecoder& decoder, const LiveSegment& piece,
                                      const VideoOptions& options) const {
  const std::array<VideoSource::Bytes, 2> parts{init_of(piece), piece.media};
  EyePictures decoded;
  std::int64_t first_us = 0;
  auto info = decoder.decode({.parts = parts}, options, [&](const VideoFrame& frame) {
    if (decoded.pictures.empty()) first_us = frame.time_us;
    decoded.pictures.push_back(
        {frame.time_us - first_us, frame.container_time_us, frame.key, hasher_.signals_of(frame)});
    return true;
  });
  if (decoded.pictures.empty()) {
    if (!info) return tl::unexpected(std::move(info).error());
    return fail(Code::kInvalidInput, "no picture came of it");
  }
  if (info) decoded.info = *std::move(info);
  return decoded;
}

Result<Seen> StreamEye::look(VideoDecoder& decoder, const LiveSegment& piece, const EyeAllowance& allowance) {
  looked_at_ = piece.fetched_at;
  const VideoOptions keys{.sampling = VideoSampling::kKeyframes,
                          .spacing_us_min = allowance.spacing.count(),
                          .at_sight = true,
                          .limits = options_.limits};
  SEAWALL_TRY(const EyePictures decoded, decode(decoder, piece, keys));
  note_gaps(piece, decoded);
  Seen seen;
  seen.info = decoded.info;
  seen.first_us = decoded.pictures.front().container_us;
  SEAWALL_CHECK(track(piece, decoded, seen));
  if (seen.near) keep_near(piece, seen);
  return seen;
}

void StreamEye::note_gaps(const LiveSegment& piece, const EyePictures& decoded) {
  const bool key = std::ranges::any_of(decoded.pictures, &EyePicture::key);
  if (!piece.i_frames_only) {
    sparse_ = decoded.info.keyframe_gap_us_max > options_.keyframe_gap_max.count() || !key;
  } else if (key_at_) {
    sparse_ = piece.fetched_at - *key_at_ > options_.keyframe_gap_max;
  }
  if (key) key_at_ = piece.fetched_at;
}

Result<void> StreamEye::track(const LiveSegment& piece, const EyePictures& decoded, Seen& seen) {
  time_line_.begin({.container_us = decoded.pictures.front().container_us,
                    .arrived = piece.fetched_at,
                    .discontinuity = piece.discontinuity,
                    .recorded = piece.recorded});
  std::optional<bool> is_open;  // Of the last picture that was near something.
  for (const EyePicture& picture : decoded.pictures) {
    const std::int64_t time_us = time_line_.place(picture.after_us);
    SEAWALL_TRY(auto alerts, tracker_.add(hasher_.label(picture.signals, time_us)));
    std::ranges::move(alerts, std::back_inserter(seen.alerts));
    std::vector<ClipId> shown;
    std::ranges::set_union(seen.shown, tracker_.last_shown(), std::back_inserter(shown));
    seen.shown = std::move(shown);
    if (tracker_.last_hits() > 0) is_open = tracker_.last_open_hits() > 0;
    seen.frames.push_back({time_us, time_line_.wall_time(time_us), picture.signals.pdq, picture.key});
  }
  seen.near = is_open.has_value();
  if (is_open) near_until_us_ = time_line_.last_us() + (*is_open ? options_.near_for.count() : 0);
  return {};
}

std::optional<CloserLook> StreamEye::wants_closer(const LiveSegment& piece, const EyeAllowance& allowance,
                                                  std::optional<std::int64_t> first_us) {
  if (!allowance.may_look_closer || piece.i_frames_only) return std::nullopt;
  if (is_near()) return CloserLook{options_.near_step, first_us};
  // That is why it was asked for.
  if (piece.repeats && wants_all(piece.fetched_at)) sparse_ = true;
  if (!sparse_ || !allowance.may_fill_gaps) return std::nullopt;
  return CloserLook{options_.sparse_step, first_us};
}

Result<EyePictures> StreamEye::decode_closer(VideoDecoder& decoder, const LiveSegment& piece,
                                             const CloserLook& closer) const {
  return decode(
      decoder, piece,
      {.sampling = VideoSampling::kInterval, .interval_us = closer.step.count(), .limits = options_.limits});
}

/// The hashes of the pictures that are new, by time.
std::vector<TimedHash> StreamEye::place_late(const LiveSegment& piece, const EyePictures& decoded,
                                             Seen& seen) {
  const auto first = std::ranges::find(decoded.pictures, seen.first_us, &EyePicture::container_us);
  const std::int64_t offset_us = first == decoded.pictures.end() ? 0 : first->after_us;
  std::vector<TimedHash> hashes;
  for (const EyePicture& picture : decoded.pictures) {
    const auto time_us = time_line_.place_late(seen.first_us, picture.after_us - offset_us, piece.fetched_at);
    if (!time_us || tracker_.has_frame(*time_us)) continue;
    if (!seen.frames.empty() && *time_us <= seen.frames.back().time_us) continue;
    std::ranges::move(hasher_.label(picture.signals, *time_us), std::back_inserter(hashes));
    seen.frames.push_back({*time_us, time_line_.wall_time(*time_us), picture.signals.pdq, picture.key});
  }
  return hashes;
}

Result<Seen> StreamEye::take_closer(const LiveSegment& piece, const CloserLook& closer,
                                    const EyePictures& decoded) {
  Seen seen;
  seen.info = decoded.info;
  seen.first_us = closer.first_us.value_or(decoded.pictures.front().container_us);
  SEAWALL_TRY(seen.alerts, tracker_.add_late(place_late(piece, decoded, seen)));
  seen.near = tracker_.last_hits() > 0;
  seen.shown = tracker_.last_shown();
  if (!seen.near) return seen;
  near_until_us_ = time_line_.last_us() + (tracker_.last_open_hits() > 0 ? options_.near_for.count() : 0);
  keep_near(piece, seen);
  return seen;
}

void StreamEye::keep_near(const LiveSegment& piece, const Seen& seen) {
  if (seen.frames.empty()) return;
  Sha256Hasher hasher;
  hasher.update(init_of(piece));
  hasher.update(piece.media);
  const NearPiece near{.begin_us = seen.frames.front().time_us,
                       .end_us = seen.frames.back().time_us,
                       .fetched_at = piece.fetched_at,
                       .sequence = piece.sequence,
                       .bytes = piece.media.size() + init_of(piece).size(),
                       .sha256 = hasher.finish()};
  const auto same = std::ranges::find(near_pieces_, near.sha256, &NearPiece::sha256);
  if (same != near_pieces_.end()) {  // Its key pictures were near, too.
    same->begin_us = std::min(same->begin_us, near.begin_us);
    same->end_us = std::max(same->end_us, near.end_us);
    return;
  }
  near_pieces_.insert(std::ranges::upper_bound(near_pieces_, near.begin_us, {}, &NearPiece::begin_us), near);
  if (near_pieces_.size() > kNearPiecesMax) near_pieces_.pop_front();
}

std::vector<NearPiece> StreamEye::near_pieces(std::int64_t begin_us, std::int64_t end_us) const {
  std::vector<NearPiece> found;
  for (const NearPiece& piece : near_pieces_) {
    if (piece.begin_us <= end_us && piece.end_us >= begin_us) found.push_back(piece);
  }
  return found;
}

std::size_t StreamEye::state_bytes() const {
  std::size_t bytes = sizeof *this + tracker_.state_bytes() + near_pieces_.size() * sizeof(NearPiece);
  for (const std::string& label : hasher_.labels()) bytes += sizeof label + label.capacity();
  return bytes;
}

}  // namespace seawall
