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

struct StreamWatch::Watched {
  Watched(WatchId id, std::string name, const ClipIndex& index, const EyeOptions& options,
          const ClipScope& scope)
      : eye(index, options, scope) {
    state.stream = id;
    state.name = std::move(name);
  }
  std::mutex eye_mutex;  // Guards the eye, but StreamEye::decode_closer(), and `recent`.
  StreamEye eye;
  std::deque<SeenFrame> recent;  // By time.
  WatchState state;
  std::deque<LiveSegment> waiting;
  std::deque<Closer> closer;
  bool busy = false;          // Its key pictures are looked at,
  bool closer_busy = false;   // or others.
  bool ready = false;         // In ready_,
  bool closer_ready = false;  // in closer_.
  bool wants_all = false;
  bool gone = false;
};

StreamWatch::StreamWatch(VideoDecoder& decoder, const ClipIndex& index, const Clock& clock,
                         WatchListener& listener, const WatchOptions& options)
    : decoder_(decoder),
      index_(index),
      clock_(clock),
      listener_(listener),
      options_(options),
      thread_count_(std::clamp(options.threads, 1, 64)) {
  for (int i = 0; i < thread_count_; ++i) {
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
    while (!at->second->closer.empty()) leave_out_closer(*at->second);
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

void StreamWatch::leave_out_closer(Watched& stream) {
  counts_.bytes_waiting -= stream.closer.front().piece.media.size();
  --counts_.pieces_waiting;
  ++counts_.closer_left_out;
  stream.closer.pop_front();
}

void StreamWatch::add_closer(const WatchedPtr& stream, Closer closer) {
  const std::size_t bytes = closer.piece.media.size();
  if (stream->gone ||
      counts_.bytes_waiting + bytes > options_.bytes_waiting_max / 2) {  // Key pictures first.
    ++counts_.closer_left_out;
    return;
  }
  if (stream->closer.size() >= std::max<std::size_t>(options_.closer_waiting_max, 1))
    leave_out_closer(*stream);
  counts_.bytes_waiting += bytes;
  ++counts_.pieces_waiting;
  stream->closer.push_back(std::move(closer));
  make_ready(stream);
}

/// Puts the stream where a thread finds what waits of it.
void StreamWatch::make_ready(const WatchedPtr& stream) {
  if (!stream->waiting.empty() && !stream->busy && !stream->ready) {
    stream->ready = true;
    ready_.push_back(stream);
    changed_.notify_one();
  }
  if (!stream->closer.empty() && !stream->closer_busy && !stream->closer_ready) {
    stream->closer_ready = true;
    closer_.push_back(stream);
    changed_.notify_one();
  }
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
  if (piece.repeats) return add_closer(watched, {std::move(piece), std::nullopt, clock_.now()});
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
  make_ready(watched);
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
  if (event.kind == StreamEvent::Kind::kBlind) return listener_.on_blind(stream, name, event.reason);
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
    changed_.wait_for(lock, stop, kLookEvery, [this] { return !ready_.empty() || may_look_closer(); });
    if (stop.stop_requested()) return;
    const bool changed = governor_.look(clock_.now(), thread_count_);
    const microseconds spacing = governor_.spacing();
    Turn turn = next_turn();
    if (is_idle()) idle_.notify_all();  // What waited may have been left out.
    const EyeAllowance allowed = allowance();
    lock.unlock();
    if (changed) {
      const std::scoped_lock listening(listener_mutex_);
      listener_.on_spacing(spacing);
    }
    if (!turn.stream) continue;
    if (turn.closer) {
      look_closer(*turn.stream, *turn.closer, allowed);
    } else {
      look(turn.stream, std::move(turn.piece), allowed);
    }
    lock.lock();
    finish(turn);
  }
}

/// Whether a closer look may begin now.
bool StreamWatch::may_look_closer() const {
  // One is kept for key pictures.
  const auto most = static_cast<std::size_t>(std::max(thread_count_, 2) - 1);
  if (closer_.empty() || closer_working_ >= most) return false;
  if (ready_.empty()) return true;
  const Time now = clock_.now();
  const WatchedPtr& first = closer_.front();
  return closer_working_ == 0 && now >= closer_again_ && !first->closer.empty() &&
         now - first->closer.front().since >= kCloserWaits;
}

StreamWatch::Turn StreamWatch::next_turn() {
  drop_late_closer();
  if (may_look_closer()) return next_closer();
  return ready_.empty() ? Turn{} : next_key();
}

StreamWatch::Turn StreamWatch::next_key() {
  const WatchedPtr stream = std::move(ready_.front());
  ready_.pop_front();
  stream->ready = false;
  if (stream->waiting.empty()) return {};
  Turn turn{stream, std::move(stream->waiting.front()), std::nullopt};
  stream->waiting.pop_front();
  counts_.bytes_waiting -= turn.piece.media.size();
  --counts_.pieces_waiting;
  stream->busy = true;
  ++working_;
  governor_.begun(std::max(clock_.now() - turn.piece.fetched_at, milliseconds(0)));
  return turn;
}

StreamWatch::Turn StreamWatch::next_closer() {
  const WatchedPtr stream = std::move(closer_.front());
  closer_.pop_front();
  stream->closer_ready = false;
  if (stream->closer.empty()) return {};
  Turn turn{stream, {}, std::move(stream->closer.front())};
  stream->closer.pop_front();
  counts_.bytes_waiting -= turn.closer->piece.media.size();
  --counts_.pieces_waiting;
  stream->closer_busy = true;
  ++closer_working_;
  ++working_;
  return turn;
}

/// Leaves out the closer look that is next, if it is too late for it, and those behind it.
void StreamWatch::drop_late_closer() {
  const Time now = clock_.now();
  while (!closer_.empty()) {
    const WatchedPtr stream = closer_.front();
    while (!stream->closer.empty() && now - stream->closer.front().since >= kCloserLate)
      leave_out_closer(*stream);
    if (!stream->closer.empty()) return;
    stream->closer_ready = false;
    closer_.pop_front();
  }
}

void StreamWatch::finish(const Turn& turn) {
  (turn.closer ? turn.stream->closer_busy : turn.stream->busy) = false;
  if (turn.closer) --closer_working_;
  --working_;
  if (!turn.stream->gone) make_ready(turn.stream);
  if (!closer_.empty()) changed_.notify_one();
  if (is_idle()) idle_.notify_all();
}

void StreamWatch::worked(std::chrono::steady_clock::time_point since, bool is_closer) {
  const auto took = std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - since);
  const std::scoped_lock lock(mutex_);
  governor_.worked(took);
  if (is_closer) closer_again_ = clock_.now() + std::chrono::ceil<milliseconds>(took);
}

