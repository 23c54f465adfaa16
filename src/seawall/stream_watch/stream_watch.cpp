#include "seawall/stream_watch/stream_watch.h"

#include <algorithm>

namespace seawall {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kNameBytesMax = 200;
constexpr milliseconds kLookEvery{200};
/// Pieces that a source may have under way when it hears that there is no more room.
constexpr std::size_t kGivenAtOnce = 2;
/// Pictures of which the signals are kept for evidence: a minute, closely looked at.
constexpr std::size_t kRecentFramesMax = 512;
/// From this level on, gaps between key pictures are not filled; from that one, nothing is looked at closely.
constexpr int kFillGapsBelow = 1;
constexpr int kLookCloserBelow = 4;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

WatchPhase phase_after(WatchPhase phase, StreamEvent::Kind kind) {
  switch (kind) {
    case StreamEvent::Kind::kStarted:
    case StreamEvent::Kind::kResumed:
    case StreamEvent::Kind::kRestarted:
      return WatchPhase::kLive;
    case StreamEvent::Kind::kStalled:
      return WatchPhase::kStalled;
    case StreamEvent::Kind::kFailing:
      return WatchPhase::kFailing;
    case StreamEvent::Kind::kEnded:
    case StreamEvent::Kind::kFailed:
      return WatchPhase::kOver;
    case StreamEvent::Kind::kGap:
      break;
  }
  return phase;
}

/// Of each clip what was told last, which is the highest tier: what rose within one piece is one alert.
std::vector<ClipAlert> strongest(std::vector<ClipAlert> alerts) {
  std::vector<ClipAlert> told;
  for (ClipAlert& alert : alerts) {
    const auto before = std::ranges::find(told, alert.clip, &ClipAlert::clip);
    if (before == told.end() || !alert.is_rise) {
      told.push_back(std::move(alert));
      continue;
    }
    alert.is_rise = before->is_rise;
    *before = std::move(alert);
  }
  return told;
}

}  // namespace

std::string_view name_of(WatchPhase phase) {
  switch (phase) {
    case WatchPhase::kWaiting:
      return "waiting";
    case WatchPhase::kLive:
      return "live";
    case WatchPhase::kStalled:
      return "stalled";
    case WatchPhase::kFailing:
      return "failing";
    case WatchPhase::kOver:
      return "over";
  }
  return "over";
}

struct StreamWatch::Watched {
  Watched(WatchId id, std::string name, const ClipIndex& index, const EyeOptions& options,
          const ClipScope& scope)
      : eye(index, options, scope) {
    state.stream = id;
    state.name = std::move(name);
  }
  StreamEye eye;  // Of the thread that looks; nobody else while `busy`.
  std::deque<SeenFrame> recent;
  WatchState state;
  std::deque<LiveSegment> waiting;
  bool busy = false;
  bool ready = false;  // In ready_.
  bool wants_all = false;
  bool gone = false;
};

