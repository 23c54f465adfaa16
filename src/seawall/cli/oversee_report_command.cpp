#include <array>
#include <filesystem>

#include "seawall/cli/audit_session.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/option_tables.h"
#include "seawall/cli/order_session.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/model/time_text.h"
#include "seawall/overseer/count_table.h"
#include "seawall/report/html_page.h"
#include "seawall/report/html_text.h"
#include "seawall/statement/members.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kOrderRows{
    {{"order-application", "applied for"},
     {"order", "granted"},
     {"order-refusal", "refused"},
     {"order-urgent", "urgent"},
     {"order-cancellation", "cancelled"}}};

/// Whole months, so that two reports that overlap say the same of each month.
struct Months {
  Time from{}, to{};
  [[nodiscard]] bool has(Time time) const { return time >= from && time < to; }
};

std::string month_of(Time time) { return second_text(time).substr(0, 7); }

struct Table {
  std::string name;
  CountTable counts;
};

/// What is counted for a report.
class Counting {
 public:
  // A book's statements are entries of kind order: one table of both, or one could be had from the other.
  Counting(Months months, bool with_orders) : months_(months), with_orders_(with_orders) {}

  Result<void> add(const LogEntry& entry) {
    if (!months_.has(entry.at) || (with_orders_ && entry.kind == LogKind::kOrder)) return {};
    const std::string kind(name_of(entry.kind));
    SEAWALL_CHECK(entries_.add(kind, month_of(entry.at), 1));
    return things_.add(kind, month_of(entry.at), entry.count);
  }
  Result<void> add_overdue(const EntryTally& tally, Time now) {
    for (const auto& [index, promise] : tally.open) {
      if (promise.due >= now || !months_.has(promise.due)) continue;
      SEAWALL_CHECK(overdue_.add(std::string(name_of(promise.kind)), month_of(promise.due), 1));
    }
    return {};
  }
  Result<void> add_statement(const SignedStatement& statement) {
    const auto row =
        std::ranges::find(kOrderRows, statement.kind(), [](const auto& one) { return one.first; });
    if (row == kOrderRows.end()) return {};
    SEAWALL_TRY(const Time at, time_of_seconds(statement.body().at("at").get<std::string>()));
    return months_.has(at) ? orders_.add(std::string(row->second), month_of(at), 1) : Result<void>{};
  }
  [[nodiscard]] std::vector<Table> tables() const {
    std::vector<Table> all{{"Entries of the log", entries_},
                           {"Things that they stand for", things_},
                           {"Promises that are overdue, by the month in which they were due", overdue_}};
    if (with_orders_) all.push_back({"Orders", orders_});
    return all;
  }

 private:
  Months months_;
  bool with_orders_ = false;
  CountTable entries_, things_, overdue_, orders_;
};

class CountingLog final : public AuditTeller {
 public:
  CountingLog(Console& console, Counting& counting) : AuditTeller(console, ""), counting_(counting) {}
  Result<void> on_finding(const Finding& /*finding*/) override { return {}; }
  Result<void> on_entry(std::uint64_t /*index*/, std::string_view /*text*/,
                        const Result<LogEntry>& entry) override {
    return entry ? counting_.add(*entry) : Result<void>{};
  }

 private:
  Counting& counting_;
};

Result<void> count_log(const std::string& log, const Arguments& arguments, Console& console,
                       Counting& counting) {
  SEAWALL_TRY(const AuditKeys keys, audit_keys_of(arguments));
  SEAWALL_TRY(const auto place, AuditPlace::open(log, arguments.text("--ca-file").value_or("")));
  CountingLog watcher(console, counting);
  const SystemClock clock;
  LogAudit audit({.files = place->files(), .keys = keys, .clock = clock, .watcher = watcher}, {});
  const auto state = audit.run({});
  console.progress("");
  if (!state) return tl::unexpected(state.error());
  return counting.add_overdue(state->tally, clock.now());
}

Result<void> count_promises(const std::map<std::uint64_t, LogEntry>& promising, Counting& counting) {
  const SystemClock clock;
  EntryTally tally;
  for (const auto& [leaf, entry] : promising)
    SEAWALL_CHECK(tally.add(leaf, entry, {.clock_tolerance = {}, .now = clock.now()}));
  return counting.add_overdue(tally, clock.now());
}

