#include <algorithm>
#include <functional>
#include <numeric>

#include "seawall/index/detail/query_order.h"
#include "seawall/index/detail/search.h"
#include "seawall/index/detail/verify_queue.h"

namespace seawall::index_detail {
namespace {

constexpr std::size_t kSliceBytes = std::size_t{512} << 10;  // Of lines: half a level-2 cache.
constexpr int kSliceBitsMax = 10;  // bucket_of() keeps the ten high bits of a value.
constexpr int kOrderBits = 12;     // Visitors of 16 neighbouring buckets follow each other.
constexpr std::size_t kProbesPerFlush = 512;
constexpr std::size_t kLinesPerFlush = 4096;
constexpr std::size_t kVisitorsPerGroup = 64;

/// Bucket differences that leave the slice by the same slice difference.
struct Step {
  std::size_t slice_difference = 0;
  std::vector<std::uint16_t> differences;
};

std::vector<Step> steps_for(int key_bits, int slice_bits) {
  std::vector<Step> steps;
  for (const std::uint16_t difference : RadiusPlan::buckets_at(key_bits)) {
    const std::size_t slice = difference >> (16 - slice_bits);
    auto step =
        std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.slice_difference == slice; });
    if (step == steps.end()) step = steps.insert(steps.end(), Step{slice, {}});
    step->differences.push_back(difference);
  }
  return steps;
}

class BatchSearch {
 public:
  BatchSearch(const Segment& segment, const LiveRows& live, const Kernels& kernels,
              std::span<const Fingerprint256> queries, const SearchMode& mode, BatchOutput& out)
      : segment_(segment),
        front_(segment.front()),
        kernels_(kernels),
        queries_(queries),
        mode_(mode),
        out_(out),
        plan_(plan_for(mode.radius_bits)),
        budget_(static_cast<double>(segment.rows()) * mode.cost.share),
        long_bucket_(4 * segment.line_count() / (kBuckets * segment.tables()) + 4),
        spent_(queries.size()),
        queue_(segment, live, kernels, mode.radius_bits) {
    probes_.reserve(kProbesPerFlush);
  }

  /// Which queries cost too much and must be scanned for; their hits are incomplete.
  std::vector<std::uint32_t> run() {
    for (std::size_t table = 0; table < plan_.tables; ++table) walk(table);
    std::vector<std::uint32_t> over;
    for (std::uint32_t q = 0; q < queries_.size(); ++q) {
      if (too_dear(q)) over.push_back(q);
    }
    return over;
  }

 private:
  [[nodiscard]] bool too_dear(std::uint32_t query) const { return spent_[query] > budget_; }

