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

/// A closer look that comes right behind; nothing: none is wanted.
std::optional<Seen> look_closer(StreamEye& eye, PatternDecoder& decoder, const LiveSegment& piece,
                                const EyeAllowance& allowance = {},
                                std::optional<std::int64_t> first_us = std::nullopt) {
  const auto wanted = eye.wants_closer(piece, allowance, first_us);
  if (!wanted) return std::nullopt;
  const auto decoded = eye.decode_closer(decoder, piece, *wanted);
  EXPECT_TRUE(decoded);
  if (!decoded) return std::nullopt;
  auto seen = eye.take_closer(piece, *wanted, *decoded);
  EXPECT_TRUE(seen);
  return seen ? std::optional(*std::move(seen)) : std::nullopt;
}

/// Both looks.
struct Looks {
  Seen keys;
  std::optional<Seen> closer;
};
Looks look(StreamEye& eye, PatternDecoder& decoder, const LiveSegment& piece,
           const EyeAllowance& allowance = {}) {
  auto keys = eye.look(decoder, piece, allowance);
  EXPECT_TRUE(keys);
  if (!keys) return {};
  auto closer = look_closer(eye, decoder, piece, allowance, keys->first_us);
  return {*std::move(keys), std::move(closer)};
}

TEST(StreamEye, LooksAtKeyPicturesAlone) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  for (int i = 0; i < 10; ++i) {
    const Looks seen = look(eye, decoder, segment(100, i * 2 * kSecond, i * 2 * kSecond, kSecond));
    EXPECT_EQ(seen.keys.frames.size(), 2U);
    EXPECT_FALSE(seen.keys.near);
    EXPECT_TRUE(seen.keys.alerts.empty());
    EXPECT_FALSE(seen.closer);
  }
  EXPECT_EQ(decoder.decodes, 10);
  EXPECT_LT(eye.state_bytes(), 1U << 20);
}

TEST(StreamEye, LooksCloserWhereAPictureIsNearAListedOne) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  ASSERT_TRUE(eye.look(decoder, segment(100, 0, 0, 2 * kSecond), {}));
  const Looks seen = look(eye, decoder, segment(kListed, 3 * kSecond, 2 * kSecond, 2 * kSecond));
  EXPECT_TRUE(seen.keys.near);
  EXPECT_EQ(seen.keys.frames.size(), 1U);
  ASSERT_TRUE(seen.closer);
  EXPECT_EQ(seen.closer->frames.size(), 9U) << "one in 200 ms, less the key picture";
  ASSERT_FALSE(seen.closer->alerts.empty());
  EXPECT_EQ(seen.closer->alerts.back().segment.tier, ClipTier::kThreeAligned);
  EXPECT_NEAR(static_cast<double>(seen.closer->alerts.back().segment.reference_begin_ms), 3'000, 450);
  const auto pieces = eye.near_pieces(0, 100 * kSecond);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].sequence, 2U);
  EXPECT_EQ(pieces[0].begin_us, seen.keys.frames[0].time_us);
  EXPECT_EQ(pieces[0].end_us, seen.closer->frames.back().time_us);
  EXPECT_FALSE(eye.is_near()) << "there is nothing more to tell";
}

TEST(StreamEye, LooksNoCloserAtWhatWasToldAtTheHighestTier) {
  const auto index = index_with(kListed, 20 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  look(eye, decoder, segment(kListed, 0, 0, 2 * kSecond));
  for (int i = 1; i < 8; ++i) {
    const int before = decoder.decodes;
    const Looks seen = look(eye, decoder, segment(kListed, i * 2 * kSecond, i * 2 * kSecond, 2 * kSecond));
    EXPECT_TRUE(seen.keys.near);
    EXPECT_FALSE(seen.closer);
    EXPECT_TRUE(seen.keys.alerts.empty());
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
  look(eye, decoder, one);
  EXPECT_TRUE(eye.is_near());
  EXPECT_TRUE(eye.wants_all(one.fetched_at));
  const Looks seen = look(eye, decoder, segment(100, 2 * kSecond, 2 * kSecond, 2 * kSecond));
  EXPECT_FALSE(seen.keys.near);
  ASSERT_TRUE(seen.closer) << "at what follows, too";
  EXPECT_EQ(seen.closer->frames.size(), 9U);
  for (int i = 2; i < 20; ++i)
    look(eye, decoder, segment(100, i * 2 * kSecond, i * 2 * kSecond, 2 * kSecond));
  EXPECT_FALSE(eye.is_near()) << "after ten seconds without anything near";
}

TEST(StreamEye, LooksBetweenKeyPicturesWhereTheyAreRare) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  Looks seen = look(eye, decoder, segment(100, 0, 0, 100 * kSecond, 6 * kSecond));
  EXPECT_TRUE(eye.is_sparse());
  EXPECT_EQ(seen.keys.frames.size(), 1U);
  ASSERT_TRUE(seen.closer);
  EXPECT_EQ(seen.closer->frames.size(), 5U) << "one a second";
  seen = look(eye, decoder, segment(100, 6 * kSecond, 6 * kSecond, 100 * kSecond, 6 * kSecond),
              {.may_fill_gaps = false});
  EXPECT_EQ(seen.keys.frames.size(), 1U);
  EXPECT_FALSE(seen.closer) << "not under load";
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
  const Looks first = look(eye, decoder, key);
  EXPECT_TRUE(first.keys.near);
  EXPECT_FALSE(first.closer) << "there is nothing more in it";
  EXPECT_TRUE(eye.wants_all(key.fetched_at));
  LiveSegment whole = segment(kListed, 2 * kSecond, 0, 10 * kSecond);
  whole.repeats = true;
  const auto seen = look_closer(eye, decoder, whole);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->frames.size(), 9U) << "ten in two seconds, but the first";
  ASSERT_FALSE(seen->alerts.empty());
  EXPECT_TRUE(seen->alerts.back().is_rise);
  ASSERT_EQ(eye.near_pieces(0, 100 * kSecond).size(), 2U) << "what was sent twice is two pieces";
}

TEST(StreamEye, PutsACloserLookThatComesLateWhereItsPieceWas) {
  const auto index = index_with(kListed, 10 * kSecond);
  PatternDecoder decoder;
  StreamEye eye(*index, {});
  const auto key_at = [&](std::uint32_t video, std::int64_t video_us, std::int64_t container_us) {
    LiveSegment key = segment(video, video_us, container_us, kSecond, kFrame);
    key.i_frames_only = true;
    return key;
  };
  look(eye, decoder, key_at(kListed, 2 * kSecond, 0));
  LiveSegment whole = segment(kListed, 2 * kSecond, 0, 10 * kSecond);
  whole.repeats = true;
  const auto wanted = eye.wants_closer(whole, {}, std::nullopt);
  ASSERT_TRUE(wanted);
  const auto decoded = eye.decode_closer(decoder, whole, *wanted);
  ASSERT_TRUE(decoded);
  look(eye, decoder, key_at(100, 0, 2 * kSecond));  // The next key picture, of something else, was quicker.
  const auto seen = eye.take_closer(whole, *wanted, *decoded);
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->frames.size(), 9U);
  EXPECT_EQ(seen->frames.front().time_us, 200'000);
  EXPECT_LT(seen->frames.back().time_us, 2 * kSecond);
  ASSERT_FALSE(seen->alerts.empty());
  EXPECT_EQ(seen->alerts.back().segment.tier, ClipTier::kThreeAligned);
  EXPECT_TRUE(seen->alerts.back().is_rise);
  EXPECT_FALSE(eye.wants_closer(whole, {}, std::nullopt)) << "all was told";
}

}  // namespace
