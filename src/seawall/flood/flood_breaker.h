#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/model/list_ids.h"

namespace seawall {

struct FloodOptions {
  std::chrono::milliseconds bucket = std::chrono::hours(1);  ///< At least a second.
  /// How many buckets the baseline looks back: what was so many buckets ago weighs 1/e of now.
  double memory_buckets = 168;
  /// What an entry without history is taken to have: this mean (and variance) over prior_buckets.
  double prior_mean = 1;
  double prior_buckets = 24;
  double factor = 6;  ///< A flood passes factor * mean + deviations * standard deviation,
  double deviations = 8;
  std::uint32_t count_min = 25;  ///< and is never fewer matches in a bucket than this; at least 1.
  std::size_t entries_max = std::size_t{1} << 20;  ///< Remembered at a time, at least 1.
};

enum class FloodVerdict : std::uint8_t { kNormal = 1, kFlood = 2 };

/// Tells when an entry suddenly matches far beyond its own baseline.
///
/// Rule: matches are counted in buckets of time. Of closed buckets each entry keeps a mean m and a variance
/// v, both decaying with age; a bucket enters them when the one after it closes, so that a flood over the
/// border of two buckets is measured by what was before it. record() answers kFlood from that match on that
/// makes the present bucket's count reach T = max(count_min, ceil(factor * m + deviations * sqrt(max(v, m) +
/// 1))). A bucket counts at most T towards the baseline, so a flood does not teach that floods are normal.
/// Guarantees: docs/flood.md. A flood that brings T matches in one bucket trips at the T-th; one that
/// straddles two buckets at the latest at its (2 T - 1)-th. Same calls, same answers: no clock, no randomness
/// of its own. Threads: one at a time. Memory: only entries that matched take any, about 110 bytes each; at
/// entries_max the one that has not matched for the longest among 32 looked at makes way, and is new again
/// when it next matches.
class FloodBreaker {
 public:
  /// Errors: kInvalidInput for options outside their ranges.
  static Result<FloodBreaker> make(const FloodOptions& options = {});

  /// A match of `entry` at `time`. Times may come out of order: one before the entry's present bucket counts
  /// there. Constant time but for an eviction.
  FloodVerdict record(EntryId entry, Time time);

  /// The number of the bucket that `time` lies in.
  [[nodiscard]] std::int64_t bucket_of(Time time) const;
  /// The count in a bucket at which the entry would now trip, if the bucket of `time` began.
  [[nodiscard]] std::uint32_t threshold(EntryId entry, Time time) const;
  /// Its matches so far in the bucket of `time`; 0 for another than its present one.
  [[nodiscard]] std::uint32_t count(EntryId entry, Time time) const;
  /// People looked and say that this much is normal: what the present bucket holds, or `count` if that is
  /// more, becomes the entry's mean.
  void accept(EntryId entry, std::uint32_t count = 0);
  void forget(EntryId entry);
  [[nodiscard]] std::size_t size() const { return states_.size(); }

  /// All it remembers, but not the options. Format: docs/flood.md.
  [[nodiscard]] std::vector<std::byte> serialise() const;
  /// Replaces what it remembers. Errors: kCorrupt (then nothing is changed), kLimitExceeded (over
  /// entries_max).
  Result<void> restore(std::span<const std::byte> bytes);

 private:
  struct State {
    EntryId entry{};
    std::int64_t bucket = 0;    ///< The present one's number.
    std::uint32_t count = 0;    ///< In it.
    std::uint32_t waiting = 0;  ///< Of the bucket before, which the mean has not seen yet.
    std::uint32_t closed = 0;   ///< Buckets that the mean has seen, up to 2^32 - 1.
    bool begun = false;         ///< Whether there was a bucket before.
    double mean = 0;            ///< Of counts.
    double square = 0;          ///< Of their squares.
  };
  explicit FloodBreaker(const FloodOptions& options) : options_(options) {}

  [[nodiscard]] State fresh(EntryId entry, std::int64_t bucket) const;
  void learn(State& state, double count) const;
  void advance(State& state, std::int64_t bucket) const;
  [[nodiscard]] std::uint32_t threshold_of(const State& state) const;
  State& state_of(EntryId entry, std::int64_t bucket);
  void remove(std::size_t slot);
  void make_room();

  FloodOptions options_;
  std::vector<State> states_;
  std::unordered_map<EntryId, std::uint32_t> slots_;  // Into states_.
  std::size_t hand_ = 0;                              // Where the next eviction looks first.
};

}  // namespace seawall
