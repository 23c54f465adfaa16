// Observations: appending, size, retro-match. --json: NDJSON; --full: 100 M observations (5 GB of disk); --n
// N;
// --folder DIR: where the log is made and removed again.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "figure.h"
#include "seawall/base/system_clock.h"
#include "seawall/base/unique_fd.h"
#include "seawall/index/detail/test_data.h"
#include "seawall/observation/observation_log.h"
#ifdef SEAWALL_BENCH_FAISS
#include "index_peers.h"
#endif

namespace {

using namespace seawall;
using bench::Figure;
using index_detail::DataShape;
using index_detail::Random;

constexpr unsigned kThreads = 2;
constexpr std::size_t kEntries = 1000;
constexpr std::size_t kPool = 200'000;

struct Options {
  bool json = false;
  std::size_t n = 10'000'000;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Of all threads of the process.
double process_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Bench {
 public:
  explicit Bench(Options options) : options_(std::move(options)) {
    folder_ = options_.folder / ("seawall_observation_bench_" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    pool_ = index_detail::make_fingerprints(DataShape::kNatural, kPool, 1);
  }
  ~Bench() { std::filesystem::remove_all(folder_); }

  void run() {
    append_rates();
    fill();
    retro();
    flat_peer();
  }

 private:
  void report(const std::string& name, double ours, const char* unit, double most = 0, double peer = 0) {
    Figure figure{name, ours, peer, peer > 0 ? peer / ours : 0, unit, "", true};
    if (most > 0) {
      figure.goal = "at most " + std::to_string(most).substr(0, 6);
      figure.met = ours <= most;
    }
    print(figure, options_.json);
  }

  std::unique_ptr<ObservationLog> open(const std::string& name) {
    auto log = ObservationLog::open(folder_ / name, clock_);
    if (!log) std::fprintf(stderr, "%s\n", log.error().message.c_str()), std::abort();
    return std::move(*log);
  }

  /// A post a tenth of a second, of one tenant, each with a PDQ hash near one of the pool's and a place of 12
  /// bytes.
  void make_batch(std::size_t first, std::size_t count, Random& random) {
    batch_.resize(count);
    places_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::snprintf(places_[i].data(), places_[i].size(), "p%011zu", first + i);
      Observation& one = batch_[i];
      one.tenant = "forum";
      one.place = std::string_view(places_[i].data(), 12);
      one.time = Time(std::chrono::milliseconds(1'700'000'000'000 + std::int64_t(first + i) * 100));
      one.pdq = PdqHash{index_detail::flipped(pool_[random() % kPool], random, int(random() % 40)), 80};
    }
  }

  void append_rates() {
    for (const std::size_t batch : {1UL, 100UL, 10'000UL}) {
      auto log = open("rate");
      Random random(2);
      make_batch(0, batch, random);
      const double start = wall_seconds();
      std::size_t done = 0;
      while (wall_seconds() - start < 2) done += log->append(batch_) ? batch : 0;
      report("append_per_s/batch_" + std::to_string(batch), double(done) / (wall_seconds() - start), "obs/s");
      log.reset();
      std::filesystem::remove_all(folder_ / "rate");
    }
    auto log = open("rate");
    Random random(2);
    make_batch(0, 1, random);
    std::atomic<std::size_t> done = 0;
    const double start = wall_seconds();
    std::vector<std::thread> threads;
    for (int t = 0; t < 32; ++t) {
      threads.emplace_back([&] {
        while (wall_seconds() - start < 2) done += log->append(batch_) ? 1U : 0U;
      });
    }
    for (std::thread& thread : threads) thread.join();
    report("append_per_s/batch_1_of_32_threads", double(done) / (wall_seconds() - start), "obs/s");
    log.reset();
    std::filesystem::remove_all(folder_ / "rate");
  }

  void fill() {
    log_ = open("log");
    Random random(3);
    constexpr std::size_t kBatch = 16384;
    double seconds = 0;
    for (std::size_t first = 0; first < options_.n; first += kBatch) {
      make_batch(first, std::min(kBatch, options_.n - first), random);
      const double start = wall_seconds();
      if (!log_->append(batch_)) std::abort();
      seconds += wall_seconds() - start;
    }
    const std::string n = "/" + std::to_string(options_.n);
    report("append_per_s/batch_16384" + n, double(options_.n) / seconds, "obs/s");
    log_.reset();
    const double start = wall_seconds();
    log_ = open("log");
    report("open_s" + n, wall_seconds() - start, "s");
    const auto stats = log_->stats();
    report("bytes_each" + n, double(stats.size_bytes) / double(stats.observations), "B");
  }

  std::vector<RetroEntry> entries() {
    Random random(4);
    const auto strangers = index_detail::make_fingerprints(DataShape::kNatural, kEntries, 5);
    std::vector<RetroEntry> all(kEntries);
    for (std::size_t i = 0; i < kEntries; ++i) {
      all[i].id = EntryId{i + 1};
      all[i].pdq = {
          {i % 2 == 0 ? index_detail::flipped(pool_[random() % kPool], random, 10) : strangers[i], 31}};
    }
    return all;
  }

  /// Every byte of the log's files, once, on as many threads: what no search can be faster than.
  double read_once() {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "log"))
      files.push_back(file.path());
    std::atomic<std::size_t> next = 0;
    const double start = wall_seconds();
    const auto work = [&] {
      std::vector<std::byte> buffer(std::size_t{1} << 20);
      for (std::size_t at = next++; at < files.size(); at = next++) {
        const UniqueFd fd(::open(files[at].c_str(), O_RDONLY | O_CLOEXEC));
        while (fd && ::read(fd.get(), buffer.data(), buffer.size()) > 0) continue;
      }
    };
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < kThreads; ++t) threads.emplace_back(work);
    threads.clear();
    return wall_seconds() - start;
  }

