#include <array>
#include <fstream>

#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/import.h"

namespace seawall::cli {
namespace {

constexpr std::uint64_t kKeyFileBytesMax = 16 * 1024;
constexpr std::size_t kListedForPeople = 20;
constexpr std::string_view kFileSource = "file";  // Whatever its format: a body may change that.

Result<std::string> key_text(const std::string& path) {
  const UniqueFd file = open_input(path);
  if (file.get() < 0) return tl::unexpected(path_error(path, errno));
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(file.get(), path, kKeyFileBytesMax, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<ImportOptions> options_from(const Arguments& arguments, ListsSession& session) {
  ImportOptions options;
  SEAWALL_TRY(options.by, actor_from(arguments));
  options.snapshot = arguments.flag("--snapshot");
  options.dry_run = arguments.flag("--dry-run");
  if (const auto release = arguments.text("--resume")) {
    SEAWALL_TRY(options.resume, release_from(*release));
  }
  SEAWALL_TRY(auto view, session.store().view());
  SEAWALL_TRY(const ListBank bank, bank_from(*view, arguments.positionals()[0]));
  options.bank = bank.id;
  const std::string source = arguments.text("--source").value_or(*arguments.text("--format"));
  if (options.dry_run) {  // It changes nothing: a source that is not there yet has no entries.
    SEAWALL_TRY(const auto known, view->source_named(source));
    options.source = known ? known->id : SourceId{};
    return options;
  }
  view.reset();
  SEAWALL_TRY(options.source, session.service().ensure_source(source, kFileSource, options.by));
  return options;
}

void print_report(Console& console, const ImportReport& report, bool dry_run) {
  const ReleaseCounts& counts = report.progress.counts;
  if (console.json()) {
    Json json;
    if (report.release) json["release"] = static_cast<std::uint32_t>(report.release->id);
    json["dry_run"] = dry_run;
    json["stopped"] = report.stopped;
    json["records"] = report.progress.records;
    add_counts(json, counts);
    json["conflicts"] = report.conflicts;
    json["tombstones_unknown"] = report.tombstones_unknown;
    json["hashes_not_matched"] = report.hashes_not_matched;
    json["videos_not_matched"] = report.videos_not_matched;
    json["reasons"] = report.reasons;
    json["conflicting_keys"] = report.conflicting_keys;
    json["listed"] = Json::array();
    for (const Refusal& refusal : report.listed) {
      json["listed"].push_back({{"key", refusal.key},
                                {"reason", refusal.reason},
                                {"detail", refusal.detail},
                                {"quarantined", refusal.quarantined}});
    }
    console.print(to_line(json) + "\n");
    return;
  }
  console.print(std::to_string(report.progress.records) + " records: " + std::to_string(counts.added) +
                " new, " + std::to_string(counts.updated) + " changed, " + std::to_string(counts.withdrawn) +
                " withdrawn, " + std::to_string(counts.unchanged) + " unchanged\n");
  for (const auto& [reason, count] : report.reasons) {
    console.print("  " + std::to_string(count) + " " + reason + "\n");
  }
  for (const Refusal& refusal : report.listed) {
    console.print(shown_text(std::string(refusal.quarantined ? "    quarantined " : "    refused ") +
                             (refusal.key.empty() ? "(no key)" : refusal.key) + ": " + refusal.reason + ", " +
                             refusal.detail) +
                  "\n");
  }
  if (report.conflicts != 0) {
    console.print("  " + std::to_string(report.conflicts) + " touch entries that people here have changed\n");
    for (const std::string& key : report.conflicting_keys) console.print(shown_text("    " + key) + "\n");
  }
  if (report.hashes_not_matched != 0) {
    console.print("  " + std::to_string(report.hashes_not_matched) +
                  " PDQ hashes are kept and never matched: flat, or of quality under 50\n");
  }
  if (report.videos_not_matched != 0) {
    console.print("  " + std::to_string(report.videos_not_matched) +
                  " signals of videos are kept and never matched: they cannot be read\n");
  }
}

void say_what_next(Console& console, const ImportReport& report, bool dry_run) {
  if (console.json()) return;
  if (report.stopped && dry_run) {
    console.note("stopped; a dry run keeps nothing");
  } else if (report.stopped) {
    console.note("stopped; go on with --resume " + std::to_string(report.progress.release));
  } else if (report.release) {
    const std::string id = std::to_string(static_cast<std::uint32_t>(report.release->id));
    console.note("release " + id + " is proposed; look at it with: seawall lists show " + id +
                 "; another person types: seawall lists approve " + id);
  } else {
    console.note(dry_run ? "nothing was changed" : "nothing to change: the bank has all of this already");
  }
}

Result<Outcome> run_import(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ExchangeFormat* const format, exchange_format_named(*arguments.text("--format")));
  const std::string& path = arguments.positionals()[1];
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  ExchangeReadOptions reading;
  if (const auto key = arguments.text("--public-key")) {
    SEAWALL_TRY(reading.public_key_pem, key_text(*key));
  }
  SEAWALL_TRY(const auto reader, format->reader(file.source(), reading));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(ImportOptions options, options_from(arguments, *session));
  if (!console.json()) options.listed_max = kListedForPeople;
  bool named = console.json();
  options.progress = [&](const ImportProgress& progress) {
    if (!named && progress.release != 0) {
      console.note("loading release " + std::to_string(progress.release) +
                   "; should it be cut off: --resume " + std::to_string(progress.release));
      named = true;
    }
    console.progress(std::to_string(progress.records) + " records" +
                     (progress.withdrawing ? ", looking for what the list no longer has" : ""));
    return !console.stopping();
  };
  auto report = import_list(session->store(), session->clock(), *reader, options);
  console.progress("");
  if (!report) return tl::unexpected(std::move(report).error().within(path));
  print_report(console, *report, options.dry_run);
  say_what_next(console, *report, options.dry_run);
  return Outcome{.matched = false, .input_errors = report->progress.counts.refused};
}

Result<Outcome> run_formats(const Arguments&, Console& console) {
  for (const ExchangeFormat* format : exchange_formats()) {
    if (console.json()) {
      Json json;
      json["format"] = format->name();
      json["description"] = format->description();
      console.print(to_line(json) + "\n");
    } else {
      const std::string name(format->name());
      console.print(name + std::string(name.size() < 16 ? 16 - name.size() : 1, ' ') +
                    std::string(format->description()) + "\n");
    }
  }
  return Outcome{};
}

constexpr std::array kImportPositionals{
    PositionalSpec{.name = "BANK", .help = "NAME, or TENANT/NAME"},
    PositionalSpec{.name = "FILE", .help = "the list; - is standard input", .kind = ValueKind::kFile}};
constexpr std::array kImportOptions{
    kStoreOption,
    kWhyOption,
    kAsOption,
    OptionSpec{.name = "--format",
               .value = "FORMAT",
               .help = "one of those that seawall lists formats names",
               .kind = ValueKind::kText,
               .default_value = "csv"},
    OptionSpec{.name = "--source",
               .value = "NAME",
               .help = "whose list it is (default: the format's name)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--snapshot", .help = "the file is the whole list: withdraw what it no longer has"},
    OptionSpec{.name = "--dry-run", .help = "say what would change, and change nothing"},
    OptionSpec{.name = "--resume",
               .value = "RELEASE",
               .help = "go on with an import that was cut off; the file must be the same",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--public-key",
               .value = "FILE",
               .help = "the issuer's key, for lists that are signed",
               .kind = ValueKind::kFile},
    kJsonOption};
constexpr std::array kFormatsOptions{kJsonOption};
constexpr std::array kImportExamples{
    Example{"seawall lists import known vics.json --format vics-2.0 --dry-run --why 'monthly list'",
            "See what would change."},
    Example{"seawall lists import known vics.json --format vics-2.0 --why 'monthly list'",
            "Propose it; a second person approves and activates it."}};
constexpr std::array kFormatsExamples{Example{"seawall lists formats", "The formats of other bodies."}};

}  // namespace

const CommandSpec& lists_import_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists import",
      .summary = "propose what another body's list changes",
      .description =
          "Reads the file in bounded memory, holds each record against the guards (hashes of empty files, "
          "flat "
          "pictures, duplicates, known harmless look-alikes) and against what the bank has of this source, "
          "and "
          "proposes the difference as one release. Nothing is enforced before the release is activated.\n\n"
          "Refused records are counted, listed by `seawall lists show RELEASE --refused`, and make the exit "
          "code "
          "3. An import that was cut off goes on with --resume, nothing skipped and nothing doubled.",
      .positionals = kImportPositionals,
      .options = kImportOptions,
      .examples = kImportExamples,
      .run = run_import};
  return kCommand;
}

const CommandSpec& lists_formats_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists formats",
      .summary = "show the formats that lists are read and written in",
      .description = "docs/formats has a page for each: its fields, and what it cannot carry.",
      .positionals = {},
      .options = kFormatsOptions,
      .examples = kFormatsExamples,
      .run = run_formats};
  return kCommand;
}

}  // namespace seawall::cli
