#include "seawall/stream_poll/detail/playlist_tracker.h"

#include <algorithm>
#include <functional>

#include "seawall/model/time_text.h"
#include "seawall/net/back_off.h"
#include "seawall/net/http_time.h"
#include "seawall/playlist/uri.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kFailuresOfAChoice = 3;
constexpr milliseconds kNudgeLeast{1'000};
constexpr milliseconds kClockErrorMost{24LL * 3'600'000};

/// Where the standards ask for "at least", a wait is only ever drawn longer.
milliseconds later(milliseconds wait, RandomSource& random) {
  return wait + milliseconds(static_cast<std::int64_t>(random.next() %
                                                       (static_cast<std::uint64_t>(wait.count()) / 10 + 1)));
}

Error status_error(int status) {
  return {Code::kUnavailable, "the server answered " + std::to_string(status) + " for the playlist"};
}

}  // namespace

PlaylistTracker::PlaylistTracker(const StreamSettings& settings, const PollLimits& limits)
    : settings_(settings), limits_(limits), url_(settings.url) {}

std::optional<FetchRequest> PlaylistTracker::due(Time now) {
  // A clock that was set back must not let a stream wait until it has caught up.
  const milliseconds longest = std::max(limits_.retry_after_most, limits_.back_off_most) * 2;
  if (refresh_at_ > now + longest) refresh_at_ = now;
  if (waiting_ || over_ || now < refresh_at_) return std::nullopt;
  waiting_ = true;
  asked_at_ = now;
  FetchRequest request;
  request.url = url_;
  request.deadline = limits_.playlist_deadline;
  request.connect_deadline = limits_.connect_deadline;
  request.response_bytes_max = limits_.playlist_bytes_max;
  if (!etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
  if (!last_modified_.empty()) request.headers.emplace_back("If-Modified-Since", last_modified_);
  return request;
}

std::optional<Time> PlaylistTracker::next() const {
  if (over_) return std::nullopt;
  if (waiting_) return tick_at_;
  return tick_at_ ? std::min(*tick_at_, refresh_at_) : refresh_at_;
}

void PlaylistTracker::refresh_in(milliseconds wait, RandomSource& random) {
  refresh_at_ = asked_at_ + later(std::max(wait, limits_.refresh_least), random);
}

void PlaylistTracker::forget_copy() {
  etag_.clear();
  last_modified_.clear();
  text_hash_ = 0;
}

void PlaylistTracker::nudge(Time now) {
  const bool may = stage_ == Stage::kMpd && !waiting_ && !over_ && failures_ == 0;
  if (may && now - asked_at_ >= std::max(kNudgeLeast, target_)) refresh_at_ = now;
}

void PlaylistTracker::failed(std::optional<milliseconds> asked_for, Time now, RandomSource& random) {
  ++failures_;
  forget_copy();
  if (asked_for) asked_for = std::min(*asked_for, limits_.retry_after_most);
  const BackOff back_off{.first = limits_.back_off_first, .most = limits_.back_off_most};
  refresh_at_ = now + back_off.delay(failures_, random, asked_for);
  if (failures_ % kFailuresOfAChoice != 0) return;
  stage_ =
      Stage::kEntry;  // From the start: another rendition, another address, perhaps another kind of stream.
  url_ = settings_.url;
  ++attempt_;
}

Result<std::optional<Listing>> PlaylistTracker::take(Result<FetchResponse> answer, const std::string& url,
                                                     Time now, RandomSource& random) {
  waiting_ = false;
  if (!answer) {
    failed(std::nullopt, now, random);
    return tl::unexpected(std::move(answer).error());
  }
  if (answer->status == 304 && text_hash_ != 0) {
    failures_ = 0;
    refresh_in(stage_ == Stage::kMpd ? mpd_wait(false) : target_ / 2, random);
    return std::nullopt;
  }
  if (answer->status != 200) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    const auto asked_for = retry_after(answer->header("retry-after"), seconds);
    failed(asked_for ? std::optional<milliseconds>(*asked_for) : std::nullopt, now, random);
    return tl::unexpected(status_error(answer->status));
  }
  auto text = answer->body->text(limits_.playlist_bytes_max);
  if (!text) {
    failed(std::nullopt, now, random);
    return tl::unexpected(std::move(text).error());
  }
  etag_ = answer->header("etag");
  last_modified_ = answer->header("last-modified");
  auto listing = read(*std::move(text), url, now, random);
  if (!listing) {
    failed(std::nullopt, now, random);
  } else {
    failures_ = 0;
  }
  return listing;
}

