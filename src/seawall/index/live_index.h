#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "seawall/base/function_ref.h"
#include "seawall/base/result.h"
#include "seawall/model/signal.h"

namespace seawall {

/// One stored fingerprint. An id may own several fingerprints.
struct IndexEntry {
  Fingerprint256 fingerprint;
  EntryId id{};
  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

/// One answer of a radius query.
struct Neighbour {
  EntryId id{};
  int distance_bits = 0;  ///< 0 .. radius_bits, exact.
  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

struct QueryOptions {
  int radius_bits = kPdqRadiusDefault;                                ///< 0..256, inclusive.
  std::size_t nearest_max = std::numeric_limits<std::size_t>::max();  ///< Top-k: the k nearest.
  bool any_hit = false;  ///< Stop at the first hit found, whichever it is; at most one answer.
  /// Only ids for which it says true are answers, and only they count for nearest_max; null: all. Asked on
  /// the caller's thread, more than once for an id where it is met more than once; must not block. Borrowed.
  const FunctionRef<bool(EntryId)>* accept = nullptr;
};

/// One atomic change: removals first, then additions; then `position` is remembered. Either all of it
/// survives a crash or none.
struct IndexChange {
  std::span<const IndexEntry> add;
  std::span<const EntryId> remove;  ///< Every fingerprint of these ids; unknown ids are ignored.
  /// The caller's own place in its source of changes, returned by LiveIndex::position() after a restart, so
  /// that a follower neither skips nor doubles a change.
  std::uint64_t position = 0;
};

struct LiveIndexOptions {
  bool durable = true;           ///< apply() returns after fdatasync. Off only for throw-away indexes.
  bool background_merge = true;  ///< A thread of the index merges segments. Off: merge() by hand (tests).
  bool read_only = false;
  /// What is built is read from its file at once, as it is after the next opening, and not kept in memory of
  /// its own: for indexes that memory does not hold; look-ups are slower (docs/index.md, "Large pages").
  bool mapped = false;
};

/// A set of (fingerprint, id) pairs on disk that answers "which are within r bits of q" exactly - no false
/// negative, no false positive, whatever the data - while it changes.
///
/// Guarantees: what apply() acknowledged survives a crash at any byte; a change is visible to the next query,
/// whole. A set: the same pair added twice is kept once, and is gone after one removal of its id; adding it
/// again after that works. An answer stands for one pair, so an id with two fingerprints within the radius is
/// named twice. Threads: queries from any number of threads, never blocked by writers; apply() calls are
/// serialised. Cost: docs/index.md has the measured figures.
class LiveIndex {
 public:
  /// Opens or creates the index in folder `directory`; takes its lock unless read_only.
  /// Errors: kConflict (another process writes it), kCorrupt (says which file), kUnavailable (I/O).
  static Result<std::unique_ptr<LiveIndex>> open(const std::filesystem::path& directory,
                                                 const LiveIndexOptions& options = {});
  /// An index in memory alone.
  static std::unique_ptr<LiveIndex> in_memory();
  virtual ~LiveIndex() = default;

  /// Durable on return (unless options.durable is off). More than 32,768 additions are written as a segment
  /// of their own, which is the fast way to import. Errors: kInvalidInput (id 0, read-only), kUnavailable
  /// (disk full, I/O): then nothing of the change is kept and the index goes on working.
  virtual Result<void> apply(const IndexChange& change) = 0;

  /// Nearest first, ties by id. Errors: kInvalidInput unless 0 <= radius_bits <= 256.
  virtual Result<std::vector<Neighbour>> within(const Fingerprint256& query,
                                                const QueryOptions& options) const = 0;
  /// Many queries in one pass, faster than one by one. `visit(i, answers)` once for each query, in any order.
  virtual Result<void> within_batch(
      std::span<const Fingerprint256> queries, const QueryOptions& options,
      FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const = 0;

  /// As above with a radius for each query: radius_bits[i] for queries[i], options.radius_bits is ignored.
  /// Errors: kInvalidInput for a radius out of range or sizes that differ.
  virtual Result<void> within_batch_each(
      std::span<const Fingerprint256> queries, std::span<const int> radius_bits, const QueryOptions& options,
      FunctionRef<void(std::size_t, std::span<const Neighbour>)> visit) const = 0;

  [[nodiscard]] virtual std::uint64_t position() const = 0;  ///< Of the last change; 0 before the first.
  [[nodiscard]] virtual std::size_t size() const = 0;        ///< Live (fingerprint, id) pairs.
  /// Writes the delta out as a segment and merges to one segment. Blocks for about a second a million rows;
  /// queries and small changes go on. Errors: kUnavailable (I/O); the index is then as before.
  virtual Result<void> merge() = 0;
  /// Reads every file whole and checks every checksum (opening checks only headers and directories of large
  /// files). Errors: kCorrupt names the file.
  virtual Result<void> verify() const = 0;
};

}  // namespace seawall
