#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "seawall/index/detail/part.h"
#include "seawall/index/detail/storage.h"
#include "seawall/index/live_index.h"

namespace seawall::index_detail {

/// What a query sees: immutable, replaced as a whole by every change.
struct State {
  std::vector<Part>
      parts;  ///< Segments, then deltas in the order of their logs; the last delta takes additions.
  std::uint64_t position = 0;
  std::size_t size = 0;
  std::size_t host_at = SIZE_MAX;

  /// Its front lines hold marks of every visible row of every row table here; null: there are none.
  [[nodiscard]] const Part* host() const { return host_at < parts.size() ? &parts[host_at] : nullptr; }
};

/// When memory is turned into files; tests make them small.
struct LiveSetLimits {
  std::size_t delta_rows = 1 << 15;       ///< Rows of one delta.
  std::size_t small_rows = 1 << 17;       ///< A segment up to this is kept as a row table.
  std::size_t deltas_max = 8;             ///< Full deltas that wait for the merge; then apply() waits.
  std::uint64_t wal_bytes = 64ULL << 20;  ///< A log longer than this is closed.
  std::size_t front_rows_min = 1 << 16;   ///< A segment of fewer rows is not worth front lines.
  std::size_t growth = 8;  ///< A segment is rewritten once newer ones hold 1/growth of its rows.
};

/// A live set of (256-bit key, id) pairs: the machine behind LiveIndex and LiveDigestIndex. Keys are as
/// stored (spread_bits for fingerprints).
///
/// Guarantees, threads: as LiveIndex. A reader takes a reference to the State and never waits for a writer.
/// Locks, in this order: merge_mutex_ (one merge at a time), writer_mutex_ (one change at a time),
/// state_mutex_ (held only to copy or replace one pointer).
class LiveSet {
 public:
  /// `files`: null for memory alone.
  static Result<std::unique_ptr<LiveSet>> open(std::unique_ptr<FileSystem> files, Kind kind,
                                               const LiveIndexOptions& options,
                                               const LiveSetLimits& limits = {});
  LiveSet(const LiveSet&) = delete;
  LiveSet& operator=(const LiveSet&) = delete;
  ~LiveSet();

  Result<void> apply(const IndexChange& change);
  Result<void> merge();
  Result<void> verify() const;
  /// Waits until what open() began to make in the background is there; once, by one thread.
  void finish_fronts();

  [[nodiscard]] std::vector<Neighbour> within(const Fingerprint256& query, const QueryOptions& options) const;
  /// `visit` once for each query of `queries`, which all have options.radius_bits.
  void within_batch(std::span<const Fingerprint256> queries, const QueryOptions& options,
                    FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const;

  [[nodiscard]] std::shared_ptr<const State> state() const;

 private:
  LiveSet(Kind kind, const LiveIndexOptions& options, const LiveSetLimits& limits);

  // live_set_recover.cpp
  Result<void> recover();
  Result<void> load_segments(const Manifest& manifest, State& state);
  Result<void> replay(const Manifest& manifest, const std::vector<WalContent>& wals, State& state);
  Result<Part> part_of(std::shared_ptr<const Segment> segment, std::uint64_t number) const;
  [[nodiscard]] bool wants_front(std::size_t rows) const;
  void make_fronts(const std::stop_token& stop);
  Result<Part> new_delta(std::size_t capacity, std::uint64_t wal, std::uint64_t position) const;

  // live_set_write.cpp; writer_mutex_ is held.
  Result<void> apply_small(const IndexChange& change, std::unique_lock<std::mutex>& lock);
  Result<void> apply_bulk(const IndexChange& change);
  void change_memory(const IndexChange& change, State& state) const;
  void remove_ids(std::span<const EntryId> ids, State& state) const;
  Result<void> make_room(std::size_t rows, std::unique_lock<std::mutex>& lock);
  Result<void> freeze();
  Result<void> settle();
  void publish(State state);
  static void mark_tables(State& state);

  // live_set_merge.cpp
  Result<void> compact(bool everything);
  [[nodiscard]] std::vector<std::size_t> choose_inputs(const State& state, bool everything) const;
  Result<Part> write_part(std::span<const IndexEntry> sorted);
  Result<void> replace(std::span<const Part> inputs, std::optional<Part> output, State state);
  [[nodiscard]] Manifest manifest_of(const State& state) const;
  void run_background(const std::stop_token& stop);

  const Kind kind_;
  const LiveIndexOptions options_;
  const LiveSetLimits limits_;
  const std::size_t tables_;
  std::unique_ptr<Storage> storage_;  // Null for memory alone.

  mutable std::mutex merge_mutex_;  // Guards: that only one thread rewrites parts.
  std::atomic<std::uint64_t> next_segment_ = 1;
  std::mutex writer_mutex_;  // Guards the three below and every publish().
  std::unique_ptr<WalWriter> wal_;
  std::uint64_t flushed_position_ = 0;
  std::optional<Error> background_error_;

  std::condition_variable_any merge_wanted_;  // With writer_mutex_.
  std::condition_variable_any merge_done_;    // With writer_mutex_.

  mutable std::mutex state_mutex_;  // Guards state_.
  std::shared_ptr<const State> state_;

  std::jthread background_, fronts_;  // Last: they stop before what they use is gone.
};

}  // namespace seawall::index_detail
