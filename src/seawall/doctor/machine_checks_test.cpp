#include "seawall/doctor/machine_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seawall {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max core file size        0                    unlimited            bytes     \n"
    "Max open files            1024                 524288               files     \n"
    "Max locked memory         8388608              8388608              bytes     \n";

TEST(Limits, AreTheHardOnes) {
  const auto limits = limits_from_text(kLimits);
  ASSERT_TRUE(limits) << limits.error().message;
  EXPECT_EQ(limits->locked_bytes, 8'388'608U);
  EXPECT_EQ(limits->open_files, 524'288U);
  EXPECT_EQ(limits->core_bytes, std::nullopt);
}

TEST(Limits, OfATextThatIsNoListAreCorrupt) {
  for (const std::string_view text : {"", "Max locked memory", "Max locked memory x y\n"}) {
    const auto limits = limits_from_text(text);
    ASSERT_FALSE(limits) << text;
    EXPECT_EQ(limits.error().code, Code::kCorrupt);
  }
}

TEST(Limits, OfThisProcessCanBeRead) {
  const Findings found = check_limits(0, 0);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].check, "limit-memlock");
  EXPECT_EQ(found[0].health, Health::kOk);  // Nothing is to be locked.
}

TEST(Limits, OfAProcessThatIsNotThereFail) {
  const Findings found = check_limits(1 << 30, 0);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].health, Health::kFail);
  EXPECT_THAT(found[0].todo, HasSubstr("--pid"));
}

TEST(Swap, IsThereWhereTheListHasALineAfterItsHeading) {
  EXPECT_FALSE(swaps_in_text("Filename\tType\tSize\tUsed\tPriority\n"));
  EXPECT_FALSE(swaps_in_text(""));
  EXPECT_TRUE(swaps_in_text("Filename\tType\tSize\tUsed\tPriority\n/dev/sda2  partition 1 0 -2\n"));
}

}  // namespace
}  // namespace seawall
