#include "seawall/service/settings.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include "seawall/net/network.h"
#include "seawall/service/trusted_proxies.h"
#include "seawall/toml/toml.h"

namespace seawall {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 3600;

Result<void> read_into(TomlTable& table, std::string_view name, std::string& out) {
  SEAWALL_TRY(auto value, table.text(name));
  if (value) out = *std::move(value);
  return {};
}

Result<void> read_into(TomlTable& table, std::string_view name, bool& out) {
  SEAWALL_TRY(const auto value, table.boolean(name));
  if (value) out = *value;
  return {};
}

/// "10.0.0.0/8, 192.168.1.4/32"
Result<void> read_networks(TomlTable& table, std::string_view name, std::vector<std::string>& out) {
  SEAWALL_TRY(const auto value, table.text(name));
  std::string_view rest = value ? std::string_view(*value) : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (const auto network = Network::from_text(one); !network)
      return table.wrong(name, network.error().message);
    out.emplace_back(one);
  }
  return {};
}

template <class Number>
Result<void> read_into(TomlTable& table, std::string_view name, std::int64_t least, std::int64_t most,
                       Number& out) {
  SEAWALL_TRY(const auto value, table.number(name, least, most));
  if (value) out = static_cast<Number>(*value);
  return {};
}

Result<void> read_duration(TomlTable& table, std::string_view name, std::int64_t most,
                           std::chrono::milliseconds& out) {
  SEAWALL_TRY(const auto value, table.number(name, 1, most));
  if (value) out = std::chrono::milliseconds(*value);
  return {};
}

Result<HttpClientCertificate> client_from(TomlTable& table) {
  SEAWALL_TRY(const auto word, table.text("client_certificate"));
  if (!word || *word == "none") return HttpClientCertificate::kNone;
  if (*word == "optional") return HttpClientCertificate::kOptional;
  if (*word == "required") return HttpClientCertificate::kRequired;
  return table.wrong("client_certificate", "write \"none\", \"optional\" or \"required\"");
}

Result<HttpListen> listen_from(TomlTable& table) {
  HttpListen listen;
  SEAWALL_TRY(listen.address, table.required_text("address"));
  HttpTls tls;
  SEAWALL_CHECK(read_into(table, "certificate", tls.certificate_file));
  SEAWALL_CHECK(read_into(table, "key", tls.key_file));
  SEAWALL_TRY(tls.client, client_from(table));
  SEAWALL_CHECK(read_into(table, "client_ca", tls.client_ca_file));
  SEAWALL_CHECK(table.finish());
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return table.wrong("certificate", "TLS needs both: write certificate = \"...\" and key = \"...\"");
  }
  if (tls.client != HttpClientCertificate::kNone && tls.client_ca_file.empty()) {
    return table.wrong("client_ca", "name the authorities that sign clients' certificates");
  }
  if (!tls.certificate_file.empty()) listen.tls = std::move(tls);
  return listen;
}

