#include "seawall/stream_watch/stream_eye.h"

#include <gtest/gtest.h>

#include "seawall/stream_watch/detail/pattern_decoder.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;
using test::PatternDecoder;
using test::PatternPicture;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kFrame = 40'000;
constexpr std::uint32_t kListed = 7'000;  // Its pictures: one every 0.4 s.

/// Which pattern stands at that time of a video: another one every 0.4 s.
std::uint32_t seed_at(std::uint32_t video, std::int64_t time_us) {
  return video + static_cast<std::uint32_t>(time_us / 400'000);
}

std::unique_ptr<ClipIndex> index_with(std::uint32_t video, std::int64_t end_us) {
  HashTrack track;
  FrameHasher hasher({.side = VariantSide::kStored});
  for (std::int64_t time = 0; time < end_us; time += kFrame) {
    VideoFrame frame = test::pattern_frame(seed_at(video, time));
    frame.time_us = time;
    for (const TimedHash& hash : hasher.hash(frame)) track.hashes.push_back(hash);
  }
  track.labels = hasher.labels();
  auto index = *ClipIndex::make();
  EXPECT_TRUE(index->add(ClipId{1}, *prune(track)));
  return index;
}

/// Two seconds of a stream with a key picture every `gop_us`.
LiveSegment segment(std::uint32_t video, std::int64_t video_us, std::int64_t container_us,
                    std::int64_t gop_us, std::int64_t long_us = 2 * kSecond) {
  std::vector<PatternPicture> pictures;
  for (std::int64_t time = 0; time < long_us; time += kFrame)
    pictures.push_back({container_us + time, seed_at(video, video_us + time), time % gop_us == 0 ? 1U : 0U});
  LiveSegment piece;
  piece.media = test::pattern_media(pictures);
  piece.sequence = static_cast<std::uint64_t>(container_us / kSecond);
  piece.duration = std::chrono::microseconds(long_us);
  piece.fetched_at = Time{milliseconds(1'700'000'000'000 + (container_us + long_us) / 1000)};
  return piece;
}

TEST(StreamEye, LooksAtKeyPicturesAlone) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  for (int i = 0; i < 10; ++i) {
    const auto seen = eye.look(decoder, segment(100, i * 2 * kSecond, i * 2 * kSecond, kSecond), {});
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->frames.size(), 2U);
    EXPECT_FALSE(seen->near);
    EXPECT_TRUE(seen->alerts.empty());
  }
  EXPECT_EQ(decoder.decodes, 10);
  EXPECT_LT(eye.state_bytes(), 1U << 20);
}

TEST(StreamEye, LooksCloserWhereAPictureIsNearAListedOne) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  ASSERT_TRUE(eye.look(decoder, segment(100, 0, 0, 2 * kSecond), {}));
  const auto seen = eye.look(decoder, segment(kListed, 3 * kSecond, 2 * kSecond, 2 * kSecond), {});
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->near);
  EXPECT_TRUE(seen->all);
  EXPECT_EQ(seen->frames.size(), 10U) << "one in 200 ms";
  ASSERT_FALSE(seen->alerts.empty());
  EXPECT_EQ(seen->alerts.back().segment.tier, ClipTier::kThreeAligned);
  EXPECT_NEAR(static_cast<double>(seen->alerts.back().segment.reference_begin_ms), 3'000, 450);
  const auto pieces = eye.near_pieces(0, 100 * kSecond);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].sequence, 2U);
  EXPECT_FALSE(eye.is_near()) << "there is nothing more to tell";
}

