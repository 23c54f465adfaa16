#include "seawall/clip_match/clip_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "seawall/clip_match/detail/test_clips.h"

namespace {
using namespace seawall;              // NOLINT(google-build-using-namespace): one file, one purpose
using namespace seawall::test_clips;  // NOLINT(google-build-using-namespace)

void expect_near(std::int64_t ms, double expected_ms, double tolerance_ms) {
  EXPECT_NEAR(static_cast<double>(ms), expected_ms, tolerance_ms);
}

TEST(ClipMatcher, FindsAClipInsideALongerUploadAtAnySpeedPhaseAndSampling) {
  const auto index = index_of(20);
  int asked = 0;
  int found = 0;
  for (const double speed : {0.75, 0.85, 1.0, 1.1, 1.25, 1.333}) {
    for (const std::int64_t step_us : {33'333, 250'000, 500'000, 1'000'000, 2'000'000}) {
      for (const int noise_bits : {0, 12, 24, 40}) {
        for (std::uint64_t phase = 0; phase < 3; ++phase) {
          std::int64_t at_us = 0;
          const HashTrack query = upload(
              {.clip = 7, .step_us = step_us, .speed = speed, .noise_bits = noise_bits, .phase = phase},
              &at_us);
          const ClipAnswer answer = ask(*index, query);
          ++asked;
          ASSERT_LE(answer.matches.size(), 1U);
          if (answer.matches.empty()) {
            std::printf("missed: speed %g, step %lld, noise %d, phase %d\n", speed,
                        static_cast<long long>(step_us), noise_bits, static_cast<int>(phase));
            continue;
          }
          ++found;
          ASSERT_EQ(answer.matches[0].clip, ClipId{7});
          const ClipSegment& segment = answer.matches[0].segments[0];
          const double step_ms = static_cast<double>(step_us) / 1000;
          const double at_ms = static_cast<double>(at_us) / 1000;
          expect_near(segment.query_begin_ms, at_ms, step_ms + 200);
          expect_near(segment.query_end_ms, at_ms + 10'000 / speed, step_ms + 200);
          expect_near(segment.reference_begin_ms, 0, step_ms * speed + 300);
          expect_near(segment.reference_end_ms, 10'000, step_ms * speed + 300);
          EXPECT_NEAR(segment.speed, speed, 0.05) << step_us << " " << noise_bits << " " << segment.why;
        }
      }
    }
  }
  EXPECT_EQ(found, asked);
}

TEST(ClipMatcher, FindsFiveSecondsOfAnyPartOfAClip) {
  const auto index = index_of(20, {}, 60);
  int found = 0;
  constexpr int kAsked = 100;
  for (int i = 0; i < kAsked; ++i) {
    const auto random = mix(static_cast<std::uint64_t>(i) + 99);
    const auto clip = 1 + random % 20;
    const auto begin_us = static_cast<std::int64_t>((random >> 8) % 55'000'000);
    const double speed = 0.75 + static_cast<double>((random >> 40) % 584) / 1000;
    const ClipAnswer answer = ask(*index, upload({.clip = clip,
                                                  .begin_us = begin_us,
                                                  .end_us = begin_us + 5 * kSecond,
                                                  .step_us = 500'000,
                                                  .speed = speed,
                                                  .noise_bits = 30,
                                                  .phase = static_cast<std::uint64_t>(i)}));
    if (answer.matches.empty()) continue;
    ++found;
    ASSERT_EQ(answer.matches.size(), 1U);
    ASSERT_EQ(answer.matches[0].clip, ClipId{static_cast<std::uint32_t>(clip)});
    EXPECT_GE(answer.matches[0].tier, ClipTier::kTwoAligned) << answer.matches[0].segments[0].why;
    EXPECT_NEAR(static_cast<double>(answer.matches[0].segments[0].reference_begin_ms),
                static_cast<double>(begin_us) / 1000, 1200);
  }
  EXPECT_EQ(found, kAsked);
}

TEST(ClipMatcher, SeedsWithinTheIndexedRadiusFindTheSameClips) {
  const auto all = index_of(20);
  const auto seeded = index_of(20, {.exhaustive_hashes_max = 0});
  const auto stepped = index_of(20, {.exhaustive_hashes_max = 0, .index_step_bits = 32});
  EXPECT_LT(stepped->indexed_hashes(), all->indexed_hashes() * 2 / 3);
  for (std::uint64_t i = 0; i < 60; ++i) {
    const HashTrack query = upload({.clip = 1 + i % 20,
                                    .step_us = 1'000'000,
                                    .speed = 0.75 + 0.01 * static_cast<double>(i % 58),
                                    .noise_bits = static_cast<int>(i % 40),
                                    .phase = i});
    const ClipAnswer expected = ask(*all, query);
    ASSERT_EQ(expected.matches.size(), 1U) << i;
    for (const auto* index : {seeded.get(), stepped.get()}) {
      const ClipAnswer answer = ask(*index, query);
      ASSERT_EQ(answer.matches.size(), 1U) << i;
      EXPECT_EQ(answer.matches[0].clip, expected.matches[0].clip);
      EXPECT_EQ(answer.matches[0].tier, expected.matches[0].tier) << i;
    }
  }
}

TEST(ClipMatcher, ATurnedClipIsFoundAmongManyListedToo) {
  const auto index = index_of(20, {.exhaustive_hashes_max = 0});
  for (std::uint64_t i = 0; i < 20; ++i) {
    HashTrack query =
        upload({.clip = 1 + i, .speed = 0.8 + 0.025 * static_cast<double>(i), .noise_bits = 20, .phase = i});
    query.labels = {"original", "flip_x"};
    for (TimedHash& hash : query.hashes) hash.label = 1;
    const ClipAnswer answer = ask(*index, query);
    ASSERT_EQ(answer.matches.size(), 1U) << i;
    EXPECT_EQ(answer.matches[0].tier, ClipTier::kThreeAligned);
    EXPECT_EQ(answer.matches[0].segments[0].query_label, 1);
  }
}

TEST(ClipMatcher, SlowFramesThatAreNotLookedUpAreComparedAllTheSame) {
  auto index = *ClipIndex::make();
  HashTrack slow;
  generated::append_showing(slow, {3, 20 * kSecond}, {.end_us = 60 * kSecond});
  ASSERT_TRUE(index->add(ClipId{1}, *prune(slow)));
  const ClipAnswer answer = ask(*index, slow);
  ASSERT_EQ(answer.matches.size(), 1U);
  // All but some at the ends, where a line through so slow a picture may miss by a little.
  EXPECT_GT(answer.matches[0].segments[0].pairs.size(), slow.hashes.size() * 95 / 100);
  EXPECT_NEAR(answer.matches[0].segments[0].speed, 1, 0.02);
}

TEST(ClipMatcher, ASparseListIsMetByDenseQueries) {
  auto index = *ClipIndex::make();
  for (std::uint32_t i = 1; i <= 10; ++i)
    ASSERT_TRUE(index->add(ClipId{i}, listed(i, 10, 250'000, {.step_ms_min = 1000})));
  EXPECT_EQ(index->hashes(), 100U);
  const ClipAnswer answer =
      ask(*index, upload({.clip = 3, .step_us = 33'333, .speed = 1.2, .noise_bits = 20}));
  ASSERT_EQ(answer.matches.size(), 1U);
  EXPECT_EQ(answer.matches[0].tier, ClipTier::kThreeAligned);
  EXPECT_NEAR(answer.matches[0].segments[0].speed, 1.2, 0.02);
}

/// The textbook: every query hash against every listed hash, every line through a pair at 200 speeds; how
/// many frames the best line meets.
std::size_t textbook_frames(const HashTrack& query, const DensePrint& print, const ClipRules& rules) {
  struct Point {
    double query_ms, low_ms, high_ms;
  };
  std::vector<Point> points;
  for (const TimedHash& hash : query.hashes) {
    for (const HeldHash& held : print.hashes) {
      if (hamming_distance(hash.hash.bits, held.bits) <= rules.three_bits)
        points.push_back({static_cast<double>(hash.time_us) / 1000, static_cast<double>(held.start_ms),
                          static_cast<double>(held.end_ms())});
    }
  }
  std::size_t most = 0;
  for (const Point& through : points) {
    for (int i = 0; i <= 200; ++i) {
      const double speed = rules.speed_min * std::pow(rules.speed_max / rules.speed_min, i / 200.0);
      std::size_t met = 0;
      double last_ms = -1;
      for (const Point& point : points) {
        const double at =
            (through.low_ms + through.high_ms) / 2 + speed * (point.query_ms - through.query_ms);
        if (at < point.low_ms - static_cast<double>(rules.tolerance_ms) ||
            at > point.high_ms + static_cast<double>(rules.tolerance_ms) || point.query_ms == last_ms)
          continue;
        ++met;
        last_ms = point.query_ms;
      }
      most = std::max(most, met);
    }
  }
  return most;
}

TEST(ClipMatcher, MeetsAsManyFramesAsTheTextbookAlignment) {
  const auto index = index_of(1);
  const DensePrint print = listed(1);
  const ClipRules rules;
  for (std::uint64_t i = 0; i < 40; ++i) {
    HashTrack query = upload({.clip = i % 4 == 0 ? 77U : 1U,  // Every fourth shows something else.
                              .step_us = 400'000 + static_cast<std::int64_t>(mix(i) % 900'000),
                              .speed = 0.76 + 0.014 * static_cast<double>(i),
                              .noise_bits = static_cast<int>(mix(i + 7) % 56),
                              .before_us = 10 * kSecond,
                              .phase = i});
    std::erase_if(query.hashes, [&](const TimedHash& hash) {
      return mix(static_cast<std::uint64_t>(hash.time_us) ^ i) % 4 == 0;
    });
    const std::size_t expected = textbook_frames(query, print, rules);
    const ClipAnswer answer = ask(*index, query);
    std::size_t most = 0;
    for (const auto* matches : {&answer.matches, &answer.near_misses}) {
      for (const ClipMatch& match : *matches) {
        for (const ClipSegment& segment : match.segments) most = std::max(most, segment.pairs.size());
      }
    }
    EXPECT_GE(most + 1, expected) << "seed " << i;  // The grid's best may lie beside any fitted line.
    EXPECT_EQ(answer.matches.empty(), expected < 2) << "seed " << i << " " << expected;
  }
}

TEST(ClipMatcher, ReorderedPartsAreSegmentsOfTheirOwn) {
  const auto index = index_of(5, {}, 30);
  HashTrack query;
  const Walk clip{2};
  generated::append_showing(
      query, clip, {.begin_us = 20 * kSecond, .end_us = 30 * kSecond, .step_us = 500'000, .noise_bits = 15});
  generated::append_showing(query, clip,
                            {.begin_us = 100'000,
                             .end_us = 10 * kSecond,
                             .step_us = 500'000,
                             .at_us = 10 * kSecond,
                             .noise_bits = 15});
  generated::append_showing(query, clip,
                            {.begin_us = 12 * kSecond,
                             .end_us = 20 * kSecond,
                             .step_us = 500'000,
                             .at_us = 20 * kSecond,
                             .speed = 1.25,
                             .noise_bits = 15});
  const ClipAnswer answer = ask(*index, query);
  ASSERT_EQ(answer.matches.size(), 1U);
  const auto& segments = answer.matches[0].segments;
  ASSERT_EQ(segments.size(), 3U);
  expect_near(segments[0].reference_begin_ms, 20'000, 100);
  expect_near(segments[0].reference_end_ms, 29'500, 100);
  expect_near(segments[1].query_begin_ms, 10'000, 100);
  expect_near(segments[1].reference_begin_ms, 100, 100);
  EXPECT_NEAR(segments[2].speed, 1.25, 0.02);
  expect_near(segments[2].query_begin_ms, 20'000, 100);
}

TEST(ClipMatcher, DroppedAndDamagedFramesCostOnlyThemselves) {
  const auto index = index_of(5, {}, 30);
  HashTrack query =
      upload({.clip = 4, .end_us = 30 * kSecond, .step_us = 250'000, .speed = 0.9, .noise_bits = 20});
  std::erase_if(query.hashes,
                [](const TimedHash& hash) { return mix(static_cast<std::uint64_t>(hash.time_us)) % 2 == 0; });
  for (TimedHash& hash : query.hashes) {
    if (mix(static_cast<std::uint64_t>(hash.time_us)) % 5 == 1) hash.hash.bits = Walk{77}.at(hash.time_us);
  }
  const ClipAnswer answer = ask(*index, query);
  ASSERT_EQ(answer.matches.size(), 1U);
  ASSERT_EQ(answer.matches[0].segments.size(), 1U);
  EXPECT_NEAR(answer.matches[0].segments[0].speed, 0.9, 0.01);
  EXPECT_GT(answer.matches[0].segments[0].pairs.size(), 20U);
}

TEST(ClipMatcher, UnrelatedVideosMatchNothing) {
  const auto index = index_of(200);
  for (std::uint64_t i = 0; i < 10; ++i) {
    HashTrack query;
    generated::append_showing(query, {5000 + i}, {.end_us = 60 * kSecond, .step_us = 100'000});
    const ClipAnswer answer = ask(*index, query);
    EXPECT_TRUE(answer.matches.empty());
    EXPECT_TRUE(answer.near_misses.empty());
  }
}

TEST(ClipMatcher, ASharedTitleCardIsAtMostOneFrame) {
  auto index = *ClipIndex::make();
  const TitleCard near(10);
  ASSERT_TRUE(index->add(ClipId{1}, *prune(near.listed_track)));
  const ClipAnswer answer = ask(*index, near.query);
  ASSERT_EQ(answer.matches.size(), 1U);
  EXPECT_EQ(answer.matches[0].tier, ClipTier::kSingleFrame);
  EXPECT_EQ(answer.matches[0].segments[0].distinct_frames, 1);
  const ClipAnswer altered = ask(*index, TitleCard(40).query);
  EXPECT_TRUE(altered.matches.empty());
  ASSERT_EQ(altered.near_misses.size(), 1U);
  EXPECT_NE(altered.near_misses[0].segments[0].why.find("1 distinct within 64"), std::string::npos)
      << altered.near_misses[0].segments[0].why;
}

TEST(ClipMatcher, SlidesOfOneTemplateAreNotThreeFrames) {
  // All are 26 bits from their template, so any two are about 47 apart, on either side and across.
  auto index = *ClipIndex::make();
  const Fingerprint256 ground = Walk{9}.at(0);
  HashTrack slides;
  HashTrack query;
  for (std::int64_t i = 0; i < 300; ++i) {
    const auto slide = static_cast<std::uint64_t>(i / 50);
    slides.hashes.push_back({i * 40'000, {with_noise(ground, 26, mix(slide)), 100}, 0});
    query.hashes.push_back({i * 40'000, {with_noise(ground, 26, mix(slide + 100)), 100}, 0});
  }
  ASSERT_TRUE(index->add(ClipId{1}, *prune(slides)));
  const ClipAnswer answer = ask(*index, query);
  for (const ClipMatch& match : answer.matches) ADD_FAILURE() << match.segments[0].why;
  ASSERT_EQ(answer.near_misses.size(), 1U);
}

TEST(ClipMatcher, AFrameOfManyClipsIsNoMatchAlone) {
  auto index = *ClipIndex::make();
  const Fingerprint256 logo = Walk{42}.at(0);
  for (std::uint32_t i = 1; i <= 40; ++i) {
    HashTrack track;
    for (int frame = 0; frame < 30; ++frame) track.hashes.push_back({frame * 33'333LL, {logo, 100}, 0});
    generated::append_showing(track, {i}, {.end_us = 5 * kSecond, .at_us = kSecond});
    ASSERT_TRUE(index->add(ClipId{i}, *prune(track)));
  }
  HashTrack query;
  query.hashes = {{0, {logo, 100}, 0}};
  generated::append_showing(query, {900}, {.end_us = 5 * kSecond, .at_us = kSecond});
  const ClipAnswer answer = ask(*index, query);
  EXPECT_TRUE(answer.matches.empty());
  EXPECT_EQ(answer.left_out.common, 1U);
  generated::append_showing(query, {7}, {.end_us = 5 * kSecond, .step_us = 500'000, .at_us = 10 * kSecond});
  const ClipAnswer with_clip = ask(*index, query);
  ASSERT_EQ(with_clip.matches.size(), 1U);
  EXPECT_EQ(with_clip.matches[0].clip, ClipId{7});
}

TEST(ClipMatcher, ALoopMatchesWithoutEnd) {
  // One second of video again and again, on both sides: found, in bounded work, each frame in one segment.
  auto index = *ClipIndex::make();
  HashTrack loop;
  for (std::int64_t i = 0; i < 60; ++i)
    generated::append_showing(loop, {3}, {.end_us = kSecond, .at_us = i * kSecond});
  ASSERT_TRUE(index->add(ClipId{1}, *prune(loop)));
  const ClipAnswer answer = ask(*index, loop);
  ASSERT_EQ(answer.matches.size(), 1U);
  std::size_t pairs = 0;
  for (const ClipSegment& segment : answer.matches[0].segments) pairs += segment.pairs.size();
  EXPECT_LE(pairs, loop.hashes.size());
}

TEST(ClipMatcher, SaysUnderWhichVariantAClipWasMet) {
  const auto index = index_of(10);
  HashTrack query;
  query.labels = {"original", "flip_x"};
  generated::append_showing(query, {800},
                            {.end_us = 10 * kSecond, .step_us = 500'000});  // As it is: nothing.
  generated::append_showing(query, {4},
                            {.end_us = 10 * kSecond, .step_us = 500'000, .noise_bits = 12, .label = 1});
  const ClipAnswer answer = ask(*index, query);
  ASSERT_EQ(answer.matches.size(), 1U);
  EXPECT_EQ(answer.matches[0].segments[0].query_label, 1);
  EXPECT_EQ(answer.matches[0].segments[0].pairs[0].query_label, 1);
}

TEST(ClipMatcher, OneStillUnderManyVariantsIsOneFrame) {
  // Windows of one still differ from each other as frames of a moving clip do; they must not add up.
  auto index = *ClipIndex::make();
  HashTrack still;
  still.labels = {"original", "crop a", "crop b", "crop c"};
  HashTrack query;
  query.labels = still.labels;
  for (std::int64_t i = 0; i < 200; ++i) {
    for (std::uint16_t label = 0; label < 4; ++label) {
      const Fingerprint256 bits = Walk{50}.at(label * kSecond);
      still.hashes.push_back({i * 40'000, {bits, 100}, label});
      query.hashes.push_back(
          {i * 40'000, {with_noise(bits, 55, mix(static_cast<std::uint64_t>(i))), 100}, label});
    }
  }
  ASSERT_TRUE(index->add(ClipId{1}, *prune(still)));
  EXPECT_TRUE(ask(*index, query).matches.empty());
}

TEST(ClipMatcher, AFrameThatIsNearerUnderAnotherLabelStillCounts) {
  HashTrack clip{{"original", "trim"}, {}};
  generated::append_showing(clip, {60}, {.end_us = 10 * kSecond});
  generated::append_showing(clip, {61}, {.end_us = 10 * kSecond, .label = 1});
  auto index = *ClipIndex::make();
  std::ranges::stable_sort(clip.hashes, {}, &TimedHash::time_us);
  ASSERT_TRUE(index->add(ClipId{1}, *prune(clip)));
  HashTrack query{clip.labels, {}};
  generated::append_showing(query, {60}, {.end_us = 4 * kSecond, .step_us = kSecond, .noise_bits = 58});
  generated::append_showing(query, {61},
                            {.end_us = 2 * kSecond, .step_us = kSecond, .noise_bits = 52, .label = 1});
  ASSERT_EQ(ask(*index, query).matches.size(), 1U);
}

TEST(ClipMatcher, AnAnswerDoesNotDependOnTheOrderOfListingOrOfTheQuery) {
  const auto index = index_of(30);
  auto other = *ClipIndex::make();
  for (std::uint32_t i = 30; i >= 1; --i) ASSERT_TRUE(other->add(ClipId{i}, listed(i)));
  HashTrack query = upload({.clip = 9, .step_us = 300'000, .speed = 1.1, .noise_bits = 25});
  const ClipAnswer answer = ask(*index, query);
  EXPECT_EQ(ask(*other, query), answer);
  std::ranges::reverse(query.hashes);
  EXPECT_EQ(ask(*index, query), answer);
}

TEST(ClipIndex, ARemovedClipIsNotFound) {
  const auto index = index_of(5);
  const HashTrack query = upload({.clip = 2});
  ASSERT_EQ(ask(*index, query).matches.size(), 1U);
  ASSERT_TRUE(index->remove(ClipId{2}));
  EXPECT_TRUE(ask(*index, query).matches.empty());
  EXPECT_EQ(index->remove(ClipId{2}).error().code, Code::kNotFound);
  EXPECT_EQ(index->clips(), 4U);
  ASSERT_TRUE(index->add(ClipId{2}, listed(2)));
  EXPECT_EQ(ask(*index, query).matches.size(), 1U);
  EXPECT_EQ(index->add(ClipId{2}, listed(2)).error().code, Code::kConflict);
}

}  // namespace
