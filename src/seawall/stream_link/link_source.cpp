#include "seawall/stream_link/link_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "seawall/stream_link/detail/link_player.h"
#include "seawall/stream_link/detail/name_lookup.h"

namespace seawall {

using std::chrono::milliseconds;
using stream_link_detail::LinkPlayer;
using stream_link_detail::NameLookup;

namespace {

constexpr std::size_t kReadyAtOnce = 128;

}  // namespace

struct LinkSource::Parts {
  struct Playing {
    LinkPlayer player;
    Time due{};
  };

  Parts(const Clock& its_clock, RandomSource& its_random, PollSink& its_sink, Reach its_reach,
        std::unique_ptr<Wires> its_wires, MakeLinkStream its_make, const LinkLimits& its_limits,
        std::shared_ptr<const TlsTrust> its_trust)
      : clock(its_clock),
        limits(its_limits),
        reach(std::move(its_reach)),
        make(std::move(its_make)),
        wires(std::move(its_wires)),
        names(wires->wake_descriptor()),
        around{limits, reach, its_random, its_sink, *wires, std::move(its_trust)} {}

  void update(StreamId id, Playing& playing);
  void on_due(Time now);
  void on_names(Time now);
  void on_ready(const WireReady& ready, Time now);
  bool erase(StreamId id);

  const Clock& clock;
  const LinkLimits limits;
  const Reach reach;
  const MakeLinkStream make;
  std::unique_ptr<Wires> wires;
  NameLookup names;
  LinkPlayer::Around around;
  std::map<StreamId, Playing> streams;
  std::set<std::pair<Time, StreamId>> schedule;
  std::uint32_t last_id = 0;
};

LinkSource::LinkSource(const Clock& clock, RandomSource& random, PollSink& sink, Reach reach,
                       std::unique_ptr<Wires> wires, MakeLinkStream make, const LinkLimits& limits,
                       std::shared_ptr<const TlsTrust> trust)
    : parts_(std::make_unique<Parts>(clock, random, sink, std::move(reach), std::move(wires), std::move(make),
                                     limits, std::move(trust))) {}

LinkSource::~LinkSource() {
  for (auto& [id, playing] : parts_->streams) playing.player.leave();
}

Result<StreamId> LinkSource::add(StreamSettings settings) {
  SEAWALL_TRY(auto stream, parts_->make(settings));
  if (parts_->streams.size() >= parts_->limits.streams_max) {
    return fail(Code::kLimitExceeded, "more than " + std::to_string(parts_->limits.streams_max) + " streams");
  }
  const StreamId id{++parts_->last_id};
  const Time now = parts_->clock.now();
  parts_->streams.emplace(id, Parts::Playing{LinkPlayer(id, std::move(stream), now), now});
  parts_->schedule.emplace(now, id);
  return id;
}

bool LinkSource::remove(StreamId stream) {
  const auto at = parts_->streams.find(stream);
  if (at != parts_->streams.end()) at->second.player.leave();
  return parts_->erase(stream);
}

bool LinkSource::Parts::erase(StreamId id) {
  const auto at = streams.find(id);
  if (at == streams.end()) return false;
  schedule.erase({at->second.due, id});
  streams.erase(at);
  return true;
}

/// Waits for what the player waits for now; forgets it when it has given up.
void LinkSource::Parts::update(StreamId id, Playing& playing) {
  if (playing.player.state() == LinkPlayer::State::kOver) {
    erase(id);
    return;
  }
  if (playing.due != playing.player.due()) {
    schedule.erase({playing.due, id});
    playing.due = playing.player.due();
    schedule.emplace(playing.due, id);
  }
  if (Wire* wire = playing.player.wire())
    wires->watch(*wire, static_cast<std::uint64_t>(id), playing.player.wants_to_write());
}

void LinkSource::Parts::on_due(Time now) {
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

void LinkSource::Parts::on_names(Time now) {
  for (auto& answer : names.take()) {
    const StreamId id{static_cast<std::uint32_t>(answer.id)};
    const auto at = streams.find(id);
    if (at == streams.end()) continue;
    at->second.player.looked_up(std::move(answer.addresses), around, now);
    update(id, at->second);
  }
}

void LinkSource::Parts::on_ready(const WireReady& ready, Time now) {
  const StreamId id{static_cast<std::uint32_t>(ready.mark)};
  const auto at = streams.find(id);
  if (at == streams.end()) return;
  at->second.player.on_ready(ready, around, now);
  update(id, at->second);
}

void LinkSource::step(milliseconds at_most) {
  Parts& parts = *parts_;
  Time now = parts.clock.now();
  parts.on_due(now);
  milliseconds wait = std::max(at_most, milliseconds(0));
  if (!parts.schedule.empty()) wait = std::clamp(parts.schedule.begin()->first - now, milliseconds(0), wait);
  std::array<WireReady, kReadyAtOnce> ready{};
  const std::size_t count = parts.wires->wait(wait, ready);
  now = parts.clock.now();
  for (const WireReady& each : std::span(ready).first(count)) parts.on_ready(each, now);
  parts.on_names(now);
}

void LinkSource::wake() {
  const std::uint64_t one = 1;
  (void)!::write(parts_->wires->wake_descriptor(), &one, sizeof one);
}

}  // namespace seawall