  void retro() {
    const auto asked = entries();
    RetroOptions options;
    options.threads = kThreads;
    const std::string n = "/" + std::to_string(options_.n);
    const double floor = read_once();
    for (const std::size_t count : {std::size_t{1}, std::size_t{100}, kEntries}) {
      const double start = wall_seconds(), cpu = process_cpu_seconds();
      const auto done = log_->retro_match(std::span(asked).first(count), options, [](const RetroMatch&) {});
      if (!done || done->end != RetroReport::End::kComplete) std::abort();
      const double goal = count == kEntries ? 60.0 * double(options_.n) / 100e6 : 0;
      report("retro_match_s/" + std::to_string(count) + "_entries" + n, wall_seconds() - start, "s", goal,
             floor);
      report("retro_match_cpu_s/" + std::to_string(count) + "_entries" + n, process_cpu_seconds() - cpu, "s");
      std::fprintf(stderr, "%llu matches\n", static_cast<unsigned long long>(done->matches));
    }
    report("read_once_s" + n, floor, "s");
    log_.reset();
  }

  /// The same search over a million codes by the peer, one thread; ours in the log, one thread too.
  void flat_peer() {
#ifdef SEAWALL_BENCH_FAISS
    constexpr std::size_t kCodes = 1'000'000;
    Random random(6);
    make_batch(0, kCodes, random);
    std::vector<Fingerprint256> codes;
    for (const Observation& one : batch_) codes.push_back(one.pdq->bits);
    const auto asked = entries();
    auto log = open("peer");
    if (!log->append(batch_)) std::abort();
    RetroOptions options;
    options.threads = 1;
    std::uint64_t ours = 0, theirs = 0;
    double start = bench::cpu_seconds();
    ours = log->retro_match(asked, options, [](const RetroMatch&) {})->matches;
    const double our_seconds = bench::cpu_seconds() - start;
    for (const bench::NamedPeer& named : bench::peers_for(kCodes)) {
      if (named.name.find("flat") == std::string::npos) continue;
      const auto peer = named.build(codes);
      theirs = 0;
      start = bench::cpu_seconds();
      for (const RetroEntry& entry : asked) theirs += peer->count(entry.pdq[0].bits, 31);
      report("retro_match_cpu_s/1000_entries/1000000_beside_" + named.name, our_seconds, "s", 0,
             bench::cpu_seconds() - start);
      if (ours != theirs)
        std::fprintf(stderr, "%s finds %zu, we find %zu\n", named.name.c_str(), theirs, ours);
    }
    log.reset();
    std::filesystem::remove_all(folder_ / "peer");
#endif
  }

  Options options_;
  std::filesystem::path folder_;
  SystemClock clock_;
  std::vector<Fingerprint256> pool_;
  std::vector<Observation> batch_;
  std::vector<std::array<char, 24>> places_;
  std::unique_ptr<ObservationLog> log_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) options.json = true;
    if (std::strcmp(argv[i], "--full") == 0) options.n = 100'000'000;
    if (std::strcmp(argv[i], "--n") == 0 && i + 1 < argc) options.n = std::strtoull(argv[++i], nullptr, 10);
    if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) options.folder = argv[++i];
  }
  Bench(options).run();
  return 0;
}
