#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/model/signal.h"

namespace seawall {

/// Names one listed video inside a ClipIndex. Chosen by the caller.
enum class ClipId : std::uint32_t {};

/// How strong the evidence for a listed clip is: which rule of docs/video-matching.md it meets.
enum class ClipTier : std::uint8_t {
  kNone,          ///< Not enough; ClipSegment::why says what is missing.
  kSingleFrame,   ///< One frame within single_bits.
  kTwoAligned,    ///< Two aligned, distinct frames within two_bits.
  kThreeAligned,  ///< Three or more aligned, distinct frames within three_bits.
};
/// "none", "single-frame", "two-aligned", "three-aligned".
[[nodiscard]] std::string_view name_of(ClipTier tier);

/// The rules. All distances are inclusive, all times in milliseconds.
struct ClipRules {
  int single_bits = kPdqRadiusDefault;
  int two_bits = 48;
  int three_bits = 64;
  /// Two aligned frames are distinct when their reference hashes differ by more than the tier's own distance,
  /// and each query hash is nearer to its own reference hash than to the other's by at least this: so a still
  /// picture on either side, or slides of one template, cannot count twice.
  int nearer_bits = 16;
  int quality_min = kPdqQualityMin;     ///< Of both hashes; an unknown quality passes.
  int benign_bits = kPdqRadiusDefault;  ///< Hashes so near to a benign template never count.
  /// A query frame within single_bits of more listed clips than this says little about any of them: it does
  /// not make a match alone.
  std::size_t common_clips_max = 32;

  double speed_min = 0.75;  ///< Reference time that passes in a second of the query.
  double speed_max = 1.3334;
  std::int64_t tolerance_ms = 150;    ///< Between where the line puts a frame and where its hash stands.
  std::int64_t link_gap_ms = 12'000;  ///< Without a hit for so long, what follows is another segment.
};

/// One frame of the query that shows the same as the reference at the time that the line says.
struct AlignedPair {
  std::int64_t query_ms = 0;
  std::int64_t reference_ms = 0;  ///< Where the line puts it.
  int distance_bits = 0;
  int query_quality = 0;
  int reference_quality = 0;         ///< ListedPdq::kQualityUnknown: the list does not say.
  std::uint32_t query_hash = 0;      ///< Index into the query's hashes by time.
  std::uint32_t reference_hash = 0;  ///< Index into the print's hashes.
  std::uint16_t query_label = 0;     ///< How the query's frame was turned: index into its labels.
  std::uint8_t reference_label = 0;  ///< Which window of the listed frame: index into the print's labels.
  bool benign = false;               ///< The listed hash is near a benign template: shown, never counted.
  bool common = false;  ///< The query's hash is near those of many listed clips: never alone a match.
  friend bool operator==(const AlignedPair&, const AlignedPair&) = default;
};

/// A part of the query that runs along a part of a listed clip.
struct ClipSegment {
  ClipTier tier = ClipTier::kNone;
  std::int64_t query_begin_ms = 0;
  std::int64_t query_end_ms = 0;
  std::int64_t reference_begin_ms = 0;
  std::int64_t reference_end_ms = 0;
  double speed = 1;  ///< reference_ms = speed * query_ms + offset_ms.
  double offset_ms = 0;
  bool speed_is_known = false;  ///< False: one moment only; the speed is taken to be 1.
  int distinct_frames = 0;  ///< Distinct ones within three_bits under one pair of labels, counted up to 64.
  std::uint16_t query_label = 0;  ///< The labels under which the tier is reached (or most pairs stand).
  std::uint8_t reference_label = 0;
  std::vector<AlignedPair> pairs;  ///< By query time, one a query frame.
  std::string why;                 ///< One sentence for a person: what made the tier, or what is missing.
  friend bool operator==(const ClipSegment&, const ClipSegment&) = default;
};

/// Everything found of one listed clip.
struct ClipMatch {
  ClipId clip{};
  ClipTier tier = ClipTier::kNone;    ///< The best of its segments.
  std::vector<ClipSegment> segments;  ///< Those that reach a tier first, then by query time.
  friend bool operator==(const ClipMatch&, const ClipMatch&) = default;
};

/// A query frame that was left out, and why.
struct LeftOutFrames {
  std::size_t low_quality = 0;  ///< Hashes under the quality.
  std::size_t benign = 0;       ///< Hashes near a benign template.
  std::size_t common = 0;       ///< Frames near many listed clips: not left out, but never alone a match.
  std::vector<std::int64_t> benign_ms;  ///< Times of the benign ones, up to 64.
  friend bool operator==(const LeftOutFrames&, const LeftOutFrames&) = default;
};

struct ClipAnswer {
  std::vector<ClipMatch> matches;      ///< Best tier first, then most distinct frames, then by clip.
  std::vector<ClipMatch> near_misses;  ///< Up to 16 clips of which something was found that does not suffice.
  LeftOutFrames left_out;
  bool truncated = false;  ///< A limit was reached (clips, segments, frames): there may be more.
  friend bool operator==(const ClipAnswer&, const ClipAnswer&) = default;
};

}  // namespace seawall
