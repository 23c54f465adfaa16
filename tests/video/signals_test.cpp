// From files to signals, through a real decoder, on clips that the ffmpeg program makes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <set>
#include <string>

#include "clips.h"
#include "seawall/base/unique_fd.h"
#include "seawall/crypto/digest.h"
#include "seawall/media_video/ffmpeg_decoder.h"
#include "seawall/video_print/tmk_maker.h"
#include "seawall/video_signals/video_signals.h"

namespace seawall {
namespace {

using test::make_clip;

constexpr const char* kZoom = "-f lavfi -i mandelbrot=s=320x240:r=25:end_scale=0.05 -t 6";

struct Opened {
  explicit Opened(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  [[nodiscard]] VideoSource source() const { return {.file = fd.get()}; }
  UniqueFd fd;
};

std::string often_keyed() {
  return make_clip("mp4", "-c:v libx264 -preset ultrafast -g 25 -keyint_min 25", kZoom);
}
std::string once_keyed() {
  return make_clip("mkv", "-c:v libx264 -preset ultrafast -g 1000 -sc_threshold 0", kZoom);
}

std::set<std::int64_t> times_of(const HashTrack& track) {
  std::set<std::int64_t> times;
  for (const TimedHash& hash : track.hashes) times.insert(hash.time_us);
  return times;
}

TEST(QueryVideo, TakesKeyframesWhereTheyAreOften) {
  FfmpegDecoder decoder;
  const Opened file(often_keyed());
  const auto video = query_video(decoder, file.source());
  ASSERT_TRUE(video) << video.error().message;
  EXPECT_FALSE(video->in_step);
  EXPECT_EQ(times_of(video->track).size(), 6U);
  EXPECT_GE(video->track.labels.size(), 8U);
  for (const TimedHash& hash : video->track.hashes) ASSERT_LT(hash.label, video->track.labels.size());
}

TEST(QueryVideo, GoesInStepWhereKeyframesAreRareUnlessToldNotTo) {
  FfmpegDecoder decoder;
  const Opened file(once_keyed());
  const auto video = query_video(decoder, file.source());
  ASSERT_TRUE(video) << video.error().message;
  EXPECT_TRUE(video->in_step);
  EXPECT_EQ(times_of(video->track).size(), 12U);
  const auto sparse = query_video(decoder, file.source(), {.depth = VideoDepth::kKeyframes});
  EXPECT_EQ(times_of(sparse->track).size(), 1U);
  const auto all = query_video(decoder, file.source(), {.depth = VideoDepth::kEveryFrame});
  EXPECT_EQ(times_of(all->track).size(), 150U);
}

TEST(QueryVideo, EndsATrackThatHasTooManyHashesAndSaysSo) {
  FfmpegDecoder decoder;
  const Opened file(often_keyed());
  const auto video = query_video(decoder, file.source(), {.hashes_max = 60});
  ASSERT_TRUE(video);
  EXPECT_TRUE(video->is_cut);
  EXPECT_LE(video->track.hashes.size(), 60U);
  EXPECT_GT(video->track.hashes.size(), 0U);
}

TEST(ListedVideo, HasAHashNearEveryFrameThatAQueryCanShow) {
  FfmpegDecoder decoder;
  const Opened file(often_keyed());
  const auto listed = listed_video(decoder, file.source());
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(listed->print.labels.at(0), "original");
  EXPECT_LE(listed->print.labels.size(), 3U);
  const auto query = query_video(decoder, file.source(), {.depth = VideoDepth::kEveryFrame});
  for (const TimedHash& frame : query->track.hashes) {
    if (frame.label != 0 || frame.hash.quality < kPdqQualityMin) continue;
    int nearest = 256;
    for (const HeldHash& hash : listed->print.hashes) {
      if (hash.label == 0) nearest = std::min(nearest, hamming_distance(hash.bits, frame.hash.bits));
    }
    EXPECT_LT(nearest, PruneOptions{}.move_bits_min) << frame.time_us;
  }
}

TEST(ListedVideo, SamplesVpdqByFrameNumberAsMetasProgramDoes) {
  FfmpegDecoder decoder;
  // 29.97 a second: every 29th frame, at its number by the rate.
  const Opened file(make_clip("mp4", "-c:v libx264 -preset ultrafast",
                              "-f lavfi -i mandelbrot=s=160x120:r=30000/1001 -t 3"));
  const auto listed = listed_video(decoder, file.source());
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->vpdq.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(listed->vpdq[i].frame_number, static_cast<int>(29 * i));
    EXPECT_NEAR(static_cast<double>(listed->vpdq[i].time_us), static_cast<double>(29 * i) * 1001e6 / 30000,
                1);
  }
  EXPECT_EQ(write_vpdq_text(listed->vpdq).substr(0, 2), "0,");
}

TEST(ListedVideo, OfAFlatVideoHasNothingToBeFoundBy) {
  FfmpegDecoder decoder;
  const Opened file(
      make_clip("mp4", "-c:v libx264 -preset ultrafast", "-f lavfi -i color=gray:s=160x120 -t 2"));
  const auto listed = listed_video(decoder, file.source());
  ASSERT_TRUE(listed);
  EXPECT_TRUE(listed->print.hashes.empty());
}

/// What Meta's description of TMK+PDQF takes of each frame: ffmpeg's 64 x 64 pixels, 15 frames a second,
/// their luma, and the lowest 16 x 16 AC frequencies of it.
TmkPrint tmk_by_ffmpeg(const std::string& clip) {
  std::FILE* pipe = ::popen(
      ("ffmpeg -nostdin -v error -i " + clip + " -s 64:64 -an -f rawvideo -pix_fmt rgb24 -r 15 pipe:1")
          .c_str(),
      "r");
  TmkMaker maker;
  std::vector<std::uint8_t> rgb(64 * 64 * 3);
  std::int64_t frame = 0;
  for (; std::fread(rgb.data(), 1, rgb.size(), pipe) == rgb.size(); ++frame) {
    std::array<std::array<double, 64>, 16> rows{};
    const auto weight = [](std::size_t frequency, std::size_t at) {
      return std::sqrt(2.0 / 64) *
             std::cos(std::numbers::pi / 128 * static_cast<double>((frequency + 1) * (2 * at + 1)));
    };
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t y = 0; y < 64; ++y) {
        for (std::size_t x = 0; x < 64; ++x) {
          const std::uint8_t* p = rgb.data() + 3 * (64 * y + x);
          rows[i][x] += weight(i, y) * (0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
        }
      }
    }
    std::vector<float> features;
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t j = 0; j < 16; ++j) {
        double sum = 0;
        for (std::size_t x = 0; x < 64; ++x) sum += weight(j, x) * rows[i][x];
        features.push_back(static_cast<float>(sum));
      }
    }
    EXPECT_TRUE(maker.add(features, frame * 1'000'000 / 15));
  }
  EXPECT_EQ(::pclose(pipe), 0);
  return *maker.finish(frame * 1'000'000 / 15);
}

