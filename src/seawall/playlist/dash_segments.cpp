#include <algorithm>
#include <limits>

#include "seawall/playlist/dash.h"
#include "seawall/playlist/detail/dash_words.h"
#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
__extension__ using Wide = __int128;

constexpr Wide kMicros = 1'000'000;
// 290,000 years in microseconds: sums of two fit in 64 bits.
constexpr Wide kTimeMax = std::numeric_limits<std::int64_t>::max() / 2;
// Timescale units: times a million they fit in 128 bits, and so does the product of two numbers below 2^62.
constexpr Wide kUnitsMax = Wide{1} << 96;

/// Where the segments are laid: one representation of one period, and what `now` means for it.
struct Ground {
  const DashRepresentation& representation;
  const DashAddressing& addressing;
  microseconds epoch{0};  ///< Of the period's start.
  std::optional<microseconds> period_end;
  std::optional<microseconds> now;     ///< On the same line; none: everything is there (static).
  std::optional<microseconds> window;  ///< timeShiftBufferDepth.
  std::size_t segments_max = 0;
};

/// A run of equal segments: `count` from `start`, in timescale units.
struct Run {
  Wide start = 0, duration = 1, count = 0;
};

Wide micros_of(const Ground& ground, Wide units) {
  return (units - static_cast<Wide>(ground.addressing.presentation_time_offset)) * kMicros /
         static_cast<Wide>(ground.addressing.timescale);
}
/// Timescale units from the period's start, rounded down; presentation_time_offset added.
Wide units_at(const Ground& ground, microseconds at) {
  return static_cast<Wide>((at - ground.epoch).count()) * static_cast<Wide>(ground.addressing.timescale) /
             kMicros +
         static_cast<Wide>(ground.addressing.presentation_time_offset);
}

/// How often `duration` fits from `start` up to `end`: whole times for what grows until now, and begun ones
/// for what ends with the period.
Wide fitting(Wide start, Wide end, Wide duration, bool begun) {
  if (end <= start) return 0;
  return (end - start + (begun ? duration - 1 : 0)) / duration;
}

/// The timeline as runs with counts; those that repeat until now or the period's end are cut there.
Result<std::vector<Run>> runs_of(const Ground& ground) {
  std::vector<Run> runs;
  Wide at = 0;
  const auto& timeline = ground.addressing.timeline;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    Run run{.start = timeline[i].start ? static_cast<Wide>(*timeline[i].start) : at,
            .duration = static_cast<Wide>(timeline[i].duration),
            .count = static_cast<Wide>(timeline[i].repeat) + 1};
    if (timeline[i].repeat < 0) {
      if (i + 1 < timeline.size() && timeline[i + 1].start) {
        run.count = fitting(run.start, static_cast<Wide>(*timeline[i + 1].start), run.duration, true);
      } else if (ground.now && (!ground.period_end || *ground.now < *ground.period_end)) {
        run.count = fitting(run.start, units_at(ground, *ground.now), run.duration, false);
      } else if (ground.period_end) {
        run.count = fitting(run.start, units_at(ground, *ground.period_end), run.duration, true);
      } else {
        run.count = 1;
      }
    }
    at = run.start + run.duration * run.count;
    if (at > kUnitsMax) return fail(Code::kInvalidInput, "an MPD's times lie too far ahead");
    runs.push_back(run);
  }
  return runs;
}

class Layer {
 public:
  explicit Layer(const Ground& ground) : ground_(ground) {}

  Result<DashSegments> by_timeline();
  Result<DashSegments> by_duration();
  Result<DashSegments> whole();

 private:
  /// The segment of index `index` (0: the first that the MPD names), if there is an address for it.
  Result<void> add(Wide index, Wide start_units, Wide duration_units);
  Result<void> finish();
  [[nodiscard]] microseconds availability_offset() const { return ground_.addressing.availability_offset; }
  [[nodiscard]] Wide index_end() const;
  TemplateValues values() const {
    return {.representation_id = ground_.representation.id,
            .bandwidth = ground_.representation.bandwidth,
            .number = std::nullopt,
            .time = std::nullopt};
  }

