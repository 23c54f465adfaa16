#include <gtest/gtest.h>

#include "seawall/clip_match/clip_matcher.h"
#include "seawall/clip_match/detail/test_clips.h"

namespace {
using namespace seawall;              // NOLINT(google-build-using-namespace): one file, one purpose
using namespace seawall::test_clips;  // NOLINT(google-build-using-namespace)

TEST(ClipMatcher, ABenignTitleCardIsNothingAndIsShownAsSuch) {
  const TitleCard shared(10);
  auto index = *ClipIndex::make({.benign = {shared.card}});
  ASSERT_TRUE(index->add(ClipId{1}, *prune(shared.listed_track)));
  const ClipAnswer answer = ask(*index, shared.query);
  EXPECT_TRUE(answer.matches.empty());
  EXPECT_EQ(answer.left_out.benign, 100U);
  EXPECT_EQ(answer.left_out.benign_ms.size(), 64U);
}

TEST(ClipMatcher, ATemplateCountsForWhatIsListedAlreadyAndNoMoreOnceItIsTakenOff) {
  const TitleCard shared(10);
  const auto index = *ClipIndex::make();
  ASSERT_TRUE(index->add(ClipId{1}, *prune(shared.listed_track)));
  EXPECT_EQ(ask(*index, shared.query).matches.size(), 1U);
  const Fingerprint256 others[] = {shared.card, Walk{43}.at(0)};
  ASSERT_TRUE(index->set_benign(BenignId{7}, others));
  EXPECT_EQ(index->benign_templates(), 2U);
  const ClipAnswer answer = ask(*index, shared.query);
  EXPECT_TRUE(answer.matches.empty());
  EXPECT_TRUE(answer.near_misses.empty());
  EXPECT_EQ(answer.left_out.benign, 100U);
  ASSERT_TRUE(index->set_benign(BenignId{7}, std::span(others).last(1)));
  EXPECT_EQ(ask(*index, shared.query).matches.size(), 1U);
  ASSERT_TRUE(index->set_benign(BenignId{7}, {}));
  EXPECT_EQ(index->benign_templates(), 0U);
}

TEST(ClipMatcher, AListedHashNearATemplateNeverCountsThoughTheQueryIsFurtherFromIt) {
  const TitleCard shared(0);
  const auto index = *ClipIndex::make();
  ASSERT_TRUE(index->add(ClipId{1}, *prune(shared.listed_track)));
  // The query's card is 20 bits from the listed one, and 45 from the template.
  const Fingerprint256 seen = with_noise(shared.card, 20, 5);
  Fingerprint256 card_template = shared.card;
  for (int bit = 0, turned = 0; turned < 25; ++bit) {
    const std::uint64_t one = std::uint64_t{1} << (bit % 64);
    const auto word = static_cast<std::size_t>(bit / 64);
    if (((seen.words[word] ^ shared.card.words[word]) & one) != 0) continue;
    card_template.words[word] ^= one;
    ++turned;
  }
  HashTrack query = shared.query;
  for (int i = 0; i < 100; ++i) query.hashes[static_cast<std::size_t>(i)].hash.bits = seen;
  EXPECT_EQ(ask(*index, query).matches.size(), 1U);
  ASSERT_TRUE(index->set_benign(BenignId{1}, std::span(&card_template, 1)));
  const ClipAnswer answer = ask(*index, query);
  EXPECT_EQ(answer.left_out.benign, 0U);
  EXPECT_TRUE(answer.matches.empty());
}

TEST(ClipMatcher, AFrameNearATemplateInsideAClipIsShownAndNotCounted) {
  const auto index = index_of(3);
  const Fingerprint256 one = listed(2).hashes[40].bits;
  ASSERT_TRUE(index->set_benign(BenignId{1}, std::span(&one, 1)));
  const ClipAnswer answer = ask(*index, upload({.clip = 2, .step_us = 33'333}));
  ASSERT_EQ(answer.matches.size(), 1U);
  EXPECT_EQ(answer.matches[0].tier, ClipTier::kThreeAligned);
  EXPECT_GT(answer.left_out.benign, 0U);
}

TEST(ClipMatcher, WhatIsListedForOthersChangesNoAnswer) {
  // Forty other tenants list the same video, and mark its frames as benign for themselves.
  const auto own = *ClipIndex::make();
  ASSERT_TRUE(own->add(ClipId{1000}, listed(7)));
  const auto all = *ClipIndex::make({.hits_a_hash_max = 16});
  for (std::uint32_t i = 1; i <= 40; ++i) ASSERT_TRUE(all->add(ClipId{i}, listed(7)));
  ASSERT_TRUE(all->add(ClipId{1000}, listed(7)));
  std::vector<Fingerprint256> frames;
  for (const HeldHash& hash : listed(7).hashes) frames.push_back(hash.bits);
  ASSERT_TRUE(all->set_benign(BenignId{3}, frames));
  const ClipScope mine{.clip = [](ClipId clip) { return clip == ClipId{1000}; },
                       .benign = [](BenignId id) { return id != BenignId{3}; }};
  HashTrack one_frame;
  one_frame.hashes = {{0, {listed(7).hashes[30].bits, 100}, 0}};
  for (const HashTrack& query : {upload({.clip = 7}), one_frame}) {
    const ClipAnswer alone = ask(*own, query);
    ASSERT_EQ(alone.matches.size(), 1U);
    EXPECT_EQ(*ClipMatcher(*all, mine).match(query), alone);
    EXPECT_TRUE(ask(*all, query).matches.empty());  // To one who has all of it, all of it is benign.
  }
}

}  // namespace
