#include <array>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"

namespace seawall::cli {
namespace {

Result<Entry> entry_of(StoreView& view, const std::string& text) {
  SEAWALL_TRY(const EntryId id, entry_from(text));
  SEAWALL_TRY(auto found, view.entries({&id, 1}));
  if (found.empty()) return fail(Code::kNotFound, "there is no entry " + text);
  return std::move(found.front());
}

void print_entry(Console& console, const Entry& entry) {
  const Json json = entry_json(entry);
  if (console.json()) {
    console.print(to_line(json) + "\n");
    return;
  }
  for (const auto& [name, value] : json.items()) {
    std::string line = name + std::string(name.size() < 15 ? 15 - name.size() : 1, ' ');
    line += value.is_string() ? value.get<std::string>() : to_line(value);
    console.print(shown_text(line) + "\n");
  }
}

Result<Outcome> run_entry(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const Entry entry, entry_of(*view, arguments.positionals()[0]));
  print_entry(console, entry);
  return Outcome{};
}

void print_change(Console& console, EntryId id, const EntryChange& change, const Json& changed) {
  if (console.json()) {
    Json json;
    json["entry"] = to_text(id);
    json["version"] = change.version;
    json["what"] = change.what;
    json["by"] = authorship_json(change.by);
    json["changed"] = changed;
    json["previous"] = change.previous ? entry_json(*change.previous) : Json();
    console.print(to_line(json) + "\n");
    return;
  }
  console.print(shown_text("version " + std::to_string(change.version) + "  " + time_text(change.by.when) +
                           "  " + change.what + "  by " + change.by.who + ": " + change.by.why) +
                "\n");
  const auto word = [](const Json& value) { return value.is_null() ? std::string("-") : to_line(value); };
  for (const auto& [name, values] : changed.items()) {
    console.print(shown_text("  " + name + ": " + word(values["from"]) + " -> " + word(values["to"])) + "\n");
  }
}

Result<Outcome> run_history(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const EntryId id, entry_from(arguments.positionals()[0]));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto changes, view->history(id));
  SEAWALL_TRY(const Entry now, entry_of(*view, arguments.positionals()[0]));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& before = changes[i].previous;
    const bool last = i + 1 == changes.size();
    const Entry* const after = last ? &now : changes[i + 1].previous ? &*changes[i + 1].previous : nullptr;
    print_change(console, id, changes[i],
                 before && after != nullptr ? entry_difference(entry_json(*before), entry_json(*after))
                                            : Json::object());
  }
  return Outcome{};
}

Result<Outcome> run_withdraw(const Arguments& arguments, Console& console) {
  std::vector<EntryId> entries;
  for (const std::string& text : arguments.positionals()) {
    SEAWALL_TRY(const EntryId id, entry_from(text));
    entries.push_back(id);
  }
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const Release release, session->service().withdraw(entries, by));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_CHECK(print_sealed(console, session->service(), *view, release));
  return Outcome{};
}

Result<Outcome> run_quarantine(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const EntryId id, entry_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const Entry entry, session->service().quarantine(id, by));
  print_entry(console, entry);
  return Outcome{};
}

Result<Outcome> run_end_quarantine(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const EntryId id, entry_from(arguments.positionals()[0]));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const ChangeOutcome outcome, session->service().end_quarantine(id, by));
  print_outcome(console, outcome, "ending the quarantine of " + to_text(id));
  return Outcome{};
}

constexpr std::array kEntry{PositionalSpec{.name = "ENTRY", .help = "release and place, such as 12.345"}};
constexpr std::array kEntries{
    PositionalSpec{.name = "ENTRY", .help = "release and place, such as 12.345", .repeatable = true}};
constexpr std::array kReadOptions{kStoreOption, kJsonOption};
constexpr std::array kActOptions{kStoreOption, kWhyOption, kAsOption, kJsonOption};
constexpr std::array kEntryExamples{
    Example{"seawall lists entry 12.345", "Everything the store says of it."}};
constexpr std::array kHistoryExamples{
    Example{"seawall lists history 12.345", "Who did what with it, when and why."}};
constexpr std::array kWithdrawExamples{Example{"seawall lists withdraw 12.345 12.346 --why 'court decision'",
                                               "Propose to take two entries off."}};
constexpr std::array kQuarantineExamples{
    Example{"seawall lists quarantine 12.345 --why 'matches a logo'", "Stop enforcing it at once."}};
constexpr std::array kEndExamples{
    Example{"seawall lists end-quarantine 12.345 --why 'was right'", "Ask for it to be enforced again."}};

}  // namespace

const CommandSpec& lists_entry_command() {
  static constexpr CommandSpec kCommand{.name = "lists entry",
                                        .summary = "show one entry",
                                        .description = "As it is at the present list version.",
                                        .positionals = kEntry,
                                        .options = kReadOptions,
                                        .examples = kEntryExamples,
                                        .run = run_entry};
  return kCommand;
}

const CommandSpec& lists_history_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists history",
      .summary = "show all that happened to an entry",
      .description =
          "Oldest first: who, when, why, and each value before and after; with --json also the "
          "whole entry as it was before. Who approved is with the requests and releases: lists "
          "requests --all --entry ENTRY.",
      .positionals = kEntry,
      .options = kReadOptions,
      .examples = kHistoryExamples,
      .run = run_history};
  return kCommand;
}

const CommandSpec& lists_withdraw_command() {
  static constexpr CommandSpec kCommand{.name = "lists withdraw",
                                        .summary = "propose to take entries off the list",
                                        .description =
                                            "Makes a release that withdraws them; where the bank asks for "
                                            "two persons, another one approves it. To "
                                            "stop an entry at once use lists quarantine.",
                                        .positionals = kEntries,
                                        .options = kActOptions,
                                        .examples = kWithdrawExamples,
                                        .run = run_withdraw};
  return kCommand;
}

const CommandSpec& lists_quarantine_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists quarantine",
      .summary = "stop enforcing an entry at once",
      .description = "One person may: it is the emergency brake. The entry still matches, silently.",
      .positionals = kEntry,
      .options = kActOptions,
      .examples = kQuarantineExamples,
      .run = run_quarantine};
  return kCommand;
}

const CommandSpec& lists_end_quarantine_command() {
  static constexpr CommandSpec kCommand{.name = "lists end-quarantine",
                                        .summary = "ask for a quarantined entry to be enforced again",
                                        .description = "Needs a second person where the bank does.",
                                        .positionals = kEntry,
                                        .options = kActOptions,
                                        .examples = kEndExamples,
                                        .run = run_end_quarantine};
  return kCommand;
}

}  // namespace seawall::cli
