#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/result.h"
#include "seawall/clip_match/clip_tracker.h"
#include "seawall/media/video_decoder.h"
#include "seawall/stream_poll/live_segment.h"
#include "seawall/stream_watch/stream_time_line.h"
#include "seawall/video_signals/frame_hasher.h"

namespace seawall {

/// What of a stream is looked at.
struct EyeOptions {
  FrameHashOptions hashes{};
  ClipTrackerOptions tracker{};
  /// After a picture that is near a listed one: every so often, for so long.
  std::chrono::microseconds near_step{200'000};
  std::chrono::microseconds near_for{10'000'000};
  /// Where key pictures are further apart than this, others are looked at too, every so often.
  std::chrono::microseconds keyframe_gap_max{4'000'000};
  std::chrono::microseconds sparse_step{1'000'000};
  /// Of one piece.
  VideoLimits limits{.pixels_max = 4096ULL * 2304,
                     .side_px_max = 8'192,
                     .frames_max = 512,
                     .packets_max = 100'000,
                     .memory_bytes_max = 512ULL << 20,
                     .time_ms_max = 10'000};
};

/// What the load allows.
struct EyeAllowance {
  std::chrono::microseconds spacing{0};  ///< The least between two pictures, but after a near one.
  bool may_look_closer = true;           ///< Whether more than key pictures may be decoded.
  bool may_fill_gaps = true;             ///< Whether it may be for sparse key pictures alone.
};

/// A picture that was looked at. No pixels.
struct SeenFrame {
  std::int64_t time_us = 0;  ///< StreamTimeLine.
  Time at{};
  PdqHash hash;  ///< As it is, whatever its quality.
  bool key = false;
};

/// What one piece of a stream showed.
struct Seen {
  std::vector<SeenFrame> frames;  ///< By time.
  std::vector<ClipAlert> alerts;
  std::vector<ClipId> shown;  ///< By id: those told before of which the showing goes on.
  VideoInfo info;
  bool near = false;  ///< Something was near a listed clip.
  /// The container's time of the first picture, by which a closer look at the same piece finds its place.
  std::int64_t first_us = 0;
};

/// A look at more of a piece than its key pictures.
struct CloserLook {
  std::chrono::microseconds step{0};  ///< From picture to picture.
  /// Seen::first_us of the look at the piece's key pictures; nothing: the piece begins with the picture that
  /// was looked at (LiveSegment::repeats).
  std::optional<std::int64_t> first_us;
};

/// A decoded picture's hashes, before they have a place in the stream. No pixels.
struct EyePicture {
  std::int64_t after_us = 0;  ///< Of the piece's first one.
  std::int64_t container_us = 0;
  bool key = false;
  FrameSignals signals;
};
struct EyePictures {
  std::vector<EyePicture> pictures;
  VideoInfo info;
};

/// A piece that held something near a listed clip.
struct NearPiece {
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;  ///< Of its last picture looked at.
  Time fetched_at{};
  std::uint64_t sequence = 0;
  std::uint64_t bytes = 0;
  Sha256 sha256;  ///< Of its initialization and its media.
};

/// Looks at one live stream, piece by piece: decodes what is worth it, hashes, and tells listed clips.
///
/// Key pictures first: look(). Where one is near a listed clip (or the last 10 s held one that was), a closer
/// look at the piece is worth it, with a picture every 200 ms, until the clip was told at the highest tier;
/// where key pictures are rare, with one a second. It may come late, when pieces after it were looked at.
/// Guarantees: times rise from piece to piece whatever the stream says (StreamTimeLine), and a closer look's
/// lie in its piece; pixels are gone when look() and decode_closer() return; memory bounded: state_bytes(),
/// under 1 MB. Threads: one at a time, but decode_closer(), beside which others may be called. Lifetime:
/// borrows the index. Cost: a decode of the key pictures and their look-ups; another decode for a closer
/// look.
class StreamEye {
 public:
  static constexpr std::size_t kNearPiecesMax = 64;

  /// `scope`: whom the stream is watched for.
  StreamEye(const ClipIndex& index, const EyeOptions& options, const ClipScope& scope = {});

  /// At the key pictures of a piece that does not repeat. Errors: the decoder's where no picture came of it;
  /// those of the index. Blocks.
  Result<Seen> look(VideoDecoder& decoder, const LiveSegment& piece, const EyeAllowance& allowance);
  /// Whether a closer look at a piece is worth it now, and how close. `first_us`: as CloserLook has it.
  [[nodiscard]] std::optional<CloserLook> wants_closer(const LiveSegment& piece,
                                                       const EyeAllowance& allowance,
                                                       std::optional<std::int64_t> first_us);
  /// Its decode, which changes nothing here. Errors: the decoder's where no picture came of it. Blocks.
  [[nodiscard]] Result<EyePictures> decode_closer(VideoDecoder& decoder, const LiveSegment& piece,
                                                  const CloserLook& closer) const;
  /// What it showed, less the pictures that were looked at before. Errors: those of the index.
  Result<Seen> take_closer(const LiveSegment& piece, const CloserLook& closer, const EyePictures& decoded);
  /// Whether pictures between the key pictures are wanted now.
  [[nodiscard]] bool wants_all(Time now) const;
  /// Whether a piece that came then is to be looked at, as far as the spacing goes.
  [[nodiscard]] bool is_due(const LiveSegment& piece, std::chrono::microseconds spacing) const;

  [[nodiscard]] const StreamTimeLine& time_line() const { return time_line_; }
  [[nodiscard]] const std::vector<std::string>& labels() const { return hasher_.labels(); }
  /// Pieces that overlap that time of the stream, oldest first.
  [[nodiscard]] std::vector<NearPiece> near_pieces(std::int64_t begin_us, std::int64_t end_us) const;
  [[nodiscard]] bool is_near() const { return near_until_us_ > time_line_.last_us(); }
  [[nodiscard]] bool is_sparse() const { return sparse_; }
  [[nodiscard]] std::size_t state_bytes() const;

 private:
  [[nodiscard]] Result<EyePictures> decode(VideoDecoder& decoder, const LiveSegment& piece,
                                           const VideoOptions& options) const;
  Result<void> track(const LiveSegment& piece, const EyePictures& decoded, Seen& seen);
  std::vector<TimedHash> place_late(const LiveSegment& piece, const EyePictures& decoded, Seen& seen);
  void note_gaps(const LiveSegment& piece, const EyePictures& decoded);
  void keep_near(const LiveSegment& piece, const Seen& seen);

  EyeOptions options_;
  FrameHasher hasher_;
  ClipTracker tracker_;
  StreamTimeLine time_line_;
  std::deque<NearPiece> near_pieces_;
  std::int64_t near_until_us_ = -1;
  std::optional<Time> looked_at_;  // When the last piece looked at had come.
  std::optional<Time> key_at_;     // When a piece with a key picture had come.
  bool sparse_ = false;
};

}  // namespace seawall
