#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "seawall/index/detail/kernels.h"
#include "seawall/index/detail/page_buffer.h"
#include "seawall/index/detail/radius_plan.h"

namespace seawall::index_detail {

/// What one table needs of a row, in eight bytes: its row number and the low part of its bucket, and the
/// chunks after the key: one where row numbers take 32 bits, two where they fit into 24.
struct PackedRow {
  static constexpr std::size_t kRowsMaxWithThird = std::size_t{1} << 24;
  std::uint64_t bits;

  static PackedRow pack(std::uint32_t row, unsigned low, std::uint16_t next) {
    return {low | std::uint64_t{next} << 8 | std::uint64_t{row} << 24};
  }
  static PackedRow pack_with_third(std::uint32_t row, unsigned low, std::uint16_t next, std::uint16_t third) {
    return {low | std::uint64_t{next} << 8 | std::uint64_t{third} << 24 | std::uint64_t{row} << 40};
  }
  [[nodiscard]] unsigned low() const { return static_cast<unsigned>(bits & 0xffU); }
  [[nodiscard]] std::uint16_t next() const { return static_cast<std::uint16_t>(bits >> 8); }
  [[nodiscard]] std::uint16_t third() const { return static_cast<std::uint16_t>(bits >> 24); }
  template <bool kWithThird>
  [[nodiscard]] std::uint32_t row() const {
    return static_cast<std::uint32_t>(bits >> (kWithThird ? 40 : 24));
  }
};

/// The rows of one table after another, ordered by the high half of their buckets and then by row: so that
/// what is then written for each of 256 parts lies in the level-2 cache. Filling 65,536 buckets at random
/// costs a miss and more a row.
///
/// Memory: eight bytes a row. Not for several threads.
class RowPartition {
 public:
  static constexpr std::size_t kParts = 256;
  static constexpr std::size_t kPartBuckets = kBuckets / kParts;

  /// Errors: kUnavailable without memory.
  static Result<RowPartition> create(std::size_t rows);

  /// `codes`: as many as create() was told; with third: at most kRowsMaxWithThird. `directory`: of that table
  /// and made from these very codes; without one the codes are counted first.
  void order(std::span<const Fingerprint256> codes, std::size_t table, bool with_third,
             std::span<const DirectoryEntry> directory = {});

  /// Rows whose bucket is kPartBuckets * part + low(), ascending.
  [[nodiscard]] std::span<const PackedRow> part(std::size_t part) const {
    return rows_.subspan(begin_[part], begin_[part + 1] - begin_[part]);
  }

 private:
  RowPartition() = default;
  PageBuffer buffer_;
  std::span<PackedRow> rows_;
  std::array<std::size_t, kParts + 1> begin_{};
};

}  // namespace seawall::index_detail