Result<void> read_limits(TomlTable& table, ServiceSettings& out) {
  SEAWALL_CHECK(read_into(table, "http_threads", 1, 256, out.http_threads));
  SEAWALL_CHECK(read_into(table, "media_threads", 0, 256, out.media_threads));
  SEAWALL_CHECK(read_into(table, "video_threads", 0, 256, out.video_threads));
  SEAWALL_CHECK(read_duration(table, "video_wait_max_ms", 600'000, out.video_wait_max));
  SEAWALL_CHECK(read_into(table, "videos_on_disk", out.videos_on_disk));
  SEAWALL_CHECK(read_duration(table, "video_time_max_ms", 3'600'000, out.video_time_max));
  SEAWALL_CHECK(read_into(table, "queue_jobs_max", 1, 1'000'000, out.queue_jobs_max));
  SEAWALL_CHECK(read_duration(table, "queue_wait_max_ms", 60'000, out.queue_wait_max));
  SEAWALL_CHECK(read_duration(table, "store_wait_max_ms", kDay * 1000, out.store_wait_max));
  SEAWALL_CHECK(read_into(table, "body_bytes_max", 1 << 20, std::int64_t{1} << 40, out.body_bytes_max));
  SEAWALL_CHECK(read_duration(table, "stale_after_ms", kDay * 1000, out.stale_after));
  SEAWALL_TRY(const auto rate, table.text("default_rate"));
  if (!rate) return {};
  const auto parsed = key_rate_from_text(*rate);
  if (!parsed) return table.wrong("default_rate", parsed.error().message);
  out.default_rate = *parsed;
  return {};
}

Result<void> read_hma(TomlTable& table, ServiceSettings& out) {
  SEAWALL_CHECK(read_into(table, "hma_anonymous_key", out.hma_anonymous_key));
  SEAWALL_TRY(const auto banks, table.text("hma_new_banks"));
  if (banks && *banks != "one_person" && *banks != "two_persons") {
    return table.wrong("hma_new_banks", "write \"one_person\" or \"two_persons\"");
  }
  out.hma_one_person_banks = banks && *banks == "one_person";
  SEAWALL_TRY(const auto profile, table.text("hma_profile"));
  if (!profile) return {};
  const auto known = variant_profile_from_text(*profile);
  if (!known) return table.wrong("hma_profile", "write \"none\", \"default\" or \"thorough\"");
  out.hma_profile = *known;
  return {};
}

Result<void> read_proxies(TomlTable& table, ServiceSettings& out) {
  SEAWALL_TRY(out.trusted_proxies, table.texts("trusted_proxies", TrustedProxies::kMax));
  const auto proxies = TrustedProxies::from(out.trusted_proxies);
  if (!proxies) return table.wrong("trusted_proxies", proxies.error().message);
  return {};
}

Result<ServiceSettings> settings_of(TomlDocument document) {
  ServiceSettings out;
  SEAWALL_TRY(auto tables, document.tables("listen"));
  for (TomlTable& table : tables) {
    SEAWALL_TRY(HttpListen listen, listen_from(table));
    out.listen.push_back(std::move(listen));
  }
  SEAWALL_TRY(auto streams, document.table("streams"));
  if (streams) {
    SEAWALL_TRY(out.streams, streams_settings_from(*streams));
  }
  SEAWALL_TRY(auto orders, document.table("orders"));
  if (orders) {
    SEAWALL_TRY(out.orders, orders_settings_from(*orders));
  }
  SEAWALL_TRY(auto oversight, document.table("oversight"));
  if (oversight) {
    SEAWALL_TRY(out.oversight, oversight_settings_from(*oversight));
  }
  SEAWALL_TRY(auto review, document.table("review"));
  if (review) {
    SEAWALL_TRY(out.review, review_settings_from(*review));
  }
  SEAWALL_TRY(auto reports, document.table("public_report"));
  if (reports) {
    SEAWALL_TRY(out.public_report, report_settings_from(*reports));
  }
  TomlTable root = document.root();
  root.expect("listen");
  root.expect("oversight");
  root.expect("orders");
  root.expect("public_report");
  root.expect("review");
  root.expect("streams");
  SEAWALL_CHECK(read_into(root, "store", out.store));
  std::string folder;
  SEAWALL_CHECK(read_into(root, "folder", folder));
  out.folder = folder;
  SEAWALL_CHECK(read_into(root, "access_key_file", out.access_key_file));
  SEAWALL_CHECK(read_into(root, "observe", out.observe));
  SEAWALL_TRY(const auto days, root.number("keep_days", 0, 36'500));
  if (days) out.keep_days = static_cast<std::uint32_t>(*days);
  if (days && !out.observe) return root.wrong("keep_days", "it goes with observe = true");
  SEAWALL_CHECK(read_into(root, "flood", out.flood));
  SEAWALL_CHECK(read_into(root, "fetch_urls", out.fetch_urls));
  SEAWALL_CHECK(read_hma(root, out));
  SEAWALL_CHECK(read_into(root, "subscriptions_file", out.subscriptions_file));
  SEAWALL_CHECK(read_networks(root, "refused_networks", out.refused_networks));
  SEAWALL_CHECK(read_networks(root, "webhook_networks", out.webhook_networks));
  SEAWALL_CHECK(read_into(root, "webhook_ca_file", out.webhook_ca_file));
  SEAWALL_CHECK(read_into(root, "log_requests", out.log_requests));
  std::string console;
  SEAWALL_CHECK(read_into(root, "console_folder", console));
  out.console_folder = console;
  SEAWALL_CHECK(read_proxies(root, out));
  SEAWALL_CHECK(read_limits(root, out));
  SEAWALL_CHECK(root.finish());
  return out;
}

}  // namespace

Result<KeyRate> key_rate_from_text(std::string_view text) {
  KeyRate rate;
  const auto slash = text.find('/');
  const auto number = [](std::string_view digits, std::uint32_t most, std::uint32_t& out) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return error == std::errc{} && end == digits.data() + digits.size() && out >= 1 && out <= most;
  };
  if (slash != std::string_view::npos && number(text.substr(0, slash), 10'000'000, rate.items) &&
      number(text.substr(slash + 1), 86'400, rate.per_s)) {
    return rate;
  }
  return fail(Code::kInvalidInput, "a rate is written ITEMS/SECONDS, such as 1000/60");
}

Result<MasterKey> master_key_of(const ServiceSettings& settings) {
  static constexpr std::array kNames{MasterKey::kName};
  const char* const variable = std::getenv("SEAWALL_ACCESS_KEY");
  if (settings.access_key_file.empty() && (variable == nullptr || *variable == '\0')) {
    return fail(
        Code::kInvalidInput,
        "name the access key with --access-key FILE, access_key_file = \"...\" or $SEAWALL_ACCESS_KEY; "
        "make one with: seawall access init FILE");
  }
  SEAWALL_TRY(const Credentials credentials, settings.access_key_file.empty()
                                                 ? credentials_from_environment("SEAWALL", kNames)
                                                 : credentials_from_file(settings.access_key_file, kNames));
  return MasterKey::from(credentials);
}

Result<ServiceSettings> service_settings_from_text(std::string_view text, std::string name) {
  SEAWALL_TRY(TomlDocument document, TomlDocument::from_text(text, std::move(name)));
  return settings_of(std::move(document));
}

Result<ServiceSettings> service_settings_from_file(const std::string& path) {
  SEAWALL_TRY(TomlDocument document, TomlDocument::from_file(path));
  return settings_of(std::move(document));
}

Result<void> check_settings(const ServiceSettings& settings) {
  if (settings.store.empty()) {
    return fail(Code::kInvalidInput,
                "name the list store with --store sqlite:PATH, in $SEAWALL_STORE, or as store = \"...\"");
  }
  if (settings.folder.empty()) {
    return fail(Code::kInvalidInput, "name the folder for indexes: seawall serve DIR, or folder = \"...\"");
  }
  if (settings.listen.empty()) {
    return fail(Code::kInvalidInput,
                "say where to listen with --listen ADDRESS, or [[listen]] address = \"...\"");
  }
  for (const HttpListen& listen : settings.listen) {
    const bool local = listen.address.starts_with("127.") || listen.address.starts_with("[::1]") ||
                       listen.address.starts_with("unix:");
    if (listen.tls || local) continue;
    return fail(Code::kInvalidInput,
                "keys would cross the network unprotected at " + listen.address +
                    ": give a certificate and key, or listen on 127.0.0.1 or a Unix socket behind a proxy");
  }
  if (!settings.hma_anonymous_key.empty() && !settings.hma_anonymous_key.starts_with("k_")) {
    return fail(Code::kInvalidInput, "hma_anonymous_key is the id of a key, k_...; see: seawall keys list");
  }
  return {};
}

}  // namespace seawall
