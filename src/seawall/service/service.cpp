#include "seawall/service/service.h"

#include <array>
#include <atomic>
#include <set>
#include <thread>

#include "seawall/access/key_gate.h"
#include "seawall/access/key_service.h"
#include "seawall/access/key_watch.h"
#include "seawall/access/local_sign_in.h"
#include "seawall/access/master_key.h"
#include "seawall/access/session_service.h"
#include "seawall/base/system_clock.h"
#include "seawall/feed_store/published_feed.h"
#include "seawall/flood_watch/flood_watch.h"
#include "seawall/jobs/jobs.h"
#include "seawall/jobs/webhook_fetcher.h"
#include "seawall/lists/alert_service.h"
#include "seawall/media_sandbox/sandboxed_decoder.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/observation/observation_log.h"
#include "seawall/service/api_handler.h"
#include "seawall/service/certificate_end.h"
#include "seawall/service/chores.h"
#include "seawall/service/detail/stop_later.h"
#include "seawall/service/gate_calls.h"
#include "seawall/service/hma_bank_calls.h"
#include "seawall/service/hma_content_calls.h"
#include "seawall/service/hma_info_calls.h"
#include "seawall/service/hma_match_calls.h"
#include "seawall/service/key_calls.h"
#include "seawall/service/list_calls.h"
#include "seawall/service/listed_clip_directory.h"
#include "seawall/service/live_streams.h"
#include "seawall/service/match_calls.h"
#include "seawall/service/media_calls.h"
#include "seawall/service/session_calls.h"
#include "seawall/service/stream_calls.h"
#include "seawall/service/videos.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/store_sql/records.h"
#include "seawall/store_sql/service_records.h"

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

constexpr std::chrono::milliseconds kAskVersionEvery{500};
constexpr std::chrono::seconds kLastWordsMax{2};  // To the store, once all requests are answered.

// How long one statement of PostgreSQL may take: the patience of those who wait for it.
constexpr int kConnectMs = 3'000;
constexpr int kKeysMs = 1'500;    // Callers with a key that is not in memory.
constexpr int kNamesMs = 3'000;   // Look-ups, which go on without names.
constexpr int kPeopleMs = 5'000;  // People who sign in, and what is kept for a request.

/// A picture of one pixel: whether a decoder runs shows when it decodes.
constexpr std::string_view kOnePixel = "P5\n1 1\n255\n\x7f";

}  // namespace

