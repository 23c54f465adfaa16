#include <array>

#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/lists/export.h"

namespace seawall::cli {
namespace {

/// The console's standard output as a sink. A reader that has gone away ends the export.
class ConsoleSink final : public ByteSink {
 public:
  explicit ConsoleSink(Console& console) : console_(console) {}
  Result<void> write(std::string_view bytes) override {
    console_.print(bytes);
    if (console_.stopping()) return fail(Code::kUnavailable, "stopped; what was written is not whole");
    return {};
  }

 private:
  Console& console_;
};

Result<ExportOptions> options_from(const Arguments& arguments, StoreView& view, Time now) {
  ExportOptions options;
  SEAWALL_TRY(const ListBank bank, bank_from(view, arguments.positionals()[0]));
  options.bank = bank.id;
  options.now = now;
  options.tombstones = arguments.flag("--tombstones");
  if (const auto name = arguments.text("--source")) {
    SEAWALL_TRY(const auto source, view.source_named(*name));
    if (!source) return fail(Code::kNotFound, "there is no source of that name");
    options.source = source->id;
  }
  if (const auto version = arguments.integer("--at")) {
    options.version = static_cast<std::uint64_t>(*version);
    options.now.reset();
  }
  if (const auto scheme = arguments.text("--scheme")) {
    SEAWALL_TRY(options.scheme, classification_scheme_from_text(*scheme));
  }
  return options;
}

void note_losses(Console& console, const ExportReport& report) {
  console.note("wrote " + std::to_string(report.records) + " entries and " +
               std::to_string(report.tombstones) + " withdrawals at list version " +
               std::to_string(report.version.number));
  for (const auto& [what, count] : report.losses) {
    console.note("the format does not carry " + what + ": " + std::to_string(count) + " entries lost it");
  }
  for (const auto& [what, count] : report.classification_losses) {
    console.note("classification of " + std::to_string(count) + " entries: " + what);
  }
}

Result<Outcome> run_export(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ExchangeFormat* const format, exchange_format_named(*arguments.text("--format")));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(const ExportOptions options, options_from(arguments, *view, session->clock().now()));
  ConsoleSink sink(console);
  ExchangeWriteOptions writing;
  writing.now = session->clock().now();
  writing.body = arguments.text("--body").value_or("");
  writing.member_id = arguments.text("--member-id").value_or("");
  writing.edition = arguments.text("--edition").value_or("");
  SEAWALL_TRY(const auto writer, format->writer(sink, writing));
  SEAWALL_TRY(const ExportReport report, export_list(*view, options, *writer));
  console.flush();
  note_losses(console, report);
  return Outcome{};
}

constexpr std::array kBankName{PositionalSpec{.name = "BANK", .help = "NAME, or TENANT/NAME"}};
constexpr std::array kExportOptions{
    kStoreOption,
    OptionSpec{.name = "--format",
               .value = "FORMAT",
               .help = "one of those that seawall lists formats names",
               .kind = ValueKind::kText,
               .default_value = "csv"},
    OptionSpec{
        .name = "--source", .value = "NAME", .help = "only this source's entries", .kind = ValueKind::kText},
    OptionSpec{.name = "--at",
               .value = "VERSION",
               .help = "as the list was at that version",
               .kind = ValueKind::kInteger,
               .minimum = 0,
               .maximum = INT64_MAX},
    OptionSpec{.name = "--tombstones", .help = "name what was withdrawn too"},
    OptionSpec{.name = "--scheme",
               .value = "SCHEME",
               .help = "map classifications to this scheme; what is lost is said",
               .kind = ValueKind::kChoice,
               .choices = "ncmec uk interpol iccam gifct"},
    OptionSpec{.name = "--body",
               .value = "TEXT",
               .help = "who exports, for formats that say so",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--member-id",
               .value = "ID",
               .help = "ncmec-v2: your member number",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--edition",
               .value = "NAME",
               .help = "vics-2.0: US, UK, Default or CUSTOM",
               .kind = ValueKind::kText}};
constexpr std::array kExportExamples{
    Example{"seawall lists export known --format vics-2.0 > known.json",
            "The active entries, for another tool."},
    Example{"seawall lists export known --at 41 --format ndjson", "The list as it was at version 41."}};

}  // namespace

const CommandSpec& lists_export_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists export",
      .summary = "write a bank in another body's format",
      .description =
          "Writes the active entries to standard output, in bounded memory. What the format cannot carry is "
          "counted and said on standard error.",
      .positionals = kBankName,
      .options = kExportOptions,
      .examples = kExportExamples,
      .run = run_export};
  return kCommand;
}

}  // namespace seawall::cli
