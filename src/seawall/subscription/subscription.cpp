#include "seawall/subscription/subscription.h"

#include <algorithm>

#include "seawall/subscription/kept_pages_reader.h"

namespace seawall {
namespace {

constexpr int kStepsMax = 1'000'000;  // Of one run: a remote that never ends is left, and asked again later.

void add(SinkReport& sum, const SinkReport& more) {
  if (more.release != 0) sum.release = more.release;
  sum.added += more.added;
  sum.updated += more.updated;
  sum.withdrawn += more.withdrawn;
  sum.unchanged += more.unchanged;
  sum.quarantined += more.quarantined;
  sum.refused += more.refused;
  sum.conflicts += more.conflicts;
  for (const auto& [reason, count] : more.reasons) sum.reasons[reason] += count;
  sum.conflicting_keys.insert(sum.conflicting_keys.end(), more.conflicting_keys.begin(),
                              more.conflicting_keys.end());
}

}  // namespace

Subscription::Subscription(const RemoteContext& context, RemoteClient& client, const ExchangeFormat& format,
                           ExchangeReadOptions read, ListSink& sink, PageStore pages,
                           SubscriptionOptions options)
    : context_(context),
      client_(client),
      format_(format),
      read_(std::move(read)),
      sink_(sink),
      pages_(std::move(pages)),
      options_(std::move(options)) {}

Result<std::unique_ptr<Subscription>> Subscription::open(const RemoteContext& context, RemoteClient& client,
                                                         const ExchangeFormat& format,
                                                         ExchangeReadOptions read, ListSink& sink,
                                                         durable::FileSystem& files,
                                                         SubscriptionOptions options) {
  SEAWALL_TRY(PageStore pages, PageStore::open(files));
  const std::string& feed = pages.state().feed;
  if (!feed.empty() && feed != options.feed) {
    return fail(Code::kInvalidInput,
                "this subscription followed another address, or filled another bank, before; give it another "
                "name to begin anew");
  }
  if (!pages.state().mark.empty()) {
    SEAWALL_TRY(const bool holds, sink.holds(pages.state().mark));
    if (!holds) {
      return fail(
          Code::kConflict,
          "this store is not the one that the subscription filled, or an older copy of it, so entries "
          "would be missing; name the right store, or remove the subscription's folder to read "
          "everything once more");
    }
  }
  std::unique_ptr<Subscription> subscription(
      new Subscription(context, client, format, std::move(read), sink, std::move(pages), std::move(options)));
  return subscription;
}

bool Subscription::batch_is_full() const {
  const SubscriptionState& state = pages_.state();
  return state.page_records >= options_.batch_records || state.page_bytes >= options_.batch_bytes ||
         state.page_count >= options_.batch_pages;
}

Time Subscription::after_failure(const SubscriptionHealth& health, std::optional<Time> until) {
  const Time earliest =
      context_.clock.now() + options_.back_off.delay(health.consecutive_failures + 1, context_.random);
  // The remote's own wish counts where it is later; a client that was made anew knows no earlier failures.
  return std::max(until.value_or(earliest), earliest);
}

Result<RunReport> Subscription::run(std::stop_token stop) {
  RunReport report;
  Wait wait;
  auto done = work(report, wait, stop);
  if (!done && stop.stop_requested() && done.error().code == Code::kUnavailable) {
    return fail(Code::kUnavailable, "stopped; it goes on from here");
  }
  SubscriptionState state = pages_.state();
  SubscriptionHealth& health = state.health;
  const Time now = context_.clock.now();
  state.feed = options_.feed;
  if (!done) {
    note_failure(health, done.error(), now, after_failure(health, std::nullopt));
  } else if (!report.finished) {
    report.waits_for = wait.reason;
    note_failure(health, {Code::kUnavailable, std::move(wait.reason)}, now,
                 after_failure(health, wait.until));
  } else {
    health.last_attempt = health.last_success = health.moved_at = now;
    health.last_error.clear();
    health.consecutive_failures = 0;
    health.needs_person = false;
    health.next_at = now + jittered(options_.interval, context_.random);
  }
  auto saved = pages_.save(state);
  if (!done) return tl::unexpected(std::move(done).error());
  SEAWALL_CHECK(saved);
  return report;
}

/// Until the end of the remote list or a wait; what an earlier process left half done comes first.
Result<void> Subscription::work(RunReport& report, Wait& wait, const std::stop_token& stop) {
  for (int steps = 0; steps < kStepsMax; ++steps) {
    if (pages_.state().importing) SEAWALL_CHECK(import_pages(report, stop));
    if (report.finished) return {};
    if (stop.stop_requested()) return fail(Code::kUnavailable, "stopped");
    SEAWALL_TRY(RemoteStep step, client_.next(pages_.state().next, stop));
    SEAWALL_TRY(const bool go_on, take_step(std::move(step), report, wait));
    if (!go_on) return {};
  }
  return fail(Code::kLimitExceeded, "the remote list did not end in a million pages");
}

/// False: this run is over.
Result<bool> Subscription::take_step(RemoteStep step, RunReport& report, Wait& wait) {
  if (step.kind == RemoteStep::Kind::kLater) {
    wait = {step.retry_at, std::move(step.reason)};
    return false;
  }
  if (step.kind == RemoteStep::Kind::kPage) {
    SEAWALL_CHECK(keep(step));
    ++report.pages;
    report.records += step.page.records;
    tell(report, 0);
    report.finished = step.last;
    if (step.last || step.page.snapshot || batch_is_full()) SEAWALL_CHECK(begin_import());
    return true;
  }
  report.finished = true;
  SubscriptionState state = pages_.state();
  state.next = std::move(step.checkpoint);
  state.feed = options_.feed;
  if (state.page_count == 0) state.checkpoint = state.next;
  state.importing = state.page_count > 0;
  SEAWALL_CHECK(pages_.save(state));
  return true;
}

/// The page and the checkpoint after it take effect together.
Result<void> Subscription::keep(const RemoteStep& step) {
  SubscriptionState state = pages_.state();
  const auto source = step.page.body->open();
  SEAWALL_CHECK(pages_.write_page(state.first_page + state.page_count, *source));
  ++state.page_count;
  state.page_bytes += step.page.body->size_bytes();
  state.page_records += step.page.records;
  state.snapshot = step.page.snapshot;
  state.next = step.checkpoint;
  state.feed = options_.feed;
  ++state.health.pages;
  state.health.consecutive_failures = 0;  // It gets on.
  state.health.records += step.page.records;
  state.health.left_aside += step.page.left_aside;
  state.health.moved_at = context_.clock.now();
  if (step.page.newest) state.health.newest = std::max(state.health.newest, step.page.newest);
  return pages_.save(state);
}

Result<void> Subscription::begin_import() {
  SubscriptionState state = pages_.state();
  state.importing = true;
  state.release = 0;
  return pages_.save(state);
}

Result<void> Subscription::import_pages(RunReport& report, const std::stop_token& stop) {
  auto changes = offer_pages(report, stop);
  if (changes) return finish_import(*changes, report);
  // What can never be taken would stand in the way of all that comes after it.
  if (changes.error().code == Code::kInvalidInput) SEAWALL_CHECK(drop_pages());
  return tl::unexpected(std::move(changes).error());
}

Result<SinkReport> Subscription::offer_pages(const RunReport& report, const std::stop_token& stop) {
  std::uint32_t release = pages_.state().release;
  if (release != 0) {
    const auto sealed = sink_.is_sealed(release);
    if (!sealed && sealed.error().code != Code::kNotFound) return tl::unexpected(sealed.error());
    if (sealed && *sealed) return sink_.settle(release);  // By a process that ended before it could note so.
    // Taken away since, because it changed nothing or by people: begin it anew.
    if (!sealed) release = 0;
  }
  SEAWALL_TRY(const auto reader, KeptPagesReader::open(pages_, format_, read_));
  SinkRequest request;
  request.snapshot = pages_.state().snapshot;
  request.dry_run = dry_;
  request.resume = release;
  request.stop = stop;
  request.progress = [this, &report](std::uint64_t records) { tell(report, records); };
  request.began = [this](std::uint32_t began) -> Result<void> {
    SubscriptionState state = pages_.state();
    if (state.release == began) return {};
    state.release = began;
    SEAWALL_TRY(state.mark, sink_.mark());
    return pages_.save(state);
  };
  return sink_.take(*reader, request);
}

void Subscription::tell(const RunReport& report, std::uint64_t imported) const {
  if (options_.progress) options_.progress({report.pages, report.records, imported});
}

Result<void> Subscription::finish_import(const SinkReport& changes, RunReport& report) {
  add(report.changes, changes);
  if (changes.release != 0) report.releases.push_back(changes.release);
  SubscriptionState state = pages_.state();
  state.checkpoint = state.next;
  if (!dry_) {
    SEAWALL_TRY(state.mark, sink_.mark());
  }
  SubscriptionHealth& health = state.health;
  health.releases += changes.release != 0 ? 1 : 0;
  health.added += changes.added;
  health.updated += changes.updated;
  health.withdrawn += changes.withdrawn;
  health.quarantined += changes.quarantined;
  health.refused += changes.refused;
  health.conflicts += changes.conflicts;
  state.first_page += state.page_count;
  state.page_count = state.page_bytes = state.page_records = 0;
  state.importing = false;
  state.release = 0;
  return pages_.save(state);
}

Result<void> Subscription::drop_pages() {
  SubscriptionState state = pages_.state();
  state.next = state.checkpoint;
  state.first_page += state.page_count;
  state.page_count = state.page_bytes = state.page_records = 0;
  state.importing = false;
  state.release = 0;
  return pages_.save(state);
}

Result<RunReport> Subscription::rehearse(const std::string& checkpoint, std::stop_token stop) {
  dry_ = true;
  SubscriptionState state;
  state.feed = options_.feed;
  state.checkpoint = state.next = checkpoint;
  SEAWALL_CHECK(pages_.save(state));
  SEAWALL_TRY(RunReport report, run(std::move(stop)));
  if (!report.finished) return fail(Code::kUnavailable, report.waits_for);
  return report;
}

}  // namespace seawall
