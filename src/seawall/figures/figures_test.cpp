#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "seawall/base/temporary_folder.h"
#include "seawall/figures/figure_board.h"
#include "seawall/figures/figure_book.h"

namespace seawall {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

const FigureTime kNoon = std::chrono::sys_days(std::chrono::year{2026} / 11 / 23) + 12h;

class SetClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::sys_time<std::chrono::milliseconds> now() const override { return at; }
  FigureTime at = kNoon;
};

std::map<std::uint16_t, std::uint64_t> counts_of(FigureBoard& board) {
  std::map<std::uint16_t, std::uint64_t> counts;
  board.take([&](const CountedCell& cell, std::uint64_t count) { counts[cell.value] += count; });
  return counts;
}

TEST(FigureBoard, CountsEachCellByItselfAndGivesItOnce) {
  FigureBoard board;
  board.add({Counted::kDistances, 0xffffffff, 3});
  board.add({Counted::kDistances, 0xffffffff, 3}, 4);
  board.add({Counted::kDistances, 7, 1000});
  std::vector<std::pair<CountedCell, std::uint64_t>> seen;
  board.take([&](const CountedCell& cell, std::uint64_t count) { seen.emplace_back(cell, count); });
  EXPECT_THAT(seen,
              testing::UnorderedElementsAre(
                  std::pair(CountedCell{Counted::kDistances, 0xffffffff, 3}, std::uint64_t{5}),
                  std::pair(CountedCell{Counted::kDistances, 7, FigureBoard::kValueMax}, std::uint64_t{1})));
  EXPECT_TRUE(counts_of(board).empty());
}

TEST(FigureBoard, LosesNoCountOfManyThreads) {
  FigureBoard board;
  constexpr int kThreads = 4;
  constexpr std::uint64_t kEach = 20'000;
  std::map<std::uint16_t, std::uint64_t> sum;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::uint64_t i = 0; i < kEach; ++i) {
          board.add({Counted::kMatches, 1, static_cast<std::uint16_t>(i % 50)});
        }
      });
    }
    for (const auto& [value, count] : counts_of(board)) sum[value] += count;  // While they count.
  }
  for (const auto& [value, count] : counts_of(board)) sum[value] += count;
  std::uint64_t all = 0;
  for (const auto& [value, count] : sum) all += count;
  EXPECT_EQ(all, kThreads * kEach);
  EXPECT_EQ(sum.size(), 50u);
  EXPECT_EQ(board.lost(), 0u);
}

TEST(FigureBoard, HasAFixedNumberOfCellsAndSaysWhatItLost) {
  FigureBoard board;
  for (std::uint32_t i = 0; i < FigureBoard::kCellsMax + 10; ++i) board.add({Counted::kMatches, i, 0});
  EXPECT_EQ(board.lost(), 10u);
  EXPECT_EQ(counts_of(board)[0], FigureBoard::kCellsMax);
}

TEST(FigureBoard, NamesTenantsByNumbers) {
  FigureBoard board;
  EXPECT_EQ(board.tenant("default"), 1u);
  EXPECT_EQ(board.tenant("forum"), 2u);
  EXPECT_EQ(board.tenant("default"), 1u);
  EXPECT_EQ(board.tenant_named(2), "forum");
  EXPECT_EQ(board.tenant_named(0), "");
  for (std::size_t i = 0; i < FigureBoard::kTenantsMax; ++i) board.tenant("t" + std::to_string(i));
  EXPECT_EQ(board.tenant("one more"), 0u);
}

class Figures : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    book_ = nullptr;
    auto opened = FigureBook::open(folder_.path() / "figures", clock_);
    ASSERT_TRUE(opened) << opened.error().message;
    book_ = *std::move(opened);
  }
  void write(std::vector<FigureRow> rows) { EXPECT_TRUE(book_->write(rows)); }
  std::vector<FigurePoint> read(FigureStep step, std::string_view figure,
                                std::string_view tenant = "default") {
    auto points = book_->read({tenant, figure, step, FigureTime{}, kNoon + 10'000h});
    EXPECT_TRUE(points);
    return points ? *std::move(points) : std::vector<FigurePoint>{};
  }
  static FigureRow matches(std::int64_t count, std::string bank = "known") {
    return {"default", "matches", std::move(bank), "block", count};
  }

  SetClock clock_;
  TemporaryFolder folder_ = *TemporaryFolder::make("figures");
  std::unique_ptr<FigureBook> book_;
};

TEST_F(Figures, AddUpWithinAMinuteAndAnHour) {
  write({matches(2)});
  clock_.at += 30s;
  write({matches(3), matches(1, "other")});
  clock_.at += 31s;
  write({matches(4)});
  EXPECT_THAT(read(FigureStep::kMinute, "matches"),
              ElementsAre(FigurePoint{kNoon, "known", "block", 5}, FigurePoint{kNoon, "other", "block", 1},
                          FigurePoint{kNoon + 1min, "known", "block", 4}));
  EXPECT_THAT(read(FigureStep::kHour, "matches"),
              ElementsAre(FigurePoint{kNoon, "known", "block", 9}, FigurePoint{kNoon, "other", "block", 1}));
}

TEST_F(Figures, OfAStateKeepTheLastOne) {
  write({{"default", "entries", "known", "active", 10, true}});
  write({{"default", "entries", "known", "active", 12, true}});
  EXPECT_THAT(read(FigureStep::kMinute, "entries"), ElementsAre(FigurePoint{kNoon, "known", "active", 12}));
}

TEST_F(Figures, AreThereAfterAnEndWithoutWarning) {
  write({matches(2)});
  open();  // Nothing was closed before the file was opened again.
  write({matches(1)});
  EXPECT_THAT(read(FigureStep::kMinute, "matches"), ElementsAre(FigurePoint{kNoon, "known", "block", 3}));
}

TEST_F(Figures, OfOneTenantAreNotAnothers) {
  write({matches(2), {"forum", "matches", "theirs", "block", 7}});
  EXPECT_EQ(read(FigureStep::kMinute, "matches").size(), 1u);
  EXPECT_THAT(read(FigureStep::kMinute, "matches", "forum"),
              ElementsAre(FigurePoint{kNoon, "theirs", "block", 7}));
  EXPECT_TRUE(read(FigureStep::kMinute, "matches", "").empty());
}

TEST_F(Figures, AreOfTheTimeThatWasAskedFor) {
  for (int i = 0; i < 3; ++i) {
    write({matches(1)});
    clock_.at += 1min;
  }
  const auto some = book_->read({"default", "matches", FigureStep::kMinute, kNoon + 1min, kNoon + 2min});
  ASSERT_TRUE(some);
  EXPECT_THAT(*some, ElementsAre(FigurePoint{kNoon + 1min, "known", "block", 1}));
}

TEST_F(Figures, GoWhenTheyAreOver) {
  write({matches(1)});
  clock_.at += 48h;
  EXPECT_EQ(book_->tidy().value_or(9), 0u);
  clock_.at += 1s;
  EXPECT_EQ(book_->tidy().value_or(9), 1u);
  EXPECT_TRUE(read(FigureStep::kMinute, "matches").empty());
  EXPECT_EQ(read(FigureStep::kHour, "matches").size(), 1u);
  clock_.at += 400 * 24h;
  EXPECT_EQ(book_->tidy().value_or(9), 1u);
  EXPECT_TRUE(read(FigureStep::kHour, "matches").empty());
}

}  // namespace
}  // namespace seawall
