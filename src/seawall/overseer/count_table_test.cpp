#include "seawall/overseer/count_table.h"

#include <gtest/gtest.h>

#include <random>

namespace seawall {
namespace {

using Grid = std::vector<std::vector<std::uint64_t>>;

CountTable::Published published(const Grid& grid) {
  CountTable table;
  for (std::size_t r = 0; r < grid.size(); ++r) {
    for (std::size_t c = 0; c < grid[r].size(); ++c)
      EXPECT_TRUE(table.add("row " + std::to_string(r), "column " + std::to_string(c), grid[r][c]));
  }
  return table.published();
}

TEST(CountTable, HidesOneToFourAndNothingElse) {
  const auto all = published({{0, 1, 4, 5, 700}});
  const std::vector<CountTable::Shown> wanted{0, std::nullopt, std::nullopt, 5, 700};
  EXPECT_EQ(all.rows.at(0).cells, wanted);
  EXPECT_EQ(all.rows.at(0).total, (CountTable::Total{.of_shown = 705, .leaves_out = true}));
  EXPECT_EQ(all.totals.at(4), (CountTable::Total{.of_shown = 700, .leaves_out = false}));
}

// Whatever else is known, even every other hidden cell, each hidden cell could be any of the four.
TEST(CountTable, PublishesTheSameWhicheverOfTheFourAHiddenCellIs) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 500; ++round) {
    Grid grid(1 + random() % 5, std::vector<std::uint64_t>(1 + random() % 5));
    for (auto& row : grid)
      for (auto& cell : row) cell = random() % 9;
    const auto before = published(grid);
    for (auto& row : grid) {
      for (auto& cell : row) {
        if (cell == 0 || cell > 4) continue;
        for (cell = 1; cell < 4; ++cell) ASSERT_EQ(published(grid), before);
      }
    }
  }
}

TEST(CountTable, HasALimit) {
  CountTable table;
  for (std::size_t i = 0; i < CountTable::kCellsMax; ++i) ASSERT_TRUE(table.add(std::to_string(i), "one", 1));
  EXPECT_EQ(table.add("more", "one", 1).error().code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
