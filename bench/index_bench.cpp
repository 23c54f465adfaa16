// Radius search beside its peers. --json: NDJSON; --n 1000000,10000000: entries; --full: 1 M and 10 M (100 M
// needs 20 GB of memory: --n 100000000).
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "figure.h"
#include "index_peers.h"
#include "seawall/index/detail/search.h"
#include "seawall/index/detail/test_data.h"
#include "seawall/index/live_index.h"

namespace {

using seawall::EntryId;
using seawall::Fingerprint256;
using seawall::IndexEntry;
using seawall::LiveIndex;
using seawall::bench::cpu_seconds;
using seawall::bench::Figure;
using seawall::bench::median;
using seawall::index_detail::DataShape;

struct Options {
  bool json = false;
  std::vector<std::size_t> sizes = {1'000'000};
};

struct Goal {
  std::size_t n;
  double p50_us, p99_us, batch_per_s, bytes, ratio_to_hma, ratio_to_others;
};
constexpr Goal kGoals[] = {{1'000'000, 6, 15, 350e3, 320, 250, 250},
                           {10'000'000, 30, 90, 80e3, 145, 900, 400},
                           {100'000'000, 200, 400, 10e3, 140, 0, 0}};

/// For single queries: reading the CPU clock is a system call and would add to their microseconds.
double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    if (std::fscanf(file, "%zu %zu", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// From here on a segment is measured without an index around it: the entries, the caller's copy and the
/// segment would not fit into 24 GB together.
constexpr std::size_t kSegmentOnlyFrom = 50'000'000;

class Bench {
 public:
  explicit Bench(const Options& options) : options_(options) {}

  void run() {
    for (const std::size_t n : options_.sizes) {
      size_ = n;
      goal_ = nullptr;
      for (const Goal& goal : kGoals) {
        if (goal.n == n) goal_ = &goal;
      }
      if (n >= kSegmentOnlyFrom) {
        segment_figures();
        continue;
      }
      query_figures(DataShape::kUniform, "uniform");
      query_figures(DataShape::kNatural, "natural");
      disk_figures();
    }
    if (options_.sizes.front() > 1'000'000) return;
    size_ = 1'000'000;
    worst_case(DataShape::kOneBucket, "one_bucket");
    worst_case(DataShape::kNearZero, "near_zero");
    worst_case(DataShape::kDuplicates, "duplicates");
  }

 private:
  void report(const std::string& name, double ours, const char* unit, double goal = 0,
              bool at_least = false) {
    Figure figure{name + "/" + std::to_string(size_), ours, 0, 0, unit, "", true};
    if (goal != 0) {
      char text[48];
      std::snprintf(text, sizeof text, "%s %.6g", at_least ? "at least" : "at most", goal);
      figure.goal = text;
      figure.met = at_least ? ours >= goal : ours <= goal;
    }
    print(figure, options_.json);
  }

  static std::vector<double> time_queries(const LiveIndex& index, std::span<const Fingerprint256> queries) {
    std::vector<double> us;
    us.reserve(queries.size());
    for (const Fingerprint256& query : queries) {
      const double start = wall_seconds();
      if (!index.within(query, {})) std::abort();
      us.push_back((wall_seconds() - start) * 1e6);
    }
    std::sort(us.begin(), us.end());
    return us;
  }

  static std::unique_ptr<LiveIndex> filled(std::span<const Fingerprint256> codes, double* seconds) {
    std::vector<IndexEntry> entries;
    entries.reserve(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) entries.push_back({codes[i], EntryId{i + 1}});
    auto index = LiveIndex::in_memory();
    const double start = cpu_seconds();
    if (!index->apply({entries, {}, 1})) std::abort();
    *seconds = cpu_seconds() - start;
    return index;
  }

  void query_figures(DataShape shape, const std::string& data) {
    const auto codes = make_fingerprints(shape, size_, 1);
    const auto queries = make_queries(codes, shape, 65536, 31, 5);
    double build_s = 0;
    const auto index = filled(codes, &build_s);
    if (shape == DataShape::kUniform) {
      report("index/build", static_cast<double>(size_) / build_s, "entries/s", 2e6, true);
    }
    (void)time_queries(*index, std::span(queries).first(2000));  // Warm.
    std::vector<double> p50, p99, batch;
    for (int round = 0; round < 5; ++round) {
      const auto us =
          time_queries(*index, std::span(queries).subspan(static_cast<std::size_t>(round) * 4000, 4000));
      p50.push_back(us[us.size() / 2]);
      p99.push_back(us[us.size() * 99 / 100]);
      const double start = cpu_seconds();
      if (!index->within_batch(queries, {}, [](std::size_t, auto) {})) std::abort();
      batch.push_back(static_cast<double>(queries.size()) / (cpu_seconds() - start));
    }
    report("index/query_p50/" + data, median(p50), "us", goal_ != nullptr ? goal_->p50_us : 0);
    report("index/query_p99/" + data, median(p99), "us", goal_ != nullptr ? goal_->p99_us : 0);
    report("index/batch/" + data, median(batch), "queries/s", goal_ != nullptr ? goal_->batch_per_s : 0,
           true);
    beside_peers(data, *index, codes, queries);
    if (shape == DataShape::kUniform) live_figures(*index, queries, median(p50));
  }

  /// In blocks, so that each runs with its own data in the caches, and in turn, so that a busy machine hits
  /// both; by CPU time, which does not count what others ran in between: ours as the mean of a block.
  void beside_peers(const std::string& data, const LiveIndex& index, std::span<const Fingerprint256> codes,
                    std::span<const Fingerprint256> queries) {
    constexpr std::size_t kRounds = 5, kTheirs = 10, kOurs = 400;
    for (const auto& peer : seawall::bench::peers_for(codes.size())) {
      const auto built = peer.build(codes);
      std::vector<double> ours, theirs;
      for (std::size_t round = 0; round < kRounds; ++round) {
        const auto block = queries.subspan(round * kOurs, kOurs);
        for (const Fingerprint256& query : block.first(kTheirs)) {
          const double start = cpu_seconds();
          const std::size_t wanted = built->count(query, 31);
          theirs.push_back((cpu_seconds() - start) * 1e6);
          const std::size_t found = index.within(query, {})->size();  // Not timed.
          if (found == wanted) continue;
          std::fprintf(stderr, "index: %s finds %zu, seawall %zu\n", peer.name.c_str(), wanted, found);
          std::abort();
        }
        const double start = cpu_seconds();
        (void)time_queries(index, block);
        ours.push_back((cpu_seconds() - start) / kOurs * 1e6);
      }
      report_ratio("index/vs_" + peer.name + "/" + data, peer.name, median(ours), median(theirs));
    }
  }

  void report_ratio(const std::string& name, const std::string& peer, double ours, double theirs) {
    Figure figure{name + "/" + std::to_string(size_), ours, theirs, theirs / ours, "us", "", true};
    if (goal_ != nullptr && goal_->ratio_to_others != 0) {
      const double least = peer == "hma_faiss_multihash" ? goal_->ratio_to_hma : goal_->ratio_to_others;
      figure.goal = "ratio at least " + std::to_string(static_cast<int>(least));
      figure.met = figure.ratio >= least;
    }
    print(figure, options_.json);
  }

  void live_figures(LiveIndex& index, std::span<const Fingerprint256> queries, double before_us) {
    seawall::index_detail::Random random(9);
    std::uint64_t id = 1'000'000'000;
    std::size_t added = 0;
    for (const std::size_t delta : {1000U, 4000U, 16000U}) {
      std::vector<IndexEntry> entries;
      for (; added < delta; ++added)
        entries.push_back({seawall::index_detail::uniform_fingerprint(random), EntryId{++id}});
      if (!index.apply({entries, {}, 2})) std::abort();
      const auto us = time_queries(index, queries.first(8000));
      report("index/delta_" + std::to_string(delta) + "_costs", us[us.size() / 2] - before_us, "us");
    }
    std::atomic<bool> stop = false;
    std::thread writer([&] {
      auto next = std::chrono::steady_clock::now();
      while (!stop) {
        IndexEntry entries[100];
        for (auto& entry : entries)
          entry = {seawall::index_detail::uniform_fingerprint(random), EntryId{++id}};
        if (!index.apply({entries, {}, 3})) std::abort();
        next += std::chrono::milliseconds(10);
        std::this_thread::sleep_until(next);
      }
    });
    std::vector<double> all;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(6);
    for (std::size_t at = 0; std::chrono::steady_clock::now() < end; at = (at + 1000) % 60000) {
      const auto us = time_queries(index, queries.subspan(at, 1000));
      all.push_back(us[us.size() / 2]);
    }
    stop = true;
    writer.join();
    report("index/adds_10k_per_s_slow_queries_by", (median(all) / before_us - 1) * 100, "%", 20);
  }

  void disk_figures() {
    const auto folder =
        std::filesystem::temp_directory_path() / ("seawall_index_bench_" + std::to_string(::getpid()));
    {
      const auto codes = make_fingerprints(DataShape::kUniform, size_, 1);
      std::vector<IndexEntry> entries;
      for (std::size_t i = 0; i < codes.size(); ++i) entries.push_back({codes[i], EntryId{i + 1}});
      auto index = LiveIndex::open(folder);
      if (!index || !(*index)->apply({entries, {}, 1})) std::abort();
    }
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
    report("index/bytes_per_entry", static_cast<double>(bytes) / static_cast<double>(size_), "bytes",
           goal_ != nullptr ? goal_->bytes : 0);
    std::vector<double> open_ms;
    for (int round = 0; round < 5; ++round) {
      const auto start = std::chrono::steady_clock::now();
      const auto index = LiveIndex::open(folder);
      if (!index || (*index)->size() != size_) std::abort();
      open_ms.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    report("index/open", median(open_ms), "ms", 50);
    query_opened(folder);
    std::filesystem::remove_all(folder);
  }

  /// Of a stored index, whose file is mapped: 4 KB pages where its front lines do not answer.
  void query_opened(const std::filesystem::path& folder) {
    const auto codes = make_fingerprints(DataShape::kUniform, size_, 1);
    const auto queries = make_queries(codes, DataShape::kUniform, 65536, 31, 5);
    const auto index = LiveIndex::open(folder);
    if (!index || !(*index)->verify()) std::abort();  // Reads all of it: the page cache is warm.
    if (!(*index)->within_batch(queries, {}, [](std::size_t, auto) {})) std::abort();
    std::vector<double> p50;
    for (std::size_t round = 0; round < 5; ++round) {
      const auto us = time_queries(**index, std::span(queries).subspan(round * 4000, 4000));
      p50.push_back(us[us.size() / 2]);
    }
    report("index/query_p50/after_open", median(p50), "us");
  }

  /// A size whose parts do not fit twice: rows are made in place, and freed before the queries.
  void segment_figures() {
    namespace detail = seawall::index_detail;
    seawall::index_detail::Random random(1);
    std::vector<Fingerprint256> sample;  // Some stored codes, to ask near them.
    std::vector<IndexEntry> entries;
    entries.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      entries.push_back({detail::uniform_fingerprint(random), EntryId{i + 1}});
      if (i % 1000 == 0) sample.push_back(entries.back().fingerprint);
    }
    const double start = cpu_seconds();
    const auto content = detail::build_segment(entries, detail::Kind::kRadius, detail::kChunks);
    if (!content) std::abort();
    report("index/build_segment", static_cast<double>(size_) / (cpu_seconds() - start), "entries/s", 2e6,
           true);
    report("index/build_resident", static_cast<double>(resident_bytes()) / 1e9, "GB");
    std::vector<IndexEntry>().swap(entries);
    const auto segment = detail::Segment::open(*content, "bench", detail::Kind::kRadius);
    if (!segment) std::abort();
    report("index/bytes_per_entry",
           static_cast<double>((*segment)->bytes().size()) / static_cast<double>(size_), "bytes",
           goal_ != nullptr ? goal_->bytes : 0);
    time_segment(**segment, make_queries(sample, DataShape::kUniform, 65536, 31, 5));
  }

  void time_segment(const seawall::index_detail::Segment& segment,
                    const std::vector<Fingerprint256>& queries) {
    namespace detail = seawall::index_detail;
    const detail::LiveRows live{nullptr, static_cast<std::uint32_t>(size_)};
    detail::SearchMode mode;
    mode.radius_bits = 31;
    std::vector<detail::RowHit> hits;
    std::vector<double> us;
    for (std::size_t q = 0; q < 12000; ++q) {
      hits.clear();
      const double start = wall_seconds();
      detail::search_segment(segment, live, detail::kernels(), queries[q], mode, hits);
      if (q >= 2000) us.push_back((wall_seconds() - start) * 1e6);
    }
    std::sort(us.begin(), us.end());
    report("index/query_p50/uniform", us[us.size() / 2], "us", goal_ != nullptr ? goal_->p50_us : 0);
    report("index/query_p99/uniform", us[us.size() * 99 / 100], "us", goal_ != nullptr ? goal_->p99_us : 0);
    const double start = cpu_seconds();
    detail::BatchOutput out;
    detail::search_segment_batch(segment, live, detail::kernels(), queries, mode, 1000, out);
    report("index/batch/uniform", static_cast<double>(queries.size()) / (cpu_seconds() - start), "queries/s",
           goal_ != nullptr ? goal_->batch_per_s : 0, true);
    for (const auto& peer : seawall::bench::peers_for(size_)) {
      const auto built = peer.build(segment.codes());
      std::vector<double> theirs;
      for (std::size_t q = 0; q < 5; ++q) {
        const double from = cpu_seconds();
        const std::size_t wanted = built->count(queries[q], 31);
        theirs.push_back((cpu_seconds() - from) * 1e6);
        hits.clear();
        detail::search_segment(segment, live, detail::kernels(), queries[q], mode, hits);
        if (hits.size() != wanted) std::abort();
      }
      report_ratio("index/vs_" + peer.name + "/uniform", peer.name, us[us.size() / 2], median(theirs));
    }
  }

  void worst_case(DataShape shape, const std::string& data) {
    namespace detail = seawall::index_detail;
    const auto codes = make_fingerprints(shape, size_, 3);
    std::vector<IndexEntry> entries;
    for (std::size_t i = 0; i < codes.size(); ++i) entries.push_back({codes[i], EntryId{i + 1}});
    const auto content = detail::build_segment(entries, detail::Kind::kRadius, detail::kChunks);
    const auto segment = detail::Segment::open(*content, "bench", detail::Kind::kRadius);
    const auto queries = make_queries(codes, shape, 40, 31, 5);
    detail::SearchMode usual, flat;
    usual.radius_bits = flat.radius_bits = 31;
    flat.force_flat = true;
    const detail::LiveRows live{nullptr, static_cast<std::uint32_t>(size_)};
    std::vector<double> ours, scans;
    for (const Fingerprint256& query : queries) {
      for (const auto* mode : {&usual, &flat}) {
        std::vector<detail::RowHit> hits;
        const double start = cpu_seconds();
        detail::search_segment(**segment, live, detail::kernels(), query, *mode, hits);
        (mode == &usual ? ours : scans).push_back((cpu_seconds() - start) * 1e6);
      }
    }
    Figure figure{"index/worst_case_vs_flat/" + data + "/" + std::to_string(size_),
                  median(ours),
                  median(scans),
                  0,
                  "us",
                  "at most 1.3 times the flat scan",
                  true};
    figure.ratio = figure.peer / figure.ours;
    figure.met = figure.ours <= 1.3 * figure.peer;
    print(figure, options_.json);
  }

  const Options options_;
  std::size_t size_ = 0;
  const Goal* goal_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--json") {
      options.json = true;
    } else if (argument == "--full") {
      options.sizes = {1'000'000, 10'000'000};
    } else if (argument == "--n" && i + 1 < argc) {
      options.sizes.clear();
      for (char* part = std::strtok(argv[++i], ","); part != nullptr; part = std::strtok(nullptr, ",")) {
        options.sizes.push_back(std::strtoull(part, nullptr, 10));
      }
    } else if (argument == "--photos" && i + 1 < argc) {
      ++i;  // Given to every benchmark; this one needs none.
    } else {
      std::fprintf(stderr, "usage: index_bench [--json] [--full] [--n ENTRIES,...]\n");
      return 2;
    }
  }
  Bench(options).run();
  return 0;
}
