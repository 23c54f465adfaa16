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
    : index_(index),
      options_(options),
      scope_(scope),
      hasher_(options.hashes),
      tracker_(index, options.tracker, scope) {}

bool StreamEye::wants_all(Time now) const {
  const bool long_without_key = key_at_ && now - *key_at_ > options_.keyframe_gap_max;
  return is_near() || sparse_ || long_without_key;
}

bool StreamEye::is_due(const LiveSegment& piece, std::chrono::microseconds spacing) const {
  if (piece.repeats) return wants_all(piece.fetched_at);
  if (!looked_at_ || is_near()) return true;
  return piece.fetched_at + piece.duration - *looked_at_ >= spacing || piece.fetched_at < *looked_at_;
}

Result<StreamEye::Decoded> StreamEye::decode(VideoDecoder& decoder, const LiveSegment& piece,
                                             const VideoOptions& options) {
  const std::array<VideoSource::Bytes, 2> parts{init_of(piece), piece.media};
  Decoded decoded;
  std::int64_t first_us = 0;
  auto info = decoder.decode({.parts = parts}, options, [&](const VideoFrame& frame) {
    if (decoded.pictures.empty()) first_us = frame.time_us;
    decoded.pictures.push_back(
        {frame.time_us - first_us, frame.container_time_us, frame.key, hasher_.hash(frame)});
    return true;
  });
  if (!info && decoded.pictures.empty()) return tl::unexpected(std::move(info).error());
  if (info) decoded.info = *std::move(info);
  return decoded;
}

Result<StreamEye::Nearness> StreamEye::nearness_of(const std::vector<Picture>& pictures) const {
  std::vector<TimedHash> hashes;
  std::vector<Fingerprint256> bits;
  for (const Picture& picture : pictures) {
    for (const TimedHash& hash : picture.hashes) {
      if (hash.hash.quality < kPdqQualityMin) continue;
      hashes.push_back(hash);
      bits.push_back(hash.hash.bits);
    }
  }
  SEAWALL_TRY(const std::vector<bool> benign, index_.benign(bits, scope_));
  std::vector<std::uint32_t> which;
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (!benign[i]) which.push_back(static_cast<std::uint32_t>(i));
  }
  SEAWALL_TRY(const auto hits, index_.hits(hashes, which, scope_));
  const bool open = std::ranges::any_of(
      hits, [&](const ClipHit& hit) { return !tracker_.is_settled(hit.clip, time_line_.last_us()); });
  return Nearness{!hits.empty(), open};
}

/// Key pictures; and, where they say that more is worth it, more.
Result<StreamEye::Decoded> StreamEye::decode_enough(VideoDecoder& decoder, const LiveSegment& piece,
                                                    const EyeAllowance& allowance, Seen& seen) {
  VideoOptions keys{.sampling = VideoSampling::kKeyframes,
                    .spacing_us_min = allowance.spacing.count(),
                    .at_sight = true,
                    .limits = options_.limits};
  VideoOptions all{.sampling = VideoSampling::kInterval, .limits = options_.limits};
  const bool can = allowance.may_look_closer && !piece.i_frames_only;
  if (can && is_near()) {
    all.interval_us = options_.near_step.count();
    seen.all = true;
    return decode(decoder, piece, all);
  }
  if (can && allowance.may_fill_gaps && sparse_ && piece.repeats) {
    all.interval_us = options_.sparse_step.count();
    seen.all = true;
    return decode(decoder, piece, all);
  }
  SEAWALL_TRY(Decoded decoded, decode(decoder, piece, keys));
  note_gaps(piece, decoded);
  SEAWALL_TRY(const Nearness near, nearness_of(decoded.pictures));
  seen.near = near.any;
  const bool fill = sparse_ && allowance.may_fill_gaps;
  if (!can || (!near.open && !fill)) return decoded;
  all.interval_us = near.open ? options_.near_step.count() : options_.sparse_step.count();
  auto more = decode(decoder, piece, all);
  if (!more || more->pictures.size() < decoded.pictures.size()) return decoded;
  seen.all = true;
  return more;
}

void StreamEye::note_gaps(const LiveSegment& piece, const Decoded& decoded) {
  const bool key = std::ranges::any_of(decoded.pictures, &Picture::key);
  if (!piece.i_frames_only) {
    sparse_ = decoded.info.keyframe_gap_us_max > options_.keyframe_gap_max.count() || !key;
  } else if (key_at_) {
    sparse_ = piece.fetched_at - *key_at_ > options_.keyframe_gap_max;
  }
  if (key) key_at_ = piece.fetched_at;
}

Result<void> StreamEye::track(const LiveSegment& piece, Decoded decoded, Seen& seen) {
  time_line_.begin({.container_us = decoded.pictures.front().container_us,
                    .arrived = piece.fetched_at,
                    .discontinuity = piece.discontinuity,
                    .repeats = piece.repeats,
                    .recorded = piece.recorded});
  std::optional<bool> is_open;  // Of the last picture that was near something.
  for (Picture& picture : decoded.pictures) {
    const auto time_us = time_line_.place(picture.after_us);
    if (!time_us || picture.hashes.empty()) continue;
    for (TimedHash& hash : picture.hashes) hash.time_us = *time_us;
    SEAWALL_TRY(auto alerts, tracker_.add(picture.hashes));
    std::ranges::move(alerts, std::back_inserter(seen.alerts));
    seen.near = seen.near || tracker_.last_hits() > 0;
    std::vector<ClipId> shown;
    std::ranges::set_union(seen.shown, tracker_.last_shown(), std::back_inserter(shown));
    seen.shown = std::move(shown);
    if (tracker_.last_hits() > 0) is_open = tracker_.last_open_hits() > 0;
    seen.frames.push_back(
        {*time_us, time_line_.wall_time(*time_us), picture.hashes.front().hash, picture.key});
  }
  if (is_open) near_until_us_ = time_line_.last_us() + (*is_open ? options_.near_for.count() : 0);
  return {};
}

void StreamEye::keep_near(const LiveSegment& piece, const Seen& seen) {
  if (seen.frames.empty()) return;
  Sha256Hasher hasher;
  hasher.update(init_of(piece));
  hasher.update(piece.media);
  near_pieces_.push_back({.begin_us = seen.frames.front().time_us,
                          .end_us = seen.frames.back().time_us,
                          .fetched_at = piece.fetched_at,
                          .sequence = piece.sequence,
                          .bytes = piece.media.size() + init_of(piece).size(),
                          .sha256 = hasher.finish()});
  if (near_pieces_.size() > kNearPiecesMax) near_pieces_.pop_front();
}

Result<Seen> StreamEye::look(VideoDecoder& decoder, const LiveSegment& piece, const EyeAllowance& allowance) {
  Seen seen;
  looked_at_ = piece.fetched_at;
  if (piece.repeats && !is_near()) sparse_ = true;  // That is why it was asked for.
  SEAWALL_TRY(Decoded decoded, decode_enough(decoder, piece, allowance, seen));
  seen.info = decoded.info;
  SEAWALL_CHECK(track(piece, std::move(decoded), seen));
  if (seen.near) keep_near(piece, seen);
  return seen;
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
