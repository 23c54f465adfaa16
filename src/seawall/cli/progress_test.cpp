#include "seawall/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seawall::cli {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ProgressState half_way() {
  ProgressState state;
  state.files_done = 5'000;
  state.bytes_done = 50'000'000'000;
  state.files_total = 10'000;
  state.bytes_total = 100'000'000'000;
  state.total_known = true;
  state.matches = 3;
  state.errors = 1;
  state.elapsed = milliseconds(60'000);
  return state;
}

constexpr ProgressRates kRates{83.3, 833.0, milliseconds(60'000)};

TEST(ProgressLine, ShowsABarAndEverythingWhereThereIsRoom) {
  EXPECT_EQ(
      progress_line(half_way(), kRates, 120),
      "[###############...............]  50%  5,000/10,000 files  83 files/s, 833 MB/s  3 matched, 1 error  "
      "1 min 0 s left");
}

TEST(ProgressLine, NeverFillsTheLastColumnWhateverTheWidth) {
  ProgressState huge = half_way();
  huge.files_done = huge.files_total = ~0ULL / 4;
  huge.matches = huge.errors = 123'456'789'012;
  for (const ProgressState& state : {half_way(), huge, ProgressState{}}) {
    for (int columns = 0; columns <= 300; ++columns) {
      const std::string line = progress_line(state, kRates, columns);
      EXPECT_LT(static_cast<int>(line.size()), std::max(columns, 1)) << columns;
      EXPECT_THAT(line, Not(HasSubstr("\n")));
    }
  }
}

TEST(ProgressLine, NarrowTerminalsKeepFilesAndMatches) {
  EXPECT_EQ(progress_line(half_way(), kRates, 40), "5,000/10,000 files  3 matched, 1 error");
  EXPECT_EQ(progress_line(half_way(), kRates, 20), "5,000/10,000 files");
  EXPECT_EQ(progress_line(half_way(), kRates, 6), "5,000");
}

TEST(ProgressLine, SaysThatItIsStillCounting) {
  ProgressState state = half_way();
  state.total_known = false;
  const std::string line = progress_line(state, kRates, 120);
  EXPECT_THAT(line, StartsWith("5,000 files"));
  EXPECT_THAT(line, HasSubstr("counting"));
  EXPECT_THAT(line, Not(HasSubstr("%")));
}

TEST(ProgressMeter, RatesAreThoseOfTheLastSecondsNotOfTheWhole) {
  ProgressMeter meter;
  ProgressState state;
  state.files_total = 100'000;
  state.bytes_total = 0;
  state.total_known = true;
  ProgressRates rates;
  for (int second = 0; second <= 60; ++second) {  // 10 files/s for 30 s, then 100.
    state.elapsed = milliseconds(second * 1000);
    state.files_done += second <= 30 ? 10 : 100;
    rates = meter.add(state);
  }
  EXPECT_NEAR(rates.files_per_second, 100.0, 0.5);
  ASSERT_TRUE(rates.left.has_value());
  EXPECT_NEAR(static_cast<double>(rates.left->count()), (100'000.0 - 3310.0) / 100.0 * 1000.0, 5000.0);
}

TEST(ProgressMeter, FilesOfEarlierSessionsDoNotCountAsSpeed) {
  ProgressMeter meter;
  ProgressState state;
  meter.add(state);
  state.elapsed = milliseconds(1000);
  state.files_done = 1'000'010;
  state.files_resumed = 1'000'000;
  EXPECT_NEAR(meter.add(state).files_per_second, 10.0, 0.01);
}

TEST(ProgressMeter, NothingDoneGivesNoTimeLeft) {
  ProgressMeter meter;
  ProgressState state;
  state.total_known = true;
  state.files_total = 10;
  EXPECT_FALSE(meter.add(state).left.has_value());
  state.elapsed = milliseconds(5000);
  EXPECT_FALSE(meter.add(state).left.has_value());
}

}  // namespace
}  // namespace seawall::cli
