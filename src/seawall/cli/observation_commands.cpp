#include "seawall/cli/observation_commands.h"

#include <array>

#include "seawall/base/system_clock.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/sighting_lines.h"
#include "seawall/json/text.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);

/// The log with the clock that it borrows.
struct OpenLog {
  SystemClock clock;
  std::unique_ptr<ObservationLog> log;
};

Result<std::unique_ptr<OpenLog>> open_log(const Arguments& arguments, bool read_only) {
  auto open = std::make_unique<OpenLog>();
  ObservationLogOptions options;
  options.read_only = true;
  const std::string& folder = arguments.positionals()[0];
  // First to read: a name that is mistyped makes no new log.
  SEAWALL_TRY(open->log, ObservationLog::open(folder, open->clock, options));
  if (!read_only) {
    open->log.reset();
    SEAWALL_TRY(open->log, ObservationLog::open(folder, open->clock));
  }
  return open;
}

Json tenant_json(const TenantRetention& tenant) {
  Json json;
  json["tenant"] = path_to_utf8(tenant.tenant);
  json["keep_days"] = static_cast<double>(tenant.retention.count()) / static_cast<double>(kDay.count());
  if (tenant.dropped_before != Time{}) json["dropped_before"] = time_text(tenant.dropped_before);
  return json;
}

std::string tenant_text(const TenantRetention& tenant) {
  std::string text = tenant.tenant + ": ";
  if (tenant.retention.count() == 0) {
    text += "kept for ever";
  } else {
    text += "kept for " + std::to_string(tenant.retention / kDay) + " days";
  }
  if (tenant.dropped_before != Time{}) {
    text += ", none from before " + time_text(tenant.dropped_before);
  }
  return text;
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_log(arguments, true));
  const ObservationStats stats = open->log->stats();
  const auto tenants = open->log->retentions();
  if (console.json()) {
    Json json;
    json["observations"] = stats.observations;
    json["size_bytes"] = stats.size_bytes;
    json["files"] = stats.files;
    json["tenants"] = Json::array();
    for (const TenantRetention& tenant : tenants) json["tenants"].push_back(tenant_json(tenant));
    console.print(to_line(json) + "\n");
    return Outcome{};
  }
  console.print(std::to_string(stats.observations) + " observations, " +
                std::to_string(stats.size_bytes / 1024) + " KiB in " + std::to_string(stats.files) +
                " files\n");
  for (const TenantRetention& tenant : tenants) console.print(shown_text(tenant_text(tenant)) + "\n");
  return Outcome{};
}

Result<Outcome> run_retain(const Arguments& arguments, Console& console) {
  const std::string& tenant = arguments.positionals()[1];
  const auto days = arguments.integer("--keep-days");
  const auto before = arguments.text("--drop-before");
  if (!days && !before) return usage_failure(console, "say --keep-days N or --drop-before TIME");
  SEAWALL_TRY(const auto open, open_log(arguments, false));
  if (before) {
    SEAWALL_TRY(const Time time, time_from(*before));
    SEAWALL_CHECK(open->log->drop_before(tenant, time));
  }
  if (days) SEAWALL_CHECK(open->log->set_retention(tenant, *days * kDay));
  for (const TenantRetention& one : open->log->retentions()) {
    if (one.tenant != tenant) continue;
    console.print(console.json() ? to_line(tenant_json(one)) + "\n" : shown_text(tenant_text(one)) + "\n");
  }
  return Outcome{};
}

void print_damage(Console& console, const std::vector<ObservationDamage>& damage) {
  for (const ObservationDamage& one : damage) {
    console.note(one.file + ": " + std::to_string(one.size_bytes) + " bytes at " +
                 std::to_string(one.offset_bytes) + ": " + one.what);
  }
}

Result<void> check_whole(const std::vector<ObservationDamage>& damage) {
  if (damage.empty()) return {};
  return fail(Code::kCorrupt, std::to_string(damage.size()) +
                                  " stretches of the log cannot be read; everything else is; give them up "
                                  "with: seawall observations tidy --drop-damaged");
}

