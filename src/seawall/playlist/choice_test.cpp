#include "seawall/playlist/choice.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

HlsVariant variant(int height_px, std::uint64_t bandwidth, std::string codecs) {
  HlsVariant made;
  made.height_px = height_px;
  made.width_px = height_px * 16 / 9;
  made.bandwidth = bandwidth;
  made.codecs = std::move(codecs);
  return made;
}

HlsMultivariantPlaylist ladder() {
  HlsMultivariantPlaylist playlist;
  playlist.variants = {variant(1080, 5'000'000, "avc1.640028,mp4a.40.2"),
                       variant(360, 800'000, "avc1.4d401e,mp4a.40.2"), variant(0, 64'000, "mp4a.40.5"),
                       variant(144, 200'000, "avc1.42c00b"), variant(240, 400'000, "avc1.42c015")};
  return playlist;
}

TEST(VideoCodecs, AreToldFromSoundAndText) {
  EXPECT_EQ(video_in_codecs("mp4a.40.2, avc1.4d401e"), HasVideo::kYes);
  EXPECT_EQ(video_in_codecs("hvc1.2.4.L123.B0"), HasVideo::kYes);
  EXPECT_EQ(video_in_codecs("mp4a.40.2"), HasVideo::kNo);
  EXPECT_EQ(video_in_codecs("ec-3,stpp.ttml.im1t"), HasVideo::kNo);
  EXPECT_EQ(video_in_codecs("mp4a.40.2,new1"), HasVideo::kUnknown);
  EXPECT_EQ(video_in_codecs(""), HasVideo::kUnknown);
}

TEST(HlsChoice, IsTheLowestRenditionThatIsHighEnoughAndNeverSoundAlone) {
  const auto choices = video_choices(ladder());
  ASSERT_EQ(choices.size(), 4U);
  EXPECT_EQ(choices[0].variant, 4U);
  EXPECT_EQ(choices[1].variant, 1U);
  EXPECT_EQ(choices[2].variant, 0U);
  EXPECT_EQ(choices[3].variant, 3U);
}

TEST(HlsChoice, PrefersAnIFramePlaylistUnlessItIsTooLowOrOfJpegs) {
  auto playlist = ladder();
  playlist.i_frame_variants = {variant(360, 90'000, "avc1.4d401e"), variant(90, 10'000, "avc1.4d401e"),
                               variant(360, 5'000, "jpeg")};
  const auto choices = video_choices(playlist);
  EXPECT_TRUE(choices.at(0).i_frames_only);
  EXPECT_EQ(choices[0].variant, 0U);
  EXPECT_FALSE(choices.at(1).i_frames_only);
  const auto without = video_choices(playlist, {.prefer_i_frames = false});
  EXPECT_FALSE(without.at(0).i_frames_only);
}

TEST(HlsChoice, TakesTheHighestWhereAllAreTooLow) {
  HlsMultivariantPlaylist playlist;
  playlist.variants = {variant(90, 1, "avc1.1"), variant(144, 2, "avc1.1")};
  EXPECT_EQ(video_choices(playlist).at(0).variant, 1U);
}

TEST(HlsChoice, TakesWhatSaysNothingOfItselfLast) {
  HlsMultivariantPlaylist playlist;
  playlist.variants = {variant(0, 1, ""), variant(720, 9, "")};
  const auto choices = video_choices(playlist);
  ASSERT_EQ(choices.size(), 2U);
  EXPECT_EQ(choices[0].variant, 1U);
}

TEST(DashChoice, PrefersTrickModeThenTheLowestAndPutsTheEncryptedLast) {
  DashPeriod period;
  const auto rep = [](std::uint64_t bandwidth, int height_px, std::string mime, bool encrypted = false) {
    DashRepresentation made;
    made.bandwidth = bandwidth;
    made.height_px = height_px;
    made.width_px = height_px;
    made.mime_type = std::move(mime);
    made.encrypted = encrypted;
    return made;
  };
  period.sets.resize(5);
  period.sets[0].representations = {rep(900, 720, "video/mp4"), rep(300, 360, "video/mp4")};
  period.sets[1].representations = {rep(50, 0, "audio/mp4")};
  period.sets[2].trick_mode = true;
  period.sets[2].representations = {rep(400, 360, "video/mp4")};
  period.sets[3].representations = {rep(10, 360, "video/mp4", true)};
  period.sets[4].unknown_essential = true;
  period.sets[4].representations = {rep(1, 360, "video/mp4")};
  const auto choices = video_choices(period);
  ASSERT_EQ(choices.size(), 4U);
  EXPECT_TRUE(choices[0].trick_mode);
  EXPECT_EQ(choices[1].representation, 1U);
  EXPECT_EQ(choices[2].representation, 0U);
  EXPECT_TRUE(choices[3].encrypted);
  period.sets[0].representations[1].mime_type = "image/jpeg";
  EXPECT_EQ(video_choices(period).size(), 3U);
}

TEST(DashChoice, FindsNoVideoWhereThereIsNone) {
  DashPeriod period;
  period.sets.resize(1);
  period.sets[0].content_type = "audio";
  period.sets[0].representations.resize(1);
  period.sets[0].representations[0].mime_type = "video/mp4";
  period.sets[0].representations[0].codecs = "mp4a.40.2";
  EXPECT_TRUE(video_choices(period).empty());
}

}  // namespace
}  // namespace seawall
