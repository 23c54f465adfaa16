// The list store: import, export, commit and look-up on SQLite and on a PostgreSQL of its own.
// --full: 10 M entries too. Wall time: the store waits for disks.
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "figure.h"
#include "postgres_cluster.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/store_sql/open.h"

namespace {

using seawall::bench::Figure;
using seawall::bench::median;
using seawall::bench::print;

constexpr std::uint64_t kStep = 100'000;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
T must(seawall::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "store_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

seawall::Authorship by() { return {"bench", "measuring", {}}; }

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 31;
  x *= 0x7FB5D329728EA185U;
  x ^= x >> 27;
  x *= 0x81DADEF4BC2DD44DU;
  return x ^ (x >> 33);
}

/// As an exchange brings them: a GUID-like key, a PDQ hash, MD5 and SHA-1.
seawall::NewEntry entry_of(std::uint64_t number) {
  seawall::NewEntry entry;
  char key[40];
  std::snprintf(key, sizeof key, "%016llx-%016llx", static_cast<unsigned long long>(mixed(number)),
                static_cast<unsigned long long>(number));
  entry.key = key;
  auto& signals = entry.content.signals;
  signals.pdq = {{{{mixed(number + 1), mixed(number + 2), mixed(number + 3), mixed(number + 4)}}, 90}};
  std::uint64_t word = mixed(number + 5);
  const auto fill = [&](auto& digest) {
    for (std::byte& byte : digest) {
      byte = static_cast<std::byte>(word);
      word = mixed(word);
    }
  };
  fill(signals.md5.emplace());
  fill(signals.sha1.emplace());
  return entry;
}

struct Bench {
  std::string name;
  std::unique_ptr<seawall::Store> store;
  bool json = false;
  double goal_import = 0;

  void figure(const std::string& what, double value, const std::string& unit, double goal = 0) const {
    Figure f{name + ": " + what, value, 0, 0, unit, "", true};
    if (goal > 0) {
      char text[48];
      std::snprintf(text, sizeof text, "at least %.0f", goal);
      f.goal = text;
      f.met = value >= goal;
    }
    print(f, json);
  }
};

seawall::BankId new_bank(seawall::Store& store, const std::string& name) {
  const auto change = must(store.change());
  seawall::ListBank bank;
  bank.name = name;
  const auto id = must(change->add_bank(bank, by()));
  must(change->commit());
  return id;
}

seawall::SourceId new_source(seawall::Store& store, const std::string& name) {
  const auto change = must(store.change());
  const auto id = must(change->add_source({{}, name, "bench"}, by()));
  must(change->commit());
  return id;
}

/// Entries a second, from the first step to the sealed release; making the records is not counted.
void import(const Bench& bench, seawall::BankId bank, seawall::SourceId source, std::uint64_t count) {
  const auto load = must(bench.store->begin_load(bank, source, by()));
  double steps = 0;
  std::vector<seawall::NewEntry> records(kStep);
  for (std::uint64_t done = 0; done < count; done += kStep) {
    for (std::uint64_t i = 0; i < kStep; ++i) records[i] = entry_of(done + i);
    const double start = seconds();
    must(load->write({.add = records, .checkpoint = std::to_string(done)}));
    steps += seconds() - start;
  }
  const double start = seconds();
  const auto release = must(load->seal(by()));
  const double sealed = seconds() - start;
  const double n = static_cast<double>(count);
  const std::string size = std::to_string(count / 1'000'000) + " M";
  bench.figure("import of " + size, n / (steps + sealed), "entries/s", bench.goal_import);
  bench.figure("its steps alone", n / steps, "entries/s");
  bench.figure("its seal", sealed, "s");
  const auto change = must(bench.store->change());
  const double activating = seconds();
  must(change->set_release_state(release.id, seawall::ReleaseState::kActive, by()));
  must(change->commit());
  bench.figure("activating it", 1000 * (seconds() - activating), "ms");
}

void read_all(const Bench& bench, seawall::BankId bank, std::uint64_t count) {
  const auto view = must(bench.store->view());
  const double start = seconds();
  std::uint64_t read = 0;
  for (seawall::EntryId after{};;) {
    const auto page = must(view->entries_of_bank(bank, after, 10'000));
    if (page.empty()) break;
    read += page.size();
    after = page.back().id;
  }
  if (read != count) std::exit(1);
  bench.figure("export of " + std::to_string(count / 1'000'000) + " M",
               static_cast<double>(read) / (seconds() - start), "entries/s");
}

void look_up(const Bench& bench, seawall::BankId bank, seawall::SourceId source, std::uint64_t count) {
  const auto view = must(bench.store->view());
  constexpr std::uint64_t kKeys = 10'000;
  std::vector<std::string> listed;
  std::vector<std::string> unlisted;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    listed.push_back(entry_of(mixed(i) % count).key);
    unlisted.push_back(entry_of(count + mixed(i)).key);
  }
  for (const auto& [what, keys] : {std::pair("listed", &listed), std::pair("unlisted", &unlisted)}) {
    const double start = seconds();
    std::uint64_t found = 0;
    for (const auto& one : must(view->known_keys(bank, source, *keys))) found += one.has_value();
    if (found != (keys == &listed ? kKeys : 0)) std::exit(1);
    bench.figure(
        std::string("look-up of 10,000 ") + what + " keys in " + std::to_string(count / 1'000'000) + " M",
        1e6 * (seconds() - start) / static_cast<double>(kKeys), "us/key");
  }
}

void commit(const Bench& bench, seawall::BankId bank) {
  std::vector<double> times;
  for (int i = 0; i < 51; ++i) {
    auto settings = *must(must(bench.store->view())->bank(bank));
    settings.radius_bits = i;
    const double start = seconds();
    const auto change = must(bench.store->change());
    must(change->set_bank(settings, by()));
    must(change->commit());
    times.push_back(1000 * (seconds() - start));
  }
  bench.figure("one durable change, median of 51", median(times), "ms");
}

double folder_bytes(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

void run(const Bench& bench, std::uint64_t count, const auto& bytes_now) {
  const std::string size = std::to_string(count / 1'000'000) + " M";
  const auto bank = new_bank(*bench.store, "bank of " + size);
  const auto source = new_source(*bench.store, "source of " + size);
  const double before = bytes_now();
  import(bench, bank, source, count);
  bench.figure("on disk", (bytes_now() - before) / static_cast<double>(count), "bytes/entry");
  read_all(bench, bank, count);
  look_up(bench, bank, source, count);
  commit(bench, bank);
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false;
  bool full = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    json = json || word == "--json";
    full = full || word == "--full";
  }
  std::vector<std::uint64_t> sizes = {1'000'000};
  if (full) sizes.push_back(10'000'000);
  {
    const auto folder = must(seawall::TemporaryFolder::make("seawall-store-bench"));
    const Bench bench{
        "SQLite",
        must(seawall::open_store("sqlite:" + (folder.path() / "lists.db").string(), {.create = true})), json,
        200'000};
    for (const std::uint64_t count : sizes) run(bench, count, [&] { return folder_bytes(folder.path()); });
  }
  seawall::test_support::PostgresCluster cluster;
  const std::string url = cluster.new_database();
  const Bench bench{"PostgreSQL", must(seawall::open_store(url, {.create = true})), json, 100'000};
  const auto bytes = [&] {
    return std::strtod(cluster.run("SELECT pg_database_size('t1')").c_str(), nullptr);
  };
  for (const std::uint64_t count : sizes) run(bench, count, bytes);
  return 0;
}
