#include "seawall/stream_poll/detail/listing.h"

#include <algorithm>

#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kPeriodsRead = 4;  // Of those that have begun, the newest.

std::string identity_of(std::string_view uri, const std::optional<ByteRange>& range, std::string_view more) {
  std::string text(uri);
  if (range) text += "#" + std::to_string(range->first) + "+" + std::to_string(range->length);
  return text.append("#").append(more);
}

/// `era`: a source that begins anew writes another initialization under the same name.
Result<std::shared_ptr<const InitPlace>> init_of(const HlsMap& map, std::string_view base_uri,
                                                 std::uint64_t era) {
  InitPlace place{.uri = {}, .range = map.range, .key = map.key, .identity = {}};
  SEAWALL_TRY(place.uri, resolve_uri(base_uri, map.uri));
  place.identity =
      identity_of(place.uri, place.range, (map.key ? map.key->uri : "") + "#" + std::to_string(era));
  return std::make_shared<const InitPlace>(std::move(place));
}

/// What the periods of an MPD add to a listing.
class DashListing {
 public:
  DashListing(const DashMpd& mpd, DashMemory& memory, Time now) : mpd_(mpd), now_(now) {
    if (mpd.dynamic && mpd.availability_start) memory.availability_start = mpd.availability_start;
    if (!(mpd.dynamic && mpd.availability_start) && memory.availability_start) {
      shift_ = memory.availability_start->time_since_epoch();
    }
    epoch_ = memory.availability_start;
    listing_.exact = false;
    listing_.over = !mpd.dynamic;
  }

  Result<void> add(const DashPeriod& period, const DashChoice& choice, std::size_t segments_max) {
    const DashRepresentation& representation = period.sets[choice.set].representations[choice.representation];
    SEAWALL_TRY(DashSegments read, dash_segments(mpd_, period, representation, now_, segments_max));
    std::shared_ptr<const InitPlace> init;
    if (!read.init_uri.empty()) {
      // A source that begins anew writes another initialization under the same name.
      const std::string when = epoch_ ? std::to_string(epoch_->time_since_epoch().count()) : "";
      init = std::make_shared<const InitPlace>(
          InitPlace{.uri = read.init_uri,
                    .range = read.init_range,
                    .key = nullptr,
                    .identity = identity_of(read.init_uri, read.init_range, when + "/" + period.id)});
    }
    bool first = true;
    for (DashSegment& segment : read.segments) {
      ListedSegment listed;
      listed.base_uri = segment.uri;
      listed.range = segment.range;
      listed.position = (segment.start + shift_).count();
      listed.length = std::max<std::int64_t>(segment.duration.count(), 1);
      listed.number = segment.number;
      listed.duration = segment.duration;
      if (epoch_) listed.program_time = Time(std::chrono::floor<milliseconds>(segment.start + shift_));
      listed.discontinuity = first && segment.start - period_start(period) < segment.duration / 2;
      listed.encrypted = representation.encrypted;
      listed.init = init;
      listing_.segments.push_back(std::move(listed));
      first = false;
    }
    listing_.target = std::max(listing_.target, std::chrono::ceil<milliseconds>(read.longest));
    listing_.next_available = read.next_available;
    listing_.i_frames_only = choice.trick_mode;
    return {};
  }

  Result<Listing> finish(std::size_t segments_max) {
    std::ranges::stable_sort(listing_.segments, {}, &ListedSegment::position);
    if (listing_.segments.size() > segments_max) {
      listing_.segments.erase(listing_.segments.begin(),
                              listing_.segments.end() - static_cast<std::ptrdiff_t>(segments_max));
    }
    if (mpd_.availability_end && *mpd_.availability_end <= now_) listing_.over = true;
    return std::move(listing_);
  }

 private:
  [[nodiscard]] microseconds period_start(const DashPeriod& period) const {
    microseconds start = period.start;
    if (mpd_.dynamic && mpd_.availability_start) start += mpd_.availability_start->time_since_epoch();
    return start;
  }

  const DashMpd& mpd_;
  Time now_;
  std::optional<Time> epoch_;
  microseconds shift_{0};
  Listing listing_;
};

}  // namespace

Result<Listing> listing_of(const HlsMediaPlaylist& playlist) {
  Listing listing;
  listing.target = playlist.target_duration;
  listing.over = playlist.ended || playlist.type == HlsPlaylistType::kVod;
  listing.i_frames_only = playlist.i_frames_only;
  listing.older = playlist.segments_named - playlist.segments.size();
  const HlsMap* map = nullptr;
  std::shared_ptr<const InitPlace> init;
  for (const HlsSegment& segment : playlist.segments) {
    if (segment.map.get() != map || segment.discontinuity) {
      map = segment.map.get();
      init = nullptr;
      if (map != nullptr) {
        SEAWALL_TRY(init, init_of(*map, playlist.base_uri, segment.discontinuity_sequence));
      }
    }
    ListedSegment listed;
    listed.base_uri = playlist.base_uri;
    listed.uri = segment.uri;
    listed.range = segment.range;
    listed.position = static_cast<std::int64_t>(segment.sequence);
    listed.number = segment.sequence;
    listed.duration = segment.duration;
    listed.program_time = segment.program_time;
    listed.discontinuity = segment.discontinuity;
    listed.marked_gap = segment.gap;
    listed.key = segment.key;
    if (segment.key) listed.iv = segment.iv();
    listed.init = init;
    listing.segments.push_back(std::move(listed));
  }
  return listing;
}

Result<Listing> listing_of(const DashMpd& mpd, const ChoiceRules& rules, std::size_t attempt,
                           DashMemory& memory, Time now, std::size_t segments_max) {
  DashListing listing(mpd, memory, now);
  std::vector<const DashPeriod*> begun;
  for (const DashPeriod& period : mpd.periods) {
    const bool ahead = mpd.dynamic && mpd.availability_start && *mpd.availability_start + period.start > now;
    if (!ahead || begun.empty()) begun.push_back(&period);
  }
  if (mpd.dynamic && begun.size() > kPeriodsRead) begun.erase(begun.begin(), begun.end() - kPeriodsRead);
  bool any = false;
  for (const DashPeriod* period : begun) {
    const auto choices = video_choices(*period, rules);
    if (choices.empty()) continue;
    any = true;
    SEAWALL_CHECK(listing.add(*period, choices[attempt % choices.size()], segments_max));
  }
  if (!any) return fail(Code::kUnsupported, "the stream has no video");
  return listing.finish(segments_max);
}

}  // namespace seawall
