#include "seawall/playlist/dash.h"

#include <algorithm>

#include "seawall/model/time_text.h"
#include "seawall/playlist/detail/dash_words.h"
#include "seawall/playlist/detail/hls_words.h"
#include "seawall/playlist/uri.h"
#include "seawall/xml/stream.h"

namespace seawall {
namespace {

using Event = XmlStream::Event;

constexpr std::uint64_t kTimescaleMax = std::uint64_t{1} << 32;
constexpr std::size_t kUtcTimingsMax = 8;
// How many levels there are while an element of that kind is open.
constexpr std::size_t kInMpd = 2, kInPeriod = 3, kInSet = 4, kInRepresentation = 5;

std::optional<std::uint64_t> number_of(const Event& event, std::string_view name) {
  const auto text = event.attribute(name);
  return text.empty() ? std::nullopt : hls_number(text);
}
std::optional<std::chrono::milliseconds> duration_of(const Event& event, std::string_view name) {
  return xs_duration(event.attribute(name));
}
std::optional<Time> time_of(const Event& event, std::string_view name) {
  const auto read = time_from_text(event.attribute(name));
  return read ? std::optional<Time>(*read) : std::nullopt;
}
int pixels_of(const Event& event, std::string_view name, int otherwise) {
  const auto read = number_of(event, name);
  return read && *read <= 65'535 ? static_cast<int>(*read) : otherwise;
}
std::string_view or_else(std::string_view own, std::string_view inherited) {
  return own.empty() ? inherited : own;
}

/// What an element hands down to those inside it.
struct Level {
  std::string base_uri;
  bool has_base = false;  // It had a BaseURL of its own; further ones are alternatives.
  std::string mime_type, codecs;
  int width_px = 0, height_px = 0;
  bool encrypted = false;
  std::shared_ptr<DashAddressing> addressing;
};

class MpdReader {
 public:
  explicit MpdReader(std::string_view base_uri) : levels_(1) { levels_.front().base_uri = base_uri; }

  Result<void> begin(const Event& event) {
    const std::string parent = open_.empty() ? "" : open_.back();
    open_.push_back(event.name);
    if (open_.size() == 1) return begin_mpd(event);
    if (skipped_from_ > 0) return {};
    if (!is_in_level()) return begin_part(event, parent);
    if (event.name == "Period" && levels_.size() == kInMpd) return begin_period(event);
    if (event.name == "AdaptationSet" && levels_.size() == kInPeriod) return begin_set(event);
    if (event.name == "Representation" && levels_.size() == kInSet) return begin_representation(event);
    if (event.name == "ContentProtection") levels_.back().encrypted = true;
    if (event.name == "UTCTiming" && levels_.size() == kInMpd && mpd_.utc_timings.size() < kUtcTimingsMax) {
      mpd_.utc_timings.push_back(
          {std::string(event.attribute("schemeIdUri")), std::string(event.attribute("value"))});
    }
    if (levels_.size() == kInSet) take_property(event);
    return levels_.size() > kInMpd ? begin_addressing(event) : Result<void>();
  }

  Result<void> end(const Event& event) {
    if (skipped_from_ > 0) {
      if (open_.size() == skipped_from_) skipped_from_ = 0;
      open_.pop_back();
      return {};
    }
    const bool in_level = is_in_level();
    open_.pop_back();
    if (in_level && event.name == "BaseURL") return take_base(trimmed_text(event.text));
    if (in_level && event.name == "Location" && levels_.size() == kInMpd && mpd_.location.empty()) {
      SEAWALL_TRY(mpd_.location, resolve_uri(levels_.front().base_uri, trimmed_text(event.text)));
    }
    if (in_level || open_.size() + 2 != levels_.size()) return {};
    switch (levels_.size()) {
      case kInRepresentation:
        end_representation();
        break;
      case kInSet:
        end_set();
        break;
      case kInPeriod:
        levels_.pop_back();
        break;
      default:
        break;
    }
    return {};
  }

  Result<DashMpd> finish();

 private:
  static std::string_view trimmed_text(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  }