  const Ground& ground_;
  DashSegments out_;
};

/// One past the last index that the MPD has an address for.
Wide Layer::index_end() const {
  const DashAddressing& a = ground_.addressing;
  if (a.kind == DashAddressing::Kind::kList) return static_cast<Wide>(a.urls.size());
  if (!a.end_number) return std::numeric_limits<std::int64_t>::max();
  return std::max<Wide>(static_cast<Wide>(*a.end_number) - static_cast<Wide>(a.start_number) + 1, 0);
}

Result<void> Layer::add(Wide index, Wide start_units, Wide duration_units) {
  const DashAddressing& a = ground_.addressing;
  if (start_units > kUnitsMax) return fail(Code::kInvalidInput, "an MPD's times lie too far ahead");
  const Wide start = micros_of(ground_, start_units);
  const Wide end = micros_of(ground_, start_units + duration_units);
  if (start < -kTimeMax || end > kTimeMax || index > kTimeMax) {
    return fail(Code::kInvalidInput, "an MPD's times lie beyond 290,000 years");
  }
  DashSegment segment;
  segment.number = a.start_number + static_cast<std::uint64_t>(index);
  segment.start = ground_.epoch + microseconds(static_cast<std::int64_t>(start));
  segment.duration = microseconds(static_cast<std::int64_t>(end - start));
  std::string uri;
  if (a.kind == DashAddressing::Kind::kList) {
    const DashSegmentUrl& url = a.urls[static_cast<std::size_t>(index)];
    uri = url.media;
    segment.range = url.range;
  } else {
    TemplateValues filled = values();
    filled.number = segment.number;
    filled.time = static_cast<std::uint64_t>(std::max<Wide>(start_units, 0));
    SEAWALL_TRY(uri, filled_template(a.media, filled));
  }
  SEAWALL_TRY(segment.uri, resolve_uri(ground_.representation.base_uri, uri));
  out_.longest = std::max(out_.longest, segment.duration);
  out_.segments.push_back(std::move(segment));
  return {};
}

/// What a timeline names is there, whatever the clocks say.
Result<DashSegments> Layer::by_timeline() {
  SEAWALL_TRY(const std::vector<Run> runs, runs_of(ground_));
  Wide index = 0;
  for (const Run& run : runs) index += run.count;
  // From the newest back, so that the cost is that of what is given.
  for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
    index -= run->count;
    Wide left = std::max<Wide>(std::min(run->count, index_end() - index), 0);
    for (; left > 0 && out_.segments.size() < ground_.segments_max; --left) {
      SEAWALL_CHECK(add(index + left - 1, run->start + run->duration * (left - 1), run->duration));
    }
    if (out_.segments.size() == ground_.segments_max) break;
  }
  std::ranges::reverse(out_.segments);
  out_.complete = !ground_.now;
  if (ground_.now && ground_.period_end && !out_.segments.empty()) {
    const auto& last = out_.segments.back();
    out_.complete = last.start + last.duration + out_.longest / 2 >= *ground_.period_end;
  }
  SEAWALL_CHECK(finish());
  return std::move(out_);
}

