#include "seawall/scan/video_search.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "seawall/scan/file_examiner.h"

namespace seawall {
namespace {

constexpr int kSidePx = 96;

/// A video of a second for each picture, each of noise of its own, a keyframe at each whole second and, if
/// `flash`, one 40 ms after a second; told to end early after some frames.
class Film final : public VideoDecoder {
 public:
  int seconds = 4;
  int streams = 1;
  std::int64_t frames_max = 1'000'000;  ///< Of each decode; then `end`.
  Error end{Code::kLimitExceeded, "the time is up"};
  bool flash = false;
  int rate_num = 25, rate_den = 1;
  int decodes = 0;

  Result<VideoInfo> decode(const VideoSource& /*source*/, const VideoOptions& options,
                           FunctionRef<bool(const VideoFrame&)> visit) override {
    ++decodes;
    std::int64_t index = 0;
    VideoInfo info;
    info.codec = "film";
    info.video_streams = streams;
    info.frame_rate_num = rate_num;
    info.frame_rate_den = rate_den;
    info.keyframe_gap_us_max = 1'000'000;
    if (options.sampling == VideoSampling::kInfo) return info;
    for (int second = 0; second < seconds; ++second) {
      const std::int64_t at = second * std::int64_t{1'000'000};
      if (!show(options.stream * 100 + second, at, index, visit, info)) return info;
      if (index >= frames_max) return tl::unexpected(end);
      const bool keyframes = options.sampling == VideoSampling::kKeyframes;
      if (keyframes && flash && !show(1000 + second, at + 40'000, index, visit, info)) return info;
      if (index >= frames_max) return tl::unexpected(end);
    }
    return info;
  }

 private:
  static bool show(int picture, std::int64_t time_us, std::int64_t& index,
                   FunctionRef<bool(const VideoFrame&)> visit, VideoInfo& info) {
    std::array<std::uint8_t, kSidePx * kSidePx> gray{};
    std::mt19937 random(static_cast<unsigned>(picture));
    std::array<std::uint8_t, 64> blocks{};
    for (auto& block : blocks) block = static_cast<std::uint8_t>(random());
    for (std::size_t i = 0; i < gray.size(); ++i) {
      gray[i] = blocks[i / kSidePx / 12 * 8 + i % kSidePx / 12];
    }
    VideoFrame frame;
    frame.planes.y = gray.data();
    frame.planes.y_stride_bytes = kSidePx;
    frame.planes.width_px = frame.planes.height_px = kSidePx;
    frame.time_us = time_us;
    frame.index = index++;
    ++info.frames_visited;
    info.last_us = time_us;
    return visit(frame);
  }
};

/// Lists whatever a track shows: a match a time, near where it is told to be.
class TimesBank final : public ScanBank {
 public:
  bool is_near = false;
  Result<void> search(const MediaSignals& /*signals*/, std::vector<RecordedMatch>& /*out*/) const override {
    return {};
  }
  Result<void> search_video(const HashTrack& track, VideoFindings& findings) const override {
    findings.is_near = is_near;
    std::int64_t last = -1;
    for (const TimedHash& hash : track.hashes) {
      if (hash.time_us == last) continue;
      last = hash.time_us;
      RecordedMatch match;
      match.bank = "times";
      match.entry = "at " + std::to_string(hash.time_us / 1000);
      match.clip = ClipSpan{.tier = "single-frame", .begin_ms = last / 1000, .end_ms = last / 1000};
      findings.matches.push_back(match);
    }
    return {};
  }
};

std::vector<std::string> entries_of(const VideoSearch& search) {
  std::vector<std::string> names;
  for (const RecordedMatch& match : search.findings.matches) names.push_back(match.entry);
  return names;
}

struct VideoSearchTest : ::testing::Test {
  Film film;
  TimesBank bank;
  Result<VideoSearch> search(const VideoQueryOptions& options = {}) {
    const std::array<const ScanBank*, 1> banks{&bank};
    return search_video(film, {}, banks, options);
  }
};

using Names = std::vector<std::string>;

TEST_F(VideoSearchTest, KeepsWhatACloserLookStepsOver) {
  film.seconds = 2;
  film.flash = true;
  bank.is_near = true;
  const auto found = search();
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->looked_closer);
  EXPECT_EQ(entries_of(*found), (Names{"at 0", "at 1000", "at 40", "at 1040"}));
}

TEST_F(VideoSearchTest, ComparesWhatWasSeenBeforeALimitAndSaysWhy) {
  film.frames_max = 2;
  const auto found = search();
  ASSERT_TRUE(found);
  EXPECT_EQ(entries_of(*found), (Names{"at 0", "at 1000"}));
  EXPECT_EQ(found->video.whole().error().code, Code::kLimitExceeded);
  EXPECT_EQ(found->video.info.width_px, kSidePx);
  EXPECT_EQ(found->video.info.last_us, 1'000'000);
}

TEST_F(VideoSearchTest, ComparesWhatWasSeenBeforeTheDecoderCrashed) {
  film.frames_max = 3;
  film.end = {Code::kDecoderCrashed, "it crashed"};
  const auto found = search();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->findings.matches.size(), 3U);
  EXPECT_EQ(found->video.whole().error().code, Code::kDecoderCrashed);
}

TEST_F(VideoSearchTest, FailsWhereNothingWasSeenOrThereIsNoDecoder) {
  film.frames_max = 1;
  film.seconds = 1;
  film.end = {Code::kUnavailable, "no worker"};
  EXPECT_EQ(search().error().code, Code::kUnavailable);
}

TEST_F(VideoSearchTest, LooksAtEveryVideoStreamUpToALimitThatItTells) {
  film.seconds = 1;
  film.streams = 3;
  const auto three = search();
  ASSERT_TRUE(three);
  EXPECT_EQ(three->findings.matches.size(), 3U);
  EXPECT_TRUE(three->video.whole());
  film.streams = kVideoStreamsMax + 1;
  film.decodes = 0;
  const auto many = search();
  ASSERT_TRUE(many);
  EXPECT_EQ(film.decodes, kVideoStreamsMax);
  EXPECT_EQ(many->video.whole().error().code, Code::kLimitExceeded);
}

TEST_F(VideoSearchTest, StopsWhenItIsTold) {
  int asked = 0;
  VideoQueryOptions options;
  options.stopping = [&] { return ++asked > 2; };
  EXPECT_EQ(search(options).error().code, Code::kUnavailable);
  EXPECT_EQ(asked, 3);
  ListingOptions listing;
  listing.stopping = [] { return true; };
  EXPECT_EQ(listed_video(film, {}, listing).error().code, Code::kUnavailable);
}

TEST_F(VideoSearchTest, AFrameRateThatLiesGivesNoTimeThatFalls) {
  film.seconds = 200;
  for (const auto& [num, den] : {std::pair(2147483629, 1073741789), std::pair(1, 2147483647),
                                 std::pair(1073741789, 2147483629), std::pair(2147483647, 1)}) {
    film.rate_num = num;
    film.rate_den = den;
    const auto listed = listed_video(film, {});
    ASSERT_TRUE(listed);
    std::int64_t last = -1;
    for (const VpdqFeature& feature : listed->vpdq) {
      EXPECT_GT(feature.time_us, last);
      last = feature.time_us;
    }
    EXPECT_LE(last, std::int64_t{10'000'001} * 1'000'000);
  }
}

}  // namespace
}  // namespace seawall
