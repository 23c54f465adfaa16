#include "seawall/match/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "seawall/match/detail/test_pictures.h"
#include "seawall/match/explain.h"

namespace seawall {
namespace {

using test::GrayPicture;
using test::natural_picture;

/// Lists generated pictures under the ids 1, 2, 3...
class MatcherTest : public testing::Test {
 protected:
  void list(const GrayPicture& picture, VariantProfile profile = VariantProfile::kDefault) {
    const FrameSignals signals = frame_signals_of(picture.view(), profile, VariantSide::kStored);
    std::vector<IndexEntry> entries;
    ++last_id_;
    for (const VariantHash& hash : signals.variants) entries.push_back({hash.hash.bits, EntryId{last_id_}});
    ASSERT_TRUE(index_->apply({.add = entries, .remove = {}, .position = last_id_}).has_value());
  }

  static FrameSignals query(const GrayPicture& picture, VariantProfile profile = VariantProfile::kDefault) {
    return frame_signals_of(picture.view(), profile, VariantSide::kQuery);
  }

  std::unique_ptr<LiveIndex> index_ = LiveIndex::in_memory();
  std::uint64_t last_id_ = 0;
};

/// Answers one digest of each type with fixed entries.
class OneSha256 : public DigestLookup {
 public:
  Result<void> find(SignalType type, std::span<const std::byte> digest,
                    std::vector<EntryId>& entries) const override {
    const bool is_known =
        type == SignalType::kSha256 && std::equal(digest.begin(), digest.end(), known.begin());
    if (is_known) entries.push_back(EntryId{1});
    return {};
  }
  Sha256 known{};
};

TEST_F(MatcherTest, FindsAnAlteredCopyAmongOthersOnce) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) list(natural_picture(seed, 160, 120));
  const GrayPicture copy = pasted(mirrored(natural_picture(17, 160, 120)), 200, 160, 20, 20, 255);
  const auto matches = Matcher(*index_).match(query(copy));
  ASSERT_TRUE(matches.has_value());
  ASSERT_EQ(matches->size(), 1U);
  EXPECT_EQ(matches->front().entry, EntryId{17});
  EXPECT_EQ(matches->front().variant.kind, VariantKind::kTrim);
  EXPECT_LE(matches->front().distance_bits, 31);
}

TEST_F(MatcherTest, GivesEachEntryItsNearestMeetingNearestFirst) {
  const GrayPicture picture = natural_picture(40, 160, 120);
  list(noisy(picture, 1, 40));
  list(picture);
  const auto matches = Matcher(*index_).match(query(picture), {.radius_bits = 64});
  ASSERT_TRUE(matches.has_value());
  ASSERT_EQ(matches->size(), 2U);
  EXPECT_EQ(matches->at(0).entry, EntryId{2});
  EXPECT_EQ(matches->at(0).distance_bits, 0);
  EXPECT_EQ(matches->at(0).variant, Variant{});
  EXPECT_LE(matches->at(0).distance_bits, matches->at(1).distance_bits);
}

TEST_F(MatcherTest, FindsNothingForUnrelatedOrFlatPictures) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) list(natural_picture(seed, 160, 120));
  list(GrayPicture(160, 120, 128));
  for (std::uint64_t seed = 1001; seed <= 1010; ++seed) {
    const auto matches =
        Matcher(*index_).match(query(natural_picture(seed, 160, 120), VariantProfile::kThorough));
    ASSERT_TRUE(matches.has_value());
    EXPECT_TRUE(matches->empty()) << seed;
  }
  const auto flat = Matcher(*index_).match(query(GrayPicture(160, 120, 128), VariantProfile::kThorough));
  ASSERT_TRUE(flat.has_value());
  EXPECT_TRUE(flat->empty());
}

TEST_F(MatcherTest, IgnoresQueriesBelowTheQualityGateWhoeverMadeThem) {
  list(natural_picture(1, 160, 120));
  FrameSignals forged = query(natural_picture(1, 160, 120));
  for (VariantHash& hash : forged.variants) hash.hash.quality = kPdqQualityMin - 1;
  const auto matches = Matcher(*index_).match(forged);
  ASSERT_TRUE(matches.has_value());
  EXPECT_TRUE(matches->empty());
}

