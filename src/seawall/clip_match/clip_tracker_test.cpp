#include "seawall/clip_match/clip_tracker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "seawall/clip_match/clip_matcher.h"
#include "video/generated_walk.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using generated::mix;
using generated::Walk;

constexpr std::int64_t kSecond = 1'000'000;

std::unique_ptr<ClipIndex> index_of(std::uint32_t clips, ClipIndexOptions options = {}) {
  auto index = *ClipIndex::make(std::move(options));
  for (std::uint32_t i = 1; i <= clips; ++i) {
    HashTrack track;
    generated::append_showing(track, {i}, {.end_us = 20 * kSecond});
    EXPECT_TRUE(index->add(ClipId{i}, *prune(track)));
  }
  return index;
}

struct Watched {
  std::vector<ClipAlert> alerts;
  std::vector<std::int64_t> told_ms;
  std::size_t most_bytes = 0;
};

Watched watch(ClipTracker& tracker, const HashTrack& stream) {
  Watched watched;
  for (std::size_t first = 0; first < stream.hashes.size();) {
    std::size_t last = first;
    while (last < stream.hashes.size() && stream.hashes[last].time_us == stream.hashes[first].time_us) ++last;
    auto alerts = tracker.add(std::span(stream.hashes).subspan(first, last - first));
    EXPECT_TRUE(alerts) << alerts.error().message;
    for (ClipAlert& alert : *alerts) {
      watched.alerts.push_back(std::move(alert));
      watched.told_ms.push_back(stream.hashes[first].time_us / 1000);
    }
    watched.most_bytes = std::max(watched.most_bytes, tracker.state_bytes());
    first = last;
  }
  return watched;
}