StreamWatch::StreamWatch(VideoDecoder& decoder, const ClipIndex& index, const Clock& clock,
                         WatchListener& listener, const WatchOptions& options)
    : decoder_(decoder), index_(index), clock_(clock), listener_(listener), options_(options) {
  for (int i = 0; i < std::clamp(options.threads, 1, 64); ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

StreamWatch::~StreamWatch() {
  for (std::jthread& thread : threads_) thread.request_stop();
  changed_.notify_all();
  threads_.clear();
}

Result<WatchId> StreamWatch::add(std::string name, const ClipScope& scope) {
  if (!is_name(name))
    return fail(Code::kInvalidInput, "a stream's name is 1 to 200 bytes without control characters");
  const std::scoped_lock lock(mutex_);
  if (streams_.size() >= options_.streams_max) {
    return fail(Code::kLimitExceeded,
                "more than " + std::to_string(options_.streams_max) + " streams; start another process");
  }
  const auto same = [&](const auto& row) { return row.second->state.name == name; };
  if (std::ranges::any_of(streams_, same))
    return fail(Code::kConflict, "a stream of that name is watched already");
  const WatchId id{++last_id_};
  streams_.emplace(id, std::make_shared<Watched>(id, std::move(name), index_, options_.eye, scope));
  return id;
}

bool StreamWatch::remove(WatchId stream, WatchEnd end) {
  const std::scoped_lock lock(mutex_);
  const auto at = streams_.find(stream);
  if (at == streams_.end()) return false;
  if (end == WatchEnd::kDropped) {
    at->second->gone = true;
    while (!at->second->waiting.empty()) leave_out_front(*at->second);
  }
  streams_.erase(at);
  return true;
}

StreamWatch::WatchedPtr StreamWatch::find(WatchId stream) const {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? nullptr : at->second;
}

void StreamWatch::leave_out_front(Watched& stream) {
  counts_.bytes_waiting -= stream.waiting.front().media.size();
  --counts_.pieces_waiting;
  ++counts_.pieces_unseen;
  ++stream.state.pieces_unseen;
  stream.waiting.pop_front();
}

bool StreamWatch::has_room(WatchId stream) const {
  const std::scoped_lock lock(mutex_);
  const WatchedPtr watched = find(stream);
  return watched == nullptr || (watched->waiting.size() + kGivenAtOnce <= options_.pieces_waiting_max &&
                                counts_.bytes_waiting < options_.bytes_waiting_max);
}

bool StreamWatch::wants_all(WatchId stream) const {
  const std::scoped_lock lock(mutex_);
  const WatchedPtr watched = find(stream);
  return watched != nullptr && watched->wants_all;
}

void StreamWatch::give(WatchId stream, LiveSegment piece) {
  const std::scoped_lock lock(mutex_);
  const WatchedPtr watched = find(stream);
  if (watched == nullptr) return;
  ++counts_.pieces;
  ++watched->state.pieces;
  watched->state.bytes += piece.media.size();
  const bool crowded = counts_.bytes_waiting + piece.media.size() > options_.bytes_waiting_max;
  if (crowded && watched->waiting.empty()) {
    ++counts_.pieces_unseen;
    ++watched->state.pieces_unseen;
    return governor_.left_out();
  }
  if (!watched->waiting.empty() &&
      (crowded || watched->waiting.size() >= std::max<std::size_t>(options_.pieces_waiting_max, 1))) {
    leave_out_front(*watched);
    governor_.left_out();
  }
  counts_.bytes_waiting += piece.media.size();
  ++counts_.pieces_waiting;
  watched->waiting.push_back(std::move(piece));
  if (watched->busy || watched->ready) return;
  watched->ready = true;
  ready_.push_back(watched);
  changed_.notify_one();
}

void StreamWatch::tell(WatchId stream, const StreamEvent& event) {
  std::string name;
  {
    const std::scoped_lock lock(mutex_);
    const WatchedPtr watched = find(stream);
    if (watched == nullptr) return;
    WatchState& state = watched->state;
    state.phase = phase_after(state.phase, event.kind);
    state.pieces_lost += event.lost;
    if (event.kind == StreamEvent::Kind::kRestarted) ++state.restarts;
    if (state.phase == WatchPhase::kLive) state.trouble.clear();
    if (!event.reason.empty()) state.trouble = event.reason;
    name = state.name;
  }
  const std::scoped_lock lock(listener_mutex_);
  listener_.on_event(stream, name, event);
}

EyeAllowance StreamWatch::allowance() const {
  return {.spacing = governor_.spacing(),
          .may_look_closer = governor_.level() < kLookCloserBelow,
          .may_fill_gaps = governor_.level() < kFillGapsBelow};
}

void StreamWatch::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kLookEvery, [this] { return !ready_.empty(); });
    if (stop.stop_requested()) return;
    const bool changed = governor_.look(clock_.now(), static_cast<int>(threads_.size()));
    const microseconds spacing = governor_.spacing();
    WatchedPtr stream;
    LiveSegment piece;
    if (!ready_.empty()) {
      stream = std::move(ready_.front());
      ready_.pop_front();
      stream->ready = false;
      if (!stream->waiting.empty()) {
        piece = std::move(stream->waiting.front());
        stream->waiting.pop_front();
        counts_.bytes_waiting -= piece.media.size();
        --counts_.pieces_waiting;
        stream->busy = true;
        ++working_;
        governor_.begun(std::max(clock_.now() - piece.fetched_at, milliseconds(0)));
      } else {
        stream.reset();
      }
    }
    const EyeAllowance allowed = allowance();
    lock.unlock();
    if (changed) {
      const std::scoped_lock listening(listener_mutex_);
      listener_.on_spacing(spacing);
    }
    if (stream) look(*stream, std::move(piece), allowed);
    if (!stream) continue;
    lock.lock();
    stream->busy = false;
    --working_;
    if (!stream->waiting.empty() && !stream->gone) {
      stream->ready = true;
      ready_.push_back(std::move(stream));
      changed_.notify_one();
    } else if (working_ == 0 && ready_.empty()) {
      changed_.notify_all();
    }
  }
}

