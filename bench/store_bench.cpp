// The list store: import through the list service, seal, export, commit and look-up, on SQLite and on a
// PostgreSQL of its own, beside what SQLite needs for the bytes alone and what peers need for an index in
// memory. Wall time, since the store waits for disks, and CPU time, since machines are shared.
// --full: 10 M entries too; --entries N: that size alone; --only sqlite|postgres.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "figure.h"
#include "generated_list.h"
#include "postgres_cluster.h"
#include "process_cpu.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/lists/export.h"
#include "seawall/lists/import.h"
#include "seawall/store_sql/open.h"
#include "sqlite_floor.h"
#ifdef SEAWALL_BENCH_FAISS
#include "index_peers.h"
#endif

namespace {

using namespace seawall;
using bench::family_cpu_seconds;
using bench::Figure;
using bench::median;

constexpr int kRepeats = 3;  // Of an import of at most this many entries:
constexpr std::uint64_t kRepeatMax = 2'000'000;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "store_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::string size_text(std::uint64_t count) {
  return count % 1'000'000 == 0 ? std::to_string(count / 1'000'000) + " M" : std::to_string(count);
}

const Authorship kBy{"bench", "measuring", {}};

/// One list in one bank.
struct Place {
  BankId bank{};
  SourceId source{};
};

struct Bench {
  std::string name;
  std::unique_ptr<Store> store;
  bool json = false;
  double goal_import = 0;
  SystemClock clock;

  void figure(const std::string& what, double value, const std::string& unit, double goal = 0) const {
    Figure f{name + ": " + what, value, 0, 0, unit, "", true};
    if (goal > 0) {
      char text[48];
      std::snprintf(text, sizeof text, "at least %.0f", goal);
      f.goal = text;
      f.met = value >= goal;
    }
    bench::print(f, json);
  }

  [[nodiscard]] Place new_place(const std::string& place_name) const {
    const auto change = must(store->change());
    ListBank bank;
    bank.name = place_name;
    const Place place{must(change->add_bank(bank, kBy)),
                      must(change->add_source({{}, place_name, "bench"}, kBy))};
    must(change->commit());
    return place;
  }
  void activate(ReleaseId release) const {
    const auto change = must(store->change());
    must(change->set_release_state(release, ReleaseState::kActive, kBy));
    must(change->commit());
  }
};

struct ImportTimes {
  double wall_s = 0;
  double seal_s = 0;
  double cpu_s = 0;
  std::optional<ReleaseId> release;
};

/// From the first record read to the sealed release. Making the records up is counted too.
ImportTimes import(const Bench& bench, const Place& place, std::uint64_t count) {
  bench::GeneratedList list(0, count, [](std::uint64_t number) {
    return std::pair(bench::key_of(number), bench::content_of(number));
  });
  ImportOptions options;
  options.bank = place.bank;
  options.source = place.source;
  options.by = {kBy.who, kBy.why};
  double last_step = 0;
  options.progress = [&](const ImportProgress&) {
    last_step = seconds();
    return true;
  };
  const double cpu = family_cpu_seconds();
  const double start = seconds();
  const ImportReport report = must(import_list(*bench.store, bench.clock, list, options));
  ImportTimes times{seconds() - start, seconds() - last_step, 0, {}};
  times.cpu_s = family_cpu_seconds() - cpu;
  if (report.release) times.release = report.release->id;
  if (report.progress.counts.added + report.progress.counts.unchanged != count) std::exit(1);
  return times;
}

/// Imports into places of their own; the last of them, and the median rate.
std::pair<Place, double> measure_import(const Bench& bench, std::uint64_t count) {
  const std::string size = size_text(count);
  const double n = static_cast<double>(count);
  std::vector<double> rates, seals, cpus;
  Place place;
  ReleaseId release{};
  for (int i = 0; i < (count <= kRepeatMax ? kRepeats : 1); ++i) {
    place = bench.new_place(size + " " + std::to_string(i));
    const ImportTimes times = import(bench, place, count);
    rates.push_back(n / times.wall_s);
    seals.push_back(times.seal_s);
    cpus.push_back(1e6 * times.cpu_s / n);
    release = times.release.value();
  }
  bench.figure("import of " + size + " to a sealed release", median(rates), "entries/s", bench.goal_import);
  bench.figure("its CPU time in all processes", median(cpus), "us/entry");
  bench.figure("its seal", median(seals), "s");
  const double activating = seconds();
  bench.activate(release);
  bench.figure("activating it", 1000 * (seconds() - activating), "ms");
  const ImportTimes again = import(bench, place, count);
  bench.figure("import of the same " + size + " again, nothing changes", n / again.wall_s, "entries/s");
  return {place, median(rates)};
}

/// Counts what it is given.
class CountingWriter final : public ExchangeWriter {
 public:
  Result<void> add(const ExchangeRecord& record, std::vector<std::string>&) override {
    bytes += record.key.size();
    return {};
  }
  Result<void> finish() override { return {}; }
  std::size_t bytes = 0;
};

void measure_export(const Bench& bench, const Place& place, std::uint64_t count) {
  const auto view = must(bench.store->view());
  CountingWriter writer;
  ExportOptions options;
  options.bank = place.bank;
  const double start = seconds();
  const double cpu = family_cpu_seconds();
  const ExportReport report = must(export_list(*view, options, writer));
  if (report.records != count || writer.bytes == 0) std::exit(1);
  const double n = static_cast<double>(count);
  bench.figure("export of " + size_text(count) + ", without writing a format", n / (seconds() - start),
               "entries/s");
  bench.figure("its CPU time in all processes", 1e6 * (family_cpu_seconds() - cpu) / n, "us/entry");
}

