#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "seawall/base/digests.h"
#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/match/variant.h"
#include "seawall/media/video_decoder.h"
#include "seawall/video_print/dense_print.h"
#include "seawall/video_print/timed_hash.h"
#include "seawall/video_print/tmk.h"
#include "seawall/video_print/vpdq.h"

namespace seawall {

/// How closely a query's frames are looked at.
enum class VideoDepth : std::uint8_t {
  kKeyframes,  ///< Keyframes alone, however rare they are.
  /// Keyframes; in step with the interval where they are rarer than VideoQueryOptions::gap_us_max.
  kAuto,
  kInterval,    ///< In step with the interval: every frame is decoded.
  kEveryFrame,  ///< All frames are hashed.
};

struct VideoQueryOptions {
  VariantProfile profile = VariantProfile::kDefault;
  VideoDepth depth = VideoDepth::kAuto;
  std::int64_t interval_us = 500'000;
  std::int64_t gap_us_max = 2'500'000;
  /// Then the track ends early and says so. ClipMatcher takes a million.
  std::size_t hashes_max = 1'000'000;
  int stream = 0;  ///< Which of the file's video streams.
  VideoLimits limits{};
  /// Asked once a frame; true: the work is given up (kUnavailable).
  std::function<bool()> stopping = [] { return false; };
};

/// What a video that somebody sent is looked up by.
struct QueryVideo {
  VideoInfo info;
  HashTrack track;
  bool in_step = false;  ///< Sampled by the interval, not by keyframes.
  bool is_cut = false;   ///< There were more hashes than hashes_max.
  /// Why decoding ended early; the track holds what was seen until then, and `info` the size and the time of
  /// the last frame.
  std::optional<Error> ended;

  /// Whether all of it was looked at. Errors: why not; what was looked at stands.
  [[nodiscard]] Result<void> whole() const;
};

/// Decodes the video once, or twice where kAuto finds keyframes too rare, and hashes what it samples. A
/// decode that ends early, once a frame was seen, gives what there is (QueryVideo::ended); where the second
/// one does, keyframes stand for the rest. `file`: an open regular file. Errors: the decoder's where nothing
/// was seen, kUnavailable (stopped, no decoder). Blocks. Threads: any.
Result<QueryVideo> query_video(VideoDecoder& decoder, const VideoSource& file,
                               const VideoQueryOptions& options = {});

struct ListingOptions {
  VariantProfile profile = VariantProfile::kDefault;
  PruneOptions prune{};
  VideoLimits limits{};
  /// Asked once a frame; true: the work is given up (kUnavailable).
  std::function<bool()> stopping = [] { return false; };
};

/// What a video is listed by, and what others' programs know it by.
struct ListedVideo {
  VideoInfo info;
  DensePrint print;
  /// As Meta's C++ program makes it at one hash a second: every n-th frame of the stream, n being its frame
  /// rate without its fraction, as stored (not turned) and with BT.601's matrix whatever the stream says.
  /// The time is frame number by frame rate. Empty where the container states no frame rate.
  std::vector<VpdqFeature> vpdq;
};

/// Decodes every frame. Errors: the decoder's, kLimitExceeded (DensePrint's limits), kUnavailable (stopped).
/// Blocks. Threads: any.
Result<ListedVideo> listed_video(VideoDecoder& decoder, const VideoSource& file,
                                 const ListingOptions& options = {});

struct TmkOptions {
  int stream = 0;  ///< Which of the file's video streams.
  VideoLimits limits{};
  /// Asked once a frame; true: the work is given up (kUnavailable).
  std::function<bool()> stopping = [] { return false; };
};

/// The video's TMK+PDQF signal, near enough to that of Meta's program to be compared with lists of it
/// (scores: docs/video-matching.md). Every frame is decoded; each is folded to PDQ's 64 x 64 by PDQ's own
/// filter, where Meta's program has ffmpeg shrink it. Errors: the decoder's, also where it ended early, as
/// the signal is of a whole video; kLimitExceeded (24 days), kUnavailable (stopped). Blocks. Threads: any.
Result<TmkPrint> tmk_of_video(VideoDecoder& decoder, const VideoSource& file, const TmkOptions& options = {});

/// MD5, SHA-1 and SHA-256 of a regular file, read in pieces; its position is not moved. `stopping` is asked
/// between them. Errors: kUnavailable (cannot be read, stopped), kLimitExceeded (over `bytes_max`), kConflict
/// (it grows).
Result<FileDigests> digests_of_file(int file, std::uint64_t bytes_max, FunctionRef<bool()> stopping);

}  // namespace seawall