void StreamWatch::look(Watched& stream, LiveSegment piece, const EyeAllowance& allowed) {
  if (!stream.eye.is_due(piece, allowed.spacing)) {
    const std::scoped_lock lock(mutex_);
    if (!piece.repeats) {
      ++counts_.pieces_unseen;
      ++stream.state.pieces_unseen;
    }
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  Result<Seen> seen = stream.eye.look(decoder_, piece, allowed);
  const auto took = std::chrono::steady_clock::now() - start;
  {
    const std::scoped_lock lock(mutex_);
    governor_.worked(std::chrono::duration_cast<microseconds>(took));
    stream.wants_all = stream.eye.wants_all(piece.fetched_at);
  }
  settle(stream, piece, seen);
  if (seen) tell_seen(stream, *seen);
}

void StreamWatch::settle(Watched& stream, const LiveSegment& piece, const Result<Seen>& seen) {
  std::string newly_blind;
  {
    const std::scoped_lock lock(mutex_);
    WatchState& state = stream.state;
    state.lag = std::max(clock_.now() - piece.fetched_at, milliseconds(0));
    const double lag_s = std::chrono::duration<double>(state.lag).count();
    const auto bucket =
        std::ranges::lower_bound(WatchCounts::kLagBucketsS, lag_s) - WatchCounts::kLagBucketsS.begin();
    ++counts_.lags[static_cast<std::size_t>(bucket)];
    counts_.lag_sum_s += lag_s;
    state.near = stream.eye.is_near();
    state.sparse = stream.eye.is_sparse();
    state.times_repaired = stream.eye.time_line().repaired();
    if (!seen) {
      ++counts_.pieces_blind;
      ++state.pieces_blind;
      if (state.trouble != seen.error().message) newly_blind = seen.error().message;
      state.trouble = seen.error().message;
    } else {
      state.trouble.clear();
      counts_.frames += seen->frames.size();
      counts_.closer += seen->all ? 1U : 0U;
      state.frames += seen->frames.size();
      if (!seen->frames.empty()) state.last_frame = seen->frames.back().at;
      if (seen->info.width_px > 0) {
        state.codec = seen->info.codec;
        state.width_px = seen->info.width_px;
        state.height_px = seen->info.height_px;
      }
    }
  }
  if (newly_blind.empty()) return;
  const std::scoped_lock lock(listener_mutex_);
  listener_.on_blind(stream.state.stream, stream.state.name, newly_blind);
}

void StreamWatch::tell_seen(Watched& stream, Seen& seen) {
  for (const SeenFrame& frame : seen.frames) stream.recent.push_back(frame);
  while (stream.recent.size() > kRecentFramesMax) stream.recent.pop_front();
  const StreamEye& eye = stream.eye;
  const std::vector<ClipAlert> alerts = strongest(std::move(seen.alerts));
  {
    const std::scoped_lock lock(mutex_);
    const auto showings = std::ranges::count(alerts, false, &ClipAlert::is_rise);
    counts_.alerts += static_cast<std::uint64_t>(showings);
    stream.state.alerts += static_cast<std::uint64_t>(showings);
  }
  const std::scoped_lock lock(listener_mutex_);
  if (!seen.shown.empty()) {
    listener_.on_showing({stream.state.stream, std::move(seen.shown), seen.frames.back().at});
  }
  if (!seen.frames.empty()) {
    listener_.on_frames({stream.state.stream, stream.state.name, std::move(seen.frames)});
  }
  for (const ClipAlert& alert : alerts) {
    const std::int64_t begin_us = alert.segment.query_begin_ms * 1000;
    const std::int64_t end_us = alert.segment.query_end_ms * 1000 + 999;
    WatchAlert told{.stream = stream.state.stream,
                    .name = stream.state.name,
                    .clip = alert,
                    .labels = eye.labels(),
                    .begin = eye.time_line().wall_time(begin_us),
                    .end = eye.time_line().wall_time(end_us),
                    .told = clock_.now(),
                    .frames = {},
                    .pieces = eye.near_pieces(begin_us, end_us)};
    std::ranges::copy_if(stream.recent, std::back_inserter(told.frames), [&](const SeenFrame& frame) {
      return frame.time_us >= begin_us && frame.time_us <= end_us;
    });
    listener_.on_alert(told);
  }
}

bool StreamWatch::wait_idle(milliseconds at_most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [this] { return working_ == 0 && ready_.empty(); });
}

std::vector<WatchState> StreamWatch::states() const {
  const std::scoped_lock lock(mutex_);
  std::vector<WatchState> states;
  for (const auto& [id, stream] : streams_) states.push_back(stream->state);
  return states;
}

WatchCounts StreamWatch::counts() const {
  const std::scoped_lock lock(mutex_);
  WatchCounts counts = counts_;
  counts.streams = streams_.size();
  counts.level = governor_.level();
  counts.spacing = governor_.spacing();
  counts.busy = governor_.busy();
  return counts;
}

}  // namespace seawall
