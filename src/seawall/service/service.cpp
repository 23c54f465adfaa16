#include "seawall/service/detail/service_parts.h"

namespace seawall {
namespace {

constexpr std::chrono::milliseconds kAskVersionEvery{500};
constexpr std::chrono::seconds kLastWordsMax{2};  // To the store, once all requests are answered.

// How long one statement of PostgreSQL may take: the patience of those who wait for it.
constexpr int kKeysMs = 1'500;    // Callers with a key that is not in memory.
constexpr int kNamesMs = 3'000;   // Look-ups, which go on without names.
constexpr int kPeopleMs = 5'000;  // People who sign in, and what is kept for a request.

/// A picture of one pixel: whether a decoder runs shows when it decodes.
constexpr std::string_view kOnePixel = "P5\n1 1\n255\n\x7f";

}  // namespace

Result<void> Service::Parts::open_feed() {
  if (!settings.orders) {
    feed = std::make_unique<PublishedFeed>(*store, *log_records);
    return {};
  }
  const auto tell = [this](const std::optional<Error>& wrong) {
    if (wrong) events.event("lists-unproved", *wrong);
    if (!wrong) events.note("lists-unproved", "the log holds what the store calls published again");
  };
  SEAWALL_TRY(auto opened,
              ProvedFeed::open(*store, *log_records, settings.orders->log, settings.orders->trust, tell));
  proved = opened.get();
  feed = std::move(opened);
  return {};
}

Result<void> Service::Parts::open_lists() {
  const OpenStoreOptions patient = store_options(static_cast<int>(settings.store_wait_max.count()));
  SEAWALL_TRY(store, open_store(settings.store, patient));
  SEAWALL_TRY(records, open_store_records(settings.store, patient));
  lists = std::make_unique<ListService>(*store, *records.requests, clock);
  SEAWALL_TRY(log_records, open_log_records(settings.store, patient));
  SEAWALL_CHECK(open_feed());
  std::error_code failed;
  std::filesystem::create_directories(settings.folder, failed);
  if (failed) return fail(Code::kUnavailable, "cannot make the folder " + settings.folder.string());
  SEAWALL_TRY(follower, ListFollower::open(settings.folder / "index", *feed, *store, clock));
  SEAWALL_TRY(names_store, open_store(settings.store, store_options(kNamesMs)));
  names = std::make_unique<ListNames>(*names_store, [this] { return keys->store_answers(); });
  return {};
}

Result<void> Service::Parts::open_watches() {
  SEAWALL_TRY(orders, open_service_orders(settings.orders, clock, events));
  if (settings.observe) {
    const auto folder = settings.folder / "observations";
    SEAWALL_TRY(observations, open_service_observations(folder, clock, orders.get(), *log_records));
    if (settings.keep_days) SEAWALL_CHECK(set_retention());
  }
  if (settings.oversight) {
    SEAWALL_TRY(oversight, OversightRegister::open(settings.oversight->register_folder, clock));
  }
  if (settings.flood) {
    alerts = std::make_unique<AlertService>(*store, *records.requests, *records.alerts, clock);
    SEAWALL_TRY(flood, FloodWatch::open(settings.folder / "flood", *alerts, clock));
  }
  SandboxOptions sandbox;
  sandbox.worker_program = host.worker_program;
  sandbox.workers_max = static_cast<int>(settings.media_threads);
  SEAWALL_TRY(decoder, SandboxedDecoder::create(sandbox));
  ListKeeper::Options keeping;
  keeping.trouble = [this](const std::optional<Error>& error) {
    store_works = !error || error->code != Code::kUnavailable;
    if (error) events.event("lists", *error);
    if (!error) events.note("lists", "the lists are read again");
  };
  keeper = std::make_unique<ListKeeper>(*follower, *feed, keeping);
  SEAWALL_TRY(videos, Videos::open(*feed, *store, clock, events, settings));
  LookupService::Options options;
  options.lists_age_max = settings.stale_after;
  options.problem = [this](const Error& error) { events.event("lookup", error); };
  options.count_later = [this](std::function<void()> work) {
    const auto lost = [this] { events.note("flood", "matches were not counted: the lane was too full"); };
    Lanes* const to = counting;
    return to != nullptr &&
           to->of(Lane::kLater)
               .submit({0, [work = std::move(work)](std::chrono::nanoseconds) { work(); }, lost});
  };
  options.answered = [this](const std::string& tenant, const LookupAnswer& answer) {
    if (FigureKeeper* const to = figuring) to->looked_up(tenant, answer);
  };
  options.flooded = [this](EntryId entry, const FloodTrip& trip) {
    if (FigureKeeper* const to = figuring) to->flooded(entry, trip.held_back);
    events.note("flood",
                "entry " + to_text(entry) +
                    (trip.held_back ? " is held back: it matches far too often; see: seawall lists alerts"
                                    : " matches far too often; see: seawall lists alerts"));
  };
  lookup = std::make_unique<LookupService>(
      LookupService::Parts{*follower, *keeper, *decoder, clock, observations.get(), flood.get(),
                           videos->looker(), &videos->keeper(), &videos->clips()},
      options);
  return {};
}

Result<void> Service::Parts::open_access() {
  SEAWALL_TRY(MasterKey key, master_key_of(settings));
  master.emplace(std::move(key));
  SEAWALL_TRY(access, open_access_store(settings.store, store_options(kPeopleMs)));
  SEAWALL_TRY(keys_store, open_access_store(settings.store, store_options(kKeysMs)));
  SEAWALL_TRY(keys, KeyGate::make(*keys_store, clock));
  key_watch =
      std::make_unique<KeyWatch>(*keys, kAskVersionEvery, [this](const std::optional<Error>& trouble) {
        if (store_stop.stop_requested()) return;  // Nobody waits for it any more.
        if (trouble) events.event("store", *trouble);
        if (!trouble) events.note("store", "the store answers again");
      });
  sessions = std::make_unique<SessionService>(*access, clock);
  SEAWALL_TRY(session_gate, SessionGate::make(*sessions, clock));
  HashLimits hashing;
  hashing.at_once = Lanes::Options{}.sign_in_threads;
  hashes = std::make_unique<HashGate>(hashing);
  SEAWALL_TRY(sign_in, LocalSignIn::make(*access, *hashes, clock, &*master));
  return {};
}

Result<void> Service::Parts::open_gate() {
  Gatekeeper::Options options;
  SEAWALL_TRY(options.proxies, TrustedProxies::from(settings.trusted_proxies));
  options.default_rate = settings.default_rate;
  if (!settings.hma_anonymous_key.empty()) options.hma_anonymous_key = settings.hma_anonymous_key.substr(2);
  gate = std::make_unique<Gatekeeper>(Gatekeeper::Parts{*keys, *session_gate, rates}, std::move(options));
  return {};
}

Result<void> Service::Parts::open_jobs() {
  key_service = std::make_unique<KeyService>(*access, *keys, clock, *master);
  SEAWALL_TRY(remembered, open_service_records(settings.store, store_options(kPeopleMs)));
  WebhookReach reach;
  reach.private_networks = settings.webhook_networks;
  reach.refused_networks = settings.refused_networks;
  reach.ca_file = settings.webhook_ca_file;
  SEAWALL_TRY(webhook_fetcher, open_webhook_fetcher(reach));
  SEAWALL_TRY(jobs, Jobs::open({*remembered, *master, webhook_secrets_of(*access, *key_service),
                                *webhook_fetcher, clock},
                               {}));
  return {};
}

/// What watches live streams for the listed videos.
Result<void> Service::Parts::open_streams() {
  if (settings.streams) {
    clip_directory = std::make_unique<ListedClipDirectory>(videos->clips(), *follower, *names);
    const auto trouble = [this](const Error& error) { events.event("streams", error); };
    SEAWALL_TRY(streams,
                LiveStreams::open(
                    *settings.streams, settings.folder / "streams", settings.refused_networks,
                    {videos->clips().index(), *clip_directory, jobs->notices(), *master, clock, trouble}));
  }
  stream_calls = std::make_unique<StreamCalls>(StreamCalls::Parts{
      streams ? &streams->desk() : nullptr, *names, jobs->notices(), streams ? streams->reach() : Reach{},
      [this](const std::string& what) { events.note("streams", what); }});
  return {};
}

Result<void> Service::Parts::open_review() {
  if (!settings.review) return {};
  SEAWALL_TRY(review, ReviewBook::open(settings.folder / "review", master->derive("seawall/review/v1"), clock,
                                       settings.review->queue));
  SEAWALL_CHECK(review->tidy());
  return {};
}

Result<void> Service::Parts::open_reports() {
  ReportCalls::Parts parts;
  if (settings.public_report) {
    SEAWALL_TRY(reports, ReportBook::open(settings.folder / "reports", master->derive("seawall/reports/v1"),
                                          clock, settings.public_report->book));
    SEAWALL_TRY(report_gate, ReportGate::make(clock, *settings.public_report));
    SEAWALL_CHECK(reports->tidy());
    parts = {reports.get(), report_gate.get(), settings.public_report->house, settings.public_report->tenant};
  }
  SEAWALL_TRY(report_calls, ReportCalls::make(std::move(parts)));
  return {};
}

Result<void> Service::Parts::open_fetch() {
  CurlOptions curl;
  for (const std::string& text : settings.refused_networks) {
    SEAWALL_TRY(const Network network, Network::from_text(text));
    curl.refused_networks.push_back(network);
  }
  curl.public_only = curl.in_memory = true;
  SEAWALL_TRY(fetcher, CurlFetcher::open(curl));
  MediaFetch::Limits limits;
  limits.allowed = settings.fetch_urls;
  fetch = std::make_unique<MediaFetch>(*fetcher, bodies, stopping.get_token(), limits);
  return {};
}

Result<ConsoleFiles> Service::Parts::read_console() const {
  if (settings.console_folder.empty()) return ConsoleFiles::built_in();
  return ConsoleFiles::from_folder(settings.console_folder);
}

Result<void> Service::Parts::set_retention() {
  std::set<std::string> tenants{"default"};
  SEAWALL_TRY(const auto view, store->view());
  SEAWALL_TRY(const auto banks, view->banks());
  for (const ListBank& bank : banks) tenants.insert(bank.tenant);
  const std::chrono::milliseconds wanted = std::chrono::days(*settings.keep_days);
  for (const TenantRetention& one : observations->retentions()) {
    if (one.retention == wanted) tenants.erase(one.tenant);
  }
  for (const std::string& tenant : tenants) SEAWALL_CHECK(observations->set_retention(tenant, wanted));
  return {};
}

Result<void> Service::Parts::try_decoder() {
  const auto bytes = std::as_bytes(std::span(kOnePixel));
  const auto decoded = decoder->decode(bytes, {}, [](const Frame&) {});
  decoder_works = decoded.has_value();
  if (!decoded) return tl::unexpected(decoded.error());
  return {};
}

Result<void> Service::Parts::listen() {
  handler = std::make_unique<ApiHandler>(
      ApiHandler::Parts{operations, *gate, *lanes, bodies, metrics, log, jobs->idempotency(), *console});
  HttpServerOptions options;
  options.listen = settings.listen;
  options.threads = settings.http_threads;
  SEAWALL_TRY(server, HttpServer::start(options, *handler, clock));
  answering = server.get();
  certificate_end = first_certificate_end(settings.listen);
  return {};
}

Result<std::unique_ptr<Service>> Service::start(const ServiceSettings& settings, const Host& host) {
  SEAWALL_CHECK(check_settings(settings));
  auto parts = std::make_unique<Parts>(settings, host);
  SEAWALL_CHECK(parts->open_lists());
  SEAWALL_CHECK(parts->open_watches());
  SEAWALL_CHECK(parts->open_access());
  SEAWALL_CHECK(parts->open_gate());
  SEAWALL_CHECK(parts->open_jobs());
  SEAWALL_CHECK(parts->open_streams());
  SEAWALL_CHECK(parts->open_review());
  SEAWALL_CHECK(parts->open_reports());
  SEAWALL_CHECK(parts->open_fetch());
  SEAWALL_TRY(ConsoleFiles console, parts->read_console());
  parts->console = std::make_unique<ConsoleCalls>(std::move(console));
  parts->open_calls();
  SEAWALL_CHECK(parts->event_watch->begin());
  SEAWALL_CHECK(parts->open_figures());
  SEAWALL_CHECK(parts->try_decoder());
  SEAWALL_CHECK(parts->listen());
  parts->begin_chores();
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Service::~Service() { drain(std::chrono::milliseconds(0), std::chrono::milliseconds(0)); }

std::vector<std::string> Service::addresses() const { return parts_->server->addresses(); }

Readiness Service::readiness() const { return parts_->status->readiness(); }

Result<void> Service::reload() {
  auto done = parts_->server->reload();
  if (auto console = parts_->read_console()) {
    parts_->console->replace(*std::move(console));
  } else {
    parts_->events.event("reload", console.error());
  }
  if (done) {
    // Of the files that the server has just read; where they were changed since, of those.
    parts_->certificate_end = first_certificate_end(parts_->settings.listen);
    parts_->events.note("reload", "certificates and keys of TLS were read anew");
  } else {
    parts_->events.event("reload", done.error());
  }
  return done;
}

bool Service::drain(std::chrono::milliseconds notice, std::chrono::milliseconds deadline) {
  if (std::exchange(parts_->drained, true)) return true;
  parts_->status->set_draining();
  std::this_thread::sleep_for(notice);
  const auto until = std::chrono::steady_clock::now() + deadline;
  parts_->event_hub->close();
  const HttpDrained drained = parts_->server->drain(deadline);
  parts_->stopping.request_stop();
  const bool lanes = parts_->lanes->drain(until + std::chrono::seconds(1));
  const service_detail::StopLater end_of_patience(parts_->store_stop, kLastWordsMax);
  parts_->store_chores->stop();
  parts_->chores->stop();
  if (const auto kept = parts_->figures->write_counts(); !kept) parts_->events.event("figures", kept.error());
  if (const auto kept = parts_->lookup->finish(); !kept) parts_->events.event("flood", kept.error());
  if (const auto kept = parts_->keys->write_uses(); !kept) parts_->events.event("keys", kept.error());
  return drained.cut == 0 && lanes;
}

}  // namespace seawall
