#include <array>
#include <filesystem>

#include "seawall/cli/lists_session.h"
#include "seawall/cli/log_kind_words.h"
#include "seawall/cli/oversee_commands.h"
#include "seawall/orders/order_book.h"
#include "seawall/overseer/log_query.h"
#include "seawall/statement/members.h"
#include "seawall/store_sql/log_records.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;

Json row_json(const LogQueryRow& row) {
  return {{"at", second_text(row.entry.at)},
          {"kind", name_of(row.entry.kind)},
          {"count", row.entry.count},
          {"source", row.source},
          {"leaf", row.leaf ? Json(*row.leaf) : Json()},
          {"ref", row.entry.ref ? Json(*row.entry.ref) : Json()},
          {"due", row.entry.due ? Json(second_text(*row.entry.due)) : Json()},
          {"erased", row.erased.has_value()}};
}

std::string row_text(const LogQueryRow& row) {
  std::string text = second_text(row.entry.at) + "  " + std::string(name_of(row.entry.kind)) + "  " +
                     std::to_string(row.entry.count) + "  from " + row.source + "  " +
                     (row.leaf ? "leaf " + std::to_string(*row.leaf) : std::string("not in the log yet"));
  if (row.entry.ref) text += "  to leaf " + std::to_string(*row.entry.ref);
  if (row.entry.due) text += "  due " + second_text(*row.entry.due);
  if (row.erased) text += "  erased";
  return text;
}

void print_counts(Console& console, const LogQueryAnswer& answer) {
  for (const auto& [group, count] : answer.counts()) {
    if (console.json()) {
      console.print(to_line(Json{{"group", group}, {"entries", count.entries}, {"things", count.things}}) +
                    "\n");
    } else {
      console.print(shown_text(group + "  " + std::to_string(count.entries) + " entries, of " +
                               std::to_string(count.things)) +
                    "\n");
    }
  }
  if (answer.counts().empty() && !console.json()) console.note("none");
}

void print_rows(Console& console, const LogQueryAnswer& answer) {
  for (const LogQueryRow& row : answer.rows())
    console.print(console.json() ? to_line(row_json(row)) + "\n" : shown_text(row_text(row)) + "\n");
  if (answer.left_out() > 0)
    console.note(std::to_string(answer.left_out()) + " more; ask for fewer, or with limit=N");
  if (answer.rows().empty() && !console.json()) console.note("none");
}

/// What an order book itself says is overdue: openings, and confirmations, which no entry of the log
/// promises.
Result<Outcome> print_orders_due(const Arguments& arguments, Console& console) {
  const auto folder = arguments.text("--orders");
  if (!folder) return Outcome{};
  std::error_code ignored;
  if (!std::filesystem::exists(*folder, ignored))
    return fail(Code::kNotFound, "there is no order book in " + *folder);
  const SystemClock clock;
  SEAWALL_TRY(const auto book, OrderBook::open(*folder, clock));
  SEAWALL_TRY(const auto all, book->due());
  for (const OrderDue& one : all) {
    if (!one.overdue) continue;
    const std::string_view what = one.what == OrderDue::What::kOpening ? "opening" : "confirmation";
    console.print(
        console.json()
            ? to_line(Json{{"order", one.order}, {"what", what}, {"due", second_text(one.due)}}) + "\n"
            : shown_text(one.order + "  " + std::string(what) + "  due " + second_text(one.due)) + "\n");
  }
  return Outcome{};
}

Result<Outcome> run_query(const Arguments& arguments, Console& console) {
  std::string text;
  for (const std::string& word : arguments.positionals()) text += word + " ";
  SEAWALL_TRY(const LogQuery query, log_query_from(text));
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY([[maybe_unused]] const auto store, open_named_store(url));
  SEAWALL_TRY(const auto records, open_log_records(url));
  const SystemClock clock;
  LogQueryAnswer answer(query, clock.now());
  for (std::uint64_t last = 0; !console.stopping();) {
    SEAWALL_TRY(const auto page, records->records(last, kPage));
    for (const LogRecord& record : page) SEAWALL_CHECK(answer.add(record));
    if (page.size() < kPage) break;
    last = page.back().id;
  }
  if (console.stopping()) return Outcome{};
  SEAWALL_CHECK(answer.finish());
  query.count ? print_counts(console, answer) : print_rows(console, answer);
  return query.overdue ? print_orders_due(arguments, console) : Result<Outcome>(Outcome{});
}

constexpr std::array kWords{PositionalSpec{.name = "WORD",
                                           .help = "what is asked: kind=K,K source=S,S from=TIME to=TIME "
                                                   "erased waiting overdue count by=kind|day|month|source "
                                                   "limit=N",
                                           .required = false,
                                           .repeatable = true}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{.name = "--orders",
               .value = "DIR",
               .help = "with overdue: also what this order book says is overdue, confirmations too",
               .kind = ValueKind::kDirectory},
    kJsonOption};
constexpr std::array kExamples{
    Example{"seawall oversee query by=kind from=2026-01-01 to=2026-02-01",
            "What happened in January, counted."},
    Example{"seawall oversee query kind=order,order-opening", "Every order and every opening, by time."},
    Example{
        "seawall oversee query overdue --orders book",
        "What was promised and is late: openings of orders, reports of errors, draws; and confirmations."},
    Example{"seawall oversee query kind=observation-lookup by=day", "Look-ups of observations, day by day."}};

}  // namespace

const CommandSpec& oversee_query_command() {
  static const std::string kDescription =
      "Words narrow what is asked; without any it tells of everything. Answers are of what is public in an "
      "entry: when, what kind, how many, which entry it continues, when something is due; never of who. "
      "Nothing is changed.\n\nKinds: " +
      std::string(kLogKindWords) +
      ". from is the first time that counts, to the first that does not. count counts; by counts by group. "
      "waiting: what is not in the log yet; erased: what says nothing any more; overdue: what was promised "
      "by "
      "a time that is over, and no later entry answers.";
  static const CommandSpec kCommand{
      .name = "oversee query",
      .summary = "ask what the log of a list store holds: filters and counts, without names",
      .description = kDescription,
      .positionals = kWords,
      .options = kOptions,
      .examples = kExamples,
      .run = run_query};
  return kCommand;
}

}  // namespace seawall::cli
