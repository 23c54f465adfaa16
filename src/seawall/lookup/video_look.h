#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/follow/list_query.h"
#include "seawall/list_clips/list_clips.h"
#include "seawall/match/variant.h"
#include "seawall/media/video_decoder.h"

namespace seawall {

/// A part of a video that shows a part of a listed one. Times in milliseconds from each one's start.
struct ClipPart {
  std::string tier;  ///< "single-frame", "two-aligned", "three-aligned".
  std::int64_t begin_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t listed_begin_ms = 0;
  std::int64_t listed_end_ms = 0;
  double speed = 1;       ///< Listed time that passes in a second of the query.
  int frames = 0;         ///< Distinct frames that say so.
  int distance_bits = 0;  ///< Of the nearest of them.
  std::string variant;    ///< How the frames were turned to meet: "flip_y", "trim, listed original".
};

/// A listed video of which a part is shown.
struct FoundClip {
  static constexpr std::size_t kPartsMax = 64;  ///< Told of one entry: the strongest first.

  EntryId entry{};
  MetBy by = MetBy::kVideo;
  std::vector<ClipPart> parts;  ///< Of kVideo.
  std::string how;              ///< In words, of the strongest part.
};

/// Listed videos that a whole video is by TMK+PDQF. Errors: those of ListClips::tmk_matches().
Result<std::vector<FoundClip>> tmk_clips(const ListClips& clips, const TmkPrint& query,
                                         const ListClipsAsker& asker);

/// How a video was looked at.
struct LookedAtVideo {
  std::string_view type;  ///< "video/mp4"
  int width_px = 0;       ///< As it is shown; 0 when no frame was decoded.
  int height_px = 0;
  std::int64_t length_ms = 0;
  std::int64_t frames = 0;     ///< Looked at, of the first stream.
  bool every_keyframe = true;  ///< Else in step with an interval.
  bool looked_closer = false;  ///< Something was near, so it was gone through once more, more densely.
  bool truncated = false;      ///< Damaged or cut short.
};

struct VideoLook {
  LookedAtVideo video;
  std::vector<FoundClip> clips;
  /// Why not all of it was looked at; what was found stands.
  std::optional<Error> ended;
};

/// Looks videos up in the listed videos of the lists.
///
/// Guarantees: reads the file where it lies and keeps nothing of it; a copy of it lies in memory, without a
/// name, while it is decoded. Threads: any number at once; each blocks for a decoder and for the decoding.
/// Lifetime: borrows both. Cost: docs/video-matching.md; decoding is nearly all of it.
class VideoLooker {
 public:
  struct Options {
    /// For decoding one video, one stream, once. Looking closer is another time; all together end at one and
    /// a half times this, and what was found until then stands.
    std::chrono::milliseconds time_max{60'000};
    std::int64_t frames_max = 200'000;  ///< Of one stream.
    /// Frames of this step are looked at where others' vPDQ is listed: its frames are seconds apart, and only
    /// one that is close in time is near.
    std::chrono::milliseconds sampled_interval{100};
  };
  VideoLooker(VideoDecoder& decoder, const ListClips& clips, const Options& options)
      : decoder_(decoder), clips_(clips), options_(options) {}

  /// Whether there is anything to be found.
  [[nodiscard]] bool lists_videos() const { return clips_.sizes().entries != 0; }
  /// `type`: sniff_video_type() of it. `asker`: whose lists it is looked up in. Errors: the decoder's where
  /// no frame was seen, kNotFound where there is no video in it (music), kUnavailable (no decoder, no
  /// memory), those of the index.
  [[nodiscard]] Result<VideoLook> look(std::span<const std::byte> file, std::string_view type,
                                       VariantProfile profile, const ListClipsAsker& asker) const;

 private:
  /// Where the lists hold TMK+PDQF: the video's own, and what it is by it. Decodes every frame.
  void compare_tmk(const VideoSource& file, const ListClipsAsker& asker,
                   std::chrono::steady_clock::time_point end, VideoLook& look) const;

  VideoDecoder& decoder_;
  const ListClips& clips_;
  Options options_;
};

}  // namespace seawall