TEST_F(MatcherTest, PutsAnEqualDigestBeforeAnyHash) {
  const GrayPicture picture = natural_picture(1, 160, 120);
  list(picture);
  list(noisy(picture, 9, 3));
  OneSha256 digests;
  digests.known.fill(std::byte{7});
  MediaSignals media;
  media.digests.sha256 = digests.known;
  media.frames.push_back(query(noisy(picture, 9, 3)));
  const auto matches = Matcher(*index_, &digests).match(media);
  ASSERT_TRUE(matches.has_value());
  ASSERT_EQ(matches->size(), 2U);
  EXPECT_EQ(matches->at(0).entry, EntryId{1});
  EXPECT_EQ(matches->at(0).type, SignalType::kSha256);
  EXPECT_EQ(matches->at(1).entry, EntryId{2});
}

TEST_F(MatcherTest, RefusesARadiusThatIsNone) {
  const FrameSignals signals = query(natural_picture(1, 160, 120));
  for (const int radius_bits : {-1, 257}) {
    const auto matches = Matcher(*index_).match(signals, {.radius_bits = radius_bits});
    ASSERT_FALSE(matches.has_value());
    EXPECT_EQ(matches.error().code, Code::kInvalidInput);
  }
}

MediaSignals media_of(const GrayPicture& picture, VariantProfile profile, VariantSide side) {
  MediaSignals media;
  media.frames.push_back(frame_signals_of(picture.view(), profile, side));
  return media;
}

TEST(Explain, NamesTheVariantThatMatchedAndThePlainDistance) {
  const GrayPicture picture = natural_picture(1, 160, 120);
  const auto result = explain(media_of(mirrored(picture), VariantProfile::kDefault, VariantSide::kQuery),
                              media_of(picture, VariantProfile::kDefault, VariantSide::kStored));
  EXPECT_TRUE(result.is_match);
  EXPECT_NE(result.query_variant.symmetry, Dihedral::kOriginal);
  EXPECT_GT(result.plain_distance_bits, 64);
  EXPECT_LE(result.best_distance_bits, 31);
  EXPECT_NE(result.words.find(result.query_variant.name()), std::string::npos) << result.words;
}

TEST(Explain, SaysThatAFlatPictureProvesNothing) {
  const auto result =
      explain(media_of(GrayPicture(160, 120, 9), VariantProfile::kDefault, VariantSide::kQuery),
              media_of(GrayPicture(160, 120, 9), VariantProfile::kDefault, VariantSide::kStored));
  EXPECT_FALSE(result.is_match);
  EXPECT_FALSE(result.has_best);
  EXPECT_EQ(result.plain_distance_bits, 0);
  EXPECT_NE(result.words.find("too plain"), std::string::npos) << result.words;
}

TEST(Explain, IncludesTheRadiusItselfAndNothingBeyond) {
  const GrayPicture picture = natural_picture(2, 160, 120);
  const MediaSignals query = media_of(noisy(picture, 1, 60), VariantProfile::kNone, VariantSide::kQuery);
  const MediaSignals stored = media_of(picture, VariantProfile::kNone, VariantSide::kStored);
  const int distance_bits = explain(query, stored).best_distance_bits;
  ASSERT_GT(distance_bits, 0);
  EXPECT_TRUE(explain(query, stored, distance_bits).is_match);
  EXPECT_FALSE(explain(query, stored, distance_bits - 1).is_match);
}

TEST(Explain, KnowsEqualFiles) {
  MediaSignals same = media_of(GrayPicture(160, 120, 9), VariantProfile::kDefault, VariantSide::kQuery);
  same.digests.size_bytes = 5;
  const auto result = explain(same, same);
  EXPECT_TRUE(result.is_match);
  EXPECT_TRUE(result.same_bytes);
}

}  // namespace
}  // namespace seawall
