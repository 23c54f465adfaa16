#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/lists_session.h"
#include "seawall/cli/order_gate.h"
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

constexpr std::uint64_t kKeyFileBytesMax = 16 * 1024;

/// A secret of the issuer's own: nobody else may read it.
Result<std::string> private_key_text(const std::string& path) {
  const UniqueFd file = open_input(path);
  if (file.get() < 0) return tl::unexpected(path_error(path, errno));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return tl::unexpected(path_error(path, errno));
  if ((info.st_mode & 077) != 0) {
    return fail(Code::kInvalidInput, path + " can be read or written by others; type: chmod 600 " + path);
  }
  std::vector<std::byte> bytes;
  SEAWALL_CHECK(read_whole(file.get(), path, kKeyFileBytesMax, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

/// What a signed document says of itself.
Result<ExchangeDocument> document_of(const Arguments& arguments, StoreView& view,
                                     const ExportOptions& options) {
  ExchangeDocument document;
  SEAWALL_TRY(const auto bank, view.bank(options.bank));
  if (bank) document.bank = bank->name;
  document.from_version = static_cast<std::uint64_t>(arguments.integer("--after").value_or(0));
  SEAWALL_TRY(const ListVersion now, view.version());
  document.to_version = options.version.value_or(now.number);
  SEAWALL_TRY(document.from_chain, chain_at(view, document.from_version));
  SEAWALL_TRY(document.to_chain, chain_at(view, document.to_version));
  return document;
}

Result<ExchangeWriteOptions> writing_from(const Arguments& arguments, StoreView& view,
                                          const ExportOptions& options, Time now) {
  ExchangeWriteOptions writing;
  writing.now = now;
  writing.body = arguments.text("--body").value_or("");
  writing.member_id = arguments.text("--member-id").value_or("");
  writing.edition = arguments.text("--edition").value_or("");
  SEAWALL_TRY(writing.document, document_of(arguments, view, options));
  if (const auto path = arguments.text("--private-key")) {
    SEAWALL_TRY(writing.private_key_pem, private_key_text(*path));
  }
  return writing;
}

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

void note_losses(Console& console, const ExportReport& report, const ExportOptions& options) {
  console.note("wrote " + std::to_string(report.records) + " entries and " +
               std::to_string(report.tombstones) + " withdrawals at list version " +
               std::to_string(options.version.value_or(report.version.number)));
  for (const auto& [what, count] : report.losses) {
    console.note("the format does not carry " + what + ": " + std::to_string(count) + " entries lost it");
  }
  for (const auto& [what, count] : report.classification_losses) {
    console.note("classification of " + std::to_string(count) + " entries: " + what);
  }
}

/// What is written at most: the bank's entries in force, and its withdrawals where they are named.
Result<std::uint64_t> count_of(StoreView& view, const ExportOptions& options) {
  SEAWALL_TRY(std::uint64_t count, view.count(options.bank, EntryState::kActive));
  if (options.tombstones) {
    SEAWALL_TRY(const std::uint64_t withdrawn, view.count(options.bank, EntryState::kWithdrawn));
    count += withdrawn;
  }
  return std::max<std::uint64_t>(1, count);
}

/// The mark of the copy, where this is done under an order.
Result<std::optional<CopyMark>> pass_gate(const Arguments& arguments, StoreView& view,
                                          const ExportOptions& options) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const bool needed, is_under_orders(url));
  if (!needed) return std::optional<CopyMark>();
  if (arguments.integer("--at") || arguments.integer("--after")) {
    return fail(Code::kInvalidInput,
                "a transparency log is kept of this store, and an order counts what a bank holds now: export "
                "without --at and --after");
  }
  SEAWALL_TRY(const auto bank, view.bank(options.bank));
  if (!bank) return fail(Code::kNotFound, "there is no such bank");
  SEAWALL_TRY(const std::uint64_t count, count_of(view, options));
  return pass_export_gate(arguments, url,
                          {.action = OrderAction::kExport,
                           .tenant = bank->tenant,
                           .selector = "bank:" + bank_name(*bank),
                           .count = count});
}

Result<Outcome> run_export(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ExchangeFormat* const format, exchange_format_named(*arguments.text("--format")));
  SEAWALL_TRY(const auto session, ListsSession::open(arguments));
  SEAWALL_TRY(const auto view, session->store().view());
  SEAWALL_TRY(ExportOptions options, options_from(arguments, *view, session->clock().now()));
  const auto after = arguments.integer("--after");
  if (after && options.version) return usage_failure(console, "give --after or --at, not both");
  const Time now = session->clock().now();
  SEAWALL_TRY(const auto mark, pass_gate(arguments, *view, options));
  if (mark) options.rank = [&mark](const ExchangeRecord& record) { return mark->rank(record); };
  SEAWALL_TRY(const ExchangeWriteOptions writing, writing_from(arguments, *view, options, now));
  ConsoleSink sink(console);
  SEAWALL_TRY(const auto writer, format->writer(sink, writing));
  SEAWALL_TRY(const ExportReport report,
              after ? export_changes(*view, options, static_cast<std::uint64_t>(*after), *writer)
                    : export_list(*view, options, *writer));
  console.flush();
  note_losses(console, report, options);
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
    OptionSpec{.name = "--after",
               .value = "VERSION",
               .help = "only what changed since that version, withdrawals as tombstones",
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
    OptionSpec{.name = "--private-key",
               .value = "FILE",
               .help = "seawall: your Ed25519 key (PEM), which nobody else may read",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--member-id",
               .value = "ID",
               .help = "ncmec-v2: your member number",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--edition",
               .value = "NAME",
               .help = "vics-2.0: US, UK, Default or CUSTOM",
               .kind = ValueKind::kText},
    kOrderOption,
    kBookOption,
    kLogFolderOption,
    kLogKeyOption,
    kWitnessKeyOption,
    kPinnedRosterOption,
    kAsOption};
constexpr std::array kExportExamples{
    Example{"seawall lists export known --format vics-2.0 > known.json",
            "The active entries, for another tool."},
    Example{"seawall lists export known --at 41 --format ndjson", "The list as it was at version 41."},
    Example{
        "seawall lists export known --format seawall --private-key issuer.pem --body 'Hotline' --after 41",
        "What another Seawall that is at version 41 asks for, signed."}};

}  // namespace

const CommandSpec& lists_export_command() {
  static constexpr CommandSpec kCommand{
      .name = "lists export",
      .summary = "write a bank in another body's format",
      .description =
          "Writes the active entries to standard output, in bounded memory. What the format cannot carry is "
          "counted and said on standard error.\n\n"
          "The format seawall is signed and says from which list version to which it goes. Make a key with: "
          "openssl genpkey -algorithm ed25519 -out issuer.pem; what others verify with is: openssl pkey -in "
          "issuer.pem -pubout. A bank with several sources is exported source by source, for their keys may "
          "be alike.\n\nWhere a transparency log is kept of the store this needs an order (--order) whose "
          "selector "
          "is bank:TENANT/NAME and which counts all of the bank's entries in force (also with --source), and "
          "with --tombstones its withdrawals. --at and --after are then refused. The order of the "
          "entries then marks the copy: `seawall lists trace` finds whose it was.",
      .positionals = kBankName,
      .options = kExportOptions,
      .examples = kExportExamples,
      .run = run_export};
  return kCommand;
}

}  // namespace seawall::cli
