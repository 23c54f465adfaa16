#include "seawall/cli/bank_commands.h"

#include <array>
#include <filesystem>
#include <optional>

#include "seawall/bank/bank.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"

namespace seawall::cli {
namespace {

constexpr PositionalSpec kBankFolder{
    .name = "DIR", .help = "the bank's folder", .kind = ValueKind::kDirectory};

std::string folder_name(const std::string& path) {
  std::filesystem::path folder(path);
  if (!folder.has_filename()) folder = folder.parent_path();
  return path_to_utf8(folder.filename().string());
}

Result<Outcome> run_create(const Arguments& arguments, Console& console) {
  const std::string& folder = arguments.positionals()[0];
  BankSettings settings;
  settings.name = arguments.text("--name").value_or(folder_name(folder));
  settings.radius_bits = static_cast<int>(*arguments.integer("--radius"));
  SEAWALL_TRY(settings.action, bank_action_from_text(*arguments.text("--action")));
  if (const auto text = bank_settings_to_text(settings); !text) {
    return usage_failure(console,
                         text.error().message + (arguments.text("--name") ? "" : "; name it with --name"));
  }
  SEAWALL_CHECK(Bank::create(folder, settings));
  if (console.json()) {
    Json line;
    line["bank"] = path_to_utf8(folder);
    line["name"] = settings.name;
    line["radius"] = settings.radius_bits;
    line["action"] = name_of(settings.action);
    console.print(to_line(line) + "\n");
  } else {
    console.note("made bank " + folder + "; list pictures and videos in it with: seawall bank add " + folder +
                 " FILE...");
  }
  return Outcome{};
}

void print_counts(Console& console, const Bank& bank, const BankCounts& counts) {
  const BankSettings& settings = bank.settings();
  if (console.json()) {
    Json line;
    line["bank"] = path_to_utf8(bank.folder().string());
    line["name"] = settings.name;
    line["radius"] = settings.radius_bits;
    line["action"] = name_of(settings.action);
    line["entries"] = counts.entries;
    line["pdq"] = counts.pdq;
    line["md5"] = counts.md5;
    line["sha1"] = counts.sha1;
    line["sha256"] = counts.sha256;
    line["videos"] = counts.clips;
    line["video_bytes"] = counts.clip_bytes;
    line["changes"] = counts.changes;
    line["size_bytes"] = counts.size_bytes;
    console.print(to_line(line) + "\n");
    return;
  }
  const auto row = [&](std::string_view name, const std::string& value) {
    console.print(std::string(name) + std::string(10 - name.size(), ' ') + shown_text(value) + "\n");
  };
  row("name", settings.name);
  row("action", std::string(name_of(settings.action)));
  row("radius", std::to_string(settings.radius_bits) + " bits, inclusive");
  row("entries", std::to_string(counts.entries));
  row("signals", "pdq " + std::to_string(counts.pdq) + ", md5 " + std::to_string(counts.md5) + ", sha1 " +
                     std::to_string(counts.sha1) + ", sha256 " + std::to_string(counts.sha256));
  row("videos",
      std::to_string(counts.clips) +
          (counts.clips > 0 ? ", prints of " + std::to_string(counts.clip_bytes / 1024) + " KiB" : ""));
  row("changes", std::to_string(counts.changes));
  row("size", std::to_string(counts.size_bytes / 1024) + " KiB");
}

void print_record(Console& console, const SignalRecord& record, const std::optional<DensePrint>& print) {
  std::string ndjson;
  append_record_ndjson(ndjson, record);
  auto json = parse_json(ndjson);
  if (print) {
    (*json)["video"]["duration_ms"] = print->duration_ms;
    (*json)["video"]["hashes"] = print->hashes.size();
    (*json)["video"]["labels"] = print->labels;
  }
  if (console.json()) {
    console.print(print ? to_line(*json) + "\n" : ndjson);
    return;
  }
  for (const auto& [name, value] : json->items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : to_line(value);
    console.print(shown_text(name) + ": " + shown_text(text) + "\n");
  }
}

Result<Outcome> run_show(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto bank, Bank::open_for_reading(arguments.positionals()[0]));
  if (!bank->remark().empty()) console.note(bank->remark());
  if (arguments.positionals().size() == 1) {
    SEAWALL_TRY(const BankCounts counts, bank->counts());
    print_counts(console, *bank, counts);
    return Outcome{};
  }
  SEAWALL_TRY(BankReader reader, bank->reader());
  SignalRecord record;
  EntryId entry{};
  SEAWALL_TRY(const bool found, reader.find(arguments.positionals()[1], record, entry));
  if (!found) return fail(Code::kNotFound, "no entry is listed under this id");
  std::optional<DensePrint> print(std::in_place);
  SEAWALL_TRY(const bool is_video, reader.find_clip(record.id, *print));
  if (!is_video) print.reset();
  print_record(console, record, print);
  return Outcome{};
}

Result<Outcome> run_remove(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto bank, Bank::open_for_writing(arguments.positionals()[0]));
  SEAWALL_TRY(BankImport change, bank->begin_import());
  Outcome outcome;
  const auto& words = arguments.positionals();
  std::vector<std::pair<std::string, bool>> results;
  for (std::size_t i = 1; i < words.size(); ++i) {
    SEAWALL_TRY(const bool removed, change.remove(words[i]));
    results.emplace_back(words[i], removed);
  }
  SEAWALL_TRY([[maybe_unused]] const BankImportCounts counts, change.commit());
  for (const auto& [id, removed] : results) {
    if (!removed) ++outcome.input_errors;
    if (console.json()) {
      Json line;
      line["id"] = id;
      line["removed"] = removed;
      console.print(to_line(line) + "\n");
    } else if (!removed) {
      console.error({Code::kNotFound, "no entry is listed under " + id});
    }
  }
  if (!console.json()) {
    console.note("removed " + std::to_string(results.size() - outcome.input_errors) + " of " +
                 std::to_string(results.size()));
  }
  return outcome;
}