TEST(TmkOfVideo, IsNearTheSignalThatMetasProgramWouldMake) {
  FfmpegDecoder decoder;
  for (const char* picture :
       {"-f lavfi -i mandelbrot=s=320x240:r=25:end_scale=0.05 -t 6",
        "-f lavfi -i testsrc2=s=640x360:r=30 -t 6",
        "-f lavfi -i "
        "life=s=320x240:mold=10:r=10:ratio=0.1:death_color=#404040:life_color=#ffffff,scale=640x480 "
        "-t 8"}) {
    const std::string clip = make_clip("mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p", picture);
    const Opened file(clip);
    const auto ours = tmk_of_video(decoder, file.source());
    ASSERT_TRUE(ours) << ours.error().message;
    const TmkPrint theirs = tmk_by_ffmpeg(clip);
    EXPECT_NEAR(ours->frame_count, theirs.frame_count, 3);  // ffmpeg repeats some at the ends.
    const auto compared = tmk_compare(*ours, theirs);
    EXPECT_GT(compared->level1, 0.98) << picture;
    EXPECT_GT(compared->level2, 0.98) << picture;
  }
}

TEST(TmkOfVideo, IsOfAWholeVideoOrNone) {
  FfmpegDecoder decoder;
  const Opened file(often_keyed());
  EXPECT_EQ(tmk_of_video(decoder, file.source(), {.limits = {.frames_max = 10}}).error().code,
            Code::kLimitExceeded);
  EXPECT_EQ(tmk_of_video(decoder, file.source(), {.stopping = [] { return true; }}).error().code,
            Code::kUnavailable);
}

