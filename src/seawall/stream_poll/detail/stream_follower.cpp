#include "seawall/stream_poll/detail/stream_follower.h"

#include <algorithm>

namespace seawall {
namespace {

using Kind = StreamEvent::Kind;

constexpr std::uint32_t kMissesToAsk = 2;  // So many in a row, and the MPD is asked for anew.

}  // namespace

StreamFollower::StreamFollower(StreamId id, StreamSettings settings, const PollLimits& limits, Time now)
    : id_(id),
      settings_(std::move(settings)),
      limits_(limits),
      tracker_(settings_, limits),
      queue_(settings_, limits),
      news_at_(now) {}

void StreamFollower::tell(Kind kind, Time now, std::string reason) {
  StreamEvent event;
  event.stream = id_;
  event.kind = kind;
  event.at = now;
  event.reason = std::move(reason);
  out_.emplace_back(std::move(event));
}

void StreamFollower::tell_gap(const SegmentQueue::Lost& lost, Time now) {
  // Those of one cause in a row are one gap.
  if (!out_.empty()) {
    auto* last = std::get_if<StreamEvent>(&out_.back());
    if (last != nullptr && last->kind == Kind::kGap && last->cause == lost.cause) {
      last->lost += lost.count;
      return;
    }
  }
  tell(Kind::kGap, now);
  auto& event = std::get<StreamEvent>(out_.back());
  event.lost = lost.count;
  event.cause = lost.cause;
}

void StreamFollower::flush(Time now) {
  for (SegmentQueue::Out& each : queue_.given()) {
    if (!each.segment) {
      tell_gap(each.lost, now);
      continue;
    }
    if (!std::exchange(started_, true)) tell(Kind::kStarted, now);
    if (!by_listing_) take_news(now);
    each.segment->stream = id_;
    out_.emplace_back(*std::move(each.segment));
  }
}

void StreamFollower::take_news(Time now) {
  news_at_ = now;
  if (std::exchange(stalled_, false)) tell(Kind::kResumed, now);
}

void StreamFollower::take_listing(const Listing& listing, Time now) {
  const auto news = line_.take(listing, now, listing.over ? 0 : limits_.first_segments);
  if (news.restarted) {
    queue_.restart();
    tell(Kind::kRestarted, now);
  }
  const auto each =
      listing.segments.empty() ? std::chrono::microseconds(0) : listing.segments.back().duration;
  queue_.add_lost(news.lost, each);
  // Where the clock says what should be there, only what is there is news.
  by_listing_ = listing.exact;
  if (by_listing_ && news.first < listing.segments.size()) take_news(now);
  if (listing.over && !listing.exact && !listing.segments.empty()) {
    const ListedSegment& last = listing.segments.back();
    queue_.forget_from(last.position + last.length - last.length / 2);
  }
  queue_.add(listing, news.first, now, listing.over ? limits_.segments_read_max : limits_.segments_waiting);
}

void StreamFollower::take_failure(const Error& error, Time now) {
  if (!failing_since_) failing_since_ = now;
  if (reason_ != error.message) {
    reason_ = error.message;
    tell(Kind::kFailing, now, reason_);
  }
  if (now - *failing_since_ < limits_.give_up_after) return;
  flush(now);
  tell(Kind::kFailed, now, reason_);
  done_ = true;
}

void StreamFollower::take(std::uint32_t id, Result<FetchResponse> answer, const std::string& url, Time now,
                          RandomSource& random) {
  if (done_) return;
  if (id != kPlaylistAsk) {
    queue_.take(id, std::move(answer), now, random);
    if (queue_.misses() >= kMissesToAsk) tracker_.nudge(now);
    return;
  }
  auto listing = tracker_.take(std::move(answer), url, now, random);
  if (!listing) return take_failure(listing.error(), now);
  failing_since_.reset();
  if (!std::exchange(reason_, {}).empty() && !stalled_) tell(Kind::kResumed, now);
  if (*listing) take_listing(**listing, now);
}

Time StreamFollower::stalls_at() const {
  return news_at_ + std::max(limits_.stalled_least, 3 * tracker_.target());
}

void StreamFollower::advance(Time now, bool room, std::vector<Ask>& asks) {
  if (done_) return;
  if (const auto listing = tracker_.tick(now)) take_listing(*listing, now);
  if (auto request = tracker_.due(now)) asks.push_back({kPlaylistAsk, *std::move(request)});
  if (room) queue_.due(now, asks);
  flush(now);
  if (tracker_.is_over() && queue_.is_empty()) {
    tell(Kind::kEnded, now);
    done_ = true;
  } else if (!stalled_ && !tracker_.is_over() && now >= stalls_at()) {
    stalled_ = true;
    tell(Kind::kStalled, now);
  }
}

std::optional<Time> StreamFollower::next(bool room) const {
  if (done_) return std::nullopt;
  std::optional<Time> next = tracker_.next();
  const auto sooner = [&next](std::optional<Time> at) {
    if (at) next = next ? std::min(*next, *at) : at;
  };
  if (room) sooner(queue_.next());
  if (!stalled_ && !tracker_.is_over()) sooner(stalls_at());
  return next;
}

}  // namespace seawall
