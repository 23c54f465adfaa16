#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/decision.h"
#include "seawall/lists/precision.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kDecisionsMax = 10'000;
constexpr std::string_view kConfirmed = "confirmed";

/// "12.345", or "12.345@MATCH" as `lists match` names it.
Result<Decision> decision_from(const std::string& text, const Arguments& arguments) {
  const std::size_t at = text.find('@');
  Decision decision;
  SEAWALL_TRY(decision.entry, entry_from(text.substr(0, at)));
  if (at != std::string::npos) decision.match = text.substr(at + 1);
  decision.confirmed = *arguments.text("--verdict") == kConfirmed;
  decision.signal = arguments.text("--signal").value_or("");
  decision.reason = arguments.text("--reason").value_or("");
  decision.send_back = !arguments.flag("--keep");
  return decision;
}

Json decision_json(const MatchDecision& decision) {
  Json json;
  json["entry"] = to_text(decision.entry);
  json["match"] = decision.match;
  json["verdict"] = verdict_word(decision);
  json["signal"] = decision.signal;
  if (!decision.reason.empty()) json["reason"] = decision.reason;
  json["by"] = authorship_json(decision.by);
  return json;
}

void print_decision(Console& console, const DecisionOutcome& outcome) {
  if (console.json()) {
    Json json = decision_json(outcome.decision);
    json["source"] = outcome.source.name;
    json["waits"] = outcome.waits;
    console.print(to_line(json) + "\n");
    return;
  }
  std::string line =
      "entry " + to_text(outcome.decision.entry) + ": " + std::string(verdict_word(outcome.decision));
  line += outcome.waits ? "; " + outcome.source.name + " is told by: seawall lists outbox send"
                        : "; source " + outcome.source.name + " is not told";
  console.print(shown_text(line) + "\n");
}

Result<Outcome> run_decide(const Arguments& arguments, Console& console) {
  if (!arguments.text("--verdict")) return usage_failure(console, "say --verdict confirmed or false-match");
  std::vector<Decision> decisions;
  for (const std::string& text : arguments.positionals()) {
    SEAWALL_TRY(Decision decision, decision_from(text, arguments));
    decisions.push_back(std::move(decision));
  }
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  Outcome outcome;
  for (const Decision& decision : decisions) {
    if (console.stopping()) break;
    auto made = record_decision(session->store(), session->feedback(), decision,
                                {by.who, by.why, session->clock().now()});
    if (made) {
      print_decision(console, *made);
      continue;
    }
    if (decisions.size() == 1) return tl::unexpected(std::move(made).error());
    console.error(std::move(made).error().within("entry " + to_text(decision.entry)));
    ++outcome.input_errors;
  }
  return outcome;
}

Result<Outcome> run_decisions(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const EntryId entry, entry_from(arguments.positionals()[0]));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto decisions, session->feedback().decisions_on(entry, kDecisionsMax));
  for (const MatchDecision& decision : decisions) {
    if (console.json()) {
      console.print(to_line(decision_json(decision)) + "\n");
      continue;
    }
    console.print(shown_text(decision.match + "  " + std::string(verdict_word(decision)) + "  by " +
                             decision.by.who + " on " + time_text(decision.by.when) + ": " +
                             decision.by.why) +
                  "\n");
  }
  if (decisions.empty() && !console.json()) console.note("nobody has decided on it yet");
  return Outcome{};
}

