#include <algorithm>

#include "seawall/index/detail/search.h"
#include "seawall/index/detail/verify_queue.h"

namespace seawall::index_detail {
namespace {

/// One query on one segment by its tables.
class TableSearch {
 public:
  TableSearch(const Segment& segment, const LiveRows& live, const Kernels& kernels,
              const Fingerprint256& query, const SearchMode& mode, std::vector<Touched>* touched)
      : segment_(segment),
        front_(segment.front()),
        kernels_(kernels),
        query_(query),
        mode_(mode),
        touched_(touched),
        plan_(plan_for(mode.radius_bits)),
        budget_(static_cast<double>(segment.rows()) * mode.cost.share),
        queue_(segment, live, kernels, mode.radius_bits) {}

  /// False: it would cost, or has cost, too much; `hits` is then as it was.
  bool run(std::vector<RowHit>& hits) {
    const std::size_t before = hits.size();
    const std::size_t group = std::max<std::size_t>(1, kProbesPerGroup / plan_.probes_per_table());
    for (std::size_t table = 0; table < plan_.tables; table += group) {
      const std::size_t end = std::min(table + group, plan_.tables);
      const bool within =
          front_ != nullptr ? filter_front(table, end, hits) : collect(table, end) && filter(hits);
      if (!within) {
        hits.resize(before);
        return false;
      }
      if (mode_.any_hit && hits.size() > before) break;
    }
    std::sort(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end());
    hits.erase(std::unique(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end()), hits.end());
    return true;
  }

  [[nodiscard]] bool used_front() const { return front_ != nullptr; }

 private:
  static constexpr std::size_t kProbesPerGroup = 17 * kChunks;  // All tables at once up to radius 31.
  static constexpr std::uint32_t kLinesAhead = 8;  // Of a bucket; what follows the processor foresees.

  /// Looks up the buckets of some tables and starts their way into the cache. False: over the budget. The
  /// loops are bare: the fewer instructions a miss, the more misses the processor has under way at once.
  bool collect(std::size_t table, std::size_t end) {
    auto& probes = scratch().probes;
    if (probes.size() < (end - table) * plan_.probes_per_table()) {
      probes.resize((end - table) * plan_.probes_per_table());
    }
    for (std::size_t t = table; t < end; ++t) prefetch_directory(t);
    Probe* out = probes.data();
    std::size_t lines = 0;
    for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
      for (std::size_t t = table; t < end; ++t) out = collect_buckets(t, bits, out, lines);
      group_end_[static_cast<std::size_t>(bits)] = static_cast<std::size_t>(out - probes.data());
    }
    lines_ = lines;
    // What this group costs, for all tables still to come.
    const double left = static_cast<double>(plan_.tables - table) / static_cast<double>(end - table);
    const double cost = static_cast<double>(lines) * mode_.cost.line +
                        static_cast<double>((end - table) * plan_.probes_per_table()) * mode_.cost.probe;
    const bool within = spent_ + cost * left <= budget_;
    spent_ += cost;
    return within;
  }

  void prefetch_directory(std::size_t table) const {
    const DirectoryEntry* const directory = segment_.directory(table);
    const unsigned bucket = bucket_of(chunk_of(query_, table));
    for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
      for (const std::uint16_t difference : RadiusPlan::buckets_at(bits)) {
        __builtin_prefetch(directory + (bucket ^ difference));
      }
    }
  }

  Probe* collect_buckets(std::size_t table, int bits, Probe* out, std::size_t& lines) const {
    const DirectoryEntry* const directory = segment_.directory(table);
    const Line* const first = segment_.lines();
    const unsigned bucket = bucket_of(chunk_of(query_, table));
    const std::uint16_t next = chunk_of(query_, (table + 1) % kChunks);
    for (const std::uint16_t difference : RadiusPlan::buckets_at(bits)) {
      const DirectoryEntry* const entry = directory + (bucket ^ difference);
      *out = {entry[0], entry[1], static_cast<std::uint32_t>(table), next};
      const std::uint32_t count = out->line_count();
      const Line* const line = first + out->begin.line;
      prefetch_far(line);
      for (std::uint32_t l = 1; l < std::min(count, kLinesAhead); ++l) prefetch_far(line + l);
      lines += count;
      out += count != 0;
    }
    return out;
  }

