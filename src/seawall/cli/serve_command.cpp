#include "seawall/cli/serve_command.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "seawall/cli/access_session.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/version.h"
#include "seawall/service/hardening.h"
#include "seawall/service/service.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};  // For signals.

std::atomic<bool> reload_asked{false};

extern "C" void on_reload_signal(int /*number*/) { reload_asked.store(true); }

void watch_reload_signal() {
  struct sigaction action {};
  action.sa_handler = on_reload_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGHUP, &action, nullptr);
}

Result<void> add_listeners(const Arguments& arguments, ServiceSettings& settings) {
  HttpTls tls;
  tls.certificate_file = arguments.text("--certificate").value_or("");
  tls.key_file = arguments.text("--key").value_or("");
  tls.client_ca_file = arguments.text("--client-ca").value_or("");
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    return fail(Code::kInvalidInput, "TLS needs both --certificate and --key");
  }
  if (!tls.client_ca_file.empty()) tls.client = HttpClientCertificate::kRequired;
  const auto addresses = arguments.all("--listen");
  for (const std::string& address : addresses) {
    HttpListen listen;
    listen.address = address;
    if (!tls.certificate_file.empty() && !address.starts_with("unix:")) listen.tls = tls;
    settings.listen.push_back(std::move(listen));
  }
  return {};
}

Result<ServiceSettings> settings_from(const Arguments& arguments) {
  ServiceSettings settings;
  if (const auto file = arguments.text("--config")) {
    SEAWALL_TRY(settings, service_settings_from_file(*file));
  }
  if (!arguments.positionals().empty()) settings.folder = arguments.positionals()[0];
  const char* named = std::getenv("SEAWALL_STORE");
  if (const auto store = arguments.text("--store")) {
    settings.store = *store;
  } else if (settings.store.empty() && named != nullptr) {
    settings.store = named;
  }
  if (const auto file = arguments.text("--access-key")) settings.access_key_file = *file;
  if (arguments.flag("--observe")) settings.observe = true;
  if (arguments.flag("--no-request-log")) settings.log_requests = false;
  SEAWALL_CHECK(add_listeners(arguments, settings));
  if (settings.listen.empty()) settings.listen.push_back({"127.0.0.1:8080", {}});
  SEAWALL_CHECK(check_settings(settings));
  return settings;
}

void say_where(const Service& service, const ServiceSettings& settings, Console& console) {
  const auto addresses = service.addresses();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const bool tls = settings.listen[i].tls.has_value();
    const std::string where =
        addresses[i].starts_with("unix:") ? addresses[i] : (tls ? "https://" : "http://") + addresses[i];
    if (console.json()) {
      Json json;
      json["listening"] = where;
      console.print(to_line(json) + "\n");
    } else {
      console.note("listening on " + where);
    }
  }
  console.flush();
}

Result<Outcome> run_serve(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ServiceSettings settings, settings_from(arguments));
  for (const std::string& missing : keep_memory_private()) console.note(missing);
  watch_reload_signal();
  Service::Host host;
  host.version = std::string(kVersion);
  SEAWALL_TRY(const auto service, Service::start(settings, host));
  say_where(*service, settings, console);
  tell_service_manager("READY=1");
  while (!console.stopping()) {
    std::this_thread::sleep_for(kLookEvery);
    if (!reload_asked.exchange(false)) continue;
    if (const auto done = service->reload(); !done) console.error(done.error());
  }
  tell_service_manager("STOPPING=1");
  const std::chrono::seconds notice(*arguments.integer("--drain-notice"));
  const std::chrono::seconds deadline(*arguments.integer("--drain"));
  const bool all = service->drain(notice, deadline);
  if (!all) console.note("some requests were not answered within the time to drain");
  return Outcome{.ended_as_asked = true};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "DIR",
                   .help = "where it keeps indexes, observations and counts; made when it is not there",
                   .kind = ValueKind::kPath,
                   .required = false}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{.name = "--config",
               .value = "FILE",
               .help = "settings (TOML); options here go before them",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--listen",
               .value = "ADDRESS",
               .help = "127.0.0.1:8080 (default), [::1]:8443, 0.0.0.0:443 with TLS, unix:PATH",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--certificate",
               .value = "FILE",
               .help = "TLS: the server's certificate and those between it and the root (PEM)",
               .kind = ValueKind::kFile},
    OptionSpec{
        .name = "--key", .value = "FILE", .help = "TLS: its private key (PEM)", .kind = ValueKind::kFile},
    OptionSpec{.name = "--client-ca",
               .value = "FILE",
               .help = "TLS: only clients with a certificate of these authorities (PEM)",
               .kind = ValueKind::kFile},
    kAccessKeyOption,
    OptionSpec{.name = "--observe",
               .help = "keep the signals, place and time of what is asked about, under DIR"},
    OptionSpec{.name = "--no-request-log", .help = "no line of JSON on standard error for each request"},
    OptionSpec{.name = "--drain-notice",
               .value = "SECONDS",
               .help = "at the end: be not ready for so long before new connections are refused",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 600,
               .default_value = "0"},
    OptionSpec{.name = "--drain",
               .value = "SECONDS",
               .help = "at the end: the longest that requests under way are waited for",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 3600,
               .default_value = "30"},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall serve /var/lib/seawall --store sqlite:/var/lib/seawall/lists.db",
            "On this machine only, port 8080."},
    Example{"seawall serve --config /etc/seawall/serve.toml", "As a settings file says."},
    Example{"seawall serve index/ --listen 0.0.0.0:443 --certificate chain.pem --key key.pem",
            "For the network, with TLS."}};

}  // namespace

const CommandSpec& serve_command() {
  static constexpr CommandSpec kCommand{
      .name = "serve",
      .summary = "look uploads up over HTTP: the look-up service",
      .description =
          "Follows the lists of a store and answers over HTTP/1.1: POST /v1/match takes bytes, a form, a URL "
          "or "
          "signals, and answers with a verdict and its reasons. docs/openapi.yaml is the contract, "
          "docs/howto/serve.md the guide. Callers need a key: seawall keys create.\n\n"
          "It logs one line of JSON a request on standard error, with no address, account or content. SIGHUP "
          "reads certificates anew. SIGTERM or Ctrl-C: it says that it is not ready, answers what is under "
          "way, "
          "and ends with exit code 0. Nothing of the media is written to disk, and core dumps are off.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_serve};
  return kCommand;
}

}  // namespace seawall::cli
