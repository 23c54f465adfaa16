#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>

#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/page_buffer.h"
#include "seawall/index/detail/radius_plan.h"
#include "seawall/index/detail/row_partition.h"

namespace seawall::index_detail {

class Segment;

/// The first rows of every bucket of a segment, one cache line a bucket, at an address that follows from the
/// query alone: so no directory look-up stands before the line. Derived from the segment, in memory only, in
/// 2 MB pages where the system has them. Line `t * kBuckets + bucket`: lanes 0 to 30 hold next chunks (t +
/// 1), the last lane how many, and kFrontMore. A second line of the same number holds the third chunks (t +
/// 2) of the same rows: two of three rows that pass by their next chunk fail by the third (RadiusPlan).
///
/// The free lanes take marks: chunks of rows that are in row tables beside the segment (the newest
/// rows), so that one pass over these lines filters those too. A mark is a hint only: a search that meets one
/// asks the row tables' chains of that bucket. Marks stay when their rows go.
///
/// Cost: 128 MB, worth it while most buckets fit into one line; creating it reads the segment's codes 16
/// times; a mark 32 stores. Threads: one that marks, readers at the same time; they see every mark made
/// before whatever told them of its row.
class FrontLines {
 public:
  /// Most rows of a segment whose buckets mostly fit into one line (23 a bucket on uniform data).
  static constexpr std::size_t kRowsMax = 1'500'000;

  /// Of a segment with kChunks tables and at most kRowsMax rows, whose rows ascend within each bucket.
  /// Errors: kUnavailable without memory or when told to stop (looked at once a table).
  static Result<std::unique_ptr<FrontLines>> create(const Segment& segment, const std::stop_token& stop = {});

  /// Empty, to be filled part by part. Errors: kUnavailable without memory.
  static Result<std::unique_ptr<FrontLines>> allocate();
  /// `rows`: all of this part (RowPartition, with third).
  void fill_part(std::size_t table, std::size_t part, std::span<const PackedRow> rows);

  /// Marks a row that is not in the segment.
  void mark(const Fingerprint256& code);

  [[nodiscard]] const Line* lines() const { return lines_.data(); }
  [[nodiscard]] const Line* thirds() const { return thirds_.data(); }

 private:
  FrontLines() = default;
  PageBuffer buffer_;
  std::span<Line> lines_, thirds_;
};

}  // namespace seawall::index_detail
