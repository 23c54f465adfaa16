#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace seawall::index_detail {

/// The removed rows of one immutable part, as an immutable value: a bitmap of long-removed rows, shared
/// between versions, and a short sorted list of fresh ones. A removal thus copies kilobytes, not the bitmap.
class DeadRows {
 public:
  [[nodiscard]] bool contains(std::uint32_t row) const {
    if (bitmap_ && (((*bitmap_)[row / 64] >> (row % 64)) & 1) != 0) return true;
    return !recent_.empty() && std::binary_search(recent_.begin(), recent_.end(), row);
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// Ascending.
  [[nodiscard]] std::vector<std::uint32_t> rows() const;

  /// `old` (may be null) and `fresh`, which must be sorted, free of repeats, alive in `old` and below
  /// `row_count`.
  static std::shared_ptr<const DeadRows> add(const std::shared_ptr<const DeadRows>& old,
                                             std::span<const std::uint32_t> fresh, std::size_t row_count);

 private:
  static constexpr std::size_t kRecentMax = 1024;

  std::shared_ptr<const std::vector<std::uint64_t>> bitmap_;
  std::vector<std::uint32_t> recent_;
  std::size_t count_ = 0;
};

/// Which rows of a part a reader may see.
struct LiveRows {
  const DeadRows* dead = nullptr;  ///< Null: none is removed.
  std::uint32_t visible = 0;       ///< Rows from here on were added later.
  [[nodiscard]] bool alive(std::uint32_t row) const {
    return row < visible && (dead == nullptr || !dead->contains(row));
  }
};

}  // namespace seawall::index_detail
