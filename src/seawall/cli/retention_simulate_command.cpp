#include <array>
#include <map>
#include <tuple>

#include "seawall/base/line_reader.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/retention_commands.h"
#include "seawall/observation/observation_log.h"
#include "seawall/retention/destruction.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;

Json time_or_null(const std::optional<Time>& time) { return time ? Json(time_text(*time)) : Json(); }

Json clock_json(const RetentionClock& clock) {
  return {{"duty", clock.duty->name},
          {"source", clock.duty->source},
          {"from", time_text(clock.from)},
          {"until", time_or_null(clock.end)},
          {"struck_by", clock.struck_by != nullptr ? Json(clock.struck_by->name) : Json()},
          {"put_off_by", clock.put_off_by != nullptr ? Json(clock.put_off_by->name) : Json()}};
}

void print_verdict(Console& console, const RetainedRecord& record, const RetentionVerdict& verdict) {
  if (!console.json()) {
    const std::string when = verdict.erase_after ? time_text(*verdict.erase_after) : std::string("-");
    console.print(shown_text(record.id + "  " + std::string(name_of(record.kind)) + "  " +
                             std::string(name_of(verdict.state)) + "  erase after " + when) +
                  "\n    " + shown_text(verdict.why) + "\n");
    return;
  }
  Json json{{"id", record.id},
            {"kind", name_of(record.kind)},
            {"state", name_of(verdict.state)},
            {"keep_until", time_or_null(verdict.keep_until)},
            {"erase_after", time_or_null(verdict.erase_after)},
            {"why", verdict.why},
            {"clocks", Json::array()}};
  for (const RetentionClock& clock : verdict.clocks) json["clocks"].push_back(clock_json(clock));
  console.print(to_line(json) + "\n");
}

Result<Outcome> simulate_file(const std::string& path, Time now, Console& console) {
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  LineReader lines(file.source(), kRetainedLineBytesMax);
  Outcome outcome;
  std::span<char> line;
  while (!console.stopping()) {
    const auto any = lines.next(line);
    if (any && !*any) break;
    if (!any && any.error().code != Code::kLimitExceeded) return tl::unexpected(any.error());
    const auto record = any ? retained_record_from({line.data(), line.size()})
                            : Result<RetainedRecord>(tl::unexpected(any.error()));
    if (record) {
      print_verdict(console, *record, decide_retention(*record, now));
      continue;
    }
    ++outcome.input_errors;
    console.error(
        {record.error().code, "line " + std::to_string(lines.line_number()) + ": " + record.error().message});
  }
  return outcome;
}

/// What of one source stands alike, by the month in which it goes.
struct Group {
  std::uint64_t count = 0;
  std::string why;  ///< Of its first.
};
using GroupKey = std::tuple<std::string, std::string, std::string, std::string>;  // kind, of, state, month
using Groups = std::map<GroupKey, Group>;

void add(Groups& groups, const RetainedRecord& record, const std::string& of, Time now) {
  RetentionVerdict verdict = decide_retention(record, now);
  const std::string month =
      verdict.erase_after ? time_text(*verdict.erase_after).substr(0, 7) : std::string("-");
  Group& group = groups[{std::string(name_of(record.kind)), of, std::string(name_of(verdict.state)), month}];
  if (group.count++ == 0) group.why = std::move(verdict.why);
}

Result<void> take_log_records(const std::string& url, Time now, Groups& groups, const Console& console) {
  SEAWALL_TRY(const auto records, open_log_records(url));
  const SystemClock clock;
  SEAWALL_TRY(const auto holds, LogRecordRetention(*records, clock).holds());
  for (std::uint64_t last = 0; !console.stopping();) {
    SEAWALL_TRY(const auto page, records->records(last, kPage));
    for (const LogRecord& record : page) {
      last = record.id;
      if (!record.salt) continue;
      SEAWALL_TRY(const RetainedRecord retained, LogRecordRetention::as_retained(record, holds));
      add(groups, retained, record.source, now);
    }
    if (page.size() < kPage) break;
  }
  return {};
}

Result<void> take_requests(const std::string& url, Time now, Groups& groups, const Console& console) {
  SEAWALL_TRY(const auto all, open_store_records(url));
  for (RequestId last{}; !console.stopping();) {
    SEAWALL_TRY(const auto page, all.requests->all_requests(last, kPage));
    for (const ChangeRequest& request : page) {
      last = request.id;
      const Time since = request.closed ? request.closed->when : request.proposed.when;
      const std::string id = std::to_string(static_cast<std::uint64_t>(request.id));
      add(groups, {.id = id, .kind = RetainedKind::kRequest, .created = since}, "change requests", now);
    }
    if (page.size() < kPage) break;
  }
  return {};
}

