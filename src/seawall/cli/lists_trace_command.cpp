#include <array>
#include <vector>

#include "seawall/base/system_clock.h"
#include "seawall/cli/input_file.h"
#include "seawall/cli/lists_commands.h"
#include "seawall/cli/order_session.h"
#include "seawall/copy_mark/copy_mark.h"
#include "seawall/statement/canonical_json.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kPage = 1'000;
constexpr std::size_t kUsesMax = 10'000;
constexpr std::uint64_t kRecordsMax = 10'000;  // Far more than it needs to be sure.
constexpr std::uint64_t kKeyFileBytesMax = 16 * 1024;

struct Candidate {
  std::string order;
  OrderUseRecord use;
  MarkDetector detector;
};

bool is_export(const OrderUseRecord& use) {
  const auto json = read_strict_json(use.record, kStatementBytesMax);
  return json && !use.salt.empty() && json->value("action", "") == name_of(OrderAction::kExport);
}

Result<void> add_uses(OrderBook& book, const std::string& order, std::vector<Candidate>& all) {
  for (std::int64_t after = 0;;) {
    SEAWALL_TRY(auto uses, book.uses(order, after, kPage));
    if (uses.empty()) return {};
    after = uses.back().number;
    for (OrderUseRecord& use : uses) {
      if (!is_export(use)) continue;
      if (all.size() >= kUsesMax)
        return fail(Code::kLimitExceeded, "the book holds more exports than this looks at");
      const CopyMark mark = CopyMark::of_use(use.entry, use.salt);
      all.push_back({order, std::move(use), MarkDetector(mark)});
    }
  }
}

Result<std::vector<Candidate>> candidates(OrderBook& book) {
  std::vector<Candidate> all;
  for (std::string after;;) {
    SEAWALL_TRY(const auto orders, book.orders(after, kPage));
    if (orders.empty()) return all;
    after = orders.back();
    for (const std::string& order : orders) SEAWALL_CHECK(add_uses(book, order, all));
  }
}

Result<void> see_all(ExchangeReader& reader, std::vector<Candidate>& all, Console& console) {
  ExchangeRecord record;
  for (std::uint64_t seen = 0; seen < kRecordsMax && !console.stopping();) {
    SEAWALL_TRY(const ExchangeOutcome next, reader.next(record));
    if (next.kind == ExchangeOutcome::Kind::kEnd) return {};
    if (next.kind != ExchangeOutcome::Kind::kRecord) continue;
    ++seen;
    for (Candidate& one : all) one.detector.see(record);
  }
  return {};
}

Json found_json(const Candidate& one, const MarkDetector::Found& found) {
  const Json said = read_strict_json(one.use.record, kStatementBytesMax).value_or(Json::object());
  Json json = {{"in-order", found.in_order}, {"order", one.order},    {"pairs", found.pairs},
               {"score", found.score},       {"use", one.use.number}, {"record", said}};
  json["leaf"] = one.use.leaf ? Json(*one.use.leaf) : Json();
  return json;
}

Result<Outcome> run_trace(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const ExchangeFormat* const format, exchange_format_named(*arguments.text("--format")));
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(auto all, candidates(session->book()));
  const std::string& path = arguments.positionals()[0];
  SEAWALL_TRY(InputFile file, InputFile::open(path, console));
  ExchangeReadOptions reading;
  if (const auto key = arguments.text("--public-key")) {
    SEAWALL_TRY(InputFile key_file, InputFile::open(*key, console));
    std::vector<std::byte> bytes;
    SEAWALL_CHECK(read_whole(key_file.fd(), *key, kKeyFileBytesMax, bytes));
    reading.public_key_pem.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  SEAWALL_TRY(const auto reader, format->reader(file.source(), reading));
  SEAWALL_CHECK(see_all(*reader, all, console));
  bool any = false;
  for (const Candidate& one : all) {
    const MarkDetector::Found found = one.detector.found();
    if (found.score < MarkDetector::kSure) continue;
    any = true;
    console.print(to_line(found_json(one, found)) + "\n");
  }
  if (!any) console.note("no mark of the " + std::to_string(all.size()) + " exports that the book tells of");
  return Outcome{.matched = any};
}

constexpr std::array kFile{PositionalSpec{.name = "FILE", .help = "the copy", .kind = ValueKind::kFile}};
constexpr std::array kTraceOptions{OptionSpec{.name = "--format",
                                              .value = "FORMAT",
                                              .help = "one of those that seawall lists formats names",
                                              .kind = ValueKind::kText,
                                              .default_value = "csv"},
                                   OptionSpec{.name = "--public-key",
                                              .value = "FILE",
                                              .help = "seawall: the issuer's Ed25519 key (PEM)",
                                              .kind = ValueKind::kFile},
                                   kBookOption, kJsonOption};
constexpr std::array kTraceExamples{Example{"seawall lists trace found.csv --book /var/lib/seawall/orders",
                                            "Whose export a list is that was found somewhere."}};

}  // namespace

const CommandSpec& lists_trace_command() {
  static constexpr CommandSpec kCommand{.name = "lists trace",
                                        .summary = "find whose export a copy of a list is",
                                        .description =
                                            "Each export under an order writes the entries in an order of "
                                            "its own, which the log's entry of that use "
                                            "and its secret salt decide. This reads a copy, or a part of one "
                                            "in whatever format, and names the use: "
                                            "order, place in the log, record.\n\nIt needs 15 entries that "
                                            "still stand as they were written. Who sorts or "
                                            "shuffles the entries removes the mark; taking entries out, "
                                            "adding others and converting the format "
                                            "does not. Uses whose record was erased are not found.",
                                        .positionals = kFile,
                                        .options = kTraceOptions,
                                        .examples = kTraceExamples,
                                        .run = run_trace};
  return kCommand;
}

}  // namespace seawall::cli