Result<DashSegments> Layer::by_duration() {
  const DashAddressing& a = ground_.addressing;
  const bool listed = a.kind == DashAddressing::Kind::kList;
  if (!a.duration && !(listed && a.urls.size() == 1)) {
    return fail(Code::kInvalidInput, "an MPD says neither how long its segments are nor when they begin");
  }
  const Wide offset = static_cast<Wide>(a.presentation_time_offset);
  const Wide duration = a.duration ? static_cast<Wide>(*a.duration) : static_cast<Wide>(a.timescale);
  Wide end = index_end();
  if (ground_.period_end) {
    end = std::min(end, fitting(offset, units_at(ground_, *ground_.period_end), duration, true));
  } else if (!ground_.now && !listed && !a.end_number) {
    return fail(Code::kInvalidInput, "an MPD says nowhere how long it is");
  }
  Wide there = end;
  if (ground_.now) {
    const microseconds edge = *ground_.now + availability_offset();
    there = std::min(end, fitting(offset, units_at(ground_, edge), duration, false));
    // The last one of a period is cut short where that ends.
    if (there + 1 == end && ground_.period_end && *ground_.period_end <= edge) there = end;
  }
  Wide first = std::max<Wide>(there - static_cast<Wide>(ground_.segments_max), 0);
  if (ground_.now && ground_.window) {
    const Wide oldest = fitting(offset, units_at(ground_, *ground_.now - *ground_.window), duration, false);
    first = std::max(first, std::min(oldest > 0 ? oldest - 1 : 0, there));
  }
  for (Wide index = first; index < there; ++index) {
    SEAWALL_CHECK(add(index, offset + index * duration, duration));
  }
  out_.complete = there == end;
  if (ground_.now && there < end) {
    const Wide at = micros_of(ground_, offset + (there + 1) * duration);
    if (at < kTimeMax) {
      const auto when = ground_.epoch + microseconds(static_cast<std::int64_t>(at)) - availability_offset();
      out_.next_available = Time(std::chrono::ceil<milliseconds>(when));
    }
  }
  out_.longest = microseconds(
      static_cast<std::int64_t>(std::min(duration * kMicros / static_cast<Wide>(a.timescale), kTimeMax)));
  SEAWALL_CHECK(finish());
  return std::move(out_);
}

Result<void> Layer::finish() {
  const DashAddressing& a = ground_.addressing;
  if (!a.has_initialization) return {};
  std::string uri = a.initialization;
  if (a.kind == DashAddressing::Kind::kTemplate) {
    SEAWALL_TRY(uri, filled_template(a.initialization, values()));
  }
  SEAWALL_TRY(out_.init_uri, resolve_uri(ground_.representation.base_uri, uri));
  out_.init_range = a.initialization_range;
  return {};
}

/// One resource that holds everything, its initialization too: SegmentBase, or a BaseURL alone.
Result<DashSegments> Layer::whole() {
  DashSegment segment{
      .uri = ground_.representation.base_uri, .range = {}, .number = 1, .start = ground_.epoch};
  if (ground_.period_end) segment.duration = *ground_.period_end - ground_.epoch;
  out_.longest = segment.duration;
  out_.segments.push_back(std::move(segment));
  out_.complete = true;
  return std::move(out_);
}

}  // namespace

Result<DashSegments> dash_segments(const DashMpd& mpd, const DashPeriod& period,
                                   const DashRepresentation& representation, Time now,
                                   std::size_t segments_max) {
  static const DashAddressing kNone;
  Ground ground{.representation = representation,
                .addressing = representation.addressing ? *representation.addressing : kNone,
                .period_end = {},
                .now = {},
                .window = mpd.time_shift_buffer_depth,
                .segments_max = std::max<std::size_t>(segments_max, 1)};
  ground.epoch = period.start;
  if (mpd.dynamic && mpd.availability_start) ground.epoch += mpd.availability_start->time_since_epoch();
  if (period.duration) ground.period_end = ground.epoch + *period.duration;
  if (mpd.dynamic && mpd.availability_start) ground.now = now.time_since_epoch();
  Layer layer(ground);
  if (ground.addressing.kind == DashAddressing::Kind::kBase) return layer.whole();
  if (ground.addressing.kind == DashAddressing::Kind::kTemplate && ground.addressing.media.empty()) {
    return fail(Code::kInvalidInput, "a SegmentTemplate without media");
  }
  return ground.addressing.has_timeline ? layer.by_timeline() : layer.by_duration();
}

}  // namespace seawall