  bool filter(std::vector<RowHit>& hits) {
    auto& survivors = scratch().survivors;
    if (survivors.size() < lines_ + 1) survivors.resize(lines_ + 1);
    std::size_t from = 0;
    for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
      const std::size_t to = group_end_[static_cast<std::size_t>(bits)];
      const auto probes = std::span<const Probe>(scratch().probes).subspan(from, to - from);
      const std::size_t count =
          kernels_.filter(segment_.lines(), probes, plan_.next_limit(bits), survivors.data());
      for (const Survivors& line : std::span(survivors).first(count)) {
        if (!add(probes[line.probe], line, hits)) return false;
      }
      from = to;
    }
    return verify(hits);
  }

  /// By the front lines of some tables; buckets that hold more are then looked up as without them.
  bool filter_front(std::size_t table, std::size_t end, std::vector<RowHit>& hits) {
    const std::size_t buckets = (end - table) * plan_.probes_per_table();
    const double left = static_cast<double>(plan_.tables - table) / static_cast<double>(end - table);
    const double cost = static_cast<double>(buckets) * (mode_.cost.line + mode_.cost.probe);
    if (spent_ + cost * left > budget_) return false;
    spent_ += cost;
    const auto visitors = front_visitors(table, end);
    auto& survivors = scratch().survivors;
    if (survivors.size() < buckets) survivors.resize(buckets);
    for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
      const int limit = plan_.next_limit(bits);
      const std::size_t count = kernels_.filter_front(front_->lines(), visitors, RadiusPlan::buckets_at(bits),
                                                      limit, survivors.data());
      const auto by_next = std::span(survivors).first(count);
      for (const Survivors& one : by_next) prefetch_far(front_->thirds() + one.line);
      const auto found = by_next.first(kernels_.filter_third(front_->lines(), front_->thirds(), visitors,
                                                             plan_.third_limit(bits), by_next));
      for (const Survivors& one : found)
        prefetch_far(segment_.directory(one.line / kBuckets) + one.line % kBuckets);
      for (const Survivors& one : found) {
        if (!add_front(one, visitors[one.probe], limit, hits)) return false;
      }
    }
    return verify(hits);
  }

  std::span<const Visitor> front_visitors(std::size_t table, std::size_t end) {
    for (std::size_t t = table; t < end; ++t) {
      const std::uint32_t line = static_cast<std::uint32_t>(t * kBuckets) + bucket_of(chunk_of(query_, t));
      visitors_[t] = {line, static_cast<std::uint32_t>(t), chunk_of(query_, (t + 1) % kChunks),
                      chunk_of(query_, (t + 2) % kChunks)};
      for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
        for (const std::uint16_t difference : RadiusPlan::buckets_at(bits)) {
          prefetch_far(front_->lines() + (line ^ difference));
        }
      }
    }
    return std::span(visitors_).subspan(table, end - table);
  }

  /// Queues what survived in one front line. False: over the budget.
  bool add_front(const Survivors& front, const Visitor& visitor, int limit, std::vector<RowHit>& hits) {
    const DirectoryEntry* const entry = segment_.directory(visitor.owner) + front.line % kBuckets;
    const Probe probe{entry[0], entry[1], visitor.owner, visitor.next};
    if (touched_ != nullptr && is_touched(*front_, front, probe.row_count())) {
      touched_->push_back({0, static_cast<std::uint16_t>(visitor.owner), value_of(front.line % kBuckets)});
    }
    if (probe.row_count() <= kFrontLanes) return add(probe, {0, 0, front.lanes & kFrontLaneBits}, hits);
    const std::uint32_t lines = probe.line_count();
    spent_ += static_cast<double>(lines) * mode_.cost.line;
    if (spent_ > budget_) return false;
    auto& more = scratch().more_survivors;
    if (more.size() < lines + 1) more.resize(lines + 1);
    const std::size_t count = kernels_.filter(segment_.lines(), {&probe, 1}, limit, more.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (!add(probe, more[i], hits)) return false;
    }
    return true;
  }

  bool add(const Probe& probe, const Survivors& line, std::vector<RowHit>& hits) {
    spent_ += static_cast<double>(queue_.add(probe, probe.owner, line)) * mode_.cost.survivor;
    return !queue_.full() || verify(hits);
  }

  bool verify(std::vector<RowHit>& hits) {
    queue_.drain([&](std::uint32_t) -> const Fingerprint256& { return query_; },
                 [&](std::uint32_t, const RowHit& hit) { hits.push_back(hit); });
    return spent_ <= budget_;
  }

  const Segment& segment_;
  const FrontLines* const front_;
  const Kernels& kernels_;
  const Fingerprint256& query_;
  const SearchMode& mode_;
  std::vector<Touched>* const touched_;
  const RadiusPlan plan_;
  const double budget_;
  double spent_ = 0;
  std::size_t lines_ = 0;
  std::array<std::size_t, RadiusPlan::kKeyBitsMax + 1> group_end_{};
  std::array<Visitor, kChunks> visitors_;
  VerifyQueue queue_;
};

}  // namespace

bool search_segment(const Segment& segment, const LiveRows& live, const Kernels& kernels,
                    const Fingerprint256& query, const SearchMode& mode, std::vector<RowHit>& hits,
                    std::vector<Touched>* touched) {
  const bool tables_help = !mode.force_flat && mode.radius_bits <= RadiusPlan::kRadiusMax &&
                           (segment.tables() == kChunks || (segment.tables() == 1 && mode.radius_bits == 0));
  if (tables_help) {
    TableSearch search(segment, live, kernels, query, mode, touched);
    if (search.run(hits)) return search.used_front();
  }
  flat_scan(segment.codes(), live, kernels, query, mode, hits);
  return false;
}

}  // namespace seawall::index_detail