Result<Outcome> run_verify(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto bank, Bank::open_for_writing(arguments.positionals()[0]));
  if (!bank->remark().empty()) console.note(bank->remark());
  SEAWALL_CHECK(bank->verify());
  SEAWALL_TRY(const BankCounts counts, bank->counts());
  if (console.json()) {
    Json line;
    line["bank"] = path_to_utf8(bank->folder().string());
    line["ok"] = true;
    line["entries"] = counts.entries;
    console.print(to_line(line) + "\n");
  } else {
    console.print("ok: " + std::to_string(counts.entries) + " entries, and the indexes agree with them\n");
  }
  return Outcome{};
}

constexpr std::array kCreatePositionals{PositionalSpec{
    .name = "DIR", .help = "a folder that does not exist or is empty", .kind = ValueKind::kDirectory}};
constexpr std::array kCreateOptions{
    OptionSpec{.name = "--name",
               .value = "TEXT",
               .help = "what reports call it (default: the folder's name)",
               .kind = ValueKind::kText},
    OptionSpec{
        .name = "--radius",
        .value = "N",
        .help = "bits that pictures' hashes may differ in, inclusive; 0 to 256; videos have fixed rules",
        .kind = ValueKind::kInteger,
        .minimum = 0,
        .maximum = 256,
        .default_value = "31"},
    OptionSpec{.name = "--action",
               .value = "ACTION",
               .help = "the verdict on what matches",
               .kind = ValueKind::kChoice,
               .choices = "block review allow",
               .default_value = "block"},
    kJsonOption};
constexpr std::array kCreateExamples{
    Example{"seawall bank create known.bank", "Make a bank with the usual radius of 31."},
    Example{"seawall bank create watch.bank --action review --radius 40",
            "A bank whose matches a person looks at."}};

constexpr std::array kShowPositionals{
    kBankFolder, PositionalSpec{.name = "ID", .help = "one entry of it", .required = false}};
constexpr std::array kJsonOnly{kJsonOption};
constexpr std::array kShowExamples{
    Example{"seawall bank show known.bank", "Its settings and counts."},
    Example{"seawall bank show known.bank case-17", "All signals of one entry."}};

constexpr std::array kRemovePositionals{
    kBankFolder, PositionalSpec{.name = "ID", .help = "the entry to take off the list", .repeatable = true}};
constexpr std::array kRemoveExamples{
    Example{"seawall bank remove known.bank case-17", "Take one entry off."}};
constexpr std::array kBankOnly{kBankFolder};
constexpr std::array kVerifyExamples{
    Example{"seawall bank verify known.bank", "Check a bank after a crash."}};

}  // namespace

const CommandSpec& bank_create_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank create",
      .summary = "make a bank: a list in a folder",
      .description = "Makes an empty bank, a list of signals in a folder of its own (docs/formats/bank.md).",
      .positionals = kCreatePositionals,
      .options = kCreateOptions,
      .examples = kCreateExamples,
      .run = run_create};
  return kCommand;
}

const CommandSpec& bank_show_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank show",
      .summary = "show a bank's counts, or one entry",
      .description = "Shows the settings, counts and size of a bank, or all signals of one of its entries.",
      .positionals = kShowPositionals,
      .options = kJsonOnly,
      .examples = kShowExamples,
      .run = run_show};
  return kCommand;
}

const CommandSpec& bank_remove_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank remove",
      .summary = "take entries off a bank",
      .description =
          "Takes the named entries off the list, all in one step. An id that is not listed is reported "
          "(exit code 3); the others are removed all the same.",
      .positionals = kRemovePositionals,
      .options = kJsonOnly,
      .examples = kRemoveExamples,
      .run = run_remove};
  return kCommand;
}

const CommandSpec& bank_verify_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank verify",
      .summary = "check a bank from end to end",
      .description =
          "Reads every entry, runs SQLite's own check and looks every signal up in the indexes. No other "
          "process may write to the bank meanwhile.",
      .positionals = kBankOnly,
      .options = kJsonOnly,
      .examples = kVerifyExamples,
      .run = run_verify};
  return kCommand;
}

}  // namespace seawall::cli