TEST(StreamEye, LooksNoCloserAtWhatWasToldAtTheHighestTier) {
  const auto index = index_with(kListed, 20 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  ASSERT_TRUE(eye.look(decoder, segment(kListed, 0, 0, 2 * kSecond), {}));
  for (int i = 1; i < 8; ++i) {
    const int before = decoder.decodes;
    const auto seen = eye.look(decoder, segment(kListed, i * 2 * kSecond, i * 2 * kSecond, 2 * kSecond), {});
    ASSERT_TRUE(seen);
    EXPECT_TRUE(seen->near);
    EXPECT_FALSE(seen->all);
    EXPECT_TRUE(seen->alerts.empty());
    EXPECT_EQ(decoder.decodes, before + 1) << i;
  }
  EXPECT_EQ(eye.near_pieces(0, 100 * kSecond).size(), 8U) << "evidence goes on";
}

TEST(StreamEye, LooksCloserForTenSecondsWhereThereIsMoreToTell) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  // One picture of the clip alone: it stands for 0.4 s of the piece.
  LiveSegment one = segment(kListed, 2 * kSecond, 0, 2 * kSecond, 400'000);
  ASSERT_TRUE(eye.look(decoder, one, {}));
  EXPECT_TRUE(eye.is_near());
  EXPECT_TRUE(eye.wants_all(one.fetched_at));
  const int before = decoder.decodes;
  ASSERT_TRUE(eye.look(decoder, segment(100, 2 * kSecond, 2 * kSecond, 2 * kSecond), {}));
  EXPECT_EQ(decoder.decodes, before + 1) << "what follows is decoded whole at once";
  for (int i = 2; i < 20; ++i)
    ASSERT_TRUE(eye.look(decoder, segment(100, i * 2 * kSecond, i * 2 * kSecond, 2 * kSecond), {}));
  EXPECT_FALSE(eye.is_near()) << "after ten seconds without anything near";
}

TEST(StreamEye, LooksBetweenKeyPicturesWhereTheyAreRare) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  auto seen = eye.look(decoder, segment(100, 0, 0, 100 * kSecond, 6 * kSecond), {});
  ASSERT_TRUE(seen);
  EXPECT_TRUE(eye.is_sparse());
  EXPECT_EQ(seen->frames.size(), 6U) << "one a second";
  seen = eye.look(decoder, segment(100, 6 * kSecond, 6 * kSecond, 100 * kSecond, 6 * kSecond),
                  {.may_fill_gaps = false});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->frames.size(), 1U) << "not under load";
}

TEST(StreamEye, KeepsTheSpacingThatTheLoadAsksFor) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  const auto first = segment(100, 0, 0, kSecond);
  EXPECT_TRUE(eye.is_due(first, std::chrono::seconds(8)));
  ASSERT_TRUE(eye.look(decoder, first, {}));
  EXPECT_FALSE(eye.is_due(segment(100, 0, 2 * kSecond, kSecond), std::chrono::seconds(8)));
  EXPECT_FALSE(eye.is_due(segment(100, 0, 4 * kSecond - 1'000, kSecond), std::chrono::seconds(8)));
  EXPECT_TRUE(eye.is_due(segment(100, 0, 6 * kSecond, kSecond), std::chrono::seconds(8)));
}

TEST(StreamEye, SaysWhyNothingCouldBeLookedAt) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  LiveSegment empty = segment(100, 0, 0, kSecond);
  empty.media.resize(3);
  const auto seen = eye.look(decoder, empty, {});
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, Code::kUnsupported);
  EXPECT_TRUE(eye.look(decoder, segment(100, 0, 2 * kSecond, kSecond), {})) << "the next piece may be better";
}

TEST(StreamEye, FollowsARepeatedPieceWithoutTellingItsKeyPictureTwice) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  LiveSegment key = segment(kListed, 2 * kSecond, 0, kSecond, kFrame);
  key.i_frames_only = true;
  auto seen = eye.look(decoder, key, {});
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->near);
  EXPECT_FALSE(seen->all) << "there is nothing more in it";
  EXPECT_TRUE(eye.wants_all(key.fetched_at));
  LiveSegment whole = segment(kListed, 2 * kSecond, 0, 10 * kSecond);
  whole.repeats = true;
  seen = eye.look(decoder, whole, {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->frames.size(), 9U) << "ten in two seconds, but the first";
  ASSERT_FALSE(seen->alerts.empty());
  EXPECT_TRUE(seen->alerts.back().is_rise);
}

}  // namespace
