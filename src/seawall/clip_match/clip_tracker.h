#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/video_print/timed_hash.h"

namespace seawall {

struct ClipTrackerOptions {
  std::int64_t window_ms = 60'000;     ///< What is remembered of the stream.
  std::size_t hashes_max = 4096;       ///< Of the window: older ones go first.
  std::size_t hits_max = 4096;         ///< Likewise.
  std::size_t clips_a_frame_max = 32;  ///< Aligned for one frame: those hit last, most hits first.
  std::size_t clips_told_max = 256;    ///< Remembered as told; then the one told longest ago is forgotten.
  /// A clip that did not rise is aligned again no sooner than this: matters where frames come thick.
  std::int64_t align_again_ms = 250;
};

/// A listed clip that a stream shows, told when a tier is first reached and again when a higher one is.
struct ClipAlert {
  ClipId clip{};
  ClipSegment segment;   ///< Times are the stream's.
  bool is_rise = false;  ///< The same showing was told before at a lower tier.
};

/// Watches one live stream for listed clips, frame by frame, in bounded memory.
///
/// Guarantees: after each frame what ClipMatcher would say of the window alone, less the clips over the
/// limits of the options; a showing is told once a tier, and again after the clip was gone for
/// ClipRules::link_gap_ms. A time that falls starts the window afresh. Threads: one. Lifetime: the index must
/// outlive it. Cost: look-ups of the frame's hashes, and an alignment of the window for each clip hit within
/// the last link_gap_ms that was not told at the highest tier yet: nothing while there is none. Memory:
/// state_bytes(), at most about 0.6 MB with the defaults.
class ClipTracker {
 public:
  static constexpr std::size_t kHashesAFrameMax = 512;

  /// `scope`: whom the stream is watched for.
  explicit ClipTracker(const ClipIndex& index, const ClipTrackerOptions& options = {}, ClipScope scope = {});

  /// Takes the next frame: all its hashes, of one time. Returns what is to be told now, best tier first.
  /// Errors: kInvalidInput (hashes of different times), kLimitExceeded (over kHashesAFrameMax), those of the
  /// index; the frame is then not taken.
  Result<std::vector<ClipAlert>> add(std::span<const TimedHash> frame);

  /// Takes frames that come late: their times, which rise, lie between those of frames that it has, or after
  /// them. The clips hit are aligned once for all of them. Frames of times that it has, and those that have
  /// left the window, are passed over. Errors: kInvalidInput (times that fall), kLimitExceeded (over
  /// hashes_max in all), those of the index; none is then taken.
  Result<std::vector<ClipAlert>> add_late(std::span<const TimedHash> frames);
  /// Whether the window holds a frame of that time.
  [[nodiscard]] bool has_frame(std::int64_t time_us) const;

  [[nodiscard]] const LeftOutFrames& left_out() const { return left_out_; }  ///< Since the start; no times.
  [[nodiscard]] std::size_t restarts() const { return restarts_; }           ///< Times that fell.
  [[nodiscard]] std::size_t frames() const { return frames_; }
  /// Listed hashes within three_bits of the frames taken last: they are worth a closer look when there are
  /// any.
  [[nodiscard]] std::size_t last_hits() const { return last_hits_; }
  /// Those of them that are of clips with more to tell: not told at the highest tier for what shows now.
  [[nodiscard]] std::size_t last_open_hits() const { return last_open_hits_; }
  /// Clips, by id, of which a showing that was told before goes on in the frames taken last.
  [[nodiscard]] const std::vector<ClipId>& last_shown() const { return last_shown_; }
  /// Whether a showing of the clip that goes on at that time was told at the highest tier.
  [[nodiscard]] bool is_settled(ClipId clip, std::int64_t time_us) const;
  [[nodiscard]] std::size_t state_bytes() const;  ///< Of this stream alone.

 private:
  struct Told {
    ClipTier tier = ClipTier::kNone;
    std::int64_t last_ms = 0;     // Where the showing was seen last.
    std::int64_t aligned_ms = 0;  // When it was looked at last.
  };
  struct Asked {
    std::vector<bool> usable;
    std::vector<ClipHit> hits;  // By query hash.
  };
  Result<Asked> ask(std::span<const TimedHash> hashes);
  std::vector<ClipAlert> take_hits(const std::vector<ClipHit>& hits, bool again);
  std::vector<ClipAlert> align(const std::vector<ClipHit>& hits, bool again);
  [[nodiscard]] std::optional<std::int64_t> hit_ms(const std::vector<ClipHit>& hits, ClipId clip) const;
  [[nodiscard]] std::vector<TimedHash> fresh_of(std::span<const TimedHash> frames) const;
  std::vector<ClipHit> merge(const std::vector<TimedHash>& fresh, Asked asked);
  [[nodiscard]] std::vector<ClipId> going_on(std::span<const ClipHit> hits, std::int64_t now_ms) const;
  void forget_before(std::int64_t time_ms);
  void drop_front(std::size_t hashes);
  [[nodiscard]] std::vector<ClipId> clips_hit_since(std::int64_t time_ms) const;
  [[nodiscard]] bool is_settled(const Told& showing, std::int64_t now_ms) const;
  bool must_align(ClipId clip, std::int64_t now_ms, std::optional<std::int64_t> hit_ms, bool again);
  void tell(ClipMatch match, std::int64_t now_ms, std::vector<ClipAlert>& alerts);
  void forget_told();

  const ClipIndex& index_;
  ClipTrackerOptions options_;
  ClipScope scope_;
  std::vector<TimedHash> hashes_;  // The window, by time.
  std::vector<bool> usable_;
  std::vector<ClipHit> hits_;  // By query hash.
  std::map<ClipId, Told> told_;
  LeftOutFrames left_out_;
  std::size_t restarts_ = 0;
  std::size_t frames_ = 0;
  std::size_t last_hits_ = 0;
  std::size_t last_open_hits_ = 0;
  std::vector<ClipId> last_shown_;
};

}  // namespace seawall
