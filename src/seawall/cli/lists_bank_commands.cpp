#include <array>

#include "seawall/base/hex.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/decision.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_create(const Arguments& arguments, Console& console) {
  ListBank bank;
  bank.name = arguments.positionals()[0];
  bank.tenant = *arguments.text("--tenant");
  bank.purpose = arguments.text("--purpose").value_or("");
  bank.owner = arguments.text("--owner").value_or("");
  bank.kind = arguments.flag("--harmless") ? BankKind::kHarmless : BankKind::kListed;
  bank.radius_bits = static_cast<int>(*arguments.integer("--radius"));
  bank.two_person = !arguments.flag("--one-person");
  SEAWALL_TRY(bank.action, bank_action_from_text(*arguments.text("--action")));
  SEAWALL_TRY(const Actor by, actor_from(arguments));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(bank.id, session->service().make_bank(bank, by));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto made, view->bank(bank.id));
  if (!made) return fail(Code::kCorrupt, "the bank just made is not there");
  if (console.json()) {
    console.print(to_line(bank_json(*made)) + "\n");
  } else {
    console.note("made bank " + bank_name(*made) + "; bring a list into it with: seawall lists import " +
                 made->name + " FILE");
  }
  return Outcome{};
}

Result<void> print_bank(Console& console, StoreView& view, const ListBank& bank) {
  Json json = bank_json(bank);
  std::string counts;
  for (const EntryState state : {EntryState::kProposed, EntryState::kStaged, EntryState::kActive,
                                 EntryState::kQuarantined, EntryState::kWithdrawn}) {
    SEAWALL_TRY(const std::uint64_t count, view.count(bank.id, state));
    json["entries"][std::string(name_of(state))] = count;
    if (count != 0) counts += "  " + std::to_string(count) + " " + std::string(name_of(state));
  }
  if (console.json()) {
    console.print(to_line(json) + "\n");
    return {};
  }
  std::string line = bank_name(bank) + "  ";
  line += bank.kind == BankKind::kHarmless ? "harmless" : name_of(bank.action);
  line += "  radius " + std::to_string(bank.radius_bits);
  line += bank.two_person ? "  two persons" : "  one person";
  if (!bank.active) line += "  switched off";
  if (bank.expires_at) line += "  until " + time_text(*bank.expires_at);
  console.print(shown_text(line + (counts.empty() ? "  empty" : counts)) + "\n");
  return {};
}

Result<Outcome> run_banks(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto banks, view->banks());
  for (const ListBank& bank : banks) SEAWALL_CHECK(print_bank(console, *view, bank));
  if (banks.empty() && !console.json())
    console.note("no banks yet; make one with: seawall lists create NAME");
  return Outcome{};
}

Result<Outcome> run_sources(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const auto sources, view->sources());
  for (const Source& source : sources) {
    const bool takes = takes_feedback(source.kind);
    if (console.json()) {
      Json json;
      json["source"] = source.name;
      json["id"] = static_cast<std::uint32_t>(source.id);
      json["kind"] = source.kind;
      json["takes_feedback"] = takes;
      console.print(to_line(json) + "\n");
    } else {
      console.print(shown_text(source.name + "  " + source.kind + (takes ? "  takes feedback" : "")) + "\n");
    }
  }
  if (sources.empty() && !console.json()) console.note("no sources yet: they come with the first import");
  return Outcome{};
}

Result<Outcome> run_version(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const ListVersion version, view->version());
  if (console.json()) {
    Json json;
    json["version"] = version.number;
    json["chain"] = to_hex(version.chain);
    console.print(to_line(json) + "\n");
  } else {
    console.print("list version " + std::to_string(version.number) + "  chain " + to_hex(version.chain) +
                  "\n");
  }
  return Outcome{};
}

constexpr OptionSpec kPurposeOption{
    .name = "--purpose", .value = "TEXT", .help = "what the bank is for", .kind = ValueKind::kText};
constexpr OptionSpec kOwnerOption{
    .name = "--owner", .value = "TEXT", .help = "who answers for it", .kind = ValueKind::kText};

constexpr std::array kNewName{PositionalSpec{.name = "NAME", .help = "the new bank's name"}};
constexpr std::array kCreateOptions{
    kStoreOption,
    kWhyOption,
    kAsOption,
    kPurposeOption,
    kOwnerOption,
    OptionSpec{.name = "--tenant",
               .value = "NAME",
               .help = "whose bank it is",
               .kind = ValueKind::kText,
               .default_value = "default"},
    OptionSpec{.name = "--action",
               .value = "WHAT",
               .help = "what a caller does with media that meets it",
               .kind = ValueKind::kChoice,
               .choices = "block review allow",
               .default_value = "block"},
    OptionSpec{.name = "--radius",
               .value = "N",
               .help = "bits that may differ, inclusive",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = 256,
               .default_value = "31"},
    OptionSpec{.name = "--harmless",
               .help = "a bank of known harmless look-alikes: its matches overrule others"},
    OptionSpec{.name = "--one-person", .help = "activating and withdrawing need no second person"},
    kJsonOption};
constexpr std::array kReadOptions{kStoreOption, kJsonOption};
constexpr std::array kCreateExamples{
    Example{"seawall lists create known --owner 'Hotline' --why 'agreement of 3 March'",
            "Make a bank whose changes need two people."},
    Example{"seawall lists create look-alikes --harmless --why 'known false matches'",
            "Make a negative bank."}};
constexpr std::array kBanksExamples{
    Example{"seawall lists banks", "Every bank and how many entries it has."}};
constexpr std::array kSourcesExamples{Example{"seawall lists sources", "Where entries come from."}};
constexpr std::array kVersionExamples{
    Example{"seawall lists version --json", "The version and its chain, to compare with a matcher's."}};

}  // namespace

const CommandSpec& lists_create_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists create",
      .summary = "make a bank in the list store",
      .description =
          "A bank is a named set of listed content with one purpose, one owner and one default action. "
          "Unless "
          "--one-person is given, nothing in it is enforced or taken off before a second person has agreed.",
      .positionals = kNewName,
      .options = kCreateOptions,
      .examples = kCreateExamples,
      .run = run_create};
  return kCommand;
}

const CommandSpec& lists_banks_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists banks",
      .summary = "show the banks of the list store",
      .description = "One line a bank: its settings, and its entries by state.",
      .positionals = {},
      .options = kReadOptions,
      .examples = kBanksExamples,
      .run = run_banks};
  return kCommand;
}

const CommandSpec& lists_sources_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists sources",
      .summary = "show where entries come from",
      .description = "One line a source: its name, its kind, and whether it takes feedback.",
      .positionals = {},
      .options = kReadOptions,
      .examples = kSourcesExamples,
      .run = run_sources};
  return kCommand;
}

const CommandSpec& lists_version_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists version",
      .summary = "show at which version the lists are",
      .description =
          "Every change makes one new version. The chain is SHA-256 over all changes up to it, so two who "
          "show "
          "the same chain have the same lists (docs/formats/list-version.md).",
      .positionals = {},
      .options = kReadOptions,
      .examples = kVersionExamples,
      .run = run_version};
  return kCommand;
}

}  // namespace seawall::cli
