#include "seawall/streams/waiting_showings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using testing::ElementsAre;

using Key = WaitingShowings::Key;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'700'000'000 + seconds)); }

WaitingShowing showing(std::uint32_t stream, std::uint32_t clip, std::int64_t seconds,
                       ClipTier tier = ClipTier::kTwoAligned) {
  WaitingShowing made;
  made.alert.stream = WatchId{stream};
  made.alert.clip.clip = ClipId{clip};
  made.alert.clip.segment.tier = tier;
  made.last_shown = at(seconds);
  return made;
}

TEST(WaitingShowings, OfOneClipOfAStreamKeepTheStrongestAndOfEqualsTheLast) {
  WaitingShowings waiting({});
  waiting.put(showing(1, 7, 10));
  waiting.put(showing(1, 7, 20, ClipTier::kThreeAligned));
  WaitingShowing weak = showing(1, 7, 30, ClipTier::kSingleFrame);
  weak.alert.name = "weak";
  waiting.put(weak);
  WaitingShowing equal = showing(2, 7, 5);
  waiting.put(equal);
  equal.alert.name = "later";
  waiting.put(equal);
  EXPECT_EQ(waiting.size(), 2U);
  const auto kept = waiting.take({WatchId{1}, ClipId{7}});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->alert.clip.segment.tier, ClipTier::kThreeAligned);
  EXPECT_EQ(kept->alert.name, "");
  EXPECT_EQ(kept->last_shown, at(30)) << "the stream shows it still, if less clearly";
  EXPECT_EQ(waiting.take({WatchId{2}, ClipId{7}})->alert.name, "later");
  EXPECT_EQ(waiting.bytes(), 0U);
}

TEST(WaitingShowings, AreForgottenAWhileAfterTheyWereLastSeen) {
  WaitingShowings waiting({});
  waiting.put(showing(1, 7, 10));
  waiting.put(showing(1, 8, 10));
  waiting.on_showing({WatchId{1}, {ClipId{8}, ClipId{9}}, at(50)});
  waiting.on_showing({WatchId{2}, {ClipId{7}}, at(50)});
  waiting.on_showing({WatchId{1}, {ClipId{8}}, at(40)});
  waiting.forget_before(at(50));
  EXPECT_THAT(waiting.keys(), ElementsAre(Key(WatchId{1}, ClipId{8})));
  EXPECT_EQ(waiting.forgotten(), 0U) << "only what there was no room for is counted";
}

TEST(WaitingShowings, ThatWereToldWaitNoMoreUnlessTheyAreStronger) {
  WaitingShowings waiting({});
  waiting.put(showing(1, 7, 10, ClipTier::kThreeAligned));
  waiting.settle({WatchId{1}, ClipId{7}}, ClipTier::kTwoAligned);
  EXPECT_EQ(waiting.size(), 1U);
  waiting.settle({WatchId{1}, ClipId{7}}, ClipTier::kThreeAligned);
  waiting.settle({WatchId{1}, ClipId{7}}, ClipTier::kThreeAligned);
  EXPECT_EQ(waiting.size(), 0U);
  EXPECT_FALSE(waiting.told_as({WatchId{1}, ClipId{7}}));
}

TEST(WaitingShowings, KeepTheLimitsOfAStreamOfAllAndOfBytesAndCountWhatGoes) {
  WaitingShowings few({.showings = 4, .of_stream = 2});
  for (std::uint32_t clip = 1; clip <= 3; ++clip) few.put(showing(1, clip, 10 - clip));
  EXPECT_THAT(few.keys(), ElementsAre(Key(WatchId{1}, ClipId{1}), Key(WatchId{1}, ClipId{2})));
  for (std::uint32_t stream = 2; stream <= 4; ++stream) few.put(showing(stream, 1, 20));
  EXPECT_EQ(few.size(), 4U);
  EXPECT_FALSE(few.told_as({WatchId{1}, ClipId{2}})) << "it was seen longest ago";
  EXPECT_EQ(few.forgotten(), 2U);

  WaitingShowing large = showing(9, 1, 1);
  large.alert.frames.resize(512);
  WaitingShowings tight({.bytes = 3 * large.bytes()});
  for (std::uint32_t stream = 1; stream <= 5; ++stream) {
    large.alert.stream = WatchId{stream};
    large.last_shown = at(stream);
    tight.put(large);
  }
  EXPECT_EQ(tight.size(), 3U);
  EXPECT_LE(tight.bytes(), 3 * large.bytes());
  EXPECT_EQ(tight.keys().front().first, WatchId{3});
}

}  // namespace
