#include "seawall/stream_watch/detail/source_thread.h"

#include <algorithm>
#include <utility>

namespace seawall::stream_watch_detail {
namespace {
constexpr std::chrono::milliseconds kStep{200};
}

SourceThread::SourceThread(StreamWatch& watch, const Clock& clock, HubOptions options)
    : watch_(watch), clock_(clock), options_(options) {}

SourceThread::~SourceThread() {
  thread_.request_stop();
  if (source_) source_->wake();
  if (thread_.joinable()) thread_.join();
}

Result<void> SourceThread::start(const StreamFamily& family) {
  SEAWALL_TRY(source_, family.open(*this));
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

void SourceThread::attach(WatchId stream, StreamSettings settings) {
  ++followed_;
  {
    const std::scoped_lock lock(mutex_);
    commands_.push_back({stream, std::move(settings)});
  }
  source_->wake();
}

void SourceThread::detach(WatchId stream) {
  {
    const std::scoped_lock lock(mutex_);
    commands_.push_back({stream, std::nullopt});
  }
  source_->wake();
}

void SourceThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<Command> commands;
    {
      const std::scoped_lock lock(mutex_);
      commands.swap(commands_);
    }
    for (Command& command : commands) obey(std::move(command));
    begin_due();
    source_->step(kStep);
  }
}

void SourceThread::obey(Command command) {
  if (command.settings) {
    Followed& followed = streams_[command.stream];
    followed.settings = *std::move(command.settings);
    return begin(command.stream, followed);
  }
  const auto at = streams_.find(command.stream);
  if (at == streams_.end()) return;
  if (at->second.running) {
    by_source_.erase(at->second.source);
    source_->remove(at->second.source);
  }
  streams_.erase(at);
  --followed_;
}

void SourceThread::begin(WatchId stream, Followed& followed) {
  auto source = source_->add(followed.settings);
  if (source) {
    followed.source = *source;
    followed.running = true;
    by_source_.emplace(*source, stream);
    return;
  }
  StreamEvent event;
  event.kind = StreamEvent::Kind::kFailed;
  event.at = clock_.now();
  event.reason = source.error().message;
  watch_.tell(stream, event);
  if (options_.again) {
    followed.again_at = clock_.now() + options_.back_off.delay(++followed.ends, random_);
    return;
  }
  streams_.erase(stream);
  --followed_;
}

void SourceThread::begin_due() {
  if (!options_.again) return;
  const Time now = clock_.now();
  for (auto at = streams_.begin(); at != streams_.end();) {
    const auto next = std::next(at);  // begin() may take it away.
    if (!at->second.running && at->second.again_at <= now) begin(at->first, at->second);
    at = next;
  }
}

void SourceThread::over(WatchId stream, Followed& followed) {
  by_source_.erase(followed.source);
  followed.running = false;
  if (!options_.again) {
    streams_.erase(stream);
    --followed_;
    return;
  }
  followed.again_at = clock_.now() + options_.back_off.delay(++followed.ends, random_);
}

void SourceThread::on_segment(LiveSegment segment) {
  const auto at = by_source_.find(segment.stream);
  if (at == by_source_.end()) return;
  streams_.at(at->second).ends = 0;
  watch_.give(at->second, std::move(segment));
}

void SourceThread::on_event(const StreamEvent& event) {
  const auto at = by_source_.find(event.stream);
  if (at == by_source_.end()) return;
  const WatchId stream = at->second;
  watch_.tell(stream, event);
  if (event.kind == StreamEvent::Kind::kEnded || event.kind == StreamEvent::Kind::kFailed) {
    over(stream, streams_.at(stream));
  }
}

bool SourceThread::has_room(StreamId stream) {
  const auto at = by_source_.find(stream);
  return at == by_source_.end() || watch_.has_room(at->second);
}

bool SourceThread::wants_all(StreamId stream) {
  const auto at = by_source_.find(stream);
  return at != by_source_.end() && watch_.wants_all(at->second);
}

}  // namespace seawall::stream_watch_detail
