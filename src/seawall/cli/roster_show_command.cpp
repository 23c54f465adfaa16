#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"
#include "seawall/statement/members.h"

namespace seawall::cli {
namespace {

Json row_json(const RosterRow& row, Time now, const std::string& roster) {
  Json json;
  json["roster"] = roster;
  json["person"] = row.key.name;
  json["roles"] = Json::array();
  for (const PersonRole role : row.roles) json["roles"].push_back(name_of(role));
  json["public"] = to_text(row.key);
  json["from"] = second_text(row.from);
  json["until"] = row.until ? Json(second_text(*row.until)) : Json();
  json["valid"] = row.holds_at(now);
  return json;
}

void print_row(Console& console, const RosterRow& row, Time now, const std::string& roster) {
  if (console.json()) return console.print(to_line(row_json(row, now, roster)) + "\n");
  const std::string until = row.until ? "  until " + second_text(*row.until) : "";
  console.print(row.key.name + "  " + to_text(row.roles) + "  since " + second_text(row.from) + until + "  " +
                to_hex_text(id_of(row.key)) + "\n");
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const Roster roster, session->book().roster());
  if (arguments.flag("--chain")) {
    console.print(roster.to_text());
    return Outcome{};
  }
  if (roster.empty()) {
    if (!console.json()) console.note("nobody yet: seawall roster init --help");
    return Outcome{};
  }
  const std::string id = to_hex(roster.statements().front().id());
  for (const RosterRow& row : roster.rows()) {
    if (arguments.flag("--all") || row.holds_at(session->now())) print_row(console, row, session->now(), id);
  }
  if (!console.json()) console.print("roster " + id + "\n");
  return Outcome{};
}

constexpr std::array kOptions{
    kBookOption, OptionSpec{.name = "--all", .help = "also who was in it once"},
    OptionSpec{.name = "--chain", .help = "print the statements themselves: what another service is given"},
    kJsonOption};
constexpr std::array kExamples{Example{"seawall roster show --book book", "Who may sign what, now."},
                               Example{"seawall roster show --book book --chain > roster.ndjson",
                                       "The roster as anybody can verify it."}};

}  // namespace

const CommandSpec& roster_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "roster show",
      .summary = "show who may sign what",
      .description =
          "Every signature of the chain was verified when the book took it, and is again when it is opened. "
          "The "
          "last line names the roster by its first statement: give that to whoever is to believe no other "
          "(--roster, and roster in the table [orders] of a service's settings).",
      .positionals = {},
      .options = kOptions,
      .examples = kExamples,
      .run = run_show};
  return kCommand;
}

}  // namespace seawall::cli
