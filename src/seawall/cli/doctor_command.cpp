#include "seawall/cli/doctor_command.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "seawall/base/codes.h"
#include "seawall/base/system_clock.h"
#include "seawall/cli/access_session.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/scan_server.h"
#include "seawall/cli/version.h"
#include "seawall/doctor/machine_checks.h"
#include "seawall/doctor/server_check.h"
#include "seawall/net_curl/curl_fetcher.h"
#include "seawall/service/settings.h"

namespace seawall::cli {
namespace {

void print(Console& console, const Finding& finding) {
  if (console.json()) {
    Json json;
    json["check"] = finding.check;
    json["health"] = name_of(finding.health);
    json["text"] = finding.text;
    if (!finding.todo.empty()) json["do"] = finding.todo;
    console.print(to_line(json) + "\n");
    return;
  }
  std::string line(name_of(finding.health));
  line.resize(6, ' ');
  line += finding.check + ": " + finding.text;
  if (!finding.todo.empty()) line += "; " + finding.todo;
  console.print(shown_text(line) + "\n");
}

/// Prints findings as they come and remembers the worst. What is corrupt goes before what does not answer,
/// and that before what is wrong.
class Report {
 public:
  explicit Report(Console& console) : console_(console) {}

  void add(const Finding& finding) {
    print(console_, finding);
    console_.flush();
    if (finding.health == Health::kWarn) warned_ = true;
    if (finding.health != Health::kFail) return;
    const int exit_code = meaning_of(finding.code).exit_code;
    if (!failed_ || exit_code > meaning_of(*failed_).exit_code) failed_ = finding.code;
  }
  void add(const Findings& findings) {
    for (const Finding& finding : findings) add(finding);
  }
  [[nodiscard]] Outcome outcome() const { return {.matched = warned_ && !failed_, .failed = failed_}; }

 private:
  Console& console_;
  bool warned_ = false;
  std::optional<Code> failed_;
};

Result<ServiceSettings> settings_from(const Arguments& arguments) {
  ServiceSettings settings;
  if (const auto file = arguments.text("--config")) {
    SEAWALL_TRY(settings, service_settings_from_file(*file));
  }
  if (!arguments.positionals().empty()) settings.folder = arguments.positionals()[0];
  const char* const named = std::getenv("SEAWALL_STORE");
  if (const auto store = arguments.text("--store")) settings.store = *store;
  if (settings.store.empty() && named != nullptr) settings.store = named;
  if (const auto file = arguments.text("--access-key")) settings.access_key_file = *file;
  if (settings.listen.empty()) settings.listen.push_back({"127.0.0.1:8080", {}});
  return settings;
}

void check_setup(const ServiceSettings& settings, const Arguments& arguments, StoreStand& stand,
                 Report& report) {
  const SystemClock clock;
  if (const auto can_run = check_settings(settings); !can_run) {
    report.add(bad("settings", can_run.error()));
  } else {
    report.add(
        good("settings", arguments.text("--config") ? "they can be used" : "no file of settings was named"));
  }
  if (!settings.store.empty()) {
    report.add(check_store_of(settings.store, clock, arguments.flag("--whole"), stand));
  }
  report.add(check_access_key(settings));
  if (!settings.folder.empty()) report.add(check_folder(settings.folder));
  report.add(check_certificates(settings, clock));
  report.add(check_named_files(settings));
}

void check_machine(const ServiceSettings& settings, const Arguments& arguments, Report& report) {
  report.add(check_decoder({}));
  report.add(check_video_decoder({}));
  report.add(check_limits(static_cast<int>(arguments.integer("--pid").value_or(0)), settings.body_bytes_max));
  report.add(check_swap());
  report.add(check_time_sync());
}

Result<Findings> ask_server(const ServiceSettings& settings, const Arguments& arguments,
                            const StoreStand& stand, Console& console) {
  CurlOptions options;
  options.ca_file = arguments.text("--server-ca").value_or("");
  options.in_memory = true;
  SEAWALL_TRY(const auto fetcher, CurlFetcher::open(std::move(options)));
  RunningServer server;
  server.url = *arguments.text("--server");
  server.version = std::string(kVersion);
  server.stale_after = settings.stale_after;
  server.store = stand;
  const char* const key_set = std::getenv("SEAWALL_KEY");
  if (arguments.text("--key-file") || (key_set != nullptr && *key_set != '\0')) {
    SEAWALL_TRY(const Secret key, service_key_from(arguments, console));
    server.authorization = std::make_shared<const Secret>(bearer_authorization(key));
  }
  return check_server(server, *fetcher);
}

Result<Outcome> run_doctor(const Arguments& arguments, Console& console) {
  if (!arguments.text("--server") && (arguments.text("--key-file") || arguments.text("--server-ca"))) {
    return usage_failure(console, "--key-file and --server-ca go with --server");
  }
  Report report(console);
  StoreStand stand;
  const auto settings = settings_from(arguments);
  if (settings) {
    check_setup(*settings, arguments, stand, report);
  } else {
    report.add(bad("settings", settings.error(), "docs/howto/serve.md has every setting"));
  }
  const ServiceSettings known = settings ? *settings : ServiceSettings{};
  check_machine(known, arguments, report);
  if (arguments.text("--server")) {
    auto found = ask_server(known, arguments, stand, console);
    report.add(found ? *std::move(found) : Findings{bad("server-ready", found.error())});
  }
  return report.outcome();
}

constexpr std::array kPositionals{PositionalSpec{.name = "DIR",
                                                 .help = "the service's folder, as given to seawall serve",
                                                 .kind = ValueKind::kPath,
                                                 .required = false}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{.name = "--config",
               .value = "FILE",
               .help = "the service's settings (TOML); options here go before them",
               .kind = ValueKind::kFile},
    kAccessKeyOption,
    OptionSpec{.name = "--whole", .help = "check all of the store, as db check does; minutes for millions"},
    OptionSpec{.name = "--pid",
               .value = "PID",
               .help = "the limits of this process: those of a unit are not those of a shell",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 4'194'304},
    OptionSpec{.name = "--server",
               .value = "URL",
               .help = "also ask this service how it is",
               .kind = ValueKind::kText},
    kKeyFileOption,
    kServerCaOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"sudo -u seawall seawall doctor --config /etc/seawall/serve.toml",
            "Before the service is started; as its own user."},
    Example{"seawall doctor --config serve.toml --server https://seawall.example --key-file status.key",
            "And how the one that runs is."}};

}  // namespace

const CommandSpec& doctor_command() {
  static constexpr CommandSpec kCommand{
      .name = "doctor",
      .summary = "check that the look-up service can run here, and does",
      .description =
          "One line a check: ok, warn or fail, what is so, and what to do. Settings, store (schema, chain, "
          "clock), access key, folder and its space, certificates and their days, the sandboxed decoder, "
          "limits, swap, time; with --server also a service that runs. It changes nothing.\n\n"
          "Exit code 0: all is well. 1: there are warnings. Else there are failures, and the code is that of "
          "the worst: 3 something is wrong or missing, 4 something does not answer, 5 the store fails its "
          "own checks, 6 a clock contradicts the store.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_doctor};
  return kCommand;
}

}  // namespace seawall::cli
