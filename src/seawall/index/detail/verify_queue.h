#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "seawall/index/detail/dead_rows.h"
#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/kernels_simd.h"
#include "seawall/index/detail/search.h"
#include "seawall/index/detail/segment.h"

namespace seawall::index_detail {

/// Towards the level-2 cache: level 1 has too few pending misses for what a query asks at once.
inline void prefetch_far(const void* address) { __builtin_prefetch(address, 0, 2); }

inline constexpr std::uint32_t kFrontLaneBits = (std::uint32_t{1} << kFrontLanes) - 1;

/// Whether what survived in a front line, of a bucket with `rows` rows in the segment, are marks too.
inline bool is_touched(const FrontLines& front, const Survivors& line, std::uint32_t rows) {
  const bool more = (line.lanes >> kFrontLanes) != 0;
  if (more && (front_state(front.lines()[line.line]) & kFrontMarked) != 0) return true;
  return rows < kFrontLanes && ((line.lanes & kFrontLaneBits) >> rows) != 0;
}

/// Buffers that a thread keeps between searches, so that a query allocates nothing once warm.
struct Scratch {
  std::vector<Probe> probes;
  std::vector<Survivors> survivors;
  std::vector<Survivors> more_survivors;
};
inline Scratch& scratch() {
  thread_local Scratch buffers;
  return buffers;
}

/// Rows that passed the filter, verified in full a few dozen at a time, so that the two cache misses of each
/// (its row number, its code) overlap with those of the others.
class VerifyQueue {
 public:
  VerifyQueue(const Segment& segment, const LiveRows& live, const Kernels& kernels, int radius_bits)
      : segment_(segment), live_(live), kernels_(kernels), radius_bits_(radius_bits) {}

  /// Queues the rows of one surviving line of `probe` in `table`; returns how many. Call only unless full().
  std::size_t add(const Probe& probe, std::size_t table, const Survivors& line) {
    const std::uint32_t* const numbers = segment_.row_numbers(table) + probe.begin.row;
    const std::size_t before = count_;
    for (std::uint32_t lanes = line.lanes; lanes != 0; lanes &= lanes - 1) {
      const std::uint32_t slot = line.line * static_cast<std::uint32_t>(kLineLanes) +
                                 static_cast<std::uint32_t>(std::countr_zero(lanes));
      if (slot >= probe.row_count()) break;  // The unused rest of the last line.
      prefetch_far(numbers + slot);
      waiting_[count_++] = {numbers + slot, probe.owner, 0};
    }
    return count_ - before;
  }

  [[nodiscard]] bool full() const { return count_ + kLineLanes > waiting_.size(); }

  /// Empties the queue: `query_of(owner)` gives the code to compare with, `found(owner, hit)` takes live rows
  /// within the radius. A row number out of range (damaged data) is dropped.
  template <class QueryOf, class Found>
  void drain(QueryOf&& query_of, Found&& found) {
    const auto codes = segment_.codes();
    for (std::size_t i = 0; i < count_; ++i) {
      waiting_[i].row = *waiting_[i].number;
      if (waiting_[i].row < codes.size()) prefetch_far(codes.data() + waiting_[i].row);
    }
    for (std::size_t i = 0; i < count_; ++i) {
      const Waiting& one = waiting_[i];
      if (one.row >= codes.size()) continue;
      const int distance = kernels_.distance(codes[one.row], query_of(one.owner));
      if (distance <= radius_bits_ && live_.alive(one.row)) found(one.owner, RowHit{one.row, distance});
    }
    count_ = 0;
  }

 private:
  struct Waiting {
    const std::uint32_t* number;
    std::uint32_t owner;
    std::uint32_t row;
  };
  const Segment& segment_;
  const LiveRows& live_;
  const Kernels& kernels_;
  const int radius_bits_;
  std::size_t count_ = 0;
  std::array<Waiting, 128> waiting_;  // Only the first count_ are set: clearing all would cost each query.
};

}  // namespace seawall::index_detail
