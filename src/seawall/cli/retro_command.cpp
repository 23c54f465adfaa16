#include "seawall/cli/retro_command.h"

#include <algorithm>
#include <array>
#include <limits>

#include "seawall/cli/lists_session.h"
#include "seawall/cli/order_gate.h"
#include "seawall/cli/sighting_lines.h"
#include "seawall/sightings/selected_entries.h"

namespace seawall::cli {
namespace {

constexpr std::size_t kEntriesAtOnce = 4'096;

Result<Selection> selection_from(const Arguments& arguments, Store& store) {
  Selection selection;
  if (const auto text = arguments.text("--release")) {
    SEAWALL_TRY(selection.release, release_from(*text));
  }
  for (const std::string& text : arguments.all("--entry")) {
    SEAWALL_TRY(const EntryId id, entry_from(text));
    selection.entries.push_back(id);
  }
  if (const auto text = arguments.text("--bank")) {
    SEAWALL_TRY(const auto view, store.view());
    SEAWALL_TRY(const ListBank bank, bank_from(*view, *text));
    selection.bank = bank.id;
  }
  if (const auto version = arguments.integer("--since")) {
    selection.since = static_cast<std::uint64_t>(*version);
  }
  return selection;
}

/// A sighting that outlives the visit.
struct KeptSighting {
  Sighting sighting;  ///< Its texts are the two below.
  std::string tenant, place;
};

/// What a whole search came to.
struct Total {
  std::uint64_t entries = 0;
  std::uint64_t found = 0;
  RetroReport report;
  std::optional<OrderMark> mark;   ///< Of the folder.
  bool keeps = false;              ///< Under an order nothing is told before it is counted:
  std::vector<KeptSighting> kept;  ///< it waits here, at most kKeptMax.
};
constexpr std::size_t kKeptMax = 1'000'000;

void add(RetroReport& total, const RetroReport& one) {
  total.end = one.end;
  total.observations = std::max(total.observations, one.observations);
  total.low_quality += one.low_quality;
  total.unreadable_rows = std::max(total.unreadable_rows, one.unreadable_rows);
}

Result<void> search_page(ObservationLog& log, const std::vector<SoughtEntry>& entries,
                         const std::optional<std::string>& tenant, Console& console, Total& total) {
  SearchProgress progress(console);
  const auto visit = [&](const Sighting& sighting) {
    progress.look();
    if (tenant && sighting.tenant != *tenant) return;
    ++total.found;
    if (!total.keeps) print_sighting(console, sighting, std::nullopt);
    if (total.keeps && total.kept.size() < kKeptMax) {
      total.kept.push_back({sighting, std::string(sighting.tenant), std::string(sighting.place)});
    }
  };
  auto report = find_sightings(log, entries, progress.options(), visit,
                               [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all); });
  progress.clear();
  SEAWALL_CHECK(report);
  total.entries += entries.size();
  add(total.report, *report);
  return {};
}

Result<void> search_all(const Arguments& arguments, SelectedEntries& entries, const Clock& clock,
                        Console& console, Total& total) {
  ObservationLogOptions options;
  options.read_only = true;
  SEAWALL_TRY(const auto log, ObservationLog::open(arguments.positionals()[0], clock, options));
  for (bool last = false; !last && !console.stopping();) {
    SEAWALL_TRY(const auto page, entries.next(kEntriesAtOnce));
    last = page.last;
    if (page.entries.empty()) continue;
    SEAWALL_CHECK(log->refresh());  // After the lists were read: matchers that follow leave no gap.
    SEAWALL_CHECK(search_page(*log, page.entries, arguments.text("--tenant"), console, total));
  }
  return {};
}

/// What an order must reach: the entries that were named, or the selector that stands for the option.
Result<GatedUse> use_of(const Arguments& arguments, const Total& total) {
  GatedUse use{.action = OrderAction::kObservationLookup,
               .tenant = arguments.text("--tenant").value_or(""),
               .count = std::max<std::uint64_t>(1, total.found),
               .mark = total.mark};
  for (const std::string& text : arguments.all("--entry")) {
    SEAWALL_TRY(const EntryId id, entry_from(text));
    use.records.push_back(to_text(id));
  }
  for (const char* option : {"--release", "--bank"}) {
    if (const auto text = arguments.text(option)) use.selector = std::string(option + 2) + ":" + *text;
  }
  if (const auto version = arguments.integer("--since")) use.selector = "since:" + std::to_string(*version);
  return use;
}

Result<void> tell_kept(const Arguments& arguments, const std::string& url, Console& console, Total& total) {
  if (!total.keeps) return {};
  if (total.found > total.kept.size()) {
    return fail(Code::kLimitExceeded, "more than a million sightings: ask for fewer entries at once");
  }
  SEAWALL_TRY(const GatedUse use, use_of(arguments, total));
  SEAWALL_CHECK(pass_order_gate(arguments, url, use));
  for (KeptSighting& one : total.kept) {
    one.sighting.tenant = one.tenant;
    one.sighting.place = one.place;
    print_sighting(console, one.sighting, std::nullopt);
  }
  return {};
}

Result<Outcome> run_retro_match(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const std::string url, store_url(arguments));
  SEAWALL_TRY(const auto store, open_named_store(url));
  SEAWALL_TRY(const Selection selection, selection_from(arguments, *store));
  const SystemClock clock;
  Total total;
  SEAWALL_TRY(total.mark, order_mark_of(arguments.positionals()[0]));
  SEAWALL_TRY(const bool by_store, is_under_orders(url));
  total.keeps = by_store || total.mark.has_value();
  if (total.keeps && (!arguments.text("--order") || !arguments.text("--tenant"))) {
    return usage_failure(
        console, by_store ? "a transparency log is kept of this store: give --order ID and --tenant NAME"
                          : "these observations are under orders: give --order ID and --tenant NAME");
  }
  SEAWALL_TRY(const GatedUse first, use_of(arguments, total));
  SEAWALL_CHECK(check_order_gate(arguments, url, first));
  SEAWALL_TRY(SelectedEntries entries, SelectedEntries::make(*store, clock, selection));
  SEAWALL_CHECK(search_all(arguments, entries, clock, console, total));
  SEAWALL_CHECK(tell_kept(arguments, url, console, total));
  note_report(console, total.report);
  if (!console.json()) {
    console.note("looked for " + std::to_string(total.entries) + " entries among " +
                 std::to_string(total.report.observations) + " observations: found " +
                 std::to_string(total.found));
  }
  return Outcome{.matched = total.found != 0};
}