Result<std::optional<Listing>> PlaylistTracker::read(std::string text, const std::string& url, Time now,
                                                     RandomSource& random) {
  const std::size_t hash = std::hash<std::string>{}(text) | 1;  // 0: there is none.
  const bool changed = hash != text_hash_;
  text_hash_ = hash;
  if (!changed && stage_ != Stage::kEntry) {
    refresh_in(stage_ == Stage::kMpd ? mpd_wait(false) : target_ / 2, random);
    return std::nullopt;
  }
  if (is_hls(text) && stage_ != Stage::kMpd) return read_hls(text, url, now, random);
  if (is_xml(text) && stage_ != Stage::kMedia) return read_mpd(text, url, now, random);
  return fail(Code::kInvalidInput, "what the address leads to is neither a playlist nor an MPD");
}

Result<void> PlaylistTracker::choose(const HlsMultivariantPlaylist& playlist) {
  const auto choices = video_choices(playlist, settings_.choice);
  if (choices.empty()) return fail(Code::kUnsupported, "the stream has no video");
  const HlsChoice& choice = choices[attempt_ % choices.size()];
  const auto& from = choice.i_frames_only ? playlist.i_frame_variants : playlist.variants;
  SEAWALL_TRY(url_, resolve_uri(playlist.base_uri, from[choice.variant].uri));
  variables_ = playlist.variables;
  stage_ = Stage::kMedia;
  return {};
}

Result<std::optional<Listing>> PlaylistTracker::read_hls(std::string_view text, const std::string& url,
                                                         Time now, RandomSource& random) {
  SEAWALL_TRY(
      const HlsPlaylist playlist,
      hls_from_text(text, url, {.segments_kept_max = limits_.segments_read_max, .variables = variables_}));
  if (const auto* many = std::get_if<HlsMultivariantPlaylist>(&playlist)) {
    if (stage_ == Stage::kMedia)
      return fail(Code::kInvalidInput, "a playlist of playlists leads to another one");
    SEAWALL_CHECK(choose(*many));
    forget_copy();
    refresh_at_ = now;
    return std::nullopt;
  }
  stage_ = Stage::kMedia;
  const auto& media = std::get<HlsMediaPlaylist>(playlist);
  target_ = media.target_duration;
  refresh_in(target_, random);
  return listed(listing_of(media));
}

Result<std::optional<Listing>> PlaylistTracker::listed(Result<Listing> listing) {
  if (!listing) return tl::unexpected(std::move(listing).error());
  over_ = listing->over;
  if (listing->target > milliseconds(0)) target_ = listing->target;
  tick_at_.reset();
  if (!over_ && listing->next_available) tick_at_ = *listing->next_available - clock_offset_;
  return std::optional<Listing>(*std::move(listing));
}

/// An MPD says how soon it may change; without that, and with a long time, it is looked at all the same.
milliseconds PlaylistTracker::mpd_wait(bool changed) const {
  const milliseconds segment = std::max(target_, limits_.refresh_least);
  const auto update = mpd_ ? mpd_->minimum_update_period : std::nullopt;
  if (!update) return limits_.refresh_most;
  // "PT0S": it may change at any time, so with each segment.
  const milliseconds wait = *update == milliseconds(0) ? (changed ? segment : segment / 2) : *update;
  return std::clamp(wait, limits_.refresh_least, limits_.refresh_most);
}

Result<std::optional<Listing>> PlaylistTracker::read_mpd(std::string_view text, const std::string& url,
                                                         Time now, RandomSource& random) {
  SEAWALL_TRY(mpd_, mpd_from_text(text, url));
  stage_ = Stage::kMpd;
  if (!mpd_->location.empty()) {
    if (url_ != mpd_->location) forget_copy();
    url_ = mpd_->location;
  }
  clock_offset_ = milliseconds(0);
  for (const DashUtcTiming& timing : mpd_->utc_timings) {
    if (!timing.scheme.starts_with("urn:mpeg:dash:utc:direct:")) continue;
    const auto said = time_from_text(timing.value);
    if (said && std::chrono::abs(*said - now) < kClockErrorMost) clock_offset_ = *said - now;
  }
  auto listing = listing_of(*mpd_, settings_.choice, attempt_, dash_memory_, stream_time(now),
                            limits_.segments_read_max);
  if (!listing) ++attempt_;
  auto out = listed(std::move(listing));
  refresh_in(mpd_wait(true), random);
  return out;
}

std::optional<Listing> PlaylistTracker::tick(Time now) {
  if (!tick_at_ || now < *tick_at_ || !mpd_ || over_) return std::nullopt;
  auto listing = listed(listing_of(*mpd_, settings_.choice, attempt_, dash_memory_, stream_time(now),
                                   limits_.segments_read_max));
  if (!listing) tick_at_.reset();
  return listing ? *std::move(listing) : std::nullopt;
}

}  // namespace seawall