std::string percent(double share) {
  const auto tenths = std::lround(share * 1000);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

/// `bank`: empty for all banks of the source together.
void print_precision(Console& console, const std::string& source, const std::string& bank,
                     const SourcePrecision& precision) {
  const DecisionCounts& counts = precision.counts;
  if (console.json()) {
    Json json;
    json["source"] = source;
    json["bank"] = bank.empty() ? Json() : Json(bank);
    json["confirmed"] = counts.confirmed;
    json["false_matches"] = counts.refuted;
    json["precision"] = precision.share;
    json["low"] = precision.interval.low;
    json["high"] = precision.interval.high;
    console.print(to_line(json) + "\n");
    return;
  }
  console.print(shown_text(source + "  " + (bank.empty() ? "all banks" : bank) + "  " +
                           std::to_string(counts.confirmed) + " of " +
                           std::to_string(counts.confirmed + counts.refuted) + " confirmed  " +
                           percent(precision.share) + "  (95 %: " + percent(precision.interval.low) + " to " +
                           percent(precision.interval.high) + ")") +
                "\n");
}

Result<Outcome> run_precision(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto sources, view->sources());
  SEAWALL_TRY(const auto banks, view->banks());
  SEAWALL_TRY(const auto all, precision_by_source(session->feedback()));
  for (const Source& source : sources) {
    DecisionCounts total{{}, source.id, 0, 0};
    for (const SourcePrecision& one : all) {
      if (one.counts.source != source.id) continue;
      total.confirmed += one.counts.confirmed;
      total.refuted += one.counts.refuted;
    }
    if (total.confirmed + total.refuted == 0) continue;
    print_precision(console, source.name, "", precision_of(total));
    for (const SourcePrecision& one : all) {
      if (one.counts.source != source.id) continue;
      const auto bank = std::ranges::find(banks, one.counts.bank, &ListBank::id);
      print_precision(console, source.name, bank == banks.end() ? "?" : bank_name(*bank), one);
    }
  }
  if (all.empty() && !console.json()) {
    console.note("nobody has decided on a match yet: seawall lists decide");
  }
  return Outcome{};
}

constexpr std::array kMatches{
    PositionalSpec{.name = "ENTRY[@MATCH]",
                   .help = "an entry such as 12.345, or a match as lists match --json names it",
                   .repeatable = true}};
constexpr std::array kEntry{PositionalSpec{.name = "ENTRY", .help = "release and place, such as 12.345"}};
constexpr std::array kReadOptions{kStoreOption, kJsonOption};
constexpr std::array kDecideOptions{
    kStoreOption,
    kWhyOption,
    kAsOption,
    OptionSpec{.name = "--verdict",
               .value = "WHAT",
               .help = "what was found when somebody looked",
               .kind = ValueKind::kChoice,
               .choices = "confirmed false-match"},
    OptionSpec{.name = "--reason",
               .value = "TEXT",
               .help = "of a false match, for the source; NCMEC: the id of one of its reasons",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--signal",
               .value = "TYPE",
               .help = "what met (default: the entry's PDQ hash, else its first digest)",
               .kind = ValueKind::kChoice,
               .choices = "pdq md5 sha1 sha256"},
    OptionSpec{.name = "--keep", .help = "count it here and tell the source nothing"},
    kJsonOption};
constexpr std::array kDecideExamples{
    Example{"seawall lists decide 12.345@upload-77 --verdict false-match --why 'a logo'",
            "One match of one entry was wrong."},
    Example{"seawall lists decide 12.345 --verdict confirmed --why 'case 12'", "The entry itself is right."}};
constexpr std::array kDecisionsExamples{
    Example{"seawall lists decisions 12.345", "What people found about its matches."}};
constexpr std::array kPrecisionExamples{
    Example{"seawall lists precision --json", "How often each source's matches were confirmed."}};

}  // namespace

const CommandSpec& lists_decide_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists decide",
      .summary = "say what was found when somebody looked at a match",
      .description =
          "Kept with who, when and why; the last decision on a match counts. It enforces nothing: to stop an "
          "entry use lists quarantine. Where the entry's source takes feedback (NCMEC, StopNCII, "
          "ThreatExchange, another Seawall), the decision waits in its outbox; the source is told its own "
          "key, what met, the verdict and the reason, and never who decided, why, or on what.",
      .positionals = kMatches,
      .options = kDecideOptions,
      .examples = kDecideExamples,
      .run = run_decide};
  return kCommand;
}

const CommandSpec& lists_decisions_command() {
  static constexpr CommandSpec kCommand{.name = "lists decisions",
                                        .summary = "show what people found about an entry's matches",
                                        .description = "One line a match; - is the entry itself.",
                                        .positionals = kEntry,
                                        .options = kReadOptions,
                                        .examples = kDecisionsExamples,
                                        .run = run_decisions};
  return kCommand;
}

const CommandSpec& lists_precision_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists precision",
      .summary = "show how often each source's matches were confirmed",
      .description =
          "For each source with decisions: all banks together, then each bank. The interval is "
          "Wilson's at 95 %: few decisions say little, and it is wide then.",
      .positionals = {},
      .options = kReadOptions,
      .examples = kPrecisionExamples,
      .run = run_precision};
  return kCommand;
}

}  // namespace seawall::cli