/// Ten minutes of something else, with 20 s of a listed clip in it from `at_us` on.
HashTrack stream_with(std::uint64_t clip, std::int64_t at_us, std::int64_t step_us, int noise_bits) {
  HashTrack stream;
  generated::append_showing(stream, {700}, {.end_us = at_us, .step_us = step_us});
  generated::append_showing(stream, {clip},
                            {.begin_us = static_cast<std::int64_t>(mix(clip) % 500'000),
                             .end_us = 20 * kSecond,
                             .step_us = step_us,
                             .at_us = at_us,
                             .noise_bits = noise_bits});
  generated::append_showing(
      stream, {701}, {.end_us = 600 * kSecond - at_us, .step_us = step_us, .at_us = at_us + 21 * kSecond});
  return stream;
}

TEST(ClipTracker, TellsAClipAsSoonAsATierIsReached) {
  const auto index = index_of(10);
  for (const int noise_bits : {10, 45}) {
    ClipTracker tracker(*index);
    const Watched watched = watch(tracker, stream_with(4, 300 * kSecond, 2 * kSecond, noise_bits));
    ASSERT_FALSE(watched.alerts.empty());
    for (const ClipAlert& alert : watched.alerts) EXPECT_EQ(alert.clip, ClipId{4});
    // The first frame tells where it is near enough alone, else the second or third.
    EXPECT_LE(watched.told_ms[0], noise_bits == 10 ? 300'000 : 304'000);
    EXPECT_EQ(watched.alerts.back().segment.tier, ClipTier::kThreeAligned);
    EXPECT_LE(watched.alerts.size(), 3U) << "a showing is told once a tier";
    for (std::size_t i = 1; i < watched.alerts.size(); ++i) EXPECT_TRUE(watched.alerts[i].is_rise);
  }
}

TEST(ClipTracker, GivesEveryOfManyCopiesOfOneClipItsTurn) {
  auto index = *ClipIndex::make();
  for (std::uint32_t copy = 1; copy <= 40; ++copy) {
    HashTrack track;
    generated::append_showing(track, {5}, {.end_us = 20 * kSecond, .step_us = 40'000});
    ASSERT_TRUE(index->add(ClipId{copy}, *prune(track)));
  }
  HashTrack stream;
  generated::append_showing(stream, {5}, {.end_us = 20 * kSecond, .step_us = kSecond});
  ClipTracker tracker(*index, {.clips_a_frame_max = 8});
  const Watched watched = watch(tracker, stream);
  std::set<ClipId> told;
  for (const ClipAlert& alert : watched.alerts) told.insert(alert.clip);
  EXPECT_EQ(told.size(), 40U);
}

TEST(ClipTracker, TellsAShowingAgainAfterTheClipWasGone) {
  const auto index = index_of(3);
  HashTrack stream;
  for (const std::int64_t at_us : {0 * kSecond, 60 * kSecond, 120 * kSecond}) {
    generated::append_showing(stream, {2}, {.end_us = 10 * kSecond, .step_us = kSecond, .at_us = at_us});
    generated::append_showing(stream, {800},
                              {.end_us = 50 * kSecond, .step_us = kSecond, .at_us = at_us + 10 * kSecond});
  }
  ClipTracker tracker(*index);
  const Watched watched = watch(tracker, stream);
  const auto fresh = std::ranges::count(watched.alerts, false, &ClipAlert::is_rise);
  EXPECT_EQ(fresh, 3);
}

TEST(ClipTracker, SaysOfWhichClipsAShowingThatWasToldGoesOn) {
  const auto index = index_of(3);
  HashTrack stream;
  generated::append_showing(stream, {2}, {.end_us = 15 * kSecond, .step_us = kSecond});
  generated::append_showing(stream, {800},
                            {.end_us = 15 * kSecond, .step_us = kSecond, .at_us = 15 * kSecond});
  ClipTracker tracker(*index);
  std::size_t told = 0, shown = 0;
  for (const TimedHash& hash : stream.hashes) {
    const bool before = told > 0;
    told += tracker.add(std::span(&hash, 1))->size();
    shown += tracker.last_shown().size();
    const bool goes_on = before && hash.time_us < 15 * kSecond;
    EXPECT_EQ(tracker.last_shown(), goes_on ? std::vector{ClipId{2}} : std::vector<ClipId>{}) << hash.time_us;
  }
  EXPECT_GE(shown, 10U) << "long after it was told for good";
}

TEST(ClipTracker, SeesWhatTheMatcherSeesInItsWindow) {
  const auto index = index_of(10, {.exhaustive_hashes_max = 0});
  for (std::uint64_t i = 0; i < 10; ++i) {
    const HashTrack stream = stream_with(1 + i, 50 * kSecond, 500'000, 30);
    HashTrack window = stream;
    std::erase_if(window.hashes, [](const TimedHash& hash) { return hash.time_us > 72 * kSecond; });
    const auto answer = ClipMatcher(*index).match(window);
    ASSERT_TRUE(answer && answer->matches.size() == 1);
    ClipTracker tracker(*index);
    const Watched watched = watch(tracker, window);
    ASSERT_FALSE(watched.alerts.empty());
    EXPECT_EQ(watched.alerts.back().clip, answer->matches[0].clip);
    EXPECT_EQ(watched.alerts.back().segment.tier, answer->matches[0].tier);
  }
}

TEST(ClipTracker, SeesTheSameWhereFramesComeLate) {
  const auto index = index_of(10);
  for (std::uint64_t i = 0; i < 10; ++i) {
    const HashTrack stream = stream_with(1 + i, 50 * kSecond, 500'000, 30);
    ClipTracker in_order(*index), late(*index);
    std::vector<ClipAlert> alerts;
    std::vector<TimedHash> kept;  // Those between one in 4 s and the next: given when that one is here.
    for (const TimedHash& hash : stream.hashes) {
      if (hash.time_us > 72 * kSecond) break;
      ASSERT_TRUE(in_order.add({&hash, 1}));
      if (hash.time_us % (4 * kSecond) != 0) {
        kept.push_back(hash);
        continue;
      }
      for (const auto& told : {late.add({&hash, 1}), late.add_late(kept)}) {
        ASSERT_TRUE(told);
        alerts.insert(alerts.end(), told->begin(), told->end());
      }
      EXPECT_TRUE(late.add_late(kept)->empty()) << "passed over";
      kept.clear();
    }
    EXPECT_EQ(late.frames(), in_order.frames());
    EXPECT_EQ(late.restarts(), 0U);
    ASSERT_FALSE(alerts.empty());
    EXPECT_EQ(alerts.back().clip, ClipId{static_cast<std::uint32_t>(1 + i)});
    EXPECT_EQ(alerts.back().segment.tier, ClipTier::kThreeAligned);
    EXPECT_EQ(std::ranges::count(alerts, false, &ClipAlert::is_rise), 1) << "one showing";
    for (const ClipAlert& alert : alerts) EXPECT_EQ(alert.clip, alerts[0].clip);
    // What is tracked from here on sees one window in both.
    HashTrack rest;
    generated::append_showing(rest, {1 + i}, {.end_us = 2 * kSecond, .at_us = 100 * kSecond});
    for (const TimedHash& hash : rest.hashes) {
      const auto a = in_order.add({&hash, 1}), b = late.add({&hash, 1});
      ASSERT_EQ(a->size(), b->size());
      for (std::size_t k = 0; k < a->size(); ++k) {
        EXPECT_EQ((*a)[k].segment.tier, (*b)[k].segment.tier);
        EXPECT_EQ((*a)[k].segment.pairs.size(), (*b)[k].segment.pairs.size());
      }
    }
  }
}

TEST(ClipTracker, TakesNoLateFramesThatAreNone) {
  const auto index = index_of(1);
  ClipTracker tracker(*index);
  const auto at = [](std::int64_t time_us) { return TimedHash{time_us, {Walk{900}.at(time_us), 90}, 0}; };
  ASSERT_TRUE(tracker.add(std::vector{at(100 * kSecond)}));
  EXPECT_EQ(tracker.add_late(std::vector{at(99 * kSecond), at(98 * kSecond)}).error().code,
            Code::kInvalidInput);
  EXPECT_EQ(tracker.add_late(std::vector<TimedHash>(4097)).error().code, Code::kLimitExceeded);
  EXPECT_TRUE(tracker.add_late({})->empty());
  ASSERT_TRUE(tracker.add_late(std::vector{at(30 * kSecond), at(99 * kSecond), at(101 * kSecond)}));
  EXPECT_FALSE(tracker.has_frame(30 * kSecond)) << "it has left the window";
  EXPECT_TRUE(tracker.has_frame(99 * kSecond));
  EXPECT_TRUE(tracker.has_frame(101 * kSecond));
  EXPECT_EQ(tracker.frames(), 3U);
}

TEST(ClipTracker, StateIsBoundedWhateverTheStream) {
  const auto index = index_of(15);
  HashTrack stream;  // 30 frames a second, eight hashes each, all of listed clips.
  stream.labels.assign(8, "x");
  for (std::uint16_t label = 0; label < 8; ++label) {
    for (std::int64_t i = 0; i < 2; ++i)
      generated::append_showing(stream, {1 + label * 2ULL},
                                {.end_us = 20 * kSecond, .at_us = i * 20 * kSecond, .label = label});
  }
  std::ranges::stable_sort(stream.hashes, {}, &TimedHash::time_us);
  ClipTracker tracker(*index);
  const Watched watched = watch(tracker, stream);
  EXPECT_GE(watched.alerts.size(), 8U);
  EXPECT_LE(watched.most_bytes, 640'000U);
}

TEST(ClipTracker, AQuietStreamOfKeyframesTakesAFewKilobytes) {
  const auto index = index_of(3);
  HashTrack stream;
  generated::append_showing(stream, {900}, {.end_us = 3600 * kSecond, .step_us = 2 * kSecond});
  ClipTracker tracker(*index);
  const Watched watched = watch(tracker, stream);
  EXPECT_TRUE(watched.alerts.empty());
  EXPECT_LE(watched.most_bytes, 10'000U);
  EXPECT_EQ(tracker.frames(), 1800U);
}

TEST(ClipTracker, ATimeThatFallsStartsAfresh) {
  const auto index = index_of(3);
  ClipTracker tracker(*index);
  HashTrack stream;
  generated::append_showing(stream, {2},
                            {.end_us = 10 * kSecond, .step_us = kSecond, .at_us = 100 * kSecond});
  generated::append_showing(stream, {2}, {.end_us = 10 * kSecond, .step_us = kSecond});
  const Watched watched = watch(tracker, stream);
  EXPECT_EQ(tracker.restarts(), 1U);
  EXPECT_EQ(std::ranges::count(watched.alerts, false, &ClipAlert::is_rise), 2);
}

TEST(ClipTracker, FramesThatAreNoneAreRefused) {
  const auto index = index_of(1);
  ClipTracker tracker(*index);
  const std::vector<TimedHash> two_times = {{0, {Walk{1}.at(0), 90}, 0}, {1, {Walk{1}.at(0), 90}, 0}};
  EXPECT_EQ(tracker.add(two_times).error().code, Code::kInvalidInput);
  EXPECT_EQ(tracker.add(std::vector<TimedHash>(513)).error().code, Code::kLimitExceeded);
  EXPECT_TRUE(tracker.add({})->empty());
  EXPECT_EQ(tracker.frames(), 0U);
}

}  // namespace