/// All of it. Members are made in this order and taken down in the other.
struct Service::Parts {
  explicit Parts(const ServiceSettings& wanted, const Host& host_)
      : settings(wanted),
        host(host_),
        log(clock, {settings.log_requests ? host.log_fd : -1, 65'536, [this] { metrics.log_line_lost(); }}),
        events(clock, {host.log_fd, 4'096, [this] { metrics.log_line_lost(); }}),
        bodies(settings.body_bytes_max),
        rates(clock) {}

  /// What runs uses all the rest: it ends first, whether it was drained or not.
  ~Parts() {
    store_stop.request_stop();
    chores.reset();
    store_chores.reset();
    server.reset();
    counting = nullptr;
    lanes.reset();
  }

  /// How the store is opened for those who wait `statement_ms` for a statement.
  [[nodiscard]] OpenStoreOptions store_options(int statement_ms) const {
    OpenStoreOptions options;
    options.statement_ms = statement_ms;
    options.connect_ms = kConnectMs;
    options.stop = store_stop.get_token();
    return options;
  }
  Result<void> open_lists();
  Result<void> open_watches();
  Result<void> open_access();
  Result<void> open_gate();
  Result<void> open_jobs();
  Result<void> open_streams();
  Result<void> open_fetch();
  /// Floods are counted elsewhere; the log of observations is waited for.
  [[nodiscard]] bool lookups_block() const { return observations != nullptr; }
  void open_calls();
  void open_hma_calls();
  Result<void> listen();
  void begin_chores();
  [[nodiscard]] Result<void> try_decoder();
  /// Of all tenants that have a bank. Precondition: there is a log, and settings.keep_days.
  Result<void> set_retention();

  ServiceSettings settings;
  Host host;
  SystemClock clock;
  ServiceMetrics metrics;
  JsonLog log;     // Of requests.
  JsonLog events;  // Of what an operator should know.
  BodyBudget bodies;
  RateLimiter rates;
  std::stop_source stopping;
  std::stop_source store_stop;  // Nobody waits for the store any more.

  std::unique_ptr<Store> store;
  StoreRecords records;
  std::unique_ptr<ListService> lists;
  std::unique_ptr<LogRecordStore> log_records;
  std::unique_ptr<PublishedFeed> feed;
  std::unique_ptr<ListFollower> follower;
  std::unique_ptr<AlertService> alerts;
  std::unique_ptr<FloodWatch> flood;
  std::unique_ptr<ObservationLog> observations;
  std::unique_ptr<OrderPass> orders;
  std::unique_ptr<SandboxedDecoder> decoder;
  std::unique_ptr<ListKeeper> keeper;
  std::unique_ptr<Videos> videos;
  std::unique_ptr<LookupService> lookup;
  std::unique_ptr<Store> names_store;
  std::unique_ptr<ListNames> names;
  std::atomic<bool> store_works = true;
  std::atomic<bool> decoder_works = false;
  std::atomic<std::int64_t> certificate_end = 0;  // Seconds since 1970; 0: there is none.

  std::optional<MasterKey> master;  // Set by open_access().
  std::unique_ptr<AccessStore> access;
  std::unique_ptr<AccessStore> keys_store;
  std::unique_ptr<KeyGate> keys;
  std::unique_ptr<KeyWatch> key_watch;
  std::unique_ptr<SessionService> sessions;
  std::unique_ptr<SessionGate> session_gate;
  std::unique_ptr<HashGate> hashes;
  std::unique_ptr<SignIn> sign_in;
  std::unique_ptr<Gatekeeper> gate;

  std::unique_ptr<KeyService> key_service;
  std::unique_ptr<ServiceRecords> remembered;
  std::unique_ptr<Fetcher> webhook_fetcher;
  std::unique_ptr<Jobs> jobs;

  std::unique_ptr<ClipDirectory> clip_directory;
  std::unique_ptr<LiveStreams> streams;  // Null: it follows none.
  std::unique_ptr<StreamCalls> stream_calls;

  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<MediaFetch> fetch;
  std::unique_ptr<Lanes> lanes;
  std::atomic<Lanes*> counting = nullptr;  // Where matches are counted.
  std::unique_ptr<MatchCalls> match;
  std::unique_ptr<GateCalls> doors;
  std::unique_ptr<MediaCalls> media;
  std::unique_ptr<KeyCalls> key_calls;
  std::unique_ptr<SessionCalls> session_calls;
  std::unique_ptr<StatusCalls> status;
  std::unique_ptr<ListCalls> list_calls;
  std::unique_ptr<HmaMedia> hma_media;
  std::unique_ptr<HmaMatchCalls> hma_match;
  std::unique_ptr<HmaBankCalls> hma_banks;
  std::unique_ptr<HmaContentCalls> hma_content;
  std::unique_ptr<HmaInfoCalls> hma_info;
  ServedOperations operations;
  std::unique_ptr<ApiHandler> handler;
  std::unique_ptr<HttpServer> server;
  std::atomic<const HttpServer*> answering = nullptr;  // It answers before start() has returned it.
  std::unique_ptr<Chores> chores;
  std::unique_ptr<Chores> store_chores;  // Those that wait for the store: they hold up no others.
  bool drained = false;
};

Result<void> Service::Parts::open_lists() {
  const OpenStoreOptions patient = store_options(static_cast<int>(settings.store_wait_max.count()));
  SEAWALL_TRY(store, open_store(settings.store, patient));
  SEAWALL_TRY(records, open_store_records(settings.store, patient));
  lists = std::make_unique<ListService>(*store, *records.requests, clock);
  SEAWALL_TRY(log_records, open_log_records(settings.store, patient));
  feed = std::make_unique<PublishedFeed>(*store, *log_records);
  std::error_code failed;
  std::filesystem::create_directories(settings.folder, failed);
  if (failed) return fail(Code::kUnavailable, "cannot make the folder " + settings.folder.string());
  SEAWALL_TRY(follower, ListFollower::open(settings.folder / "index", *feed, *store, clock));
  SEAWALL_TRY(names_store, open_store(settings.store, store_options(kNamesMs)));
  names = std::make_unique<ListNames>(*names_store, [this] { return keys->store_answers(); });
  return {};
}

Result<void> Service::Parts::open_watches() {
  if (settings.observe) {
    SEAWALL_TRY(observations, ObservationLog::open(settings.folder / "observations", clock));
    if (settings.keep_days) SEAWALL_CHECK(set_retention());
  }
  SEAWALL_TRY(orders, open_service_orders(settings.orders, clock));
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
  options.flooded = [this](EntryId entry, const FloodTrip& trip) {
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

void Service::Parts::open_calls() {
  Lanes::Options options;
  options.media_threads = settings.media_threads;
  options.video_threads = settings.video_threads;
  options.video_wait_max = settings.video_wait_max;
  options.jobs_max = settings.queue_jobs_max;
  options.wait_max = settings.queue_wait_max;
  lanes = std::make_unique<Lanes>(options);
  counting = lanes.get();
  match = std::make_unique<MatchCalls>(MatchCalls::Parts{*lookup, *follower, *names, *fetch, *gate, metrics,
                                                         *lanes, jobs->lookups(), events, lookups_block()});
  match->serve(operations);
  doors = std::make_unique<GateCalls>(GateCalls::Parts{*lookup, *follower, *names, *gate, metrics, events});
  doors->serve(operations);
  media = std::make_unique<MediaCalls>(*decoder, *fetch);
  media->serve(operations);
  key_calls = std::make_unique<KeyCalls>(KeyCalls::Parts{*key_service, *store, clock, settings.default_rate});
  key_calls->serve(operations);
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
      [this](MetricsText& out) { stream_calls->write_metrics(out); }});
  status->serve(operations);
  list_calls = std::make_unique<ListCalls>(ListParts{*store, *records.requests, *records.feedback, *lists,
                                                     clock, *decoder, videos->decoder(), videos->limits()},
                                           orders.get(), observations.get());
  list_calls->serve(operations);
  stream_calls->serve(operations);
  open_hma_calls();
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
      ApiHandler::Parts{operations, *gate, *lanes, bodies, metrics, log, jobs->idempotency()});
  HttpServerOptions options;
  options.listen = settings.listen;
  options.threads = settings.http_threads;
  SEAWALL_TRY(server, HttpServer::start(options, *handler, clock));
  answering = server.get();
  certificate_end = first_certificate_end(settings.listen);
  return {};
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
  if (settings.keep_days)
    store_chores->add("retention", kSetRetentionEvery, [this] { return set_retention(); });
  chores->start();
  store_chores->start();
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
  SEAWALL_CHECK(parts->open_fetch());
  parts->open_calls();
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
  const HttpDrained drained = parts_->server->drain(deadline);
  parts_->stopping.request_stop();
  const bool lanes = parts_->lanes->drain(until + std::chrono::seconds(1));
  const service_detail::StopLater end_of_patience(parts_->store_stop, kLastWordsMax);
  parts_->store_chores->stop();
  parts_->chores->stop();
  if (const auto kept = parts_->lookup->finish(); !kept) parts_->events.event("flood", kept.error());
  if (const auto kept = parts_->keys->write_uses(); !kept) parts_->events.event("keys", kept.error());
  return drained.cut == 0 && lanes;
}

}  // namespace seawall
