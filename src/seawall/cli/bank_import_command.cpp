#include <algorithm>
#include <array>
#include <set>

#include "seawall/bank/bank.h"
#include "seawall/cli/bank_commands.h"
#include "seawall/cli/input_file.h"
#include "seawall/json/json.h"
#include "seawall/json/text.h"
#include "seawall/signal_file/signal_reader.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kErrorsShownMax = 10;
constexpr std::uint64_t kRowsBetweenLooks = 1024;
constexpr std::uint64_t kRowsBetweenWords = 65'536;

BankImportOptions import_options(const Arguments& arguments) {
  BankImportOptions options;
  options.allow_low_quality = arguments.flag("--allow-low-quality");
  const std::string policy = *arguments.text("--on-duplicate");
  if (policy == "keep") options.duplicates = DuplicatePolicy::kKeep;
  if (policy == "refuse") options.duplicates = DuplicatePolicy::kRefuse;
  return options;
}

// One row that cannot be imported: ends the import, or is counted under --skip-bad.
Result<void> handle_bad_row(Error error, bool skip, Console& console, std::uint64_t& bad_rows) {
  if (!skip || error.code == Code::kUnavailable || error.code == Code::kCorrupt) {
    error.message += "; nothing was imported";
    if (error.code == Code::kInvalidInput || error.code == Code::kLimitExceeded) {
      error.message += " (correct it, or pass over such rows with --skip-bad)";
    }
    return tl::unexpected(std::move(error));
  }
  if (++bad_rows <= kErrorsShownMax) console.error(error);
  return {};
}

Result<std::uint64_t> import_rows(SignalReader& reader, BankImport& import, bool skip_bad, Console& console) {
  SignalRecord record;
  std::uint64_t bad_rows = 0;
  for (std::uint64_t rows = 0;; ++rows) {
    if (rows % kRowsBetweenLooks == 0 && console.stopping()) return bad_rows;
    if (rows > 0 && rows % kRowsBetweenWords == 0) console.progress(std::to_string(rows) + " rows read");
    auto any = reader.next(record);
    if (any && !*any) return bad_rows;
    if (any) {
      auto added = import.add(record);
      if (added) continue;
      any = tl::unexpected(std::move(added).error().within("line " + std::to_string(reader.line_number())));
    }
    SEAWALL_CHECK(handle_bad_row(std::move(any).error(), skip_bad, console, bad_rows));
  }
}

void print_import(Console& console, const BankImportCounts& counts, std::uint64_t bad_rows) {
  if (console.json()) {
    Json line;
    line["added"] = counts.added;
    line["updated"] = counts.updated;
    line["unchanged"] = counts.unchanged;
    line["kept"] = counts.kept;
    line["low_quality_rows"] = counts.low_quality_rows;
    line["low_quality_hashes"] = counts.low_quality_hashes;
    line["repeated_ids"] = counts.repeated_ids;
    line["all_zero_hashes"] = counts.all_zero_hashes;
    line["prints_lost"] = counts.prints_lost;
    line["bad_rows"] = bad_rows;
    console.print(to_line(line) + "\n");
  } else {
    console.note("added " + std::to_string(counts.added) + ", updated " + std::to_string(counts.updated) +
                 ", unchanged " + std::to_string(counts.unchanged));
  }
  if (counts.kept > 0)
    console.note("kept " + std::to_string(counts.kept) + " as they were (--on-duplicate keep)");
  if (counts.low_quality_hashes > 0) {
    console.note(
        "left out " + std::to_string(counts.low_quality_hashes) + " PDQ hashes of quality under 50 (" +
        std::to_string(counts.low_quality_rows) +
        " rows had no other signal): such hashes match anything flat; --allow-low-quality lists them");
  }
  if (counts.prints_lost > 0) {
    console.note(
        "warning: " + std::to_string(counts.prints_lost) +
        " videos lose their print, by which their parts are found: other digests are listed under their id "
        "now; list the files again with: seawall bank add");
  }
  if (counts.repeated_ids > 0) {
    console.note(
        "warning: " + std::to_string(counts.repeated_ids) +
        " rows name an id that an earlier row of the file has given to other signals, and an id is one "
        "entry; several hashes of one entry stand in one row, separated by spaces");
  }
  if (counts.all_zero_hashes > 0) {
    console.note(
        "warning: " + std::to_string(counts.all_zero_hashes) +
        " PDQ hashes are all zero, as those of flat pictures are, and are listed; look whether the list "
        "means them");
  }
  if (bad_rows > 0) console.note("passed over " + std::to_string(bad_rows) + " bad rows");
}

Result<Outcome> run_import(const Arguments& arguments, Console& console) {
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  SEAWALL_TRY(const auto bank, Bank::open_for_writing(arguments.positionals()[0]));
  if (!bank->remark().empty()) console.note(bank->remark());
  auto reader = SignalReader::open(file.source());
  if (!reader) return tl::unexpected(std::move(reader).error().within(path));
  SEAWALL_TRY(BankImport import, bank->begin_import(import_options(arguments)));
  auto bad_rows = import_rows(*reader, import, arguments.flag("--skip-bad"), console);
  console.progress("");
  if (!bad_rows) return tl::unexpected(std::move(bad_rows).error().within(path));
  if (console.stopping()) {
    console.note("stopped; nothing was imported");
    return Outcome{};
  }
  console.progress("writing the indexes");
  const auto committed = import.commit();
  console.progress("");
  SEAWALL_TRY(const BankImportCounts counts, committed);
  print_import(console, counts, *bad_rows);
  return Outcome{.matched = false, .input_errors = *bad_rows};
}

