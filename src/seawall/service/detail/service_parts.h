#pragma once

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
#include "seawall/proved_feed/proved_feed.h"
#include "seawall/service/account_calls.h"
#include "seawall/service/api_handler.h"
#include "seawall/service/certificate_end.h"
#include "seawall/service/chores.h"
#include "seawall/service/console_calls.h"
#include "seawall/service/detail/stop_later.h"
#include "seawall/service/event_calls.h"
#include "seawall/service/event_watch.h"
#include "seawall/service/figure_calls.h"
#include "seawall/service/figure_keeper.h"
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
#include "seawall/service/oversight_calls.h"
#include "seawall/service/service.h"
#include "seawall/service/report_calls.h"
#include "seawall/service/review_calls.h"
#include "seawall/service/review_intake.h"
#include "seawall/service/session_calls.h"
#include "seawall/service/stream_calls.h"
#include "seawall/service/videos.h"
#include "seawall/store_sql/access_store.h"
#include "seawall/store_sql/log_records.h"
#include "seawall/store_sql/records.h"
#include "seawall/store_sql/service_records.h"

namespace seawall {

constexpr int kServiceConnectMs = 3'000;  ///< PostgreSQL: to connect.

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
    options.connect_ms = kServiceConnectMs;
    options.stop = store_stop.get_token();
    return options;
  }
  Result<void> open_lists();
  Result<void> open_feed();
  Result<void> open_watches();
  Result<void> open_access();
  Result<void> open_gate();
  Result<void> open_jobs();
  Result<void> open_streams();
  Result<void> open_review();
  Result<void> open_reports();
  Result<void> open_fetch();
  Result<ConsoleFiles> read_console() const;
  /// Floods are counted elsewhere; the log of observations is waited for.
  [[nodiscard]] bool lookups_block() const { return observations != nullptr; }
  void open_calls();
  void open_hma_calls();
  void open_events();
  Result<void> open_figures();
  void begin_event_chores();
  Result<void> listen();
  void begin_chores();
  void begin_review_chores();
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
  const ProvedFeed* proved = nullptr;  // The feed, where the settings name a log.
  std::unique_ptr<ListFollower> follower;
  std::unique_ptr<AlertService> alerts;
  std::unique_ptr<FloodWatch> flood;
  std::unique_ptr<ObservationLog> observations;
  std::unique_ptr<OrderPass> orders;
  std::unique_ptr<OversightRegister> oversight;
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

  std::unique_ptr<ReviewBook> review;  // Null: nothing is kept for reviewers.
  std::unique_ptr<ReviewIntake> review_intake;
  std::unique_ptr<ReviewCalls> review_calls;

  std::unique_ptr<ReportBook> reports;  // Null: the public can report nothing.
  std::unique_ptr<ReportGate> report_gate;
  std::unique_ptr<ReportCalls> report_calls;

  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<MediaFetch> fetch;
  std::unique_ptr<Lanes> lanes;
  std::atomic<Lanes*> counting = nullptr;  // Where matches are counted.
  std::unique_ptr<MatchCalls> match;
  std::unique_ptr<GateCalls> doors;
  std::unique_ptr<MediaCalls> media;
  std::unique_ptr<KeyCalls> key_calls;
  std::unique_ptr<AccountService> accounts;
  std::unique_ptr<AccountCalls> account_calls;
  std::unique_ptr<SessionCalls> session_calls;
  std::unique_ptr<StatusCalls> status;
  std::unique_ptr<ListCalls> list_calls;
  std::unique_ptr<OversightCalls> oversight_calls;
  std::unique_ptr<HmaMedia> hma_media;
  std::unique_ptr<HmaMatchCalls> hma_match;
  std::unique_ptr<HmaBankCalls> hma_banks;
  std::unique_ptr<HmaContentCalls> hma_content;
  std::unique_ptr<HmaInfoCalls> hma_info;
  std::unique_ptr<FigureBook> figure_book;
  std::unique_ptr<FigureKeeper> figures;
  std::atomic<FigureKeeper*> figuring = nullptr;  // Once it is there.
  std::unique_ptr<FigureCalls> figure_calls;
  std::unique_ptr<EventHub> event_hub;
  std::unique_ptr<EventWatch> event_watch;
  std::unique_ptr<EventCalls> event_calls;
  std::unique_ptr<ConsoleCalls> console;
  ServedOperations operations;
  std::unique_ptr<ApiHandler> handler;
  std::unique_ptr<HttpServer> server;
  std::atomic<const HttpServer*> answering = nullptr;  // It answers before start() has returned it.
  std::unique_ptr<Chores> chores;
  std::unique_ptr<Chores> store_chores;  // Those that wait for the store: they hold up no others.
  bool drained = false;
};

}  // namespace seawall
