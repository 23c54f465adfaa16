#include "seawall/streams/stream_desk.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "seawall/stream_hooks/hook_words.h"
#include "seawall/streams/detail/random_id.h"
#include "seawall/streams/stream_address.h"

namespace seawall {
namespace {

/// Calls `work` on a thread that is nicer than this one by that, as is all that it starts (threads,
/// processes).
template <class Work>
void run_nice(int nice, Work work) {
  std::thread([&] {
    const auto self = static_cast<id_t>(::gettid());
    if (nice > 0)
      (void)::setpriority(PRIO_PROCESS, self, std::min(::getpriority(PRIO_PROCESS, self) + nice, 19));
    work();
  }).join();
}

std::string schemes_text(const std::vector<StreamFamily>& families) {
  std::string text;
  for (const StreamFamily& family : families) {
    for (const std::string& scheme : family.schemes) text += (text.empty() ? "" : ", ") + scheme + "://";
  }
  return text;
}

/// Errors: kInvalidInput (none of them follows it), without the address.
Result<void> check_followed(const std::vector<StreamFamily>& families, std::string_view url) {
  const std::string scheme = stream_scheme(url);
  for (const StreamFamily& family : families) {
    if (std::ranges::find(family.schemes, scheme) == family.schemes.end()) continue;
    return family.check ? family.check(url) : Result<void>();
  }
  return fail(Code::kInvalidInput, "the stream's address must begin with one of " + schemes_text(families));
}

}  // namespace

StreamDesk::StreamDesk(Parts parts, const Options& options) : parts_(std::move(parts)), options_(options) {}

StreamDesk::~StreamDesk() {
  hub_.reset();  // Nothing comes any more.
  // What is being looked at is still told: the recorder never stops to take it.
  watch_.reset();
  if (recorder_) recorder_->close();
}

Result<std::unique_ptr<StreamDesk>> StreamDesk::open(Parts parts, const Options& options) {
  std::unique_ptr<StreamDesk> desk(new StreamDesk(std::move(parts), options));
  SEAWALL_CHECK(desk->start());
  SEAWALL_CHECK(desk->follow_kept());
  return desk;
}

Result<void> StreamDesk::start() {
  outbox_ = std::make_unique<AlertOutbox>(parts_.store, parts_.notices, parts_.trouble, options_.outbox);
  const auto stream_of = [this](WatchId id) -> std::shared_ptr<const AttachedStream> {
    const std::scoped_lock lock(followed_mutex_);
    const auto at = followed_.find(id);
    return at == followed_.end() ? nullptr : at->second;
  };
  recorder_ = std::make_unique<AlertRecorder>(
      AlertRecorder::Parts{
          parts_.store, parts_.directory, parts_.clock, stream_of,
          [this](const AttachedStream& stream, const StreamAlert& alert) { note_kept(stream, alert); },
          parts_.trouble},
      options_.recorder);
  Result<void> opened;
  run_nice(options_.nice, [&] {
    watch_ =
        std::make_unique<StreamWatch>(parts_.decoder, parts_.clips, parts_.clock, *recorder_, options_.watch);
    auto hub = StreamHub::open(*watch_, parts_.clock, parts_.families, options_.hub);
    if (hub) {
      hub_ = *std::move(hub);
    } else {
      opened = tl::unexpected(std::move(hub).error());
    }
  });
  return opened;
}

void StreamDesk::note_kept(const AttachedStream& stream, const StreamAlert& alert) {
  {
    const std::scoped_lock lock(mutex_);
    ++alerts_kept_;
    const auto at = rows_.find({stream.tenant, stream.name});
    if (at != rows_.end() && at->second.stream->id == stream.id && !alert.silent && !alert.is_rise) {
      ++at->second.count.alerts;
      at->second.count.last = alert.at;
    }
  }
  if (!alert.webhook.empty()) outbox_->nudge();
}

Result<void> StreamDesk::follow_kept() {
  SEAWALL_TRY(auto all, parts_.store.streams());
  const std::scoped_lock lock(mutex_);
  for (StreamStore::Kept& kept : all) {
    Row row;
    row.stream = std::make_shared<const AttachedStream>(std::move(kept.stream));
    row.count = kept.count;
    row.alive = parts_.clock.now();
    if (!kept.opens) {
      row.trouble = "its address was sealed with another access key: detach it, and attach it anew";
      parts_.trouble({Code::kCorrupt, "an attached stream's address " + row.trouble});
    } else if (auto watch = follow(row.stream)) {
      row.watch = *watch;
    } else {
      row.trouble = watch.error().message;
    }
    rows_.emplace(Place(row.stream->tenant, row.stream->name), std::move(row));
  }
  return {};
}

Result<WatchId> StreamDesk::follow(const std::shared_ptr<const AttachedStream>& stream) {
  StreamSettings settings;
  settings.url = stream->url;
  settings.fetch_keys = options_.fetch_keys;
  const ClipScope scope = parts_.directory.scope(stream->tenant, stream->banks);
  SEAWALL_TRY(const WatchId id, hub_->attach(stream->id, std::move(settings), scope));
  const std::scoped_lock lock(followed_mutex_);
  followed_.emplace(id, stream);
  return id;
}

std::size_t StreamDesk::streams_of(std::string_view tenant) const {
  const auto of_tenant = [&](const auto& row) { return row.first.first == tenant; };
  return static_cast<std::size_t>(std::ranges::count_if(rows_, of_tenant));
}

std::optional<AttachEnd> StreamDesk::refusal(const AttachedStream& wanted) {
  if (rows_.size() >= options_.streams_max) {
    ++refused_full_;
    return AttachEnd::kFull;
  }
  if (streams_of(wanted.tenant) >= options_.tenant_streams_max) {
    ++refused_full_;
    return AttachEnd::kTooManyOfTenant;
  }
  if (watch_->counts().level >= kAdmitBelow) {
    ++refused_overloaded_;
    return AttachEnd::kOverloaded;
  }
  return std::nullopt;
}

Result<StreamDesk::Attached> StreamDesk::attach(AttachedStream wanted) {
  if (!is_stream_path(wanted.name))
    return fail(Code::kInvalidInput, "a stream's name is 1 to 200 of letters, digits and . _ ~ - /");
  SEAWALL_CHECK(check_followed(parts_.families, wanted.url));
  SEAWALL_TRY(wanted.id, streams_detail::random_id("s_"));
  wanted.attached = parts_.clock.now();
  const Place place(wanted.tenant, wanted.name);
  const auto now = states();
  const std::scoped_lock lock(mutex_);
  if (const auto at = rows_.find(place); at != rows_.end()) {
    if (!at->second.stream->same_wish(wanted)) return Attached{AttachEnd::kOtherOfThatName, {}};
    return Attached{AttachEnd::kThereAlready, view_of(at->second, now)};
  }
  if (const auto why = refusal(wanted)) return Attached{*why, {}};
  SEAWALL_CHECK(parts_.store.add(wanted));
  Row row;
  row.stream = std::make_shared<const AttachedStream>(std::move(wanted));
  row.alive = row.stream->attached;
  auto watch = follow(row.stream);
  if (!watch) {
    SEAWALL_CHECK(parts_.store.remove(place.first, place.second));
    return tl::unexpected(std::move(watch).error());
  }
  row.watch = *watch;
  StreamView view = view_of(row, states());
  rows_.emplace(place, std::move(row));
  return Attached{AttachEnd::kAttached, std::move(view)};
}

Result<bool> StreamDesk::detach(std::string_view tenant, std::string_view name, WatchEnd end) {
  const std::scoped_lock lock(mutex_);
  return detach_here({std::string(tenant), std::string(name)}, end);
}

Result<bool> StreamDesk::detach_here(const Place& place, WatchEnd end) {
  const auto at = rows_.find(place);
  if (at == rows_.end()) return false;
  SEAWALL_CHECK(parts_.store.remove(place.first, place.second));
  (void)hub_->detach(at->second.stream->id, end);
  {
    const std::scoped_lock lock(followed_mutex_);
    // A piece of it may be in work: what that shows is still whose it was.
    detached_.push_back(at->second.watch);
    if (detached_.size() > kDetachedMax) {
      followed_.erase(detached_.front());
      detached_.pop_front();
    }
  }
  rows_.erase(at);
  return true;
}

std::map<WatchId, WatchState> StreamDesk::states() const {
  std::map<WatchId, WatchState> states;
  for (WatchState& state : watch_->states()) states.emplace(state.stream, std::move(state));
  return states;
}

StreamView StreamDesk::view_of(const Row& row, const std::map<WatchId, WatchState>& states) const {
  StreamView view{row.stream, {}, row.count};
  if (const auto at = states.find(row.watch); at != states.end()) view.state = at->second;
  if (!row.trouble.empty()) {
    view.state.phase = WatchPhase::kFailing;
    view.state.trouble = row.trouble;
  }
  return view;
}

std::optional<StreamView> StreamDesk::stream(std::string_view tenant, std::string_view name) const {
  const auto now = states();
  const std::scoped_lock lock(mutex_);
  const auto at = rows_.find({std::string(tenant), std::string(name)});
  if (at == rows_.end()) return std::nullopt;
  return view_of(at->second, now);
}

std::vector<StreamView> StreamDesk::streams(std::string_view tenant, std::string_view after,
                                            std::size_t limit, std::span<const BankId> banks) const {
  const auto now = states();
  const std::scoped_lock lock(mutex_);
  std::vector<StreamView> views;
  for (auto at = rows_.upper_bound({std::string(tenant), std::string(after)});
       at != rows_.end() && at->first.first == tenant && views.size() < limit; ++at) {
    if (at->second.stream->is_within(banks)) views.push_back(view_of(at->second, now));
  }
  return views;
}

StreamLoad StreamDesk::load(std::optional<std::string_view> tenant) const {
  const WatchCounts counts = watch_->counts();
  StreamLoad load;
  load.streams_max = options_.tenant_streams_max;
  load.spacing = counts.spacing;
  load.busy = counts.busy;
  const std::scoped_lock lock(mutex_);
  load.streams = rows_.size();
  load.admits = rows_.size() < options_.streams_max && counts.level < kAdmitBelow &&
                (!tenant || streams_of(*tenant) < options_.tenant_streams_max);
  return load;
}

StreamDeskCounts StreamDesk::counts() const {
  StreamDeskCounts counts;
  counts.watch = watch_->counts();
  counts.states = watch_->states();
  counts.alerts_lost = recorder_->lost();
  counts.showings_waiting = recorder_->waiting().size();
  counts.showings_forgotten = recorder_->waiting().forgotten();
  counts.webhooks_handed = outbox_->handed();
  counts.webhooks_refused = outbox_->refused();
  counts.webhooks_dropped = parts_.store.dropped_unsent();
  const std::scoped_lock lock(mutex_);
  counts.refused_full = refused_full_;
  counts.refused_overloaded = refused_overloaded_;
  counts.hooked_ended = hooked_ended_;
  counts.alerts_kept = alerts_kept_;
  return counts;
}

Result<void> StreamDesk::step() {
  const auto now = states();
  const Time time = parts_.clock.now();
  const std::scoped_lock lock(mutex_);
  std::vector<Place> silent;
  for (auto& [place, row] : rows_) {
    const auto at = now.find(row.watch);
    if (at != now.end() && at->second.phase == WatchPhase::kLive) row.alive = time;
    if (row.stream->by_hook && time - row.alive > options_.hooked_silent_for) silent.push_back(place);
  }
  for (const Place& place : silent) {
    SEAWALL_CHECK(detach_here(place, WatchEnd::kLookedAt));
    ++hooked_ended_;
  }
  return {};
}

Result<void> StreamDesk::tidy() {
  SEAWALL_CHECK(parts_.store.tidy(parts_.clock.now() - options_.alerts_kept));
  return {};
}

}  // namespace seawall
