#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "seawall/access/master_key.h"
#include "seawall/base/result.h"
#include "seawall/http/server.h"
#include "seawall/match/variant.h"
#include "seawall/service/orders_settings.h"
#include "seawall/service/oversight_settings.h"
#include "seawall/service/report_settings.h"
#include "seawall/service/review_settings.h"
#include "seawall/service/streams_settings.h"
#include "seawall/store/access.h"

namespace seawall {

/// How a look-up service runs; docs/howto/serve.md has each with its meaning.
struct ServiceSettings {
  std::string store;               ///< As open_store() takes it.
  std::filesystem::path folder;    ///< Indexes, observations, counts of floods; made when it is not there.
  std::string access_key_file;     ///< Empty: $SEAWALL_ACCESS_KEY.
  std::vector<HttpListen> listen;  ///< At least one.
  unsigned http_threads = 2;
  unsigned media_threads = 0;  ///< Decodes at once; 0: one a core.
  unsigned video_threads = 0;  ///< Videos looked into at once, and as many asynchronously; 0: half the cores.
  std::chrono::milliseconds video_wait_max{10'000};  ///< Of a video for a thread.
  bool videos_on_disk = false;  ///< What listed videos are found by lies in files of the folder, mapped.
  std::chrono::milliseconds video_time_max{60'000};  ///< To decode one video once.
  std::size_t queue_jobs_max = 1'024;
  std::chrono::milliseconds queue_wait_max{500};
  std::chrono::milliseconds store_wait_max{60'000};       ///< PostgreSQL: for one statement about the lists.
  std::uint64_t body_bytes_max = std::uint64_t{1} << 30;  ///< Of all requests together.
  std::chrono::milliseconds stale_after{300'000};         ///< Lists older than that fail look-ups.
  bool observe = false;                    ///< Keep what is asked about (docs/observations.md).
  std::optional<std::uint32_t> keep_days;  ///< Of observations; 0: for ever; none: as it was set before.
  bool flood = true;                       ///< Hold entries back that suddenly match far too often.
  bool fetch_urls = true;
  std::optional<KeyRate> default_rate;  ///< Of keys that have none.
  std::string hma_anonymous_key;        ///< "k_...": whose HMA's paths are without credentials.
  bool hma_one_person_banks = false;    ///< Banks made through HMA's paths are of one person, else of two.
  VariantProfile hma_profile = VariantProfile::kNone;  ///< How files are looked up through HMA's paths.
  std::string subscriptions_file;                      ///< What HMA's paths call exchanges; empty: none.
  std::vector<std::string> refused_networks;           ///< CIDR: never fetched from, nor sent webhooks.
  std::vector<std::string> webhook_networks;           ///< CIDR: private ones that may be sent webhooks.
  std::string webhook_ca_file;  ///< PEM: authorities trusted for webhooks besides the system's.
  bool log_requests = true;
  std::filesystem::path console_folder;         ///< Served as the web console; empty: the program's own.
  std::optional<StreamsSettings> streams;       ///< None: it follows no live streams.
  std::optional<OrdersSettings> orders;         ///< None: what needs an order is refused.
  std::optional<ReportSettings> public_report;  ///< None: the public can report nothing.
  std::optional<ReviewSettings> review;         ///< None: nothing is kept for reviewers.
  std::optional<OversightSettings> oversight;   ///< None: there is no register to show.
  /// Networks (CIDR) and "unix": proxies whose X-Forwarded-For says who asks.
  std::vector<std::string> trusted_proxies;
};

/// Reads a file of settings (TOML). Relative paths are from the folder that the program runs in.
/// Errors: kInvalidInput with the line and what to write; kNotFound, kUnavailable.
Result<ServiceSettings> service_settings_from_file(const std::string& path);
Result<ServiceSettings> service_settings_from_text(std::string_view text, std::string name);

/// Whether it can run: a store, a folder, somewhere to listen; without TLS only on this machine.
/// Errors: kInvalidInput says what is missing.
Result<void> check_settings(const ServiceSettings& settings);

/// The access key: of access_key_file, else of $SEAWALL_ACCESS_KEY. Errors: kInvalidInput without either;
/// those of credentials_from_file() and MasterKey::from(), never with the key. Threads: as getenv().
Result<MasterKey> master_key_of(const ServiceSettings& settings);

/// "1000/60": so many items in so many seconds. Errors: kInvalidInput.
Result<KeyRate> key_rate_from_text(std::string_view text);

}  // namespace seawall
