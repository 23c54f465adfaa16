#include <array>
#include <map>

#include "seawall/cli/audit_commands.h"
#include "seawall/cli/audit_session.h"
#include "seawall/cli/log_kind_words.h"
#include "seawall/model/time_text.h"
#include "seawall/report/html_text.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kRowsMax = 1'000'000;

/// Which entries are asked for.
struct Wanted {
  std::vector<std::string> kinds;
  std::optional<Time> since, until;

  [[nodiscard]] bool takes(const LogEntry& entry) const {
    const bool of_kind = kinds.empty() || std::ranges::find(kinds, name_of(entry.kind)) != kinds.end();
    return of_kind && (!since || entry.at >= *since) && (!until || entry.at < *until);
  }
};

struct Row {
  std::uint64_t entries = 0, things = 0;
};

/// Prints and counts entries while the log is verified.
class Inspecting final : public AuditTeller {
 public:
  Inspecting(Console& console, Wanted wanted, std::optional<RecordFile> record, bool prints)
      : AuditTeller(console, ""),
        console_(console),
        wanted_(std::move(wanted)),
        record_(std::move(record)),
        prints_(prints) {}

  Result<void> on_finding(const Finding& /*finding*/) override { return {}; }

  Result<void> on_entry(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) override {
    if (!entry) return prints_ && wanted_.kinds.empty() ? print(index, text, entry) : Result<void>{};
    if (record_ && opens(*entry, *record_)) {
      opened_.push_back(index);
      return print(index, text, entry);
    }
    if (record_ || !wanted_.takes(*entry)) return {};
    if (prints_) return print(index, text, entry);
    return count(*entry);
  }

  void tell_counts() {
    for (const auto& [key, row] : rows_) {
      if (!console_.json()) {
        console_.print(key.first + "  " + key.second + "  " + with_thousands(row.entries) + " entries, " +
                       with_thousands(row.things) + " in all\n");
        continue;
      }
      Json json{{"day", key.first}, {"kind", key.second}, {"entries", row.entries}, {"n", row.things}};
      console_.print(to_line(json) + "\n");
    }
  }

  [[nodiscard]] const std::vector<std::uint64_t>& opened() const { return opened_; }

 private:
  Result<void> print(std::uint64_t index, std::string_view text, const Result<LogEntry>& entry) {
    console_.progress("");
    console_.print(console_.json() ? to_line(json_of(index, text, entry)) + "\n"
                                   : line_of(index, text, entry));
    return {};
  }

  Result<void> count(const LogEntry& entry) {
    Row& row = rows_[{second_text(entry.at).substr(0, 10), std::string(name_of(entry.kind))}];
    ++row.entries;
    row.things += entry.count;
    if (rows_.size() > kRowsMax) return fail(Code::kLimitExceeded, "the entries are of too many days");
    return {};
  }

  Console& console_;
  Wanted wanted_;
  std::optional<RecordFile> record_;
  bool prints_;
  std::map<std::pair<std::string, std::string>, Row> rows_;
  std::vector<std::uint64_t> opened_;
};

Result<Wanted> wanted_of(const Arguments& arguments) {
  Wanted wanted{.kinds = arguments.all("--kind"), .since = {}, .until = {}};
  if (const auto text = arguments.text("--since")) {
    SEAWALL_TRY(wanted.since, time_from_text(*text));
  }
  if (const auto text = arguments.text("--until")) {
    SEAWALL_TRY(wanted.until, time_from_text(*text));
  }
  return wanted;
}

Result<Outcome> tell_record(Console& console, const Inspecting& inspecting) {
  if (!console.json()) {
    console.note(inspecting.opened().empty() ? "no entry of the log stands for this record and salt"
                                             : "that entry stands for this record");
  }
  return Outcome{.matched = !inspecting.opened().empty()};
}

Result<Outcome> run_inspect(const Arguments& arguments, Console& console) {
  if (arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(Wanted wanted, wanted_of(arguments));
  std::optional<RecordFile> record;
  if (const auto path = arguments.text("--record")) {
    SEAWALL_TRY(const std::string text, text_of_file(*path, kRecordFileBytesMax, console));
    SEAWALL_TRY(record, record_file_from_text(text));
  }
  SEAWALL_TRY(const auto place,
              AuditPlace::open(arguments.positionals()[0], arguments.text("--ca-file").value_or("")));
  Inspecting inspecting(console, std::move(wanted), record, arguments.flag("--entries"));
  const SystemClock clock;
  LogAudit audit({.files = place->files(), .keys = keys, .clock = clock, .watcher = inspecting}, {});
  const auto state = audit.run({});
  console.progress("");
  if (!state) return tl::unexpected(state.error());
  if (record) return tell_record(console, inspecting);
  inspecting.tell_counts();
  return Outcome{};
}

constexpr std::array kPositionals{kAuditPlace};
constexpr std::array kOptions{
    kAuditLogOption,
    kAuditWitnessOption,
    kAuditQuorumOption,
    OptionSpec{.name = "--kind",
               .value = "KIND",
               .help = "only entries of this kind",
               .kind = ValueKind::kChoice,
               .choices = kLogKindWords,
               .repeatable = true},
    OptionSpec{.name = "--since",
               .value = "TIME",
               .help = "only from that day or time on",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--until", .value = "TIME", .help = "only before it", .kind = ValueKind::kText},
    OptionSpec{.name = "--entries", .help = "print each entry instead of counts by day and kind"},
    OptionSpec{.name = "--record",
               .value = "FILE",
               .help = R"(say which entry stands for this record: {"record": ..., "salt": ...})",
               .kind = ValueKind::kFile},
    kAuditOriginOption,
    kAuditCaFileOption,
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall audit inspect https://log.example --log VKEY --since 2026-11-01",
            "How much happened on each day of November, by kind."},
    Example{"seawall audit inspect https://log.example --log VKEY --kind order --entries --json",
            "Every entry about an order, for a script."},
    Example{"seawall audit inspect /srv/mirror --log VKEY --record shown-to-me.json",
            "Which entry stands for a record that you were shown."}};

}  // namespace

const CommandSpec& audit_inspect_command() {
  static constexpr CommandSpec kCommand{
      .name = "audit inspect",
      .summary = "see what a transparency log tells: how much, of what kind, when",
      .description =
          "Counts the entries of a log by day and kind, or prints them, and verifies the log while it reads: "
          "what it prints is of a log that verifies only if it ends with 0 or 1.\n\nAn entry tells of its "
          "kind, its time and how many things it stands for, and nothing else. With --record, which holds a "
          "record and its salt as their keeper hands them out, it says which entry was made of them: it ends "
          "with 1 if there is one, with 0 if there is none.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_inspect};
  return kCommand;
}

}  // namespace seawall::cli
