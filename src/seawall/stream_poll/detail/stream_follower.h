#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seawall/stream_poll/detail/playlist_tracker.h"
#include "seawall/stream_poll/detail/segment_line.h"
#include "seawall/stream_poll/detail/segment_queue.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall {

/// Follows one stream: its playlist, its segments, and what is to be told of them. Asks nobody itself.
/// Threads: one. Lifetime: borrows the limits.
class StreamFollower {
 public:
  using Output = std::variant<LiveSegment, StreamEvent>;
  using Ask = SegmentQueue::Ask;

  StreamFollower(StreamId id, StreamSettings settings, const PollLimits& limits, Time now);
  StreamFollower(const StreamFollower&) = delete;
  StreamFollower& operator=(const StreamFollower&) = delete;

  /// What to ask now; each must be answered by take(). `room`: whether segments may be fetched.
  void advance(Time now, bool room, std::vector<Ask>& asks);
  void take(std::uint32_t id, Result<FetchResponse> answer, const std::string& url, Time now,
            RandomSource& random);
  /// What is to be told since the last call, in order.
  [[nodiscard]] std::vector<Output> told() { return std::exchange(out_, {}); }

  /// When advance() has something to do; none: after an answer, or never.
  [[nodiscard]] std::optional<Time> next(bool room) const;
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] std::size_t segments_waiting() const { return queue_.size(); }
  [[nodiscard]] bool is_stalled() const { return stalled_; }
  [[nodiscard]] bool is_failing() const { return !reason_.empty(); }

 private:
  static constexpr std::uint32_t kPlaylistAsk = 0;  // The queue's own begin at 1.

  void take_listing(const Listing& listing, Time now);
  void take_failure(const Error& error, Time now);
  void take_news(Time now);
  void flush(Time now);
  void tell(StreamEvent::Kind kind, Time now, std::string reason = {});
  void tell_gap(const SegmentQueue::Lost& lost, Time now);
  [[nodiscard]] Time stalls_at() const;

  StreamId id_;
  StreamSettings settings_;
  const PollLimits& limits_;
  PlaylistTracker tracker_;
  SegmentLine line_;
  SegmentQueue queue_;
  std::vector<Output> out_;
  Time news_at_;
  bool by_listing_ = true;  // News is what a playlist names; else what was fetched.
  bool started_ = false;
  bool stalled_ = false;
  bool done_ = false;
  std::string reason_;  // Of failing; empty: it is not.
  std::optional<Time> failing_since_;
};

}  // namespace seawall
