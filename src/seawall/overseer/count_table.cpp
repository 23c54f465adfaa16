#include "seawall/overseer/count_table.h"

#include <algorithm>

namespace seawall {
namespace {

CountTable::Shown shown(std::uint64_t count) {
  return count > 0 && count < CountTable::kHiddenBelow ? CountTable::Shown() : CountTable::Shown(count);
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return a + std::min(b, UINT64_MAX - a); }

void take(CountTable::Total& total, const CountTable::Shown& cell) {
  total.of_shown = sum(total.of_shown, cell.value_or(0));
  total.leaves_out = total.leaves_out || !cell;
}

}  // namespace

Result<void> CountTable::add(const std::string& row, const std::string& column, std::uint64_t count) {
  columns_.try_emplace(column, 0);
  const auto [cell, is_new] = rows_[row].try_emplace(column, 0);
  cell->second = sum(cell->second, count);
  cells_ += is_new ? 1 : 0;
  if (cells_ > kCellsMax || rows_.size() * columns_.size() > kCellsMax)
    return fail(Code::kLimitExceeded, "the report would have over 100,000 cells: report on a shorter time");
  return {};
}

CountTable::Published CountTable::published() const {
  Published all;
  for (const auto& [column, unused] : columns_) all.columns.push_back(column);
  all.totals.resize(all.columns.size());
  for (const auto& [name, cells] : rows_) {
    Row row{.name = name, .cells = {}, .total = {}};
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
      const auto found = cells.find(all.columns[i]);
      row.cells.push_back(shown(found == cells.end() ? 0 : found->second));
      take(row.total, row.cells.back());
      take(all.totals[i], row.cells.back());
      take(all.total, row.cells.back());
    }
    all.rows.push_back(std::move(row));
  }
  return all;
}

}  // namespace seawall