  void walk(std::size_t table) {
    table_ = table;
    const std::size_t lines =
        front_ != nullptr ? kBuckets
                          : segment_.directory(table)[kBuckets].line - segment_.directory(table)[0].line;
    const std::size_t bytes = lines * sizeof(Line);
    const int slice_bits =
        std::clamp(static_cast<int>(std::bit_width(bytes / kSliceBytes)), 0, kSliceBitsMax);
    sort_visitors(slice_bits);
    for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
      steps_[static_cast<std::size_t>(bits)] = steps_for(bits, slice_bits);
    }
    for (std::size_t slice = 0; slice + 1 < slice_begin_.size(); ++slice) {
      for (int bits = 0; bits <= plan_.key_bits_max; ++bits) {
        const int limit = plan_.next_limit(bits);
        for (const Step& step : steps_[static_cast<std::size_t>(bits)]) {
          if (front_ != nullptr) {
            visit_front(slice ^ step.slice_difference, step, limit, plan_.third_limit(bits));
          } else {
            visit(slice ^ step.slice_difference, step, limit);
          }
        }
        flush(limit);
      }
    }
    drain();
  }

  /// Orders the queries by the slice their own bucket is in, and finer: what is near is then in level 1.
  void sort_visitors(int slice_bits) {
    constexpr int shift = 16 - kOrderBits;
    std::vector<std::size_t> cursor((std::size_t{1} << kOrderBits) + 1);
    for (const Fingerprint256& query : queries_) ++cursor[(bucket_of(chunk_of(query, table_)) >> shift) + 1U];
    std::partial_sum(cursor.begin(), cursor.end(), cursor.begin());
    slice_begin_.clear();
    for (std::size_t at = 0; at < cursor.size(); at += std::size_t{1} << (kOrderBits - slice_bits))
      slice_begin_.push_back(cursor[at]);
    visitors_.resize(queries_.size());
    const auto table_line = static_cast<std::uint32_t>(table_ * kBuckets);
    for (std::uint32_t q = 0; q < queries_.size(); ++q) {
      const std::uint16_t bucket = bucket_of(chunk_of(queries_[q], table_));
      visitors_[cursor[bucket >> shift]++] = {table_line | bucket, q,
                                              chunk_of(queries_[q], (table_ + 1) % kChunks),
                                              chunk_of(queries_[q], (table_ + 2) % kChunks)};
    }
  }

  void visit(std::size_t home, const Step& step, int limit) {
    const DirectoryEntry* const directory = segment_.directory(table_);
    for (std::size_t v = slice_begin_[home]; v < slice_begin_[home + 1]; ++v) {
      const Visitor& visitor = visitors_[v];
      for (const std::uint16_t difference : step.differences) {
        const DirectoryEntry* const entry = directory + ((visitor.line ^ difference) % kBuckets);
        if (entry[1].line != entry[0].line)
          add_probe({entry[0], entry[1], visitor.owner, visitor.next}, limit);
      }
    }
  }

  /// As visit(), by the front lines; only buckets that hold more become probes.
  void visit_front(std::size_t home, const Step& step, int limit, int third_limit) {
    const auto visitors =
        std::span<const Visitor>(visitors_).first(slice_begin_[home + 1]).subspan(slice_begin_[home]);
    if (front_survivors_.size() < kVisitorsPerGroup * step.differences.size()) {
      front_survivors_.resize(kVisitorsPerGroup * step.differences.size());
    }
    for (std::size_t v = 0; v < visitors.size(); v += kVisitorsPerGroup) {
      const auto group = visitors.subspan(v, std::min(kVisitorsPerGroup, visitors.size() - v));
      const std::size_t count =
          kernels_.filter_front(front_->lines(), group, step.differences, limit, front_survivors_.data());
      const auto by_next = std::span(front_survivors_).first(count);
      for (const Survivors& one : by_next) __builtin_prefetch(front_->thirds() + one.line);
      const auto found = by_next.first(
          kernels_.filter_third(front_->lines(), front_->thirds(), group, third_limit, by_next));
      for (const Survivors& one : found) prefetch_far(segment_.directory(table_) + one.line % kBuckets);
      for (const Survivors& one : found) add_front(one, group[one.probe], limit);
    }
  }

  void add_front(const Survivors& front, const Visitor& visitor, int limit) {
    const DirectoryEntry* const entry = segment_.directory(table_) + front.line % kBuckets;
    const Probe probe{entry[0], entry[1], visitor.owner, visitor.next};
    if (is_touched(*front_, front, probe.row_count())) {
      out_.touched.push_back(
          {visitor.owner, static_cast<std::uint16_t>(table_), value_of(front.line % kBuckets)});
    }
    if (probe.row_count() <= kFrontLanes) return add_survivors(probe, {0, 0, front.lanes & kFrontLaneBits});
    add_probe(probe, limit);
  }

  void add_probe(const Probe& probe, int limit) {
    const std::uint32_t line_count = probe.line_count();
    prefetch_far(segment_.lines() + probe.begin.line);
    if (line_count > long_bucket_ && !charge_long(probe.owner, line_count)) return;
    probes_.push_back(probe);
    lines_ += line_count;
    if (probes_.size() == kProbesPerFlush || lines_ >= kLinesPerFlush) flush(limit);
  }

  /// False: this query is to be scanned for.
  bool charge_long(std::uint32_t query, std::uint32_t line_count) {
    if (too_dear(query)) return false;
    spent_[query] += static_cast<float>(line_count * mode_.cost.line);
    return !too_dear(query);
  }

  void flush(int limit) {
    if (survivors_.size() < lines_ + 1) survivors_.resize(lines_ + 1);
    const std::size_t count = kernels_.filter(segment_.lines(), probes_, limit, survivors_.data());
    for (const Survivors& line : std::span(survivors_).first(count)) {
      add_survivors(probes_[line.probe], line);
    }
    probes_.clear();
    lines_ = 0;
  }

  void add_survivors(const Probe& probe, const Survivors& line) {
    if (too_dear(probe.owner)) return;
    const std::size_t rows = queue_.add(probe, table_, line);
    spent_[probe.owner] += static_cast<float>(static_cast<double>(rows) * mode_.cost.survivor);
    if (queue_.full()) drain();
  }

  void drain() {
    queue_.drain([&](std::uint32_t query) -> const Fingerprint256& { return queries_[query]; },
                 [&](std::uint32_t query, const RowHit& hit) {
                   out_.hits.push_back({query, hit});
                 });
  }

  const Segment& segment_;
  const FrontLines* const front_;
  const Kernels& kernels_;
  const std::span<const Fingerprint256> queries_;
  const SearchMode& mode_;
  BatchOutput& out_;
  const RadiusPlan plan_;
  const double budget_;
  const std::size_t long_bucket_;  // Shorter ones are too cheap to keep books of.
  std::vector<float> spent_;
  VerifyQueue queue_;
  std::size_t table_ = 0;
  std::vector<std::size_t> slice_begin_;
  std::vector<Visitor> visitors_;
  std::array<std::vector<Step>, RadiusPlan::kKeyBitsMax + 1> steps_;
  std::vector<Probe> probes_;
  std::vector<Survivors> survivors_;
  std::vector<Survivors> front_survivors_;
  std::size_t lines_ = 0;
};

