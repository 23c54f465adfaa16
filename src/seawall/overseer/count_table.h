#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// Counts by row and column, and what of them may be published.
///
/// The rule. A cell of 1..4 is hidden: published as "<5". A total is that of the cells that are shown, and so
/// says nothing of the hidden ones; it is marked if it leaves any out. No published number is thus made with
/// a hidden one, and every hidden cell could be 1, 2, 3 or 4 whatever is known of the others. Memory:
/// kCellsMax cells. Threads: one.
class CountTable {
 public:
  static constexpr std::uint64_t kHiddenBelow = 5;
  static constexpr std::size_t kCellsMax = 100'000;

  /// A number that may be published; none: "<5".
  using Shown = std::optional<std::uint64_t>;
  struct Total {
    std::uint64_t of_shown = 0;
    bool leaves_out = false;  ///< A cell is hidden.
    friend bool operator==(const Total&, const Total&) = default;
  };
  struct Row {
    std::string name;
    std::vector<Shown> cells;  ///< One a column.
    Total total;
    friend bool operator==(const Row&, const Row&) = default;
  };
  struct Published {
    std::vector<std::string> columns;
    std::vector<Row> rows;
    std::vector<Total> totals;  ///< One a column.
    Total total;
    friend bool operator==(const Published&, const Published&) = default;
  };

  /// Adds to a cell; saturates. Errors: kLimitExceeded.
  Result<void> add(const std::string& row, const std::string& column, std::uint64_t count);
  /// Rows and columns in the order of their names; a cell that was never added to is 0.
  [[nodiscard]] Published published() const;

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> rows_;
  std::map<std::string, std::size_t> columns_;
  std::size_t cells_ = 0;
};

}  // namespace seawall
