#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/net/fetcher.h"
#include "seawall/stream_poll/detail/listing.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// Keeps asking for one stream's playlist: finds out what it is, chooses a rendition, refreshes by the
/// standards' timing, backs off when it fails, and starts over with the next choice when one is not served.
/// Asks nobody itself. Threads: one. Source: RFC 8216 section 6.3.4; ISO/IEC 23009-1 section 5.4.
class PlaylistTracker {
 public:
  PlaylistTracker(const StreamSettings& settings, const PollLimits& limits);

  /// What to ask now, if anything: then take() is to be called with the answer before anything else is asked.
  [[nodiscard]] std::optional<FetchRequest> due(Time now);
  /// What the answer brought: a listing; none where nothing changed, or a further playlist must be asked for.
  /// Errors: why the stream cannot be followed at the moment; it is asked again by itself.
  Result<std::optional<Listing>> take(Result<FetchResponse> answer, const std::string& url, Time now,
                                      RandomSource& random);
  /// A listing that time alone has brought (DASH numbers).
  [[nodiscard]] std::optional<Listing> tick(Time now);
  /// Asks for an MPD anew at once, if it has not for a segment's duration: segments are not where it says.
  void nudge(Time now);

  /// When due() or tick() has something; none: never, or an answer is awaited.
  [[nodiscard]] std::optional<Time> next() const;
  [[nodiscard]] bool is_over() const { return over_; }
  [[nodiscard]] std::chrono::milliseconds target() const { return target_; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

 private:
  enum class Stage : std::uint8_t { kEntry, kMedia, kMpd };

  Result<std::optional<Listing>> read(std::string text, const std::string& url, Time now,
                                      RandomSource& random);
  Result<std::optional<Listing>> read_hls(std::string_view text, const std::string& url, Time now,
                                          RandomSource& random);
  Result<std::optional<Listing>> read_mpd(std::string_view text, const std::string& url, Time now,
                                          RandomSource& random);
  Result<void> choose(const HlsMultivariantPlaylist& playlist);
  Result<std::optional<Listing>> listed(Result<Listing> listing);
  void refresh_in(std::chrono::milliseconds wait, RandomSource& random);
  void failed(std::optional<std::chrono::milliseconds> asked_for, Time now, RandomSource& random);
  void forget_copy();
  [[nodiscard]] Time stream_time(Time now) const { return now + clock_offset_; }
  [[nodiscard]] std::chrono::milliseconds mpd_wait(bool changed) const;

  const StreamSettings& settings_;
  const PollLimits& limits_;
  Stage stage_ = Stage::kEntry;
  std::string url_;  // Asked next.
  std::vector<std::pair<std::string, std::string>> variables_;
  std::size_t attempt_ = 0;  // Which choice.
  Time refresh_at_{};
  Time asked_at_{};
  bool waiting_ = false;
  bool over_ = false;
  std::uint32_t failures_ = 0;
  std::chrono::milliseconds target_{0};
  // The copy that the server may say is still good.
  std::string etag_, last_modified_;
  std::size_t text_hash_ = 0;
  // DASH.
  std::optional<DashMpd> mpd_;
  DashMemory dash_memory_;
  std::optional<Time> tick_at_;
  std::chrono::milliseconds clock_offset_{0};
};

}  // namespace seawall