Result<void> count_store(const Arguments& arguments, Console& console, Counting& counting) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY([[maybe_unused]] const auto store, open_named_store(url));
  SEAWALL_TRY(const auto records, open_log_records(url));
  std::map<std::uint64_t, LogEntry> promising;  // What promises or keeps, in the order of the log.
  for (std::uint64_t last = 0;;) {
    SEAWALL_TRY(const auto page, records->records(last, kPage));
    for (const LogRecord& record : page) {
      SEAWALL_TRY(const LogEntry entry, log_entry_from_text(record.entry));
      SEAWALL_CHECK(counting.add(entry));
      if (record.leaf && (entry.due || entry.ref)) promising.emplace(*record.leaf, entry);
    }
    if (console.stopping()) return fail(Code::kUnavailable, "stopped");
    if (page.size() < kPage) break;
    last = page.back().id;
  }
  return count_promises(promising, counting);
}

Result<void> count_orders(const Arguments& arguments, Console& console, Counting& counting) {
  if (!std::filesystem::is_directory(*arguments.text("--book")))
    return fail(Code::kNotFound, "there is no order book at " + *arguments.text("--book"));
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  for (std::string after;;) {
    SEAWALL_TRY(const auto ids, session->book().orders(after, kPage));
    for (const std::string& id : ids) {
      if (console.stopping()) return fail(Code::kUnavailable, "stopped");
      SEAWALL_TRY(const OrderRecord record, session->book().order(id));
      for (const SignedStatement& one : record.order.statements()) SEAWALL_CHECK(counting.add_statement(one));
    }
    if (ids.size() < kPage) return {};
    after = ids.back();
  }
}

std::string words(const CountTable::Shown& cell) { return cell ? with_thousands(*cell) : "<5"; }
std::string words(const CountTable::Total& total) {
  return with_thousands(total.of_shown) + (total.leaves_out ? " and more" : "");
}

Json json_of(const CountTable::Total& total) {
  return {{"of_shown", total.of_shown}, {"leaves_out", total.leaves_out}};
}

Json json_of(const Table& table) {
  const auto all = table.counts.published();
  Json rows = Json::array(), totals = Json::array();
  for (const CountTable::Row& row : all.rows) {
    Json cells = Json::array();
    for (const auto& cell : row.cells) cells.push_back(cell ? Json(*cell) : Json("<5"));
    rows.push_back({{"name", row.name}, {"cells", cells}, {"total", json_of(row.total)}});
  }
  for (const auto& total : all.totals) totals.push_back(json_of(total));
  return {{"name", table.name},
          {"columns", all.columns},
          {"rows", rows},
          {"totals", totals},
          {"total", json_of(all.total)}};
}

using Words = std::vector<std::string>;

/// A table as rows of words: heads, rows, totals.
std::vector<Words> words_of(const Table& table) {
  const auto all = table.counts.published();
  std::vector<Words> rows{{""}};
  for (const std::string& column : all.columns) rows[0].push_back(column);
  rows[0].emplace_back("all shown");
  for (const CountTable::Row& row : all.rows) {
    Words line{row.name};
    for (const auto& cell : row.cells) line.push_back(words(cell));
    line.push_back(words(row.total));
    rows.push_back(std::move(line));
  }
  Words last{"all shown"};
  for (const auto& total : all.totals) last.push_back(words(total));
  last.push_back(words(all.total));
  rows.push_back(std::move(last));
  return rows;
}

std::string html_of(const Table& table) {
  std::string html = "<table>\n<caption>" + html_escaped(table.name) + "</caption>\n";
  bool head = true;
  for (const Words& row : words_of(table)) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string_view tag = head || i == 0 ? "th" : "td";
      html += "<" + std::string(tag) + ">" + html_escaped(row[i]) + "</" + std::string(tag) + ">";
    }
    html += "</tr>\n";
    head = false;
  }
  return html + "</table>\n";
}

std::string html_page(const std::vector<Table>& tables, const std::string& subject) {
  std::string html = html_page_begin("Transparency report", subject, "");
  int number = 0;
  for (const Table& table : tables) {
    html += html_section_begin("table-" + std::to_string(++number), table.name) + "<div class=\"wide\">" +
            html_of(table) + "</div>\n" + html_section_end();
  }
  return html + html_page_end("\"<5\" stands for 1 to 4. Totals are of what is shown.");
}

