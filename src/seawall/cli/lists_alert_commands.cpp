#include <array>
#include <charconv>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/alert_service.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;

Result<AlertId> alert_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number != 0) return AlertId{number};
  return fail(Code::kInvalidInput, "an alert is named by its number, as `seawall lists alerts` shows it");
}

std::string_view standing_of(const AlertStanding& one) {
  if (!is_open(one.alert.state)) return name_of(one.alert.state);
  if (!one.undecided()) return "over";
  if (one.alert.state == AlertState::kTold) return "told";
  return one.waits_for_second_person ? "waits for a second person" : "open";
}

void print_alert(Console& console, const AlertStanding& one) {
  const Alert& alert = one.alert;
  const auto id = static_cast<std::uint64_t>(alert.id);
  if (!console.json()) {
    console.print(shown_text("alert " + std::to_string(id) + "  " + std::string(standing_of(one)) +
                             "  entry " + to_text(alert.entry) + " (" +
                             std::string(name_of(one.entry_state)) + ")  " + time_text(alert.raised.when) +
                             "  " + alert.raised.who + ": " + alert.raised.why) +
                  "\n");
    return;
  }
  Json json;
  json["alert"] = id;
  json["standing"] = standing_of(one);
  json["entry"] = to_text(alert.entry);
  json["entry_state"] = name_of(one.entry_state);
  json["bank"] = static_cast<std::uint32_t>(alert.bank);
  json["matches"] = alert.matches;
  json["limit"] = alert.limit;
  json["raised"] = authorship_json(alert.raised);
  if (alert.request) json["request"] = static_cast<std::uint64_t>(*alert.request);
  if (alert.closed) json["closed"] = authorship_json(*alert.closed);
  console.print(to_line(json) + "\n");
}

Result<Outcome> run_alerts(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  Outcome outcome;
  const bool all = arguments.flag("--all");
  AlertId after{};
  for (bool more = true; more && !console.stopping();) {
    SEAWALL_TRY(const auto page, session->alerts().alerts(after, !all, kPage));
    for (const AlertStanding& one : page) {
      after = one.alert.id;
      outcome.matched = outcome.matched || one.undecided();
      if (all || one.undecided()) print_alert(console, one);
    }
    more = page.size() == kPage;
  }
  if (!outcome.matched && !console.json()) console.note("no alert waits for a decision");
  return outcome;
}

Result<Outcome> run_accept(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const AlertId id, alert_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const ChangeOutcome outcome, session->alerts().accept(id, by));
  print_outcome(console, outcome, "accepting alert " + arguments.positionals()[0]);
  return Outcome{};
}

Result<Outcome> run_close(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const AlertId id, alert_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_CHECK(session->alerts().close(id, by));
  if (console.json()) {
    Json json;
    json["alert"] = static_cast<std::uint64_t>(id);
    json["closed"] = true;
    console.print(to_line(json) + "\n");
  }
  return Outcome{};
}

constexpr std::array kAlert{PositionalSpec{.name = "ALERT", .help = "its number"}};
constexpr std::array kShowOptions{
    kStoreOption, OptionSpec{.name = "--all", .help = "also those that are decided"}, kJsonOption};
constexpr std::array kActOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kShowExamples{Example{"seawall lists alerts", "What waits for a decision."}};
constexpr std::array kAcceptExamples{Example{"seawall lists accept-alert 3 --why 'a wave of reposts'",
                                             "The entry is right: enforce it again."}};
constexpr std::array kCloseExamples{
    Example{"seawall lists close-alert 3 --why 'a logo, withdrawn'", "Seen; it stays in quarantine."}};

}  // namespace

const CommandSpec& lists_alerts_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists alerts",
      .summary = "show entries that the flood breaker holds back",
      .description =
          "Each with its counts and the reason. A matcher with lists match --flood raises them. Exit code 1: "
          "some wait for a decision, so that a watch over this machine can ask.",
      .positionals = {},
      .options = kShowOptions,
      .examples = kShowExamples,
      .run = run_alerts};
  return kCommand;
}

const CommandSpec& lists_accept_alert_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists accept-alert",
      .summary = "say that an entry held back is right, and enforce it again",
      .description =
          "Asks for the end of its quarantine; where the bank asks for two persons, another one types the "
          "same (or approves the request). What the entry matched meanwhile is from then on normal for it.",
      .positionals = kAlert,
      .options = kActOptions,
      .examples = kAcceptExamples,
      .run = run_accept};
  return kCommand;
}

const CommandSpec& lists_close_alert_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists close-alert",
      .summary = "say that an alert was seen, and leave its entry in quarantine",
      .description = "To take the entry off the list for good: lists withdraw.",
      .positionals = kAlert,
      .options = kActOptions,
      .examples = kCloseExamples,
      .run = run_close};
  return kCommand;
}

}  // namespace seawall::cli
