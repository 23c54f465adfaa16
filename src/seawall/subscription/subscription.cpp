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
                "this subscription followed another address before; give it another name to begin anew");
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

void Subscription::note_failure(SubscriptionHealth& health, std::string reason, std::optional<Time> until) {
  health.consecutive_failures = std::min(health.consecutive_failures + 1, 1'000'000U);
  if (reason.size() > SubscriptionState::kErrorBytesMax) reason.resize(SubscriptionState::kErrorBytesMax);
  health.last_error = std::move(reason);
  const auto delay = options_.back_off.delay(health.consecutive_failures, context_.random);
  health.next_at = until ? *until : context_.clock.now() + delay;
}

Result<RunReport> Subscription::run(std::stop_token stop) {
  RunReport report;
  Wait wait;
  auto done = work(report, wait, stop);
  SubscriptionState state = pages_.state();
  state.feed = options_.feed;
  state.health.last_attempt = context_.clock.now();
  if (!done) {
    note_failure(state.health, done.error().message, std::nullopt);
  } else if (!report.finished) {
    note_failure(state.health, std::move(wait.reason), wait.until);
  } else {
    state.health.last_success = context_.clock.now();
    state.health.last_error.clear();
    state.health.consecutive_failures = 0;
    state.health.next_at = context_.clock.now() + jittered(options_.interval, context_.random);
  }
  auto saved = pages_.save(state);
  if (!done) return tl::unexpected(std::move(done).error());
  SEAWALL_CHECK(saved);
  return report;
}

/// Until the end of the remote list or a wait; what an earlier process left half done comes first.
Result<void> Subscription::work(RunReport& report, Wait& wait, const std::stop_token& stop) {
  for (int steps = 0; steps < kStepsMax; ++steps) {
    if (pages_.state().importing) SEAWALL_CHECK(import_pages(report));
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
  state.health.records += step.page.records;
  state.health.refused += step.page.refused;
  state.health.left_aside += step.page.left_aside;
  if (step.page.newest) state.health.newest = std::max(state.health.newest, step.page.newest);
  return pages_.save(state);
}

Result<void> Subscription::begin_import() {
  SubscriptionState state = pages_.state();
  state.importing = true;
  state.release = 0;
  return pages_.save(state);
}

Result<void> Subscription::import_pages(RunReport& report) {
  auto changes = offer_pages();
  if (changes) return finish_import(*changes, report);
  // What can never be taken would stand in the way of all that comes after it.
  if (changes.error().code == Code::kInvalidInput) SEAWALL_CHECK(drop_pages());
  return tl::unexpected(std::move(changes).error());
}

Result<SinkReport> Subscription::offer_pages() {
  std::uint32_t release = pages_.state().release;
  if (release != 0) {
    const auto sealed = sink_.is_sealed(release);
    if (!sealed && sealed.error().code != Code::kNotFound) return tl::unexpected(sealed.error());
    // Sealed by a process that ended before it could note so: counted by the lists, not here.
    if (sealed && *sealed) return SinkReport{.release = release};
    // Taken away since, because it changed nothing or by people: begin it anew.
    if (!sealed) release = 0;
  }
  SEAWALL_TRY(const auto reader, KeptPagesReader::open(pages_, format_, read_));
  SinkRequest request;
  request.snapshot = pages_.state().snapshot;
  request.dry_run = dry_;
  request.resume = release;
  request.began = [this](std::uint32_t began) -> Result<void> {
    SubscriptionState state = pages_.state();
    if (state.release == began) return {};
    state.release = began;
    return pages_.save(state);
  };
  return sink_.take(*reader, request);
}

Result<void> Subscription::finish_import(const SinkReport& changes, RunReport& report) {
  add(report.changes, changes);
  SubscriptionState state = pages_.state();
  state.checkpoint = state.next;
  if (changes.release != 0) ++state.health.releases;
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

Result<RunReport> Subscription::dry_run(durable::FileSystem& scratch, std::stop_token stop) {
  SEAWALL_TRY(auto rehearsal, open(context_, client_, format_, read_, sink_, scratch, options_));
  rehearsal->dry_ = true;
  SubscriptionState state;
  state.feed = options_.feed;
  state.checkpoint = state.next = pages_.state().checkpoint;
  SEAWALL_CHECK(rehearsal->pages_.save(state));
  SEAWALL_TRY(RunReport report, rehearsal->run(std::move(stop)));
  if (!report.finished) return fail(Code::kUnavailable, rehearsal->health().last_error);
  return report;
}

}  // namespace seawall