void print_text(Console& console, const std::vector<Table>& tables) {
  for (const Table& table : tables) {
    console.print(table.name + "\n");
    for (const Words& row : words_of(table)) {
      std::string line;
      for (const std::string& word : row) line += "  " + word;
      console.print(shown_text(line) + "\n");
    }
  }
  console.note("<5 stands for 1 to 4; totals are of what is shown");
}

Result<Time> month_begin(const Arguments& arguments, std::string_view option) {
  SEAWALL_TRY(const Time time, time_from_text(*arguments.text(option)));
  if (second_text(time).ends_with("-01T00:00:00Z")) return time;
  return fail(Code::kInvalidInput, std::string(option) +
                                       " must be the first day of a month: reports of parts of "
                                       "months could be subtracted from each other");
}

Result<Outcome> run_report(const Arguments& arguments, Console& console) {
  if (!arguments.text("--from") || !arguments.text("--to"))
    return usage_failure(console, "--from and --to are needed");
  const bool of_log = !arguments.positionals().empty();
  if (of_log && arguments.all("--log").empty()) return usage_failure(console, "--log is needed");
  Months months;
  SEAWALL_TRY(months.from, month_begin(arguments, "--from"));
  SEAWALL_TRY(months.to, month_begin(arguments, "--to"));
  if (months.from >= months.to) return fail(Code::kInvalidInput, "--to must be after --from");
  const bool with_orders = arguments.text("--book").has_value();
  Counting counting(months, with_orders);
  SEAWALL_CHECK(of_log ? count_log(arguments.positionals()[0], arguments, console, counting)
                       : count_store(arguments, console, counting));
  if (with_orders) {
    SEAWALL_CHECK(count_orders(arguments, console, counting));
  }
  const auto tables = counting.tables();
  const std::string from = second_text(months.from).substr(0, 10), to = second_text(months.to).substr(0, 10);
  if (const auto path = arguments.text("--html")) {
    SEAWALL_CHECK(write_kept_file(*path, html_page(tables, "From " + from + " until before " + to)));
  }
  if (!console.json()) {
    print_text(console, tables);
    return Outcome{};
  }
  Json all = Json::array();
  for (const Table& table : tables) all.push_back(json_of(table));
  console.print(to_line(Json{{"from", from}, {"to", to}, {"hidden_below", 5}, {"tables", all}}) + "\n");
  return Outcome{};
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "URL|DIR",
                   .help = "the log, to be verified while it is counted (default: ask the store)",
                   .kind = ValueKind::kPath,
                   .required = false}};
constexpr std::array kCountOptions{
    kStoreOption,
    OptionSpec{.name = "--from",
               .value = "DAY",
               .help = "the first day: the first of a month (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--to",
               .value = "DAY",
               .help = "the first day that no longer counts: the first of a month (required)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--book",
               .value = "DIR",
               .help = "also count the orders of this order book",
               .kind = ValueKind::kPath},
    OptionSpec{.name = "--html",
               .value = "FILE",
               .help = "write a page to print as well",
               .kind = ValueKind::kPath}};
constexpr std::array kOptions = joined(kCountOptions, kAuditReadOptions, std::array{kJsonOption});
constexpr std::array kExamples{
    Example{"seawall oversee report --from 2026-01-01 --to 2027-01-01 --html report.html",
            "The report on a year, from the list store."},
    Example{"seawall oversee report https://log.example --log VKEY --from 2026-01-01 --to 2026-07-01 --json",
            "On half a year, from the log itself."}};

}  // namespace

const CommandSpec& oversee_report_command() {
  static constexpr CommandSpec kCommand{
      .name = "oversee report",
      .summary = "count what was done, month by month, so that it can be published",
      .description =
          "Counts the log's entries by kind and month, the things that they stand for, and promises that are "
          "overdue; with --book also orders applied for, granted, refused, urgent and cancelled.\n\nCounts "
          "of 1 "
          "to 4 are shown as <5, for small numbers point at people. A total is of the counts that are shown, "
          "so that no hidden one can be had by subtracting; and a report is of whole months.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_report};
  return kCommand;
}

}  // namespace seawall::cli
