#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "seawall/index/detail/dead_rows.h"
#include "seawall/index/detail/row_table.h"
#include "seawall/index/detail/search.h"
#include "seawall/index/detail/segment.h"

namespace seawall::index_detail {

/// One part of an index as a reader sees it: a segment, or a row table (small segment or delta), and which of
/// its rows are live. A cheap value; what it points to is shared and, up to `visible`, immutable.
struct Part {
  std::shared_ptr<const Segment> segment;  ///< Either this...
  std::shared_ptr<RowTable> table;         ///< ...or this.
  std::shared_ptr<const DeadRows> dead;    ///< Null: none.
  std::uint32_t visible = 0;
  std::uint64_t marked_in = 0;      ///< Table: the number of the segment whose front lines have marks...
  std::uint32_t marked = 0;         ///< ...of its first so many rows.
  bool is_delta = false;            ///< Lives in a log, not yet in a segment file.
  std::uint64_t number = 0;         ///< Of its log or segment file.
  std::uint64_t last_position = 0;  ///< Delta: the caller's position after its last change.

  [[nodiscard]] LiveRows live() const { return {dead.get(), visible}; }
  [[nodiscard]] std::size_t dead_count() const { return dead ? dead->count() : 0; }
  [[nodiscard]] std::span<const Fingerprint256> codes() const {
    return segment ? segment->codes() : table->codes();
  }
  [[nodiscard]] std::span<const EntryId> ids() const { return segment ? segment->ids() : table->ids(); }

  void search(const Kernels& kernels, const Fingerprint256& query, const SearchMode& mode,
              std::vector<RowHit>& hits) const;
  void search_batch(const Kernels& kernels, std::span<const Fingerprint256> queries, const SearchMode& mode,
                    std::size_t hits_per_query_max, BatchOutput& out) const;

  /// The same for a row table with marks in a host: `host` is what the host found, `touched` ordered by
  /// query.
  void search_touched(const Kernels& kernels, std::span<const Fingerprint256> queries, const SearchMode& mode,
                      std::size_t hits_per_query_max, const BatchOutput& host, BatchOutput& out) const;

  /// For the writer: the live rows of an id, ascending.
  [[nodiscard]] std::vector<std::uint32_t> rows_of(EntryId id) const;
  /// For the writer: whether this very pair is live here.
  [[nodiscard]] bool contains(const IndexEntry& entry) const;
  /// The live rows, sorted by id then code.
  [[nodiscard]] std::vector<IndexEntry> live_entries() const;
};

/// The order of rows in a segment.
[[nodiscard]] bool id_then_code(const IndexEntry& a, const IndexEntry& b);

/// The row of this pair in a segment, live or not; rows() if it is not there.
[[nodiscard]] std::size_t row_in(const Segment& segment, const IndexEntry& entry);

}  // namespace seawall::index_detail
