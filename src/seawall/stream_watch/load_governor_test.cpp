#include "seawall/stream_watch/load_governor.h"

#include <gtest/gtest.h>

#include <vector>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using std::chrono::seconds;

Time at(int s) { return Time{seconds(1'700'000'000 + s)}; }

/// One second of work on one thread.
bool second(LoadGovernor& governor, int now, milliseconds waited, double busy) {
  governor.begun(waited);
  governor.worked(std::chrono::microseconds(static_cast<std::int64_t>(busy * 1e6)));
  return governor.look(at(now), 1);
}

TEST(LoadGovernor, LooksAtEverythingWhileWaitsAreShort) {
  LoadGovernor governor;
  for (int now = 0; now < 100; ++now) EXPECT_FALSE(second(governor, now, milliseconds(900), 0.9));
  EXPECT_EQ(governor.level(), 0);
  EXPECT_EQ(governor.spacing(), seconds(0));
  EXPECT_NEAR(governor.busy(), 0.9, 0.01);
}

TEST(LoadGovernor, LooksHalfAsOftenAtEachLevel) {
  LoadGovernor governor;
  int now = 0;
  std::vector<std::int64_t> spacings;
  for (; spacings.size() < 6; ++now) {
    ASSERT_LT(now, 100);
    if (second(governor, now, milliseconds(5'000), 1))
      spacings.push_back(std::chrono::duration_cast<seconds>(governor.spacing()).count());
  }
  EXPECT_EQ(spacings, (std::vector<std::int64_t>{4, 8, 16, 32, 64, 128}));
  EXPECT_FALSE(second(governor, now + 10, milliseconds(5'000), 1)) << "there is no further level";
}

TEST(LoadGovernor, RisesWhenSomethingFoundNoRoom) {
  LoadGovernor governor;
  (void)second(governor, 0, milliseconds(0), 0);
  governor.left_out();
  EXPECT_TRUE(second(governor, 4, milliseconds(0), 0));
}

TEST(LoadGovernor, LooksMoreOftenAgainWhenThereIsTimeForTwiceTheWork) {
  LoadGovernor governor;
  int now = 0;
  while (governor.level() < 2) (void)second(governor, now++, milliseconds(5'000), 1);
  for (const int end = now + 60; now < end; ++now)
    EXPECT_FALSE(second(governor, now, milliseconds(100), 0.8));
  EXPECT_EQ(governor.level(), 2) << "twice the work would not fit";
  int changes = 0;
  for (const int end = now + 60; now < end; ++now)
    changes += second(governor, now, milliseconds(100), 0.3) ? 1 : 0;
  EXPECT_EQ(changes, 2);
  EXPECT_EQ(governor.level(), 0);
}

}  // namespace
