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
/// last lane how many, and kFrontMore.
///
/// The free lanes take marks: next chunks of rows that are in row tables beside the segment (the newest
/// rows), so that one pass over these lines filters those too. A mark is a hint only: a search that meets one
/// asks the row tables' chains of that bucket. Marks stay when their rows go.
///
/// Cost: 64 MB, worth it while most buckets fit into one line; creating it reads the segment's lines once; a
/// mark 16 stores. Threads: one that marks, readers at the same time; they see every mark made before
/// whatever told them of its row.
class FrontLines {
 public:
  /// Most rows of a segment whose buckets mostly fit into one line (23 a bucket on uniform data).
  static constexpr std::size_t kRowsMax = 1'500'000;

  /// Of a segment with kChunks tables. Errors: kUnavailable without memory.
  static Result<std::unique_ptr<FrontLines>> create(const Segment& segment);

  /// Marks a row that is not in the segment.
  void mark(const Fingerprint256& code);

  [[nodiscard]] const Line* lines() const { return lines_.data(); }

 private:
  FrontLines() = default;
  PageBuffer buffer_;
  std::span<Line> lines_;
};

}  // namespace seawall::index_detail
