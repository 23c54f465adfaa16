#include <array>
#include <span>

#include "seawall/base/base64.h"
#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1000;

std::string line_of(const OrderRecord& record, Time now) {
  const OrderDocument& order = record.order.document();
  std::string actions;
  for (const OrderAction action : order.actions)
    actions.append(actions.empty() ? "" : ", ").append(name_of(action));
  return order.id + "  " + std::string(name_of(record.order.state(now))) + "  " + order.scope.tenant + "  " +
         actions + "  " + std::to_string(record.used) + " of " + std::to_string(order.scope.records_max) +
         " records  until " + second_text(record.order.ends().value_or(order.not_after)) + "  for " +
         order.applicant;
}

Json opening_json(std::string_view what, std::string_view entry, std::span<const std::byte> salt,
                  std::string_view record, std::optional<std::uint64_t> leaf) {
  Json json;
  json["what"] = what;
  json["entry"] = entry;
  json["salt"] = to_base64({reinterpret_cast<const char*>(salt.data()), salt.size()});
  json["record"] = record;
  json["leaf"] = leaf ? Json(*leaf) : Json();
  return json;
}

/// What shows, without a word of ours, what the log's entries of the order say.
Result<Outcome> print_openings(OrderBook& book, const std::string& id, Console& console) {
  SEAWALL_TRY(const LogOpening grant, book.grant_opening(id));
  console.print(to_line(opening_json("grant", grant.entry, grant.salt, grant.record, grant.leaf)) + "\n");
  for (std::int64_t after = 0; !console.stopping();) {
    SEAWALL_TRY(const auto page, book.uses(id, after, kPage));
    for (const OrderUseRecord& one : page)
      console.print(to_line(opening_json("use", one.entry, one.salt, one.record, one.leaf)) + "\n");
    if (page.size() < kPage) break;
    after = page.back().number;
  }
  return Outcome{};
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  SEAWALL_TRY(const Time now, session->book().now());
  if (arguments.flag("--openings")) return print_openings(session->book(), record.order.id(), console);
  if (arguments.flag("--statements")) {
    for (const SignedStatement& one : record.order.statements()) console.print(one.to_text());
    return Outcome{};
  }
  if (console.json()) {
    console.print(to_line(order_json(record, now)) + "\n");
    return Outcome{};
  }
  console.print(shown_text(line_of(record, now)) + "\n");
  for (const SignedStatement& one : record.order.statements()) console.print("\n" + statement_words(one));
  return Outcome{};
}

Result<Outcome> run_list(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const Time now, session->book().now());
  const auto wanted = arguments.text("--state");
  std::string after;
  for (;;) {
    SEAWALL_TRY(const auto ids, session->book().orders(after, kPage));
    for (const std::string& id : ids) {
      if (console.stopping()) return Outcome{};
      SEAWALL_TRY(const OrderRecord record, session->book().order(id));
      if (wanted && *wanted != name_of(record.order.state(now))) continue;
      console.print(console.json() ? to_line(order_json(record, now)) + "\n"
                                   : shown_text(line_of(record, now)) + "\n");
    }
    if (ids.size() < kPage) return Outcome{};
    after = ids.back();
  }
}

Result<Outcome> run_waiting(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const auto drafts, session->book().drafts());
  for (const SignedStatement& draft : drafts) {
    const Json json = statement_json(draft);
    if (console.json()) {
      console.print(to_line(json) + "\n");
      continue;
    }
    std::string missing;
    for (const StatementSigner& one : draft.missing()) missing += " " + one.by;
    console.print(json["statement"].get<std::string>().substr(0, 16) + "  " + draft.kind() + "  waits for" +
                  missing + "\n");
  }
  if (drafts.empty() && !console.json()) console.note("nothing waits for a signature");
  return Outcome{};
}

Result<Outcome> run_due(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const std::uint64_t errors, session->book().tidy());
  if (errors > 0) {
    console.note(std::to_string(errors) +
                 " urgent order(s) became void after they were used: an error each, for the overseer");
  }
  SEAWALL_TRY(const auto all, session->book().due());
  Outcome outcome;
  for (const OrderDue& one : all) {
    const std::string_view what = one.what == OrderDue::What::kOpening ? "opening" : "confirmation";
    outcome.matched = outcome.matched || one.overdue;
    if (console.json()) {
      Json json{
          {"order", one.order}, {"what", what}, {"due", second_text(one.due)}, {"overdue", one.overdue}};
      console.print(to_line(json) + "\n");
    } else {
      console.print(one.order + "  " + std::string(what) + "  due " + second_text(one.due) +
                    (one.overdue ? "  OVERDUE" : "") + "\n");
    }
  }
  if (all.empty() && !console.json()) console.note("nothing is due");
  return outcome;
}

constexpr std::array kOrder{PositionalSpec{.name = "ORDER", .help = "its id, such as o-0123456789abcdef"}};
constexpr std::array kShowOptions{
    kBookOption,
    OptionSpec{.name = "--statements", .help = "print its statements themselves, with their signatures"},
    OptionSpec{.name = "--openings",
               .help = "print what opens the log's entries of it and of what was done under it, as JSON"},
    kJsonOption};
constexpr std::array kListOptions{
    kBookOption,
    OptionSpec{.name = "--state",
               .value = "STATE",
               .help = "only those that are so",
               .kind = ValueKind::kChoice,
               .choices = "applied reviewed refused waiting in-force expired cancelled void"},
    kJsonOption};
constexpr std::array kBookOnly{kBookOption, kJsonOption};
constexpr std::array kShowExamples{
    Example{"seawall orders show o-0123456789abcdef --book book", "Everything that was said of it, by whom."},
    Example{"seawall orders show o-0123456789abcdef --openings --book book > opening.ndjson",
            "Entry, salt and record of the order and of each use: what those concerned are given."}};
constexpr std::array kListExamples{
    Example{"seawall orders list --state in-force --book book", "What may be done now."}};
constexpr std::array kWaitingExamples{Example{
    "seawall orders waiting --book book", "What waits for somebody's signature; then: seawall orders sign."}};
constexpr std::array kDueExamples{
    Example{"seawall orders due --book book || mail -s 'overdue' board@example.org",
            "Exit code 1: something is overdue."}};

}  // namespace

const CommandSpec& orders_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders show",
      .summary = "show an order and everything that was said of it",
      .description = "State, records used, and each statement with its grounds.",
      .positionals = kOrder,
      .options = kShowOptions,
      .examples = kShowExamples,
      .run = run_show};
  return kCommand;
}

const CommandSpec& orders_list_command() {
  static constexpr CommandSpec kCommand{.name = "orders list",
                                        .summary = "list orders and their states",
                                        .description = "One line an order, by id.",
                                        .positionals = {},
                                        .options = kListOptions,
                                        .examples = kListExamples,
                                        .run = run_list};
  return kCommand;
}

const CommandSpec& orders_waiting_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders waiting",
      .summary = "list what waits for somebody's signature",
      .description = "Of orders and of the roster. After 7 days it is dropped.",
      .positionals = {},
      .options = kBookOnly,
      .examples = kWaitingExamples,
      .run = run_waiting};
  return kCommand;
}

const CommandSpec& orders_due_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders due",
      .summary = "show what is due, and what is overdue",
      .description =
          "Confirmations of urgent orders, and the telling of those concerned. The exit code is 1 where "
          "something is "
          "overdue. Also tells the log, once, of urgent orders that became void after they were used.",
      .positionals = {},
      .options = kBookOnly,
      .examples = kDueExamples,
      .run = run_due};
  return kCommand;
}

}  // namespace seawall::cli