constexpr std::array kPositionals{kObservationsFolder};
constexpr std::array kOptions{kStoreOption,
                              OptionSpec{.name = "--release",
                                         .value = "N",
                                         .help = "look for this release's new entries, in force or not yet",
                                         .kind = ValueKind::kText},
                              OptionSpec{.name = "--entry",
                                         .value = "ENTRY",
                                         .help = "look for this entry, such as 12.345",
                                         .kind = ValueKind::kText,
                                         .repeatable = true},
                              OptionSpec{.name = "--bank",
                                         .value = "BANK",
                                         .help = "look for all enforced entries of this bank",
                                         .kind = ValueKind::kText},
                              OptionSpec{.name = "--since",
                                         .value = "VERSION",
                                         .help = "look for what came in force after this list version",
                                         .kind = ValueKind::kInteger,
                                         .minimum = 0,
                                         .maximum = std::numeric_limits<std::int64_t>::max()},
                              OptionSpec{.name = "--tenant",
                                         .value = "NAME",
                                         .help = "tell only of this tenant's observations",
                                         .kind = ValueKind::kText},
                              kOrderOption,
                              kBookOption,
                              kLogFolderOption,
                              kLogKeyOption,
                              kWitnessKeyOption,
                              kPinnedRosterOption,
                              kAsOption,
                              kJsonOption};
constexpr std::array kExamples{Example{"seawall retro-match seen/ --release 12 --json",
                                       "Where the content of release 12 was seen before."},
                               Example{"seawall retro-match seen/ --entry 12.345", "Where one entry's was."}};

}  // namespace

const CommandSpec& retro_match_command() {
  static constexpr CommandSpec kCommand{
      .name = "retro-match",
      .summary = "find where content was seen before it was listed",
      .description =
          "Goes through a log of observations (seawall lists match --observe) and tells every observation "
          "within the radius of the entries that one of --release, --entry, --bank or --since names: entry, "
          "bank, signal, distance, tenant, place and time. An observation that several signals of an entry "
          "meet is told once for each. Where a transparency log is kept of the store, or the folder is under "
          "orders, this needs an order (--order), "
          "which counts each observation before it is told; nothing is searched that it does not allow. "
          "Harmless banks are not asked: people decide. A "
          "matcher may be writing "
          "the log meanwhile. Exit code 1: something was found.\n\nTo have it done whenever the lists "
          "change: "
          "seawall lists follow --retro.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_retro_match};
  return kCommand;
}

}  // namespace seawall::cli