void print_groups(Console& console, const Groups& groups) {
  for (const auto& [key, group] : groups) {
    const auto& [kind, of, state, month] = key;
    if (console.json()) {
      console.print(to_line(Json{{"kind", kind},
                                 {"of", of},
                                 {"state", state},
                                 {"erase_month", month == "-" ? Json() : Json(month)},
                                 {"count", group.count},
                                 {"why_first", group.why}}) +
                    "\n");
    } else {
      console.print(shown_text(kind + "  " + of + "  " + state + "  erase in " + month + "  " +
                               std::to_string(group.count)) +
                    "\n");
    }
  }
}

Result<void> print_observations(const std::string& folder, Console& console) {
  const SystemClock clock;
  SEAWALL_TRY(const auto log, ObservationLog::open(folder, clock, {.read_only = true}));
  for (const TenantRetention& one : log->retentions()) {
    const auto days = std::chrono::floor<std::chrono::days>(one.retention).count();
    if (console.json()) {
      console.print(to_line(Json{{"kind", "observation"},
                                 {"of", one.tenant},
                                 {"state", days == 0 ? "undecided" : "kept"},
                                 {"limit_days", days == 0 ? Json() : Json(days)}}) +
                    "\n");
    } else {
      console.print(shown_text("observation  " + one.tenant + "  " +
                               (days == 0 ? std::string("undecided: no limit is set")
                                          : "each goes after " + std::to_string(days) + " days")) +
                    "\n");
    }
  }
  return {};
}

Result<Outcome> simulate_store(const Arguments& arguments, Time now, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY([[maybe_unused]] const auto store, open_named_store(url));
  Groups groups;
  SEAWALL_CHECK(take_log_records(url, now, groups, console));
  SEAWALL_CHECK(take_requests(url, now, groups, console));
  print_groups(console, groups);
  if (const auto folder = arguments.text("--observations"))
    SEAWALL_CHECK(print_observations(*folder, console));
  return Outcome{};
}

Result<Outcome> run_simulate(const Arguments& arguments, Console& console) {
  Time now = SystemClock().now();
  if (const auto at = arguments.text("--at")) {
    SEAWALL_TRY(now, time_from(*at));
  }
  if (!arguments.positionals().empty()) return simulate_file(arguments.positionals()[0], now, console);
  return simulate_store(arguments, now, console);
}

constexpr std::array kFile{PositionalSpec{.name = "FILE",
                                          .help = "records, one JSON object a line (docs/retention.md); - is "
                                                  "standard input; without it, what the store keeps",
                                          .kind = ValueKind::kFile,
                                          .required = false}};
constexpr std::array kOptions{kStoreOption,
                              OptionSpec{.name = "--observations",
                                         .value = "DIR",
                                         .help = "with a store: also this log of observations",
                                         .kind = ValueKind::kDirectory},
                              OptionSpec{.name = "--at",
                                         .value = "TIME",
                                         .help = "as it will stand then, such as 2027-01-31 (default: now)",
                                         .kind = ValueKind::kText},
                              kJsonOption};
constexpr std::array kExamples{
    Example{"seawall retention simulate records.ndjson --at 2027-01-31", "What would go by then, and why."},
    Example{"seawall retention simulate --store sqlite:lists.db",
            "What this store keeps, and for how long."}};

}  // namespace

const CommandSpec& retention_simulate_command() {
  static constexpr CommandSpec kCommand{
      .name = "retention simulate",
      .summary = "show what would be erased when, and why; erases nothing",
      .description =
          "Reads records from FILE and tells of each: held, kept, due or undecided, from when on it is to be "
          "erased, and by which duties and rules. Without FILE it reads the store: the records that the "
          "log's "
          "entries stand for and the change requests, counted by the month in which they go. A line looks "
          "like "
          "this:\n\n{\"id\":\"r-17\",\"kind\":\"report-content\",\"created\":\"2026-01-05\",\"events\":[{"
          "\"what\":"
          "\"reported-us\",\"at\":\"2026-01-06\"}]}\n\nKinds, events and rules: seawall retention explain.",
      .positionals = kFile,
      .options = kOptions,
      .examples = kExamples,
      .run = run_simulate};
  return kCommand;
}

}  // namespace seawall::cli
