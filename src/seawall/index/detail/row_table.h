#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "seawall/index/detail/page_buffer.h"
#include "seawall/index/detail/search.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// Rows in the order they came, with hash chains from each chunk value: the newest changes, and segments too
/// small for tables of cache lines. Rows are only ever appended.
///
/// Threads: one writer; readers at the same time, who see the rows below the count they were given, whole.
/// Cost: an append 17 chained stores; a search: docs/index.md.
/// Memory: reserved for `capacity` rows, touched as they come.
class RowTable {
 public:
  /// `tables`: kChunks for radius search, 1 for exact search. Errors: kUnavailable without memory.
  static Result<std::shared_ptr<RowTable>> create(std::size_t capacity, std::size_t tables);

  [[nodiscard]] std::size_t capacity() const { return ids_.size(); }
  /// For the writer: rows so far.
  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// Adds a row; call only while size() < capacity().
  void append(const IndexEntry& entry);

  [[nodiscard]] std::span<const Fingerprint256> codes() const { return codes_; }
  [[nodiscard]] std::span<const EntryId> ids() const { return ids_; }

  /// As search_segment() and search_segment_batch().
  void search(const LiveRows& live, const Kernels& kernels, const Fingerprint256& query,
              const SearchMode& mode, std::vector<RowHit>& hits) const;

  /// As search(), given the buckets that front lines with marks of all these rows were touched in.
  void search_touched(std::span<const Touched> touched, const LiveRows& live, const Kernels& kernels,
                      const Fingerprint256& query, const SearchMode& mode, std::vector<RowHit>& hits) const;

  /// The live rows of `id`, ascending. Writer only.
  [[nodiscard]] std::vector<std::uint32_t> rows_of(EntryId id, const LiveRows& live) const;
  /// Whether the very pair is there and live. Writer only.
  [[nodiscard]] bool contains(const IndexEntry& entry, const LiveRows& live) const;

 private:
  RowTable() = default;
  bool search_chains(const LiveRows& live, const Kernels& kernels, const Fingerprint256& query,
                     const SearchMode& mode, std::vector<RowHit>& hits) const;
  void link(std::size_t chain, std::size_t value, std::uint32_t row);

  PageBuffer buffer_;
  std::size_t tables_ = 0;
  std::size_t buckets_ = 0;  ///< Heads a chain, a power of two.
  std::uint32_t size_ = 0;
  std::span<Fingerprint256> codes_;
  std::span<EntryId> ids_;
  // Chain c: heads_[c * buckets_ + bucket] is 1 + its newest row, or 0; links_[c * capacity + row] the next
  // older. The last two chains are by id and by pair, for the writer.
  std::span<std::uint32_t> heads_;
  std::span<std::uint32_t> links_;
  std::span<std::uint64_t> filled_;  // One bit a bucket of the chunk chains.
};

}  // namespace seawall::index_detail