/// Sorts and removes repeats; a query with too many hits is deferred, its hits dropped.
void tidy(BatchOutput& out, std::size_t from, std::size_t queries, std::size_t hits_per_query_max) {
  order_by_query(out.hits, from, queries, std::less<>());
  const auto begin = out.hits.begin() + static_cast<std::ptrdiff_t>(from);
  out.hits.erase(std::unique(begin, out.hits.end()), out.hits.end());
  auto keep = out.hits.begin() + static_cast<std::ptrdiff_t>(from);
  for (auto hit = keep; hit != out.hits.end();) {
    const auto end =
        std::find_if(hit, out.hits.end(), [&](const BatchHit& h) { return h.query != hit->query; });
    if (static_cast<std::size_t>(end - hit) > hits_per_query_max) {
      out.deferred.push_back(hit->query);
    } else {
      keep = std::move(hit, end, keep);
    }
    hit = end;
  }
  out.hits.erase(keep, out.hits.end());
}

/// Few queries gain nothing from walking whole tables.
void search_one_by_one(const Segment& segment, const LiveRows& live, const Kernels& kernels,
                       std::span<const Fingerprint256> queries, const SearchMode& mode,
                       std::size_t hits_per_query_max, BatchOutput& out) {
  SearchMode all = mode;
  all.any_hit = false;
  std::vector<RowHit> hits;
  for (std::uint32_t q = 0; q < queries.size(); ++q) {
    hits.clear();
    search_segment(segment, live, kernels, queries[q], all, hits);
    if (hits.size() > hits_per_query_max) {
      out.deferred.push_back(q);
      continue;
    }
    for (const RowHit& hit : hits) out.hits.push_back({q, hit});
  }
}

}  // namespace

void search_segment_batch(const Segment& segment, const LiveRows& live, const Kernels& kernels,
                          std::span<const Fingerprint256> queries, const SearchMode& mode,
                          std::size_t hits_per_query_max, BatchOutput& out) {
  std::vector<std::uint32_t> over(queries.size());
  std::iota(over.begin(), over.end(), 0U);
  const std::size_t from = out.hits.size();
  const bool tables_help = !mode.force_flat && mode.radius_bits <= RadiusPlan::kRadiusMax &&
                           (segment.tables() == kChunks || (segment.tables() == 1 && mode.radius_bits == 0));
  if (tables_help && queries.size() < kBatchQueriesMin) {
    return search_one_by_one(segment, live, kernels, queries, mode, hits_per_query_max, out);
  }
  if (tables_help) {
    over = BatchSearch(segment, live, kernels, queries, mode, out).run();
    if (!over.empty()) {
      std::erase_if(out.hits, [&](const BatchHit& hit) {
        return std::binary_search(over.begin(), over.end(), hit.query);
      });
    }
  }
  if (segment.front() != nullptr) out.untouched = over;
  flat_scan_batch(segment.codes(), live, kernels, queries, over, mode.radius_bits, hits_per_query_max, out);
  tidy(out, from, queries.size(), hits_per_query_max);
}

}  // namespace seawall::index_detail
