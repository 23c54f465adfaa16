#include "seawall/stream_poll/poller.h"

#include <algorithm>

#include "seawall/net/url.h"
#include "seawall/stream_poll/detail/stream_follower.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNoRoomWait{50};
constexpr milliseconds kClockStep{1'000};

std::uint64_t fetch_id(StreamId stream, std::uint32_t ask) {
  return (static_cast<std::uint64_t>(stream) << 32) | ask;
}

}  // namespace

Poller::Poller(AsyncFetcher& fetcher, const Clock& clock, RandomSource& random, PollSink& sink,
               PollLimits limits)
    : fetcher_(fetcher),
      clock_(clock),
      random_(random),
      sink_(sink),
      limits_(limits),
      last_now_(clock.now()) {}

Poller::~Poller() {
  while (!streams_.empty()) forget(streams_.begin()->first);
}

Result<StreamId> Poller::add(StreamSettings settings) {
  if (const auto url = http_url_from_text(settings.url); !url) return tl::unexpected(url.error());
  if (streams_.size() >= limits_.streams_max) {
    return fail(Code::kLimitExceeded, "more than " + std::to_string(limits_.streams_max) + " streams");
  }
  const StreamId id{++last_id_};
  const Time now = clock_.now();
  Followed& followed = streams_[id];
  followed.follower = std::make_unique<StreamFollower>(id, std::move(settings), limits_, now);
  reschedule(id, followed, now);
  return id;
}

bool Poller::remove(StreamId stream) {
  if (!streams_.contains(stream)) return false;
  forget(stream);
  return true;
}

void Poller::forget(StreamId id) {
  const auto at = streams_.find(id);
  for (const std::uint32_t ask : at->second.asks) fetcher_.cancel(fetch_id(id, ask));
  under_way_ -= at->second.asks.size();
  reschedule(id, at->second, std::nullopt);
  streams_.erase(at);
}

void Poller::reschedule(StreamId id, Followed& followed, std::optional<Time> due) {
  if (followed.due) schedule_.erase({*followed.due, id});
  followed.due = due;
  if (due) schedule_.emplace(*due, id);
}

void Poller::hand_over(Followed& followed) {
  for (StreamFollower::Output& each : followed.follower->told()) {
    if (auto* segment = std::get_if<LiveSegment>(&each)) {
      ++counts_.segments;
      counts_.bytes += segment->media.size();
      sink_.on_segment(std::move(*segment));
      continue;
    }
    const auto& event = std::get<StreamEvent>(each);
    counts_.segments_lost += event.lost;
    sink_.on_event(event);
  }
}

void Poller::advance(StreamId id, Followed& followed, Time now) {
  const bool room = sink_.has_room(id);
  std::vector<StreamFollower::Ask> asks;
  followed.follower->advance(now, room, asks);
  for (StreamFollower::Ask& ask : asks) {
    ++counts_.requests;
    ++under_way_;
    followed.asks.insert(ask.id);
    fetcher_.start(fetch_id(id, ask.id), std::move(ask.request));
  }
  hand_over(followed);
  if (followed.follower->is_done()) return forget(id);
  auto due = followed.follower->next(room);
  if (!room && followed.follower->segments_waiting() > 0)
    due = std::min(due.value_or(now + kNoRoomWait), now + kNoRoomWait);
  reschedule(id, followed, due);
}

void Poller::take(FetchDone done, Time now) {
  const StreamId id{static_cast<std::uint32_t>(done.id >> 32)};
  const auto ask = static_cast<std::uint32_t>(done.id);
  const auto at = streams_.find(id);
  if (at == streams_.end() || at->second.asks.erase(ask) == 0) return;
  --under_way_;
  if (!done.response || done.response->status >= 400) ++counts_.failed_requests;
  at->second.follower->take(ask, std::move(done.response), done.url, now, random_);
  if (under_way_ < limits_.requests_max) return advance(id, at->second, now);
  hand_over(at->second);
  reschedule(id, at->second, now);
}

void Poller::step(milliseconds at_most) {
  Time now = clock_.now();
  if (now < last_now_ - kClockStep) {  // The clock was set back: what was due then is due now.
    for (auto& [id, followed] : streams_) reschedule(id, followed, now);
  }
  last_now_ = now;
  while (!schedule_.empty() && schedule_.begin()->first <= now && under_way_ < limits_.requests_max) {
    const StreamId id = schedule_.begin()->second;
    Followed& followed = streams_.at(id);
    // Whatever it does, it is not due a second time within this step.
    reschedule(id, followed, std::nullopt);
    advance(id, followed, now);
    const auto again = streams_.find(id);
    if (again != streams_.end() && again->second.due && *again->second.due <= now) {
      reschedule(id, again->second, now + milliseconds(1));
    }
  }
  milliseconds wait = std::max(at_most, milliseconds(0));
  if (!schedule_.empty() && under_way_ < limits_.requests_max) {
    wait = std::min(wait, std::max(schedule_.begin()->first - now, milliseconds(0)));
  }
  auto ended = fetcher_.wait(wait);
  now = clock_.now();
  for (FetchDone& done : ended) take(std::move(done), now);
}

std::optional<Time> Poller::next_due() const {
  if (schedule_.empty()) return std::nullopt;
  return schedule_.begin()->first;
}

Poller::Counts Poller::counts() const {
  Counts counts = counts_;
  for (const auto& [id, followed] : streams_) {
    counts.stalled += followed.follower->is_stalled() ? 1U : 0U;
    counts.failing += followed.follower->is_failing() ? 1U : 0U;
    counts.segments_waiting += followed.follower->segments_waiting();
  }
  return counts;
}

}  // namespace seawall
