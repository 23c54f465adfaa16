#include "seawall/stream_pieces/picture_cutter.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

struct Cut {
  std::vector<LiveSegment> pieces;
  PictureCutter cutter;
  bool wants_all = false;
  void take(std::int64_t time_ms, bool key, std::size_t size = 20) {
    cutter.take({time_ms, key, std::vector<std::byte>(size)}, Time{std::chrono::milliseconds(time_ms)},
                wants_all, [&](LiveSegment piece) { pieces.push_back(std::move(piece)); });
  }
};

TEST(PictureCutter, GivesEachKeyPictureByItselfAtOnce) {
  Cut cut;
  cut.take(0, false);  // Nothing to decode it from.
  for (std::int64_t time = 0; time < 6'000; time += 40) cut.take(time, time % 2'000 == 0);
  ASSERT_EQ(cut.pieces.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(cut.pieces[i].i_frames_only);
    EXPECT_EQ(cut.pieces[i].discontinuity, i == 0);
    EXPECT_EQ(cut.pieces[i].media.size(), 20U);
    EXPECT_EQ(cut.pieces[i].fetched_at, Time{std::chrono::milliseconds(i * 2'000)});
  }
}

TEST(PictureCutter, GivesWhatFollowedTooWhileAllIsWantedWhateverTheOrderOfTimes) {
  Cut cut;
  cut.wants_all = true;
  for (const std::int64_t time : {0, 120, 40, 80}) cut.take(time, time == 0);
  cut.take(160, true);
  ASSERT_EQ(cut.pieces.size(), 3U);
  EXPECT_TRUE(cut.pieces[1].repeats);
  EXPECT_EQ(cut.pieces[1].media.size(), 80U);
  EXPECT_EQ(cut.pieces[1].duration, std::chrono::milliseconds(120));
}

TEST(PictureCutter, GivesWhatThereIsWhereKeyPicturesDoNotCome) {
  Cut cut;
  for (std::int64_t time = 0; time <= 20'000; time += 500) cut.take(time, time == 0);
  ASSERT_EQ(cut.pieces.size(), 4U);  // 0, then after 4.5, 9 and 18 s.
  EXPECT_EQ(cut.pieces[3].duration, std::chrono::milliseconds(18'000));
}

TEST(PictureCutter, KeepsToItsMemoryAndCountsTheRest) {
  Cut cut;
  cut.wants_all = true;
  cut.take(0, true, PictureCutter::kBytesMax + 1);
  EXPECT_EQ(cut.cutter.left_out(), 1U);
  EXPECT_TRUE(cut.pieces.empty());
  cut.take(40, true);
  cut.take(80, false, PictureCutter::kBytesMax);
  cut.take(120, false);
  cut.take(160, true);
  EXPECT_EQ(cut.cutter.left_out(), 3U);
  for (const LiveSegment& piece : cut.pieces) EXPECT_LE(piece.media.size(), PictureCutter::kBytesMax);
}

TEST(PictureCutter, ANewBeginningOrAnotherHeadIsADiscontinuity) {
  Cut cut;
  cut.cutter.set_init({std::byte{1}});
  cut.take(0, true);
  cut.cutter.set_init({std::byte{1}});
  cut.take(1, true);
  cut.cutter.set_init({std::byte{2}});
  cut.take(2, false);
  cut.take(3, true);
  cut.cutter.restart();
  cut.take(4, true);
  ASSERT_EQ(cut.pieces.size(), 4U);
  const std::vector<bool> expected{true, false, true, true};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(cut.pieces[i].discontinuity, expected[i]) << i;
  EXPECT_EQ(cut.pieces[0].init, cut.pieces[1].init) << "shared";
}

}  // namespace
}  // namespace seawall
