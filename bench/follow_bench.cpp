// Following the lists: time from the commit of a change to its match, start of a folder that is up to date,
// and what an entry costs in memory and on disk. Harmless generated hashes only.
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "figure.h"
#include "generated_list.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/temporary_folder.h"
#include "seawall/feed_store/store_feed.h"
#include "seawall/follow/list_follower.h"
#include "seawall/lists/import.h"
#include "seawall/store_sql/open.h"

namespace seawall::bench {
namespace {

template <class T>
T get(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "follow_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
  return *std::move(result);
}
void get(const Result<void>& result) {
  if (!result) {
    std::fprintf(stderr, "follow_bench: %s\n", result.error().message.c_str());
    std::exit(1);
  }
}

using Instant = std::chrono::steady_clock::time_point;
double seconds_since(Instant start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Resident memory that no file backs, in bytes.
double anonymous_bytes() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("RssAnon:")) return 1024 * std::strtod(line.c_str() + 8, nullptr);
  }
  return 0;
}

double folder_bytes(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
  }
  return bytes;
}

EntryContent content_of(std::mt19937_64& random) {
  EntryContent content;
  content.signals.pdq.push_back({{{random(), random(), random(), random()}}, 90});
  Md5 digest{};
  for (std::byte& byte : digest) byte = static_cast<std::byte>(random());
  content.signals.md5 = digest;
  return content;
}

struct Bench {
  std::unique_ptr<Store> store;
  BankId bank{};
  SourceId source{};
  SystemClock clock;
  Authorship by{"bench", "measures", {}};

  explicit Bench(const std::string& url) {
    OpenStoreOptions options;
    options.create = true;
    store = get(open_store(url, options));
    const auto change = get(store->change());
    ListBank listed;
    listed.name = "bench " + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    bank = get(change->add_bank(listed, by));
    source = get(change->add_source({SourceId{}, listed.name, "bench"}, by));
    static_cast<void>(get(change->commit()).number);
  }

  ReleaseId add_release(std::uint64_t entries, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    const auto load = get(store->begin_load(bank, source, by));
    std::vector<NewEntry> page;
    for (std::uint64_t i = 0; i < entries; ++i) {
      page.push_back({"k" + std::to_string(seed) + "/" + std::to_string(i), content_of(random), false, {}});
      if (page.size() < 10'000 && i + 1 < entries) continue;
      ReleaseLoad::Step step;
      step.add = page;
      get(load->write(step));
      page.clear();
    }
    return get(load->seal(by)).id;
  }
  [[nodiscard]] ReleaseId import(std::uint64_t entries) const {
    std::mt19937_64 random(entries);
    GeneratedList list(0, entries, [&](std::uint64_t number) {
      return std::pair("k" + std::to_string(entries - number), content_of(random));
    });
    ImportOptions options;
    options.bank = bank;
    options.source = source;
    options.by = {by.who, by.why};
    return get(import_list(*store, clock, list, options)).release.value().id;
  }
  void set_state(ReleaseId release, ReleaseState state) const {
    const auto change = get(store->change());
    get(change->set_release_state(release, state, by));
    static_cast<void>(get(change->commit()).number);
  }
};

void catch_up(ListFollower& follower) {
  while (!get(follower.step(std::chrono::milliseconds(0))).up_to_date) {
  }
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// From the return of the commit that puts one entry in force to the first query that says "block".
void measure_change_to_match(const Bench& bench, ListFollower& follower, const std::string& kind, int changes,
                             bool json) {
  std::atomic<bool> done{false};
  std::thread thread([&] {
    while (!done) static_cast<void>(get(follower.step(std::chrono::milliseconds(200))).items);
  });
  std::vector<double> ms;
  for (int i = 0; i < changes; ++i) {
    const std::uint64_t seed = 1'000'000'000U + static_cast<std::uint64_t>(i);
    const ReleaseId release = bench.add_release(1, seed);
    std::mt19937_64 random(seed);
    const EntryContent content = content_of(random);
    const PdqHash hash{content.signals.pdq[0].bits, 100};
    ListQuery query;
    query.pdq = std::span(&hash, 1);
    bench.set_state(release, ReleaseState::kActive);
    const auto committed = std::chrono::steady_clock::now();
    while (get(follower.match(query)).action != BankAction::kBlock) {
    }
    ms.push_back(1'000 * seconds_since(committed));
  }
  done = true;
  thread.join();
  print({"change to match, " + kind + ", p50 of " + std::to_string(changes), quantile(ms, 0.5), 0, 0, "ms",
         "", true},
        json);
  print({"change to match, " + kind + ", p99", quantile(ms, 0.99), 0, 0, "ms", "under 1000 ms",
         quantile(ms, 0.99) < 1'000},
        json);
}

void measure_size(std::uint64_t entries, bool json) {
  const TemporaryFolder folder = get(TemporaryFolder::make("seawall-follow-bench"));
  const std::string url = "sqlite:" + (folder.path() / "store.db").string();
  const std::string size = std::to_string(entries / 1'000) + " k entries";
  const Bench bench(url);
  const ReleaseId release = bench.import(entries);
  bench.set_state(release, ReleaseState::kActive);
  StoreFeed feed(*bench.store);
  const auto place = folder.path() / "follow";
  {
    const auto first = get(ListFollower::open(place, feed, *bench.store, bench.clock));
    const auto start = std::chrono::steady_clock::now();
    const double load_cpu = cpu_seconds();
    catch_up(*first);
    print({"first load by CPU time of its thread, " + size,
           static_cast<double>(entries) / (cpu_seconds() - load_cpu), 0, 0, "entries/s", "", true},
          json);
    print({"first load from the store, " + size, static_cast<double>(entries) / seconds_since(start), 0, 0,
           "entries/s", "", true},
          json);
  }
  ::malloc_trim(0);
  const double before = anonymous_bytes();
  const double ready_cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const auto follower = get(ListFollower::open(place, feed, *bench.store, bench.clock));
  catch_up(*follower);
  const double ready = seconds_since(start);
  print({"start of an up-to-date folder to ready, " + size, ready, 0, 0, "s", "under 2 s", ready < 2}, json);
  print({"the same by CPU time of its thread, " + size, cpu_seconds() - ready_cpu, 0, 0, "s", "", true},
        json);
  print({"memory an entry after start (hash and MD5), " + size,
         (anonymous_bytes() - before) / static_cast<double>(entries), 0, 0, "bytes", "", true},
        json);
  print({"disk an entry of the follower, " + size, folder_bytes(place) / static_cast<double>(entries), 0, 0,
         "bytes", "", true},
        json);
  measure_change_to_match(bench, *follower, "sqlite, " + size, 200, json);
}

}  // namespace
}  // namespace seawall::bench

/// --json; --full: 10 M entries too; --entries N instead of 100,000 and 1 M.
int main(int count, char** words) {
  bool json = false;
  std::vector<std::uint64_t> sizes = {100'000, 1'000'000};
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--json") == 0) json = true;
    if (std::strcmp(words[i], "--full") == 0) sizes.push_back(10'000'000);
    if (std::strcmp(words[i], "--entries") == 0 && i + 1 < count)
      sizes = {std::strtoull(words[++i], nullptr, 10)};
  }
  for (const std::uint64_t size : sizes) seawall::bench::measure_size(size, json);
}
