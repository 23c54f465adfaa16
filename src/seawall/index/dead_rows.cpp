#include "seawall/index/detail/dead_rows.h"

#include <bit>

namespace seawall::index_detail {

std::vector<std::uint32_t> DeadRows::rows() const {
  std::vector<std::uint32_t> rows = recent_;
  if (bitmap_) {
    for (std::size_t word = 0; word < bitmap_->size(); ++word) {
      for (std::uint64_t bits = (*bitmap_)[word]; bits != 0; bits &= bits - 1) {
        rows.push_back(
            static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
      }
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::shared_ptr<const DeadRows> DeadRows::add(const std::shared_ptr<const DeadRows>& old,
                                              std::span<const std::uint32_t> fresh, std::size_t row_count) {
  if (fresh.empty()) return old;
  auto next = old ? std::make_shared<DeadRows>(*old) : std::make_shared<DeadRows>();
  const auto middle = static_cast<std::ptrdiff_t>(next->recent_.size());
  next->recent_.insert(next->recent_.end(), fresh.begin(), fresh.end());
  std::inplace_merge(next->recent_.begin(), next->recent_.begin() + middle, next->recent_.end());
  next->count_ += fresh.size();
  if (next->recent_.size() > kRecentMax) {
    auto bitmap = next->bitmap_ ? std::make_shared<std::vector<std::uint64_t>>(*next->bitmap_)
                                : std::make_shared<std::vector<std::uint64_t>>();
    bitmap->resize((row_count + 63) / 64);
    for (const std::uint32_t row : next->recent_) (*bitmap)[row / 64] |= std::uint64_t{1} << (row % 64);
    next->bitmap_ = std::move(bitmap);
    next->recent_.clear();
  }
  return next;
}

}  // namespace seawall::index_detail