void look_up(const Bench& bench, const Place& place, std::uint64_t count) {
  const auto view = must(bench.store->view());
  constexpr std::uint64_t kKeys = 10'000;
  std::vector<std::string> listed, unlisted;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    listed.push_back(bench::key_of(bench::mixed(i) % count));
    unlisted.push_back(bench::key_of(count + bench::mixed(i)));
  }
  for (const auto& [what, keys] : {std::pair("listed", &listed), std::pair("unlisted", &unlisted)}) {
    const double start = seconds();
    std::uint64_t found = 0;
    for (const auto& one : must(view->known_keys(place.bank, place.source, *keys))) found += one.has_value();
    if (found != (keys == &listed ? kKeys : 0)) std::exit(1);
    bench.figure(std::string("look-up of 10,000 ") + what + " keys in " + size_text(count),
                 1e6 * (seconds() - start) / static_cast<double>(kKeys), "us/key");
  }
}

void commit(const Bench& bench, BankId bank) {
  std::vector<double> times;
  for (int i = 0; i < 51; ++i) {
    auto settings = *must(must(bench.store->view())->bank(bank));
    settings.radius_bits = i;
    const double start = seconds();
    const auto change = must(bench.store->change());
    must(change->set_bank(settings, kBy));
    must(change->commit());
    times.push_back(1000 * (seconds() - start));
  }
  bench.figure("one durable change, median of 51", median(times), "ms");
}

/// Every figure of one size; gives the rate of the import.
double run(const Bench& bench, std::uint64_t count, const auto& bytes_now) {
  const double before = bytes_now();
  const auto [place, rate] = measure_import(bench, count);
  const double entries = static_cast<double>(count) * (count <= kRepeatMax ? kRepeats : 1);
  bench.figure("on disk", (bytes_now() - before) / entries, "bytes/entry");
  measure_export(bench, place, count);
  look_up(bench, place, count);
  commit(bench, place.bank);
  return rate;
}

double folder_bytes(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

/// `rate`: entries a second that an import on SQLite brought to a sealed release.
void beside(const std::string& what, double rate, std::uint64_t count, double peer_s, bool json) {
  const double peer = static_cast<double>(count) / peer_s;
  bench::print({"SQLite: import of " + size_text(count) + " beside " + what, rate, peer, rate / peer,
                "entries/s", "", true},
               json);
}

void beside_floor(double rate, std::uint64_t count, bool json) {
  const auto folder = must(TemporaryFolder::make("seawall-store-floor"));
  const bench::FloorTimes floor = bench::insert_plain(folder.path() / "plain.db", count);
  beside("plain INSERTs of its bytes", rate, count, floor.wall_s, json);
  bench::print({"plain INSERTs of " + size_text(count) + ": CPU time",
                1e6 * floor.cpu_s / static_cast<double>(count), 0, 0, "us/entry", "", true},
               json);
}

void beside_peers([[maybe_unused]] double rate, [[maybe_unused]] std::uint64_t count,
                  [[maybe_unused]] bool json) {
#ifdef SEAWALL_BENCH_FAISS
  std::vector<Fingerprint256> codes;
  codes.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) codes.push_back(bench::content_of(i).signals.pdq[0].bits);
  for (const bench::NamedPeer& peer : bench::peers_for(codes.size())) {
    const double start = seconds();
    const auto index = peer.build(codes);
    beside(peer.name + " built in memory", rate, count, seconds() - start, json);
  }
#else
  std::fputs("store_bench: built without faiss: peers are skipped\n", stderr);
#endif
}

void run_sqlite(std::uint64_t count, bool json) {
  double rate = 0;
  {
    const auto folder = must(TemporaryFolder::make("seawall-store-bench"));
    const std::string url = "sqlite:" + (folder.path() / "lists.db").string();
    const Bench bench{"SQLite", must(open_store(url, {.create = true})), json, 200'000, {}};
    rate = run(bench, count, [&] { return folder_bytes(folder.path()); });
  }
  beside_floor(rate, count, json);
  beside_peers(rate, count, json);
}

void run_postgres(test_support::PostgresCluster& cluster, const std::string& database, std::uint64_t count,
                  bool json) {
  const Bench bench{
      "PostgreSQL", must(open_store(cluster.new_database(), {.create = true})), json, 100'000, {}};
  const std::string size = "SELECT pg_database_size('" + database + "')";
  static_cast<void>(run(bench, count, [&] { return std::strtod(cluster.run(size).c_str(), nullptr); }));
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false;
  std::string_view only;
  std::vector<std::uint64_t> sizes = {1'000'000};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    json = json || word == "--json";
    if (word == "--full") sizes.push_back(10'000'000);
    if (word == "--only" && i + 1 < argc) only = argv[++i];
    if (word == "--entries" && i + 1 < argc) sizes = {std::strtoull(argv[++i], nullptr, 10)};
  }
  if (only != "postgres") {
    for (const std::uint64_t count : sizes) run_sqlite(count, json);
  }
  if (only == "sqlite") return 0;
  if (!std::filesystem::exists("/usr/lib/postgresql")) {
    std::fputs("store_bench: no PostgreSQL server is installed: its figures are skipped\n", stderr);
    return 0;
  }
  test_support::PostgresCluster cluster;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    run_postgres(cluster, "t" + std::to_string(i + 1), sizes[i], json);
  }
  return 0;
}
