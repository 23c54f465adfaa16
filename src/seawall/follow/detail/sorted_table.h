#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace seawall::follow_detail {

/// Rows by ascending id, cheap to copy: a large part that copies share and a few fresh rows of one's own.
/// `Row` has `std::uint64_t id` and `bool empty() const`; an empty row stands for none. Threads: as a vector.
/// Cost: a copy at most kFreshMax rows; a look-up two binary searches.
template <class Row>
class SortedTable {
 public:
  static constexpr std::size_t kFreshMax = 2048;

  /// Null: none of that id.
  [[nodiscard]] const Row* find(std::uint64_t id) const {
    const Row* row = find_in(fresh_, id);
    if (row == nullptr) row = find_in(*base_, id);
    return row == nullptr || row->empty() ? nullptr : row;
  }

  void set(const Row& row) { set_all(&row, 1); }
  /// `rows`: ascending ids, each once.
  void set_all(const Row* rows, std::size_t count) {
    if (count > kFreshMax / 2) {
      fresh_ = merged(fresh_, rows, count);
    } else {
      for (std::size_t i = 0; i < count; ++i) set_fresh(rows[i]);
    }
    if (fresh_.size() > kFreshMax) fold();
  }

  /// In ascending order of id.
  template <class Visit>
  void visit(Visit visit) const {
    for (const Row& row : merged(*base_, fresh_.data(), fresh_.size())) {
      if (!row.empty()) visit(row);
    }
  }
  /// Rows held; a few of them may be empty.
  [[nodiscard]] std::size_t size() const { return base_->size() + fresh_.size(); }

 private:
  using Rows = std::vector<Row>;
  static bool before(const Row& row, std::uint64_t id) { return row.id < id; }

  static const Row* find_in(const Rows& rows, std::uint64_t id) {
    const auto at = std::lower_bound(rows.begin(), rows.end(), id, before);
    return at == rows.end() || at->id != id ? nullptr : &*at;
  }
  void set_fresh(const Row& row) {
    const auto at = std::lower_bound(fresh_.begin(), fresh_.end(), row.id, before);
    if (at != fresh_.end() && at->id == row.id) {
      *at = row;
    } else {
      fresh_.insert(at, row);
    }
  }
  /// Of two with one id the newer stays.
  static Rows merged(const Rows& older, const Row* newer, std::size_t count) {
    Rows rows;
    rows.reserve(older.size() + count);
    const Row* const end = newer + count;
    for (const Row& row : older) {
      while (newer != end && newer->id < row.id) rows.push_back(*newer++);
      if (newer == end || newer->id != row.id) rows.push_back(row);
    }
    rows.insert(rows.end(), newer, end);
    return rows;
  }
  void fold() {
    Rows rows = merged(*base_, fresh_.data(), fresh_.size());
    std::erase_if(rows, [](const Row& row) { return row.empty(); });
    rows.shrink_to_fit();
    base_ = std::make_shared<const Rows>(std::move(rows));
    fresh_.clear();
  }

  std::shared_ptr<const Rows> base_ = std::make_shared<const Rows>();
  Rows fresh_;
};

}  // namespace seawall::follow_detail
