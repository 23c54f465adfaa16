#include "seawall/index/detail/row_partition.h"

#include <algorithm>
#include <numeric>

#include "seawall/index/detail/try.h"

namespace seawall::index_detail {
namespace {

using Cursors = std::array<std::size_t, RowPartition::kParts>;

template <bool kWithThird>
void scatter(std::span<const Fingerprint256> codes, std::size_t table, Cursors& at, PackedRow* rows) {
  const std::size_t next = (table + 1) % kChunks, third = (table + 2) % kChunks;
  for (std::uint32_t row = 0; row < codes.size(); ++row) {
    const Fingerprint256& code = codes.data()[row];
    const unsigned bucket = bucket_of(chunk_of(code, table));
    const unsigned low = bucket % RowPartition::kPartBuckets;
    PackedRow* const to = rows + at[bucket / RowPartition::kPartBuckets]++;
    __builtin_prefetch(to + 8, 1);  // The line that this part's stores come to next.
    if constexpr (kWithThird) {
      *to = PackedRow::pack_with_third(row, low, chunk_of(code, next), chunk_of(code, third));
    } else {
      *to = PackedRow::pack(row, low, chunk_of(code, next));
    }
  }
}

}  // namespace

Result<RowPartition> RowPartition::create(std::size_t rows) {
  RowPartition partition;
  SEAWALL_TRY(partition.buffer_, PageBuffer::allocate(rows * sizeof(PackedRow)));
  partition.rows_ = partition.buffer_.values<PackedRow>(0, rows);
  return partition;
}

void RowPartition::order(std::span<const Fingerprint256> codes, std::size_t table, bool with_third,
                         std::span<const DirectoryEntry> directory) {
  begin_.fill(0);
  if (directory.empty()) {
    for (const Fingerprint256& code : codes) ++begin_[bucket_of(chunk_of(code, table)) / kPartBuckets + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  } else {
    for (std::size_t part = 0; part <= kParts; ++part) begin_[part] = directory[part * kPartBuckets].row;
  }
  Cursors at{};
  std::copy_n(begin_.begin(), kParts, at.begin());
  (with_third ? scatter<true> : scatter<false>)(codes, table, at, rows_.data());
}

}  // namespace seawall::index_detail
