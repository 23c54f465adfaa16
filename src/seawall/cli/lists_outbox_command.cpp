#include <algorithm>
#include <array>
#include <thread>

#include "seawall/base/random_source.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/subscribe_session.h"
#include "seawall/outbox/outbox.h"
#include "seawall/subscription/settings.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1000;
constexpr std::chrono::milliseconds kLookEvery{100};  // For Ctrl-C.

void print_row(Console& console, const Source& source, const FeedbackRow& row) {
  const MatchDecision& decision = row.decision;
  if (console.json()) {
    Json json;
    json["id"] = row.id;
    json["source"] = source.name;
    json["entry"] = to_text(decision.entry);
    json["key"] = decision.key;
    json["match"] = decision.match;
    json["verdict"] = verdict_word(decision);
    json["signal"] = decision.signal;
    if (!decision.reason.empty()) json["reason"] = decision.reason;
    json["by"] = authorship_json(decision.by);
    json["idempotency_key"] = feedback_id(row);
    json["attempts"] = row.delivery.attempts;
    json["held"] = row.delivery.held;
    if (row.delivery.not_before != Time{}) json["not_before"] = time_text(row.delivery.not_before);
    if (!row.delivery.error.empty()) json["error"] = row.delivery.error;
    console.print(to_line(json) + "\n");
    return;
  }
  std::string line = source.name + "  entry " + to_text(decision.entry) + "  " +
                     std::string(verdict_word(decision)) + "  by " + decision.by.who + " on " +
                     time_text(decision.by.when);
  if (row.delivery.attempts != 0) line += "  tried " + std::to_string(row.delivery.attempts) + " times";
  if (row.delivery.held) line += "  held";
  if (!row.delivery.error.empty()) line += "  " + row.delivery.error;
  console.print(shown_text(line) + "\n");
}

Result<Outcome> show_outbox(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto sources, chosen_sources(arguments, *view));
  std::uint64_t shown = 0;
  for (const Source& source : sources) {
    std::uint64_t after = 0;
    for (std::size_t page = kPage; page == kPage && !console.stopping();) {
      SEAWALL_TRY(const auto rows, session->feedback().waiting(source.id, after, kPage));
      for (const FeedbackRow& row : rows) {
        after = row.id;
        print_row(console, source, row);
        ++shown;
      }
      page = rows.size();
    }
  }
  if (shown == 0 && !console.json()) console.note("nothing waits to be sent");
  return Outcome{};
}

/// Asks for a stop when the program is told to: a request under way ends at once.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::stop_source& source)
      : thread_([&source](const std::stop_token& ended) {
          while (!ended.stop_requested() && !source.stop_requested()) {
            if (stop_signal() != 0) source.request_stop();
            std::this_thread::sleep_for(kLookEvery);
          }
        }) {}

 private:
  std::jthread thread_;
};

/// What a run of `lists outbox send` works with.
struct Sending {
  ListsSession& session;
  const SubscriptionsFile& file;
  OutboxOptions options;
  std::stop_token stop;
};

/// Tells one source, by the subscription of its name.
Result<OutboxReport> send_to(const Source& source, const Sending& sending) {
  const auto& all = sending.file.subscriptions;
  const auto settings = std::ranges::find(all, source.name, &SubscriptionSettings::name);
  if (settings == all.end()) return fail(Code::kNotFound, "the settings have no subscription of its name");
  if (!settings->enabled) return fail(Code::kUnavailable, "its subscription is switched off");
  SEAWALL_TRY(const auto fetcher, open_fetcher(settings->ca_file));
  SystemRandom random;
  const Clock& clock = sending.session.clock();
  const RemoteContext context{*fetcher, clock, random};
  SEAWALL_TRY(const ExchangeFormat* const format, exchange_format_named(settings->format));
  SEAWALL_TRY(const Credentials credentials, credentials_of(*settings));
  SEAWALL_TRY(const auto client, make_remote_client(*settings, context, *format, credentials));
  return send_outbox(sending.session.feedback(), source.id, *client, clock, random, sending.options,
                     sending.stop);
}

void print_report(Console& console, const Source& source, const OutboxReport& report) {
  if (console.json()) {
    Json json;
    json["source"] = source.name;
    json["sent"] = report.sent;
    json["waiting"] = report.waiting;
    json["held"] = report.held;
    if (report.next_at) json["next_at"] = time_text(*report.next_at);
    if (!report.error.empty()) json["error"] = report.error;
    console.print(to_line(json) + "\n");
  } else {
    std::string line = source.name + "  " + std::to_string(report.sent) + " sent";
    if (report.waiting != 0) line += ", " + std::to_string(report.waiting) + " wait";
    if (report.next_at) line += " until " + time_text(*report.next_at);
    if (report.held != 0) line += ", " + std::to_string(report.held) + " held";
    if (!report.error.empty()) line += ": " + report.error;
    console.print(shown_text(line) + "\n");
  }
  console.flush();
}

Result<Outcome> send_all(const Arguments& arguments, Console& console) {
  const auto path = arguments.text("--settings");
  if (!path) return usage_failure(console, "name the subscriptions with --settings FILE");
  SEAWALL_TRY(const SubscriptionsFile file, subscriptions_from_file(*path));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(auto view, session->store().view());
  SEAWALL_TRY(const auto sources, chosen_sources(arguments, *view));
  view.reset();
  OutboxOptions options;
  options.held = arguments.flag("--held");
  std::stop_source stop;
  const StopOnSignal watch(stop);
  const Sending sending{*session, file, options, stop.get_token()};
  Outcome outcome;
  for (const Source& source : sources) {
    if (console.stopping()) break;
    SEAWALL_TRY(const auto first, session->feedback().waiting(source.id, 0, 1));
    if (first.empty()) continue;
    auto report = send_to(source, sending);
    if (report) {
      print_report(console, source, *report);
      if (report->waiting != 0 || report->held != 0) ++outcome.input_errors;
    } else {
      console.error(std::move(report).error().within("source " + source.name));
      ++outcome.input_errors;
    }
  }
  return outcome;
}

Result<Outcome> run_outbox(const Arguments& arguments, Console& console) {
  return arguments.positionals().empty() ? show_outbox(arguments, console) : send_all(arguments, console);
}

constexpr std::array kWhat{PositionalSpec{
    .name = "send", .help = "tell the sources; else show what waits", .required = false, .choices = "send"}};
constexpr std::array kOptions{
    kStoreOption,
    OptionSpec{.name = "--settings",
               .value = "FILE",
               .help = "send: the subscriptions, a TOML file; each source is told by the one of its name",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--source", .value = "NAME", .help = "only of this source", .kind = ValueKind::kText},
    OptionSpec{.name = "--held", .help = "send: try again what a source would not take"}, kJsonOption};
constexpr std::array kExamples{
    Example{"seawall lists outbox", "What waits to be sent back, and what went wrong."},
    Example{"seawall lists outbox send --settings subscriptions.toml", "Tell every source what was found."}};

}  // namespace

const CommandSpec& lists_outbox_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists outbox",
      .summary = "show, or send, decisions on their way back to their sources",
      .description =
          "Sends each source its decisions in their order, once it is due: a source that is busy or cannot "
          "be reached is asked again later, each time after a longer wait, by the next run. Nothing is lost "
          "if the program is killed; what was on its way is sent again under the same idempotency key. What "
          "a source will never take is held and shown here, and a new decision replaces it. Exit code 3: "
          "something still waits or is held.",
      .positionals = kWhat,
      .options = kOptions,
      .examples = kExamples,
      .run = run_outbox};
  return kCommand;
}

}  // namespace seawall::cli