/// Where somebody has a copy of facebook/ThreatExchange: the signals of its sample videos, ours and those
/// that Meta's own program made, decide alike over all pairs.
TEST(TmkOfVideo, DecidesOverMetasSampleVideosAsMetasOwnSignalsDo) {
  const char* root = std::getenv("SEAWALL_THREATEXCHANGE");
  if (root == nullptr) GTEST_SKIP() << "SEAWALL_THREATEXCHANGE names no copy of facebook/ThreatExchange";
  const std::filesystem::path folder = std::filesystem::path(root) / "tmk";
  FfmpegDecoder decoder;
  std::vector<std::pair<TmkPrint, TmkPrint>> signals;  // Ours, theirs.
  for (const auto& entry : std::filesystem::directory_iterator(folder / "sample-videos")) {
    const auto file = test::read_file(folder / "sample-hashes" / (entry.path().stem().string() + ".tmk"));
    const auto theirs = read_tmk(file);
    if (!theirs) continue;
    const Opened opened(entry.path());
    const auto ours = tmk_of_video(decoder, opened.source());
    ASSERT_TRUE(ours) << entry.path() << ours.error().message;
    const auto same = tmk_compare(*ours, *theirs);
    EXPECT_GT(same->level1, 0.98) << entry.path();
    EXPECT_GT(same->level2, 0.98) << entry.path();
    std::printf("%s %.4f %.4f\n", entry.path().filename().c_str(), same->level1, same->level2);
    signals.emplace_back(*ours, *theirs);
  }
  EXPECT_GE(signals.size(), 13U);
  for (const auto& [ours, theirs] : signals) {
    for (const auto& [other_ours, listed] : signals)
      EXPECT_EQ(tmk_compare(ours, listed)->is_match, tmk_compare(theirs, listed)->is_match);
  }
}

/// Where somebody has a copy of facebook/ThreatExchange: its sample videos beside the hashes that Meta's own
/// program made of them, of every frame.
TEST(ListedVideo, GivesMetasSampleVideosTheHashesThatMetasProgramGaveThem) {
  const char* root = std::getenv("SEAWALL_THREATEXCHANGE");
  if (root == nullptr) GTEST_SKIP() << "SEAWALL_THREATEXCHANGE names no copy of facebook/ThreatExchange";
  const std::filesystem::path folder(root);
  FfmpegDecoder decoder;
  std::size_t frames = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "tmk" / "sample-videos")) {
    const auto text =
        test::read_file(folder / "vpdq" / "sample-hashes" / (entry.path().stem().string() + ".txt"));
    const auto theirs = read_vpdq_text({reinterpret_cast<const char*>(text.data()), text.size()});
    if (!theirs) continue;
    SCOPED_TRACE(entry.path().filename());
    const Opened file(entry.path());
    const auto ours = listed_video(decoder, file.source());
    ASSERT_TRUE(ours) << ours.error().message;
    for (const VpdqFeature& frame : ours->vpdq) {
      const auto same = std::ranges::find(*theirs, frame.frame_number, &VpdqFeature::frame_number);
      ASSERT_NE(same, theirs->end()) << frame.frame_number;
      EXPECT_EQ(frame.quality, same->quality);
      EXPECT_NEAR(static_cast<double>(frame.time_us), static_cast<double>(same->time_us), 1000);
      const int bits_max = frame.quality >= kPdqQualityMin ? 6 : 256;
      EXPECT_LE(hamming_distance(frame.bits, same->bits), bits_max);
      ++frames;
    }
  }
  EXPECT_GT(frames, 100U);
}

TEST(FileDigestsOfAVideo, AreThoseOfItsBytesAndLeaveItsPositionAlone) {
  const std::string path = often_keyed();
  const auto bytes = test::read_file(path);
  const Opened file(path);
  const auto go_on = [] { return false; };
  const auto digests = digests_of_file(file.fd.get(), 1 << 30, go_on);
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->sha256, digests_of(bytes).sha256);
  EXPECT_EQ(digests->size_bytes, bytes.size());
  EXPECT_EQ(::lseek(file.fd.get(), 0, SEEK_CUR), 0);
  EXPECT_EQ(digests_of_file(file.fd.get(), 100, go_on).error().code, Code::kLimitExceeded);
  EXPECT_EQ(digests_of_file(file.fd.get(), 1 << 30, [] { return true; }).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace seawall
