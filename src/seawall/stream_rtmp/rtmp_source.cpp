#include "seawall/stream_rtmp/rtmp_source.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "seawall/stream_rtmp/detail/name_lookup.h"
#include "seawall/stream_rtmp/detail/rtmp_player.h"

namespace seawall {

using std::chrono::milliseconds;
using stream_rtmp_detail::NameLookup;
using stream_rtmp_detail::RtmpPlayer;

namespace {

constexpr std::uint64_t kWakeMark = 0;  // Streams count from 1.
constexpr std::size_t kEventsAtOnce = 128;

}  // namespace

struct RtmpSource::Parts {
  struct Playing {
    RtmpPlayer player;
    int watched = -1;  // Its socket in epoll.
    bool writing = false;
    Time due{};
  };

  Parts(const Clock& its_clock, RandomSource& its_random, PollSink& its_sink, Reach its_reach,
        const RtmpLimits& its_limits, UniqueFd its_poll, UniqueFd its_wake)
      : clock(its_clock),
        limits(its_limits),
        reach(std::move(its_reach)),
        poll(std::move(its_poll)),
        wake(std::move(its_wake)),
        names(wake.get()),
        around{limits, reach, its_random, its_sink} {}

  void update(StreamId id, Playing& playing);
  void forget_socket(Playing& playing);
  void on_due(Time now);
  void on_names(Time now);
  void on_socket(const epoll_event& event, Time now);
  void reschedule(StreamId id, Playing& playing);
  bool erase(StreamId id);

  const Clock& clock;
  const RtmpLimits limits;
  const Reach reach;
  UniqueFd poll;
  UniqueFd wake;
  NameLookup names;
  RtmpPlayer::Around around;
  std::map<StreamId, Playing> streams;
  std::set<std::pair<Time, StreamId>> schedule;
  std::uint32_t last_id = 0;
};

RtmpSource::RtmpSource(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RtmpSource::~RtmpSource() = default;

Result<std::unique_ptr<RtmpSource>> RtmpSource::open(const Clock& clock, RandomSource& random, PollSink& sink,
                                                     Reach reach, const RtmpLimits& limits) {
  UniqueFd poll(::epoll_create1(EPOLL_CLOEXEC));
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeMark;
  if (!poll || !wake || ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) {
    return fail(Code::kUnavailable, std::string("waiting for RTMP streams: ") + std::strerror(errno));
  }
  return std::unique_ptr<RtmpSource>(new RtmpSource(std::make_unique<Parts>(
      clock, random, sink, std::move(reach), limits, std::move(poll), std::move(wake))));
}

Result<StreamId> RtmpSource::add(StreamSettings settings) {
  SEAWALL_TRY(RtmpAddress address, rtmp_address_from_text(settings.url));
  if (parts_->streams.size() >= parts_->limits.streams_max) {
    return fail(Code::kLimitExceeded, "more than " + std::to_string(parts_->limits.streams_max) + " streams");
  }
  const StreamId id{++parts_->last_id};
  const Time now = parts_->clock.now();
  auto& playing =
      parts_->streams.emplace(id, Parts::Playing{RtmpPlayer(id, std::move(address), now)}).first->second;
  playing.due = now;
  parts_->schedule.emplace(now, id);
  return id;
}

bool RtmpSource::remove(StreamId stream) { return parts_->erase(stream); }

bool RtmpSource::Parts::erase(StreamId id) {
  const auto at = streams.find(id);
  if (at == streams.end()) return false;
  forget_socket(at->second);
  schedule.erase({at->second.due, id});
  streams.erase(at);
  return true;
}

void RtmpSource::Parts::forget_socket(Playing& playing) {
  // A socket that was closed has left epoll by itself.
  if (playing.watched >= 0 && playing.watched == playing.player.socket())
    ::epoll_ctl(poll.get(), EPOLL_CTL_DEL, playing.watched, nullptr);
  playing.watched = -1;
}

void RtmpSource::Parts::reschedule(StreamId id, Playing& playing) {
  if (playing.due == playing.player.due()) return;
  schedule.erase({playing.due, id});
  playing.due = playing.player.due();
  schedule.emplace(playing.due, id);
}

/// Waits for what the player waits for now; forgets it when it has given up.
void RtmpSource::Parts::update(StreamId id, Playing& playing) {
  if (playing.player.state() == RtmpPlayer::State::kOver) {
    erase(id);
    return;
  }
  reschedule(id, playing);
  const int socket = playing.player.socket();
  const bool writing = playing.player.wants_to_write();
  if (socket == playing.watched && writing == playing.writing) return;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | (writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
  event.data.u64 = static_cast<std::uint64_t>(id);
  if (socket >= 0) {
    // The number of a closed socket may be a new one's: then it is not in epoll.
    if (::epoll_ctl(poll.get(), EPOLL_CTL_MOD, socket, &event) != 0)
      ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, socket, &event);
  }
  playing.watched = socket;
  playing.writing = writing;
}

void RtmpSource::Parts::on_due(Time now) {
  std::vector<StreamId> due;  // Whatever they do, none is due a second time within this step.
  for (const auto& [time, id] : schedule) {
    if (time > now) break;
    due.push_back(id);
  }
  for (const StreamId id : due) {
    Playing& playing = streams.at(id);
    const bool ask = playing.player.on_due(around, now);
    if (ask && !names.ask(static_cast<std::uint64_t>(id), playing.player.host()))
      playing.player.looked_up({}, around, now);
    update(id, playing);
  }
}

void RtmpSource::Parts::on_names(Time now) {
  for (auto& answer : names.take()) {
    const StreamId id{static_cast<std::uint32_t>(answer.id)};
    const auto at = streams.find(id);
    if (at == streams.end()) continue;
    at->second.player.looked_up(std::move(answer.addresses), around, now);
    update(id, at->second);
  }
}

void RtmpSource::Parts::on_socket(const epoll_event& event, Time now) {
  const StreamId id{static_cast<std::uint32_t>(event.data.u64)};
  const auto at = streams.find(id);
  if (at == streams.end()) return;
  const std::uint32_t failed = EPOLLERR | EPOLLHUP | EPOLLRDHUP;
  at->second.player.on_ready((event.events & (EPOLLIN | failed)) != 0, (event.events & EPOLLOUT) != 0, around,
                             now);
  update(id, at->second);
}

void RtmpSource::step(milliseconds at_most) {
  Parts& parts = *parts_;
  Time now = parts.clock.now();
  parts.on_due(now);
  milliseconds wait = std::max(at_most, milliseconds(0));
  if (!parts.schedule.empty()) wait = std::clamp(parts.schedule.begin()->first - now, milliseconds(0), wait);
  std::array<epoll_event, kEventsAtOnce> events{};
  const int ready = ::epoll_wait(parts.poll.get(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(std::min<std::int64_t>(wait.count(), 60'000)));
  now = parts.clock.now();
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 != kWakeMark) {
      parts.on_socket(event, now);
      continue;
    }
    std::uint64_t count = 0;
    (void)!::read(parts.wake.get(), &count, sizeof count);
    parts.on_names(now);
  }
}

void RtmpSource::wake() {
  const std::uint64_t one = 1;
  (void)!::write(parts_->wake.get(), &one, sizeof one);
}

}  // namespace seawall
