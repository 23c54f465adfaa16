#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/page_buffer.h"
#include "seawall/index/detail/radius_plan.h"

namespace seawall::index_detail {

class Segment;

/// The first rows of every bucket of a segment, one cache line a bucket, at an address that follows from the
/// query alone: so no directory look-up stands before the line. Derived from the segment, in memory only, in
/// 2 MB pages where the system has them. Line `t * kBuckets + bucket`: lanes 0 to 30 hold next chunks, the
/// last lane how many, and kMore.
///
/// Cost: 64 MB, worth it while most buckets fit into one line; creating it reads the segment's lines once.
/// Threads: immutable once created.
class FrontLines {
 public:
  /// Most rows of a segment whose buckets mostly fit into one line (23 a bucket on uniform data).
  static constexpr std::size_t kRowsMax = 1'500'000;

  /// Of a segment with kChunks tables. Errors: kUnavailable without memory.
  static Result<std::unique_ptr<FrontLines>> create(const Segment& segment);

  [[nodiscard]] const Line* lines() const { return lines_.data(); }

 private:
  FrontLines() = default;
  PageBuffer buffer_;
  std::span<Line> lines_;
};

}  // namespace seawall::index_detail
