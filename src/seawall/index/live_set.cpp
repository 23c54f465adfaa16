#include "seawall/index/detail/live_set.h"

#include <algorithm>
#include <tuple>

#include "seawall/index/detail/query_order.h"
#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

constexpr std::size_t kBatchHitsMax = 128;  ///< A query of a batch with more hits in a part is asked alone.

constexpr int kReadOnlyRetries = 4;

bool is_asked_for(EntryId id, const QueryOptions& options) {
  return options.accept == nullptr || (*options.accept)(id);
}

bool nearer(const Neighbour& a, const Neighbour& b) {
  return std::tie(a.distance_bits, a.id) < std::tie(b.distance_bits, b.id);
}

void order_and_cut(std::vector<Neighbour>& found, const QueryOptions& options) {
  const std::size_t wanted =
      options.any_hit ? std::min<std::size_t>(1, options.nearest_max) : options.nearest_max;
  if (found.size() > wanted) {
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(wanted), found.end(),
                      nearer);
    found.resize(wanted);
  } else {
    std::sort(found.begin(), found.end(), nearer);
  }
}

std::vector<Neighbour> search_state(const State& state, const Fingerprint256& query,
                                    const QueryOptions& options) {
  SearchMode mode;
  mode.radius_bits = options.radius_bits;
  mode.any_hit = options.any_hit && options.accept == nullptr;
  thread_local std::vector<RowHit> hits;
  thread_local std::vector<Touched> touched;
  std::vector<Neighbour> found;
  const auto take_hits = [&](const Part& part) {
    const auto ids = part.ids();
    for (const RowHit& hit : hits) {
      if (is_asked_for(ids[hit.row], options)) found.push_back({ids[hit.row], hit.distance_bits});
    }
    hits.clear();
    return !options.any_hit || found.empty();
  };
  hits.clear();
  touched.clear();
  const Part* const host = state.host();
  bool by_marks = false;
  if (host != nullptr) {
    by_marks = search_segment(*host->segment, host->live(), kernels(), query, mode, hits, &touched);
  }
  bool more = host == nullptr || take_hits(*host);
  for (auto part = state.parts.rbegin(); more && part != state.parts.rend(); ++part) {
    if (&*part == host) continue;
    if (by_marks && part->table) {
      if (touched.empty()) continue;
      part->table->search_touched(touched, part->live(), kernels(), query, mode, hits);
    } else {
      part->search(kernels(), query, mode, hits);
    }
    more = take_hits(*part);
  }
  order_and_cut(found, options);
  return found;
}

/// Answers of one query inside a batch.
struct BatchAnswer {
  std::uint32_t query = 0;
  Neighbour answer;
};

bool by_query(const BatchAnswer& a, const BatchAnswer& b) {
  return std::tie(a.query, a.answer.distance_bits, a.answer.id) <
         std::tie(b.query, b.answer.distance_bits, b.answer.id);
}

using Visit = FunctionRef<void(std::size_t, std::span<const Neighbour>)>;

void visit_all(const State& state, std::span<const Fingerprint256> queries, std::size_t offset,
               const QueryOptions& options, const std::vector<BatchAnswer>& answers,
               const std::vector<bool>& deferred, Visit visit) {
  std::vector<Neighbour> found;
  std::size_t at = 0;
  for (std::uint32_t q = 0; q < queries.size(); ++q) {
    found.clear();
    for (; at < answers.size() && answers[at].query == q; ++at) found.push_back(answers[at].answer);
    if (deferred[q]) {
      found = search_state(state, queries[q], options);
    } else {
      order_and_cut(found, options);
    }
    visit(offset + q, found);
  }
}

void search_state_batch(const State& state, std::span<const Fingerprint256> queries, std::size_t offset,
                        const QueryOptions& options, Visit visit) {
  if (queries.size() < kBatchQueriesMin) {
    for (std::size_t q = 0; q < queries.size(); ++q)
      visit(offset + q, search_state(state, queries[q], options));
    return;
  }
  SearchMode mode;
  mode.radius_bits = options.radius_bits;
  std::vector<BatchAnswer> answers;
  std::vector<bool> deferred(queries.size());
  BatchOutput from_host;
  if (state.host() != nullptr) state.host()->search_batch(kernels(), queries, mode, kBatchHitsMax, from_host);
  std::sort(from_host.touched.begin(), from_host.touched.end(),
            [](const Touched& a, const Touched& b) { return a.query < b.query; });
  for (const Part& part : state.parts) {
    BatchOutput out;
    if (&part == state.host()) {
      out.hits.swap(from_host.hits);
      out.deferred = from_host.deferred;
    } else if (part.table && state.host() != nullptr) {
      part.search_touched(kernels(), queries, mode, kBatchHitsMax, from_host, out);
    } else {
      part.search_batch(kernels(), queries, mode, kBatchHitsMax, out);
    }
    for (const std::uint32_t query : out.deferred) deferred[query] = true;
    const auto ids = part.ids();
    for (const BatchHit& hit : out.hits) {
      if (!is_asked_for(ids[hit.hit.row], options)) continue;
      answers.push_back({hit.query, {ids[hit.hit.row], hit.hit.distance_bits}});
    }
  }
  std::erase_if(answers, [&](const BatchAnswer& answer) { return deferred[answer.query]; });
  order_by_query(answers, 0, queries.size(), by_query);
  visit_all(state, queries, offset, options, answers, deferred, visit);
}

}  // namespace