void StreamWatch::look(const WatchedPtr& stream, LiveSegment piece, const EyeAllowance& allowed) {
  const std::scoped_lock looking(stream->eye_mutex);
  if (!stream->eye.is_due(piece, allowed.spacing)) {
    const std::scoped_lock lock(mutex_);
    ++counts_.pieces_unseen;
    ++stream->state.pieces_unseen;
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  Result<Seen> seen = stream->eye.look(decoder_, piece, allowed);
  worked(start, false);
  settle(*stream, piece, seen);
  if (!seen) return;
  tell_seen(*stream, *seen);
  if (!stream->eye.wants_closer(piece, allowed, seen->first_us)) return;
  const std::scoped_lock lock(mutex_);
  add_closer(stream, {std::move(piece), seen->first_us, clock_.now()});
}

/// Its decode takes long: the eye is free meanwhile, for the stream's next key pictures.
void StreamWatch::look_closer(Watched& stream, const Closer& closer, const EyeAllowance& allowed) {
  std::unique_lock looking(stream.eye_mutex);
  const auto wanted = stream.eye.wants_closer(closer.piece, allowed, closer.first_us);
  looking.unlock();
  if (!wanted) {
    const std::scoped_lock lock(mutex_);
    counts_.closer_left_out += allowed.may_look_closer ? 0U : 1U;
    return;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto decoded = stream.eye.decode_closer(decoder_, closer.piece, *wanted);
  looking.lock();
  Result<Seen> seen = decoded ? stream.eye.take_closer(closer.piece, *wanted, *decoded)
                              : Result<Seen>(tl::unexpected(decoded.error()));
  worked(start, true);
  settle_closer(stream, closer.piece, seen);
  if (seen) tell_seen(stream, *seen);
}

void StreamWatch::note_eye(Watched& stream, Time now) {
  stream.wants_all = stream.eye.wants_all(now);
  stream.state.near = stream.eye.is_near();
  stream.state.sparse = stream.eye.is_sparse();
  stream.state.times_repaired = stream.eye.time_line().repaired();
}

void StreamWatch::note_frames(WatchState& state, const Seen& seen) {
  counts_.frames += seen.frames.size();
  state.frames += seen.frames.size();
  if (!seen.frames.empty()) state.last_frame = std::max(state.last_frame, seen.frames.back().at);
  if (seen.info.width_px == 0) return;
  state.codec = seen.info.codec;
  state.width_px = seen.info.width_px;
  state.height_px = seen.info.height_px;
}

void StreamWatch::settle(Watched& stream, const LiveSegment& piece, const Result<Seen>& seen) {
  std::string newly_blind;
  {
    const std::scoped_lock lock(mutex_);
    WatchState& state = stream.state;
    state.lag = std::max(clock_.now() - piece.fetched_at, milliseconds(0));
    counts_.lags.add(state.lag);
    note_eye(stream, piece.fetched_at);
    if (!seen) {
      ++counts_.pieces_blind;
      ++state.pieces_blind;
      if (state.trouble != seen.error().message) newly_blind = seen.error().message;
      state.trouble = seen.error().message;
    } else {
      state.trouble.clear();
      note_frames(state, *seen);
    }
  }
  if (newly_blind.empty()) return;
  const std::scoped_lock lock(listener_mutex_);
  listener_.on_blind(stream.state.stream, stream.state.name, newly_blind);
}

void StreamWatch::settle_closer(Watched& stream, const LiveSegment& piece, const Result<Seen>& seen) {
  const std::scoped_lock lock(mutex_);
  note_eye(stream, piece.fetched_at);
  if (!seen) {  // The key picture was looked at, so the stream is not blind.
    ++counts_.pieces_blind;
    ++stream.state.pieces_blind;
    return;
  }
  ++counts_.closer;
  counts_.closer_lags.add(std::max(clock_.now() - piece.fetched_at, milliseconds(0)));
  note_frames(stream.state, *seen);
}

void StreamWatch::tell_seen(Watched& stream, Seen& seen) {
  const auto late = stream.recent.insert(stream.recent.end(), seen.frames.begin(), seen.frames.end());
  std::ranges::inplace_merge(stream.recent, late, {}, &SeenFrame::time_us);
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
  return idle_.wait_for(lock, at_most, [this] { return is_idle(); });
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