Result<Outcome> run_tidy(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_log(arguments, false));
  SEAWALL_TRY(const TidyReport report, open->log->tidy(arguments.flag("--drop-damaged")));
  if (console.json()) {
    Json json;
    json["observations_dropped"] = report.observations_dropped;
    json["files_removed"] = report.files_removed;
    json["files_written"] = report.files_written;
    json["damaged"] = report.damage.size();
    console.print(to_line(json) + "\n");
  } else {
    console.print(std::to_string(report.observations_dropped) + " observations dropped, " +
                  std::to_string(report.files_removed) + " files removed, " +
                  std::to_string(report.files_written) + " written\n");
  }
  print_damage(console, report.damage);
  SEAWALL_CHECK(check_whole(report.damage));
  return Outcome{};
}

Result<Outcome> run_check(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto open, open_log(arguments, true));
  SEAWALL_TRY(const auto damage, open->log->verify());
  const ObservationStats stats = open->log->stats();
  if (console.json()) {
    Json json;
    json["observations"] = stats.observations;
    json["damaged"] = damage.size();
    console.print(to_line(json) + "\n");
  } else {
    console.print(std::to_string(stats.observations) + " observations" +
                  (damage.empty() ? ": all as they should be\n" : "\n"));
  }
  print_damage(console, damage);
  SEAWALL_CHECK(check_whole(damage));
  return Outcome{};
}

constexpr std::array kFolder{kObservationsFolder};
constexpr std::array kFolderAndTenant{kObservationsFolder,
                                      PositionalSpec{.name = "TENANT", .help = "whose observations"}};
constexpr std::array kPlainOptions{kJsonOption};
constexpr std::array kRetainOptions{
    OptionSpec{.name = "--keep-days",
               .value = "N",
               .help = "forget what is older, from now on and always; 0: keep for ever",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 36'500},
    OptionSpec{.name = "--drop-before",
               .value = "TIME",
               .help = "forget what was seen before, such as 2027-01-31; never goes back",
               .kind = ValueKind::kText},
    kJsonOption};
constexpr std::array kTidyOptions{
    OptionSpec{.name = "--drop-damaged", .help = "also remove what cannot be read"}, kJsonOption};
constexpr std::array kShowExamples{
    Example{"seawall observations show seen/", "How much it holds, and for how long."}};
constexpr std::array kRetainExamples{
    Example{"seawall observations retain seen/ forum --keep-days 90", "Forget what is older than 90 days."}};
constexpr std::array kTidyExamples{
    Example{"seawall observations tidy seen/", "Remove the bytes of what has expired."}};
constexpr std::array kCheckExamples{Example{"seawall observations check seen/", "Read all of it."}};

}  // namespace

const CommandSpec& observations_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "observations show",
      .summary = "show how much a log of observations holds, and how long it is kept",
      .description = "What has expired and has not been tidied away is counted, though never found.",
      .positionals = kFolder,
      .options = kPlainOptions,
      .examples = kShowExamples,
      .run = run_show};
  return kCommand;
}

const CommandSpec& observations_retain_command() {
  static constexpr CommandSpec kCommand{
      .name = "observations retain",
      .summary = "set how long a tenant's observations are kept",
      .description =
          "In force at once: what has expired is found no more. Its bytes go with the next tidy, which a "
          "matcher does every hour. While a matcher writes the log this waits for nobody and fails (exit "
          "code "
          "6): set it with seawall lists match --keep-days then, or between two runs.",
      .positionals = kFolderAndTenant,
      .options = kRetainOptions,
      .examples = kRetainExamples,
      .run = run_retain};
  return kCommand;
}

const CommandSpec& observations_tidy_command() {
  static constexpr CommandSpec kCommand{
      .name = "observations tidy",
      .summary = "remove the bytes of expired observations",
      .description =
          "Rewrites the files that hold expired observations. Exit code 5: some of it cannot be read, and is "
          "carried along.",
      .positionals = kFolder,
      .options = kTidyOptions,
      .examples = kTidyExamples,
      .run = run_tidy};
  return kCommand;
}

const CommandSpec& observations_check_command() {
  static constexpr CommandSpec kCommand{
      .name = "observations check",
      .summary = "read a whole log of observations and check every checksum",
      .description = "Beside a matcher that writes it, too. Exit code 5: some of it cannot be read.",
      .positionals = kFolder,
      .options = kPlainOptions,
      .examples = kCheckExamples,
      .run = run_check};
  return kCommand;
}

}  // namespace seawall::cli