// The names of every attribute in the bank, for the header of a CSV.
Result<std::vector<std::string>> attribute_names(BankReader& reader) {
  std::set<std::string> names;
  SEAWALL_CHECK(reader.each([&](EntryId, const SignalRecord& record) -> Result<bool> {
    for (const auto& attribute : record.attributes) names.insert(attribute.first);
    if (names.size() > SignalRecord::kAttributesMax) {
      return fail(Code::kLimitExceeded, "the entries have more than " +
                                            std::to_string(SignalRecord::kAttributesMax) +
                                            " different columns; export with --format ndjson");
    }
    return true;
  }));
  return std::vector<std::string>(names.begin(), names.end());
}

Result<Outcome> run_export(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto bank, Bank::open_for_reading(arguments.positionals()[0]));
  SEAWALL_TRY(BankReader reader, bank->reader());
  const bool csv = !console.json() && *arguments.text("--format") == "csv";
  std::vector<std::string> attributes;
  std::string text;
  if (csv) {
    SEAWALL_TRY(attributes, attribute_names(reader));
    append_csv_header(text, attributes);
    console.print(text);
  }
  SEAWALL_CHECK(reader.each([&](EntryId, const SignalRecord& record) {
    text.clear();
    if (csv) {
      append_record_csv(text, record, attributes);
    } else {
      append_record_ndjson(text, record);
    }
    console.print(text);
    return Result<bool>(!console.stopping());
  }));
  SEAWALL_TRY(const BankCounts counts, bank->counts());
  if (counts.clips > 0) {
    console.note(std::to_string(counts.clips) +
                 " entries are videos: of these only the digests are exported, not what finds their parts");
  }
  return Outcome{};
}

constexpr PositionalSpec kBankFolder{
    .name = "DIR", .help = "the bank's folder", .kind = ValueKind::kDirectory};
constexpr std::array kImportPositionals{
    kBankFolder, PositionalSpec{.name = "FILE",
                                .help = "CSV with a header row, or NDJSON; - is standard input",
                                .kind = ValueKind::kFile}};
constexpr std::array kImportOptions{
    OptionSpec{.name = "--on-duplicate",
               .value = "WHAT",
               .help = "when an id is listed already with other signals",
               .kind = ValueKind::kChoice,
               .choices = "update keep refuse",
               .default_value = "update"},
    OptionSpec{.name = "--skip-bad", .help = "pass over malformed rows and count them (exit code 3)"},
    OptionSpec{.name = "--allow-low-quality", .help = "list PDQ hashes of a stated quality under 50 too"},
    kJsonOption};
constexpr std::array kImportExamples{
    Example{"seawall bank import known.bank list.csv", "List what a file with the header id,pdq names."},
    Example{"seawall hash --json photos/ | seawall bank import known.bank - --skip-bad",
            "List a folder of pictures."}};
constexpr std::array kExportPositionals{kBankFolder};
constexpr std::array kExportOptions{OptionSpec{.name = "--format",
                                               .value = "FORMAT",
                                               .help = "what to write",
                                               .kind = ValueKind::kChoice,
                                               .choices = "csv ndjson",
                                               .default_value = "csv"},
                                    kJsonOption};
constexpr std::array kExportExamples{Example{"seawall bank export known.bank > list.csv", "Back a bank up."}};

}  // namespace

const CommandSpec& bank_import_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank import",
      .summary = "list the signals that a CSV or NDJSON file names",
      .description =
          "Reads id, pdq, quality, md5, sha1 and sha256; other columns are kept with the entry "
          "(docs/formats/signals.md). All of the file is imported or none of it: a malformed row ends the "
          "import, "
          "unless --skip-bad is given. Memory is bounded whatever the size of the file.\n\n"
          "A row whose id is listed already takes the old row's place; an equal row changes nothing, so "
          "importing "
          "the same list again is safe. A row with the digests of a listed video keeps what finds the "
          "video's parts; one with other digests takes it off, which is counted. PDQ hashes of a stated "
          "quality under 50 are left out and "
          "counted; without a quality a hash is listed whatever its bits are.",
      .positionals = kImportPositionals,
      .options = kImportOptions,
      .examples = kImportExamples,
      .run = run_import};
  return kCommand;
}

const CommandSpec& bank_export_command() {
  static constexpr CommandSpec kCommand{
      .name = "bank export",
      .summary = "write a bank as CSV or NDJSON",
      .description =
          "Writes every entry to standard output. Importing that into an empty bank gives an equal bank. "
          "--json is --format ndjson.",
      .positionals = kExportPositionals,
      .options = kExportOptions,
      .examples = kExportExamples,
      .run = run_export};
  return kCommand;
}

}  // namespace seawall::cli
