// The transparency log: appending with every batch durable, verifying a whole log, proofs. --json: NDJSON;
// --n N: entries to verify (1 M); --folder DIR: where the logs are made and removed again. Tessera's figure
// is the one that its makers publish for POSIX and NVMe (10,000 writes/s), not measured here.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "figure.h"
#include "seawall/durable_file/posix_file_system.h"
#include "seawall/tlog_store/log_queue.h"

namespace {

using namespace seawall;
using namespace seawall::tlog;
using bench::Figure;

constexpr double kTesseraPublishedPerS = 10'000;
constexpr std::size_t kEntryBytes = 200;

struct Options {
  bool json = false;
  std::size_t n = 1'000'000;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::abort();
}

/// Entries of kEntryBytes, all different.
class Entries {
 public:
  std::span<const std::string_view> next(std::size_t count) {
    texts_.assign(count, std::string(kEntryBytes, 'e'));
    for (std::string& text : texts_)
      text.replace(0, 20, std::to_string(10'000'000'000'000'000'000ULL + made_++));
    views_.assign(texts_.begin(), texts_.end());
    return views_;
  }

 private:
  std::uint64_t made_ = 0;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {
    folder_ = options_.folder / ("seawall_tlog_bench_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }
  ~Bench() { std::filesystem::remove_all(folder_); }

  void run() {
    for (const std::size_t batch : {1UL, 100UL, 10'000UL, 60'000UL}) appends(batch);
    queue();
    recompute();
    auto log = fill();
    verify_and_open(std::move(log));
  }

 private:
  void report(Figure figure) const { print(figure, options_.json); }
  static Figure at_most(const char* name, double value, const char* unit, double most) {
    return {name, value, 0, 0, unit, "at most " + std::to_string(most).substr(0, 5), value <= most};
  }

  std::unique_ptr<LogStore> open(const char* name) const {
    return must(LogStore::open(must(durable::posix_folder_tree(folder_ / name, true)), "example.com/bench"));
  }

  void appends(std::size_t batch) {
    const auto log = open("append");
    std::size_t done = 0;
    double taken = 0;
    std::vector<double> each;
    while (taken < 3) {
      const auto entries = entries_.next(batch);
      const double start = wall_s();
      must(log->append(entries));
      each.push_back(wall_s() - start);
      taken += each.back();
      done += batch;
    }
    const std::string name = "/batch_" + std::to_string(batch);
    const double rate = double(done) / taken;
    // Tessera's is a figure of batches too, so one entry at a time has no peer.
    const double peer = batch == 10'000 ? kTesseraPublishedPerS : 0;
    const char* note = peer > 0 ? " (peer: as published)" : "";
    report({"append_per_s" + name + note, rate, peer, peer > 0 ? rate / peer : 0, "entries/s", "", true});
    report({"append_ms" + name, 1e3 * bench::median(each), 0, 0, "ms", "at most 1000",
            bench::median(each) <= 1});
    std::filesystem::remove_all(folder_ / "append");
  }

  /// Many callers of one entry each, as a service has them.
  void queue() {
    const auto log = open("append");
    LogQueue queue(*log);
    constexpr std::size_t kThreads = 256;
    std::atomic<std::size_t> done = 0;
    std::vector<std::thread> threads;
    const double start = wall_s();
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        while (wall_s() - start < 3) {
          must(queue.append(std::string(kEntryBytes, 'q'), std::chrono::seconds(60)));
          ++done;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    report({"append_per_s/queue_of_256_threads", double(done) / (wall_s() - start), 0, 0, "entries/s", "",
            true});
    std::filesystem::remove_all(folder_ / "append");
  }

  void recompute() {
    std::vector<std::string> all;
    for (const std::string_view entry : entries_.next(options_.n)) all.emplace_back(entry);
    const double start = bench::cpu_seconds();
    Frontier frontier;
    for (const std::string& entry : all) (void)frontier.append(hash_leaf(entry));
    const bool used = frontier.root() != hash_empty();
    const double taken = bench::cpu_seconds() - start;
    report(at_most("root_of_1M_entries", used ? taken * 1e6 / double(options_.n) : 0, "s CPU", 2));
  }

  std::unique_ptr<LogStore> fill() {
    auto log = open("whole");
    for (std::size_t left = options_.n; left > 0;) {
      const std::size_t batch = std::min<std::size_t>(left, 50'000);
      must(log->append(entries_.next(batch)));
      left -= batch;
    }
    return log;
  }

  void verify_and_open(std::unique_ptr<LogStore> log) {
    double start = bench::cpu_seconds();
    must(log->reader().verify());
    const double taken = (bench::cpu_seconds() - start) * 1e6 / double(options_.n);
    report({"verify_folder_of_1M_entries", taken, 0, 0, "s CPU", "", true});
    log.reset();
    start = wall_s();
    log = open("whole");
    report({"open_log", 1e3 * (wall_s() - start), 0, 0, "ms", "", true});
    proofs(log->reader(), log->head());
  }

  void proofs(const LogReader& reader, const TreeHead& head) {
    const auto read = [&](const TileId& tile) { return reader.read_tile(tile); };
    constexpr std::uint64_t kProofs = 300;
    double make_s = 0, check_s = 0, hashes = 0;
    for (std::uint64_t i = 0; i < kProofs; ++i) {
      const std::uint64_t index = i * 7919 * 31 % head.size;
      const Hash leaf = hash_leaf(must(reader.read_entries(index, 1))[0]);
      const double start = wall_s();
      const Proof proof = must(prove_inclusion(index, head.size, read));
      const double made = wall_s();
      if (!verify_inclusion(leaf, index, head.size, proof, head.root)) std::abort();
      check_s += wall_s() - made;
      make_s += made - start;
      hashes += double(proof.size());
    }
    report({"inclusion_proof_bytes", 32 * hashes / kProofs, 0, 0, "bytes", "", true});
    report({"inclusion_proof_made_from_tiles", 1e6 * make_s / kProofs, 0, 0, "us", "", true});
    report({"inclusion_proof_verified", 1e6 * check_s / kProofs, 0, 0, "us", "", true});
    const std::uint64_t old_size = head.size / 3 + 1;
    const double start = wall_s();
    const Proof proof = must(prove_consistency(old_size, head.size, read));
    report({"consistency_proof_made_from_tiles", 1e6 * (wall_s() - start), 0, 0, "us", "", true});
    report({"consistency_proof_bytes", 32 * double(proof.size()), 0, 0, "bytes", "", true});
  }

  Options options_;
  std::filesystem::path folder_;
  Entries entries_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (std::strcmp(argv[i], "--n") == 0 && i + 1 < argc) options.n = std::strtoull(argv[++i], nullptr, 10);
    if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) options.folder = argv[++i];
  }
  if (options.n == 0) return 2;
  Bench(options).run();
}
