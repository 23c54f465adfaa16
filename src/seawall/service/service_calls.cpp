// What the service serves: its operations, and what it does now and then besides.
#include "seawall/service/detail/service_parts.h"

namespace seawall {
namespace {

constexpr std::chrono::seconds kWriteUsesEvery{5};
constexpr std::chrono::minutes kTidySessionsEvery{5};
constexpr std::chrono::hours kTidyObservationsEvery{1};
constexpr std::chrono::seconds kReadNamesEvery{1};
constexpr std::chrono::seconds kTryDecoderEvery{10};
constexpr std::chrono::seconds kSaveFloodEvery{10};
constexpr std::chrono::seconds kSetRetentionEvery{10};
constexpr std::chrono::seconds kStepStreamsEvery{5};
constexpr std::chrono::hours kTidyAlertsEvery{1};
constexpr std::chrono::seconds kWatchEvery{1};
constexpr std::chrono::seconds kRecheckListenersEvery{2};
constexpr std::chrono::minutes kListsLag{1};
constexpr std::chrono::seconds kRestOrdersEvery{5};
constexpr std::chrono::seconds kWriteFiguresEvery{15};
constexpr std::chrono::minutes kMeasureListsEvery{5};
constexpr std::chrono::hours kTidyFiguresEvery{1};
constexpr std::chrono::seconds kTidyReviewEvery{5};
constexpr std::chrono::seconds kCarryOutEvery{2};
constexpr std::chrono::hours kTidyReportsEvery{1};

void write_unproved(const ProvedFeed::Standing& now, MetricsText& out) {
  out.family("seawall_lists_unproved", "gauge",
             "List versions that the store calls published and the log does not show, by why.");
  out.sample({{"why", "missing"}}, now.is_false ? 0 : now.unproved);
  out.sample({{"why", "false"}}, now.is_false ? now.unproved : 0);
}

}  // namespace

void Service::Parts::open_calls() {
  Lanes::Options options;
  options.media_threads = settings.media_threads;
  options.video_threads = settings.video_threads;
  options.video_wait_max = settings.video_wait_max;
  options.jobs_max = settings.queue_jobs_max;
  options.wait_max = settings.queue_wait_max;
  lanes = std::make_unique<Lanes>(options);
  counting = lanes.get();
  const auto changed = [this](const std::string& tenant) {
    if (event_hub) event_hub->publish({EventKind::kReview, tenant, "", R"({"changed":true})"});
  };
  if (review && settings.review->keep) {
    review_intake = std::make_unique<ReviewIntake>(ReviewIntake::Parts{*review, *decoder, videos->decoder(),
                                                                       videos->limits(), *names, events,
                                                                       settings.review->stills_max, changed});
  }
  review_calls = std::make_unique<ReviewCalls>(
      ReviewCalls::Parts{review.get(), settings.review.value_or(ReviewSettings{}), changed});
  review_calls->serve(operations);
  report_calls->serve(operations);
  match = std::make_unique<MatchCalls>(MatchCalls::Parts{*lookup, *follower, *names, *fetch, *gate, metrics,
                                                         *lanes, jobs->lookups(), events, lookups_block(),
                                                         review_intake.get()});
  match->serve(operations);
  doors = std::make_unique<GateCalls>(GateCalls::Parts{*lookup, *follower, *names, *gate, metrics, events});
  doors->serve(operations);
  media = std::make_unique<MediaCalls>(*decoder, *fetch);
  media->serve(operations);
  key_calls = std::make_unique<KeyCalls>(KeyCalls::Parts{*key_service, *store, clock, settings.default_rate});
  key_calls->serve(operations);
  accounts = std::make_unique<AccountService>(*access, *hashes, clock, *master);
  account_calls = std::make_unique<AccountCalls>(*accounts, *access);
  account_calls->serve(operations);
  session_calls =
      std::make_unique<SessionCalls>(SessionCalls::Parts{*sign_in, *sessions, *session_gate, *gate});
  session_calls->serve(operations);
  status = std::make_unique<StatusCalls>(StatusCalls::Parts{
      *follower, *keeper, *lanes, bodies, metrics,
      [this] {
        const HttpServer* now = answering;
        return now != nullptr ? now->counters() : HttpCounters{};
      },
      [this] { return decoder->stats(); }, [this] { return videos->status(); },
      [this] { return decoder_works.load(); }, [this] { return store_works.load() && keys->store_answers(); },
      [this] { return keys->lets_in(); }, host.version, settings.stale_after,
      [this] { return instant_of(certificate_end.load()); },
      [this](MetricsText& out) {
        stream_calls->write_metrics(out);
        write_order_refusals(orders.get(), out);
        review_calls->write_metrics(out);
        report_calls->write_metrics(out);
        if (review_intake) review_intake->write_metrics(out);
        write_unproved(proved != nullptr ? proved->standing() : ProvedFeed::Standing{}, out);
      }});
  status->serve(operations);
  list_calls = std::make_unique<ListCalls>(ListParts{*store, *records.requests, *records.feedback, *lists,
                                                     clock, *decoder, videos->decoder(), videos->limits()},
                                           orders.get(), observations.get());
  list_calls->serve(operations);
  oversight_calls = std::make_unique<OversightCalls>(
      OversightCalls::Parts{settings.orders, settings.oversight, orders.get(), oversight.get(), clock});
  oversight_calls->serve(operations);
  stream_calls->serve(operations);
  open_events();
  open_hma_calls();
}

void Service::Parts::open_events() {
  event_hub = std::make_unique<EventHub>(new_request_id().substr(2), EventHub::Options{});
  event_watch = std::make_unique<EventWatch>(EventWatch::Parts{
      *event_hub, *names_store, *records.requests, [this] { return follower->proof().number; },
      [this] { return name_of(status->readiness()); },
      [this] { return keeper->age().value_or(std::chrono::hours(1)) > kListsLag; },
      streams ? &streams->desk() : nullptr});
  event_calls = std::make_unique<EventCalls>(*event_hub, *sessions, *keys);
  event_calls->serve(operations);
}

Result<void> Service::Parts::open_figures() {
  SEAWALL_TRY(figure_book, FigureBook::open(settings.folder / "figures", clock));
  figures = std::make_unique<FigureKeeper>(FigureKeeper::Parts{
      *figure_book, *names, metrics, *lanes, *names_store, *records.feedback, [this]() -> std::int64_t {
        const auto age = keeper->age();
        return age ? std::chrono::duration_cast<std::chrono::milliseconds>(*age).count() : -1;
      }});
  figuring = figures.get();
  figure_calls = std::make_unique<FigureCalls>(*figure_book, clock);
  figure_calls->serve(operations);
  return {};
}

void Service::Parts::begin_event_chores() {
  const auto answers = [this](auto work) {
    return [this, work]() -> Result<void> { return keys->store_answers() ? work() : Result<void>(); };
  };
  store_chores->add("events", kWatchEvery, answers([this] { return event_watch->step_lists(); }));
  store_chores->add("events", kWatchEvery, answers([this] { return event_watch->step_requests(); }));
  store_chores->add("events", kRecheckListenersEvery, [this] { return event_calls->recheck(); });
  chores->add("figures", kWriteFiguresEvery, [this] { return figures->write_counts(); });
  chores->add("figures", kTidyFiguresEvery, [this]() -> Result<void> {
    SEAWALL_CHECK(figure_book->tidy());
    return {};
  });
  store_chores->add("figures", kMeasureListsEvery, answers([this] { return figures->write_lists(); }));
  chores->add("events", kWatchEvery, [this]() -> Result<void> {
    event_hub->beat(EventHub::Steady::now());
    SEAWALL_CHECK(event_watch->step_streams());
    return event_watch->step_health();
  });
}

void Service::Parts::open_hma_calls() {
  hma_media = std::make_unique<HmaMedia>(*decoder, *fetch);
  hma_match = std::make_unique<HmaMatchCalls>(HmaMatchCalls::Parts{
      *lookup, *follower, *names, *hma_media, metrics, settings.hma_profile, lookups_block()});
  hma_match->serve(operations);
  hma_banks = std::make_unique<HmaBankCalls>(
      HmaBankCalls::Parts{*store, *lists, clock, settings.hma_one_person_banks});
  hma_banks->serve(operations);
  hma_content = std::make_unique<HmaContentCalls>(HmaContentCalls::Parts{*store, *lists, *hma_media, clock});
  hma_content->serve(operations);
  hma_info = std::make_unique<HmaInfoCalls>(
      HmaInfoCalls::Parts{*store, *follower, clock, settings.subscriptions_file});
  hma_info->serve(operations);
}

void Service::Parts::begin_review_chores() {
  chores->add("review", kTidyReviewEvery, [this] { return review->tidy(); });
  store_chores->add("review", kCarryOutEvery, [this] {
    const ListParts parts{*store, *records.requests, *records.feedback, *lists, clock, *decoder, nullptr, {}};
    return carry_out(*review, parts, [this](const Error& error) { events.event("review", error); });
  });
}

void Service::Parts::begin_chores() {
  const auto tell = [this](const std::string& name, const Error& error) { events.event(name, error); };
  chores = std::make_unique<Chores>(tell);
  store_chores = std::make_unique<Chores>(tell);
  store_chores->add("keys", kWriteUsesEvery,
                    [this] { return keys->store_answers() ? keys->write_uses() : Result<void>(); });
  store_chores->add("sessions", kTidySessionsEvery, [this]() -> Result<void> {
    SEAWALL_CHECK(sessions->tidy());
    return {};
  });
  store_chores->add("names", kReadNamesEvery, [this]() -> Result<void> {
    const std::uint64_t version = follower->proof().number;
    if (names->known(version, {})) return {};
    return names->read(version, {});
  });
  if (flood) chores->add("flood", kSaveFloodEvery, [this] { return flood->save_if_due(); });
  chores->add("decoder", kTryDecoderEvery, [this] { return try_decoder(); });
  if (observations) chores->add("observations", kTidyObservationsEvery, [this] { return lookup->tidy(); });
  if (streams) {
    chores->add("streams", kStepStreamsEvery, [this] { return streams->desk().step(); });
    chores->add("streams", kTidyAlertsEvery, [this] { return streams->desk().tidy(); });
  }
  begin_event_chores();
  if (orders) chores->add("orders", kRestOrdersEvery, [this] { return orders->rest(); });
  if (settings.keep_days)
    store_chores->add("retention", kSetRetentionEvery, [this] { return set_retention(); });
  if (review) begin_review_chores();
  if (reports) chores->add("reports", kTidyReportsEvery, [this] { return reports->tidy(); });
  chores->start();
  store_chores->start();
}

}  // namespace seawall
