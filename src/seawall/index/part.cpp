#include "seawall/index/detail/part.h"

#include <algorithm>
#include <tuple>

namespace seawall::index_detail {

bool id_then_code(const IndexEntry& a, const IndexEntry& b) {
  return std::tie(a.id, a.fingerprint) < std::tie(b.id, b.fingerprint);
}

std::size_t row_in(const Segment& segment, const IndexEntry& entry) {
  const auto ids = segment.ids();
  const auto [first, last] = std::equal_range(ids.begin(), ids.end(), entry.id);
  const auto codes = segment.codes().subspan(static_cast<std::size_t>(first - ids.begin()),
                                             static_cast<std::size_t>(last - first));
  const auto code = std::lower_bound(codes.begin(), codes.end(), entry.fingerprint);
  if (code == codes.end() || *code != entry.fingerprint) return segment.rows();
  return static_cast<std::size_t>(first - ids.begin()) + static_cast<std::size_t>(code - codes.begin());
}

void Part::search(const Kernels& kernels, const Fingerprint256& query, const SearchMode& mode,
                  std::vector<RowHit>& hits) const {
  if (segment) {
    search_segment(*segment, live(), kernels, query, mode, hits);
  } else {
    table->search(live(), kernels, query, mode, hits);
  }
}

void Part::search_batch(const Kernels& kernels, std::span<const Fingerprint256> queries,
                        const SearchMode& mode, std::size_t hits_per_query_max, BatchOutput& out) const {
  if (segment) {
    search_segment_batch(*segment, live(), kernels, queries, mode, hits_per_query_max, out);
    return;
  }
  SearchMode all = mode;
  all.any_hit = false;
  std::vector<RowHit> hits;
  for (std::uint32_t q = 0; q < queries.size(); ++q) {
    hits.clear();
    table->search(live(), kernels, queries[q], all, hits);
    if (hits.size() > hits_per_query_max) {
      out.deferred.push_back(q);
      continue;
    }
    for (const RowHit& hit : hits) out.hits.push_back({q, hit});
  }
}

void Part::search_touched(const Kernels& kernels, std::span<const Fingerprint256> queries,
                          const SearchMode& mode, std::size_t hits_per_query_max, const BatchOutput& host,
                          BatchOutput& out) const {
  SearchMode all = mode;
  all.any_hit = false;
  std::vector<RowHit> hits;
  const auto take = [&](std::uint32_t q) {
    if (hits.size() > hits_per_query_max) {
      out.deferred.push_back(q);
    } else {
      for (const RowHit& hit : hits) out.hits.push_back({q, hit});
    }
    hits.clear();
  };
  for (const std::uint32_t q : host.untouched) {
    table->search(live(), kernels, queries[q], all, hits);
    take(q);
  }
  for (auto first = host.touched.begin(); first != host.touched.end();) {
    const std::uint32_t q = first->query;
    const auto end = std::find_if(first, host.touched.end(), [&](const Touched& t) { return t.query != q; });
    if (!std::binary_search(host.untouched.begin(), host.untouched.end(), q)) {
      table->search_touched({first, end}, live(), kernels, queries[q], all, hits);
      take(q);
    }
    first = end;
  }
}

std::vector<std::uint32_t> Part::rows_of(EntryId id) const {
  if (table) return table->rows_of(id, live());
  std::vector<std::uint32_t> rows;
  const auto all = segment->ids();
  const auto [first, last] = std::equal_range(all.begin(), all.end(), id);
  for (auto it = first; it != last; ++it) {
    const auto row = static_cast<std::uint32_t>(it - all.begin());
    if (live().alive(row)) rows.push_back(row);
  }
  return rows;
}

bool Part::contains(const IndexEntry& entry) const {
  if (table) return table->contains(entry, live());
  const std::size_t row = row_in(*segment, entry);
  return row != segment->rows() && live().alive(static_cast<std::uint32_t>(row));
}

std::vector<IndexEntry> Part::live_entries() const {
  std::vector<IndexEntry> entries;
  entries.reserve(visible - dead_count());
  for (std::uint32_t row = 0; row < visible; ++row) {
    if (live().alive(row)) entries.push_back({codes()[row], ids()[row]});
  }
  if (table) std::sort(entries.begin(), entries.end(), id_then_code);
  return entries;
}

}  // namespace seawall::index_detail