  Result<void> begin_mpd(const Event& event);
  Result<void> begin_period(const Event& event);
  Result<void> begin_set(const Event& event);
  Result<void> begin_representation(const Event& event);
  Result<void> begin_addressing(const Event& event);
  Result<void> begin_part(const Event& event, std::string_view parent);
  Result<void> take_addressing(const Event& event, DashAddressing::Kind kind);
  Result<void> take_run(const Event& event);
  void take_initialization(const Event& event);
  Result<void> take_base(std::string_view text);
  void take_property(const Event& event);
  void end_set();
  void end_representation();
  /// Whether the innermost open element stands directly in the one whose level is the last.
  [[nodiscard]] bool is_in_level() const { return open_.size() == levels_.size(); }
  void begin_level() {
    Level level = levels_.back();
    level.has_base = false;
    levels_.push_back(std::move(level));
  }
  Result<void> count_run() {
    if (++runs_ > kMpdRunsMax)
      return fail(Code::kLimitExceeded, "an MPD of more than 100000 segments and runs");
    return {};
  }
  DashPeriod& period() { return mpd_.periods.back(); }
  DashAdaptationSet& set() { return period().sets.back(); }
  DashRepresentation& representation() { return set().representations.back(); }

  DashMpd mpd_;
  std::vector<std::string> open_;
  std::vector<Level> levels_;  // What came from outside, then MPD, Period, AdaptationSet, Representation.
  std::vector<std::optional<std::chrono::milliseconds>> starts_;  // Of the periods, as written.
  std::size_t skipped_from_ = 0;  // How deep the element lies that is passed over with all in it; 0: none.
  std::size_t representations_ = 0;
  std::size_t runs_ = 0;
};

Result<void> MpdReader::begin_mpd(const Event& event) {
  if (event.name != "MPD") return fail(Code::kInvalidInput, "XML, but not an MPD");
  mpd_.dynamic = event.attribute("type") == "dynamic";
  mpd_.availability_start = time_of(event, "availabilityStartTime");
  mpd_.availability_end = time_of(event, "availabilityEndTime");
  mpd_.publish_time = time_of(event, "publishTime");
  mpd_.minimum_update_period = duration_of(event, "minimumUpdatePeriod");
  mpd_.time_shift_buffer_depth = duration_of(event, "timeShiftBufferDepth");
  mpd_.suggested_presentation_delay = duration_of(event, "suggestedPresentationDelay");
  mpd_.presentation_duration = duration_of(event, "mediaPresentationDuration");
  mpd_.max_segment_duration = duration_of(event, "maxSegmentDuration");
  begin_level();
  return {};
}

Result<void> MpdReader::begin_period(const Event& event) {
  if (!event.attribute("href").empty()) {
    ++mpd_.periods_left_out;
    skipped_from_ = open_.size();
    return {};
  }
  if (mpd_.periods.size() == kMpdPeriodsMax)
    return fail(Code::kLimitExceeded, "an MPD of more than 128 periods");
  mpd_.periods.push_back(
      {.id = std::string(event.attribute("id")), .duration = duration_of(event, "duration"), .sets = {}});
  starts_.push_back(duration_of(event, "start"));
  begin_level();
  return {};
}

Result<void> MpdReader::begin_set(const Event& event) {
  if (!event.attribute("href").empty() || ++representations_ > kMpdRepresentationsMax) {
    skipped_from_ = open_.size();
    return {};
  }
  begin_level();
  Level& level = levels_.back();
  level.mime_type = event.attribute("mimeType");
  level.codecs = event.attribute("codecs");
  level.width_px = pixels_of(event, "width", 0);
  level.height_px = pixels_of(event, "height", 0);
  period().sets.push_back({.id = std::string(event.attribute("id")),
                           .content_type = std::string(event.attribute("contentType")),
                           .representations = {}});
  return {};
}

Result<void> MpdReader::begin_representation(const Event& event) {
  if (++representations_ > kMpdRepresentationsMax) {
    return fail(Code::kLimitExceeded, "an MPD of more than 1024 representations");
  }
  begin_level();
  const Level& level = levels_.back();
  set().representations.push_back(
      {.id = std::string(event.attribute("id")),
       .base_uri = {},
       .bandwidth = number_of(event, "bandwidth").value_or(0),
       .width_px = pixels_of(event, "width", level.width_px),
       .height_px = pixels_of(event, "height", level.height_px),
       .mime_type = std::string(or_else(event.attribute("mimeType"), level.mime_type)),
       .codecs = std::string(or_else(event.attribute("codecs"), level.codecs)),
       .addressing = nullptr});
  return {};
}

void MpdReader::take_property(const Event& event) {
  constexpr std::string_view kTrickMode = "http://dashif.org/guidelines/trickmode";
  const bool essential = event.name == "EssentialProperty";
  if (!essential && event.name != "SupplementalProperty") return;
  const std::string_view scheme = event.attribute("schemeIdUri");
  if (scheme == kTrickMode) {
    set().trick_mode = true;
  } else if (essential && !scheme.starts_with("urn:mpeg:mpegB:cicp:")) {  // Colours, which all may ignore.
    set().unknown_essential = true;
  }
}

Result<void> MpdReader::begin_addressing(const Event& event) {
  if (event.name == "SegmentTemplate") return take_addressing(event, DashAddressing::Kind::kTemplate);
  if (event.name == "SegmentList") return take_addressing(event, DashAddressing::Kind::kList);
  if (event.name == "SegmentBase") return take_addressing(event, DashAddressing::Kind::kBase);
  return {};
}

/// What stands inside a SegmentTemplate, SegmentList or SegmentBase.
Result<void> MpdReader::begin_part(const Event& event, std::string_view parent) {
  if (levels_.back().addressing == nullptr || !parent.starts_with("Segment")) return {};
  DashAddressing& addressing = *levels_.back().addressing;
  if (event.name == "Initialization") take_initialization(event);
  if (event.name == "SegmentTimeline") {
    addressing.has_timeline = true;
    addressing.timeline.clear();
  }
  if (event.name == "S" && parent == "SegmentTimeline") return take_run(event);
  if (event.name == "SegmentURL" && parent == "SegmentList") {
    SEAWALL_CHECK(count_run());
    addressing.urls.push_back(
        {std::string(event.attribute("media")), dash_range(event.attribute("mediaRange"))});
  }
  return {};
}

Result<void> MpdReader::take_addressing(const Event& event, DashAddressing::Kind kind) {
  std::shared_ptr<DashAddressing>& slot = levels_.back().addressing;
  const bool inherits = slot != nullptr && slot->kind == kind;
  auto made = inherits ? std::make_shared<DashAddressing>(*slot) : std::make_shared<DashAddressing>();
  made->kind = kind;
  runs_ += made->timeline.size() + made->urls.size();  // Copies count: a small text must not grow large.
  if (runs_ > kMpdRunsMax) return fail(Code::kLimitExceeded, "an MPD of more than 100000 segments and runs");
  made->urls.clear();
  if (!event.attribute("timescale").empty()) {
    made->timescale = number_of(event, "timescale").value_or(0);
    if (made->timescale == 0 || made->timescale > kTimescaleMax) {
      return fail(Code::kInvalidInput, "a timescale that is not 1 to 2^32");
    }
  }
  if (const auto n = number_of(event, "startNumber")) made->start_number = *n;
  if (const auto n = number_of(event, "endNumber")) made->end_number = *n;
  if (const auto n = number_of(event, "presentationTimeOffset")) made->presentation_time_offset = *n;
  if (const auto n = number_of(event, "duration"); n && *n > 0) made->duration = *n;
  if (const auto s = hls_duration(event.attribute("availabilityTimeOffset"))) {
    made->availability_offset = std::chrono::duration_cast<std::chrono::milliseconds>(*s);
  }
  if (!event.attribute("media").empty()) made->media = event.attribute("media");
  if (!event.attribute("initialization").empty()) {
    made->initialization = event.attribute("initialization");
    made->has_initialization = true;
  }
  if (const auto range = dash_range(event.attribute("indexRange"))) made->index_range = range;
  slot = std::move(made);
  return {};
}

void MpdReader::take_initialization(const Event& event) {
  DashAddressing& addressing = *levels_.back().addressing;
  addressing.initialization = event.attribute("sourceURL");
  addressing.initialization_range = dash_range(event.attribute("range"));
  addressing.has_initialization = true;
}

Result<void> MpdReader::take_run(const Event& event) {
  SEAWALL_CHECK(count_run());
  DashRun run;
  run.start = number_of(event, "t");
  const auto duration = number_of(event, "d");
  if (!duration || *duration == 0 || (!run.start && !event.attribute("t").empty())) {
    return fail(Code::kInvalidInput,
                "a run of a SegmentTimeline without a duration, or with a time that is none");
  }
  run.duration = *duration;
  const std::string_view repeat = event.attribute("r");
  if (repeat.starts_with('-')) {
    run.repeat = -1;
  } else if (!repeat.empty()) {
    const auto count = hls_number(repeat);
    if (!count) return fail(Code::kInvalidInput, "a run of a SegmentTimeline repeats no number of times");
    run.repeat = static_cast<std::int64_t>(*count);
  }
  levels_.back().addressing->timeline.push_back(run);
  return {};
}

Result<void> MpdReader::take_base(std::string_view text) {
  Level& level = levels_.back();
  if (level.has_base) return {};
  level.has_base = true;
  SEAWALL_TRY(level.base_uri, resolve_uri(level.base_uri, text));
  return {};
}

void MpdReader::end_representation() {
  Level& level = levels_.back();
  representation().base_uri = std::move(level.base_uri);
  representation().encrypted = level.encrypted;
  representation().addressing = std::move(level.addressing);
  levels_.pop_back();
}

void MpdReader::end_set() {
  // ContentProtection may stand behind the representations that it holds for.
  if (levels_.back().encrypted) {
    for (auto& each : set().representations) each.encrypted = true;
  }
  levels_.pop_back();
}

/// Starts of periods as section 5.3.2.1 derives them; what has none is left out.
Result<DashMpd> MpdReader::finish() {
  if (!mpd_.dynamic && mpd_.periods.empty() && mpd_.periods_left_out == 0) {
    return fail(Code::kInvalidInput, "an MPD without a period");
  }
  std::vector<DashPeriod> placed;
  for (std::size_t i = 0; i < mpd_.periods.size(); ++i) {
    std::optional<std::chrono::milliseconds> start = starts_[i];
    if (!start && i == 0) start = std::chrono::milliseconds(0);
    if (!start && !placed.empty() && placed.back().duration) {
      start = placed.back().start + *placed.back().duration;
    }
    if (!start) {
      ++mpd_.periods_left_out;
      continue;
    }
    if (!placed.empty() && *start < placed.back().start) {
      return fail(Code::kInvalidInput, "an MPD whose periods are not in order");
    }
    if (!placed.empty()) placed.back().duration = *start - placed.back().start;
    placed.push_back(std::move(mpd_.periods[i]));
    placed.back().start = *start;
  }
  if (!placed.empty() && !placed.back().duration && mpd_.presentation_duration &&
      *mpd_.presentation_duration >= placed.back().start) {
    placed.back().duration = *mpd_.presentation_duration - placed.back().start;
  }
  mpd_.periods = std::move(placed);
  if (mpd_.periods.empty()) return fail(Code::kUnsupported, "an MPD whose periods all lie elsewhere");
  return std::move(mpd_);
}

}  // namespace

bool is_xml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

Result<DashMpd> mpd_from_text(std::string_view text, std::string_view base_uri) {
  if (text.size() > kMpdBytesMax) return fail(Code::kLimitExceeded, "an MPD of more than 8 MiB");
  MemorySource source(text);
  XmlStream stream(source);
  MpdReader reader(base_uri);
  while (true) {
    SEAWALL_TRY(const Event* event, stream.next());
    if (event->kind == Event::Kind::kDone) return reader.finish();
    SEAWALL_CHECK(event->kind == Event::Kind::kBegin ? reader.begin(*event) : reader.end(*event));
  }
}

}  // namespace seawall
