#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"
#include "seawall/playlist/byte_range.h"

namespace seawall {

/// One S of a SegmentTimeline. ISO/IEC 23009-1 section 5.3.9.6.
struct DashRun {
  std::optional<std::uint64_t> start;  ///< @t, in timescale units; none: where the run before ends, or 0.
  std::uint64_t duration = 0;          ///< @d, 1 to 2^62 - 1.
  std::int64_t repeat = 0;             ///< @r; -1: until the next run's start, the period's end or now.
};

struct DashSegmentUrl {
  std::string media;  ///< As written; empty: the representation's own address.
  std::optional<ByteRange> range;
};

/// How segments are found: SegmentTemplate, SegmentList or SegmentBase with what is inherited filled in.
/// Sections 5.3.9.2 to 5.3.9.5.
struct DashAddressing {
  enum class Kind : std::uint8_t { kTemplate, kList, kBase };
  Kind kind = Kind::kBase;
  std::uint64_t timescale = 1;  ///< 1 to 2^32.
  std::uint64_t start_number = 1;
  std::optional<std::uint64_t> end_number;
  std::optional<std::uint64_t> duration;  ///< Of each segment, in timescale units.
  std::uint64_t presentation_time_offset = 0;
  std::chrono::milliseconds availability_offset{0};  ///< Segments are there that much earlier.
  std::string media;                                 ///< kTemplate.
  std::string initialization;  ///< kTemplate: with $RepresentationID$ and such; else as written, or empty.
  std::optional<ByteRange> initialization_range;
  std::optional<ByteRange> index_range;  ///< kBase: where the sidx lies. Told, not read.
  bool has_initialization = false;
  bool has_timeline = false;
  std::vector<DashRun> timeline;
  std::vector<DashSegmentUrl> urls;  ///< kList.
};

struct DashRepresentation {
  std::string id;
  std::string base_uri;  ///< Absolute: the chain of BaseURLs, the first of each level.
  std::uint64_t bandwidth = 0;
  int width_px = 0, height_px = 0;  ///< 0: not stated.
  std::string mime_type, codecs;    ///< Inherited where it has none of its own.
  bool encrypted = false;           ///< ContentProtection stands here or above: named, never decrypted.
  std::shared_ptr<const DashAddressing> addressing;  ///< Null: base_uri is the one segment.
};

struct DashAdaptationSet {
  std::string id, content_type;
  bool trick_mode = false;         ///< Of DASH-IF's trick mode scheme: key pictures of another set.
  bool unknown_essential = false;  ///< An EssentialProperty that is not known: not to be played.
  std::vector<DashRepresentation> representations;
};

struct DashPeriod {
  std::string id;
  /// From availabilityStartTime (dynamic) or the start of the presentation (static).
  std::chrono::milliseconds start{0};
  std::optional<std::chrono::milliseconds> duration;  ///< Its own, or until the next; none: open.
  std::vector<DashAdaptationSet> sets;
};

struct DashUtcTiming {
  std::string scheme, value;
};

/// A Media Presentation Description. ISO/IEC 23009-1 section 5.3.1.
struct DashMpd {
  bool dynamic = false;
  std::optional<Time> availability_start, availability_end, publish_time;
  std::optional<std::chrono::milliseconds> minimum_update_period, time_shift_buffer_depth,
      suggested_presentation_delay, presentation_duration, max_segment_duration;
  std::vector<DashUtcTiming> utc_timings;
  std::string location;             ///< Where to ask from now on, absolute; empty: where it came from.
  std::vector<DashPeriod> periods;  ///< Without those that lie elsewhere (xlink) or whose start is not known.
  int periods_left_out = 0;
};

inline constexpr std::size_t kMpdBytesMax = 8 << 20;
inline constexpr std::size_t kMpdPeriodsMax = 128;
inline constexpr std::size_t kMpdRepresentationsMax = 1024;  ///< Of all periods.
inline constexpr std::size_t kMpdRunsMax = 100'000;          ///< S elements and SegmentURLs of all.

/// Whether `text` looks like XML: '<' first, after blanks and a byte order mark.
[[nodiscard]] bool is_xml(std::string_view text);

/// Reads an MPD that came from `base_uri`. Elements and attributes that are not known are passed over.
/// Errors: kInvalidInput (not XML, not an MPD, a number, duration or time that is not one where it is needed
/// to find segments); kLimitExceeded; kUnsupported (no period that is here).
Result<DashMpd> mpd_from_text(std::string_view text, std::string_view base_uri);

/// One segment, where it lies on the time line.
struct DashSegment {
  std::string uri;  ///< Absolute.
  std::optional<ByteRange> range;
  std::uint64_t number = 0;  ///< $Number$.
  /// When it is shown: from the Unix epoch (dynamic, with availabilityStartTime) or the presentation's start.
  std::chrono::microseconds start{0};
  std::chrono::microseconds duration{0};
};

struct DashSegments {
  std::string init_uri;  ///< Absolute; empty: none.
  std::optional<ByteRange> init_range;
  std::vector<DashSegment> segments;     ///< In order of time: the newest that are there, at most as asked.
  std::chrono::microseconds longest{0};  ///< Of the durations, or what the MPD says of them.
  std::optional<Time> next_available;    ///< When one more will be there, if the MPD says so.
  bool complete = false;                 ///< The period's last segment is among them.
};

/// The segments of a representation that are there at `now`: as its timeline or its duration says. At most
/// `segments_max`, the newest. Cost: by what is given, not by what a timeline claims to repeat.
/// Errors: kUnsupported ($SubNumber$); kInvalidInput (a template that names neither number nor time, or is
/// broken; times beyond 290,000 years); kLimitExceeded (an address).
Result<DashSegments> dash_segments(const DashMpd& mpd, const DashPeriod& period,
                                   const DashRepresentation& representation, Time now,
                                   std::size_t segments_max);

}  // namespace seawall