LiveSet::LiveSet(Kind kind, const LiveIndexOptions& options, const LiveSetLimits& limits)
    : kind_(kind),
      options_(options),
      limits_(limits),
      tables_(kind == Kind::kRadius ? kChunks : 1),
      state_(std::make_shared<State>()) {}

LiveSet::~LiveSet() {
  background_.request_stop();
  fronts_.request_stop();
  merge_wanted_.notify_all();
  if (background_.joinable()) background_.join();
}

Result<std::unique_ptr<LiveSet>> LiveSet::open(std::unique_ptr<FileSystem> files, Kind kind,
                                               const LiveIndexOptions& options, const LiveSetLimits& limits) {
  std::unique_ptr<LiveSet> set(new LiveSet(kind, options, limits));
  if (files) set->storage_ = std::make_unique<Storage>(std::move(files), kind, options.durable);
  auto ready = set->recover();
  // A reader may find that the writer has just deleted a file: then the manifest has moved on too.
  for (int again = 0; !ready && options.read_only && again < kReadOnlyRetries; ++again)
    ready = set->recover();
  if (!ready) return tl::unexpected(std::move(ready).error());
  if (options.background_merge) {
    set->fronts_ = std::jthread([raw = set.get()](const std::stop_token& stop) { raw->make_fronts(stop); });
  } else {
    set->make_fronts({});
  }
  if (options.background_merge && !options.read_only) {
    set->background_ =
        std::jthread([raw = set.get()](const std::stop_token& stop) { raw->run_background(stop); });
  }
  return set;
}

std::shared_ptr<const State> LiveSet::state() const {
  const std::scoped_lock lock(state_mutex_);
  return state_;
}

/// Chooses the host and marks in it what is not marked yet.
void LiveSet::mark_tables(State& state) {
  state.host_at = SIZE_MAX;
  for (std::size_t i = 0; i < state.parts.size(); ++i) {
    const Part& part = state.parts[i];
    if (!part.segment || part.segment->front() == nullptr) continue;
    if (state.host() == nullptr || part.visible > state.host()->visible) state.host_at = i;
  }
  if (state.host() == nullptr) return;
  const std::uint64_t host = state.host()->number;  // Never used again, as an address may be.
  FrontLines& front = *state.host()->segment->front();
  for (Part& part : state.parts) {
    if (!part.table) continue;
    if (part.marked_in != host) part.marked = 0;
    part.marked_in = host;
    for (; part.marked < part.visible; ++part.marked) front.mark(part.codes()[part.marked]);
  }
}

void LiveSet::publish(State state) {
  mark_tables(state);
  auto next = std::make_shared<const State>(std::move(state));
  {
    const std::scoped_lock lock(state_mutex_);
    state_.swap(next);
  }
  // The old state, and what only it held, is freed here, outside the lock.
}

std::vector<Neighbour> LiveSet::within(const Fingerprint256& query, const QueryOptions& options) const {
  return search_state(*state(), query, options);
}

void LiveSet::within_batch(std::span<const Fingerprint256> queries, const QueryOptions& options,
                           Visit visit) const {
  const auto now = state();
  for (std::size_t first = 0; first < queries.size(); first += kBatchQueriesMax) {
    search_state_batch(*now, queries.subspan(first, std::min(kBatchQueriesMax, queries.size() - first)),
                       first, options, visit);
  }
}

Result<void> LiveSet::verify() const {
  if (!storage_) return {};
  const std::scoped_lock lock(merge_mutex_);  // No file is replaced meanwhile.
  SEAWALL_TRY(const auto manifest, storage_->read_manifest());
  if (!manifest) return fail(Code::kCorrupt, "MANIFEST: missing");
  for (const ManifestSegment& used : manifest->segments) {
    SEAWALL_TRY(const auto segment, storage_->open_segment(used.number));
    SEAWALL_CHECK(segment->verify());
  }
  SEAWALL_CHECK(storage_->read_wals(manifest->first_wal));
  return {};
}

}  // namespace seawall::index_detail
