// Containers and codecs: what FFmpeg's own program decodes is what the port hands on.
#include "decoder_suite.h"

namespace seawall::test {
namespace {

const std::string kX264 = "-c:v libx264 -preset veryfast -g 12 -bf 3 -pix_fmt yuv420p";

struct Format {
  const char* codec;
  std::string arguments;
  const char* extension;
  std::vector<std::string>
      also{};  ///< The same stream in other containers, with options where they need any.
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.codec << " in " << format.extension; }

const std::vector<Format>& formats() {
  static const std::vector<Format> all{
      {"h264", kX264, "mp4", {"mkv", "mov", "ts", "flv", "mp4 -movflags +frag_keyframe+empty_moov"}},
      {"hevc",
       "-c:v libx265 -preset ultrafast -g 12 -bf 3 -x265-params log-level=none",
       "mp4",
       {"mkv", "ts"}},
      {"vp9",
       "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -auto-alt-ref 1 -lag-in-frames 5",
       "webm",
       {"mp4"}},
      {"vp8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 12", "webm"},
      {"av1", "-c:v libsvtav1 -preset 12 -g 12", "mp4", {"mkv", "webm", "ivf", "obu"}},
      {"mpeg2video", "-c:v mpeg2video -g 12 -bf 2 -q:v 4", "mpg", {"ts"}},
      {"mpeg1video", "-c:v mpeg1video -g 12 -bf 2 -q:v 4", "mpg"},
      {"mpeg4", "-c:v mpeg4 -g 12 -bf 2 -q:v 4", "mp4"},
      {"mpeg4", "-c:v mpeg4 -g 12 -bf 2 -q:v 4", "avi"},
      {"msmpeg4v3", "-c:v msmpeg4 -g 12 -q:v 4", "avi"},
      {"wmv2", "-c:v wmv2 -g 12 -q:v 4", "asf"},
      {"flv1", "-c:v flv -g 12 -q:v 4", "flv"},
      {"theora", "-c:v libtheora -g 12 -q:v 6", "ogg"},
  };
  return all;
}

TEST_P(VideoDecoderSuite, DecodesEveryContainerAndCodecAsFfmpegDoes) {
  for (const Format& format : formats()) {
    SCOPED_TRACE(testing::PrintToString(format));
    const std::string path = make_clip(format.extension, format.arguments);
    expect_frames_of_ffmpeg(path, 192, 144);
    const Watched first = watch(path, every_frame());
    ASSERT_TRUE(first.info.has_value());
    EXPECT_EQ(first.info->codec, format.codec);
    EXPECT_EQ(first.info->video_streams, 1);
    EXPECT_GE(first.info->keyframes, 4);
    for (const std::string& other : format.also) {
      SCOPED_TRACE("also in " + other);
      const std::size_t end = std::min(other.find(' '), other.size());
      const Watched second =
          watch(make_clip(other.substr(0, end), "-c copy" + other.substr(end), "-fflags +genpts -i " + path),
                every_frame());
      ASSERT_TRUE(second.info.has_value()) << second.info.error().message;
      EXPECT_EQ(second.info->codec, format.codec);
      EXPECT_FALSE(second.info->truncated);
      ASSERT_EQ(second.frames.size(), first.frames.size());
      for (std::size_t i = 0; i < first.frames.size(); ++i) {
        ASSERT_EQ(second.frames[i].y, first.frames[i].y) << i;
        ASSERT_EQ(second.frames[i].cr, first.frames[i].cr) << i;
        ASSERT_LE(std::llabs(second.frames[i].facts.time_us - first.frames[i].facts.time_us), 1000) << i;
      }
    }
  }
}

TEST_P(VideoDecoderSuite, KeepsTheHighEightBitsOfDeepSamplesAndOtherChroma) {
  expect_frames_of_ffmpeg(make_clip("mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"), 192, 144,
                          "yuv422p10le");
  expect_frames_of_ffmpeg(
      make_clip("mkv", "-c:v libx264 -preset veryfast -profile:v high10 -pix_fmt yuv420p10le"), 192, 144,
      "yuv420p10le");
  expect_frames_of_ffmpeg(
      make_clip("mp4", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none"),
      192, 144, "yuv420p10le");
  expect_frames_of_ffmpeg(make_clip("mkv", "-c:v libx264 -preset veryfast -pix_fmt yuv444p"), 192, 144,
                          "yuv444p");
  expect_frames_of_ffmpeg(make_clip("mkv", "-c:v ffv1 -pix_fmt yuv422p"), 192, 144, "yuv422p");
  expect_frames_of_ffmpeg(make_clip("avi", "-c:v rawvideo -pix_fmt yuv420p"), 192, 144, "yuv420p");
}

TEST_P(VideoDecoderSuite, ReadsDvAndMotionJpeg) {
  const std::string pal = moving_pattern("720x576", 0.2);
  expect_frames_of_ffmpeg(make_clip("dv", "-c:v dvvideo -pix_fmt yuv420p", pal), 720, 576);
  expect_frames_of_ffmpeg(make_clip("avi", "-c:v mjpeg -pix_fmt yuvj420p -q:v 4"), 192, 144, "yuvj420p");
}

TEST_P(VideoDecoderSuite, DecodesOddSizes) {
  const std::string odd = moving_pattern("202x134", 0.4) + " -vf scale=101:67";
  expect_frames_of_ffmpeg(make_clip("mkv", "-c:v libx264 -preset veryfast -pix_fmt yuv444p", odd), 101, 67,
                          "yuv444p");
  expect_frames_of_ffmpeg(make_clip("webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8", odd), 101, 67);
  expect_frames_of_ffmpeg(make_clip("mkv", "-c:v ffv1 -pix_fmt yuv420p", odd), 101, 67);
  expect_frames_of_ffmpeg(make_clip("avi", "-c:v mpeg4 -q:v 4", odd), 101, 67);
}

TEST_P(VideoDecoderSuite, TellsMatrixRangeAspectAndInterlacing) {
  const Watched tagged = watch(
      make_clip("mp4", kX264 +
                           " -colorspace bt709 -color_range tv -aspect 16:9 -flags +ilme+ildct -x264-params "
                           "tff=1"),
      every_frame());
  ASSERT_TRUE(tagged.info.has_value()) << tagged.info.error().message;
  const VideoFrame& frame = tagged.frames.at(3).facts;
  EXPECT_EQ(frame.planes.matrix, YccMatrix::kBt709Limited);
  EXPECT_TRUE(frame.matrix_stated);
  EXPECT_TRUE(frame.interlaced);
  EXPECT_EQ(frame.aspect_num * 192 * 9, frame.aspect_den * 144 * 16);
  const Watched plain = watch(make_clip("mp4", kX264), every_frame());
  ASSERT_TRUE(plain.info.has_value());
  EXPECT_EQ(plain.frames.at(3).facts.planes.matrix, YccMatrix::kBt601Limited);
  EXPECT_FALSE(plain.frames.at(3).facts.matrix_stated);
  EXPECT_FALSE(plain.frames.at(3).facts.interlaced);
  EXPECT_EQ(plain.frames.at(3).facts.aspect_num, 1);
}

/// The upright picture that an orientation asks for, sample by sample.
std::vector<std::uint8_t> upright(const std::vector<std::uint8_t>& stored, int width, int height,
                                  Orientation orientation) {
  const int out_width = orientation.swaps_sides() ? height : width;
  const int out_height = orientation.swaps_sides() ? width : height;
  std::vector<std::uint8_t> out(stored.size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      int to_x = orientation.mirrored ? width - 1 - x : x;
      int to_y = y;
      int rows = height;
      int columns = width;
      for (int turn = 0; turn < orientation.quarter_turns; ++turn) {
        const int old_x = to_x;
        to_x = rows - 1 - to_y;
        to_y = old_x;
        std::swap(rows, columns);
      }
      EXPECT_LT(to_y, out_height);
      out[static_cast<std::size_t>(to_y * out_width + to_x)] =
          stored[static_cast<std::size_t>(y * width + x)];
    }
  }
  return out;
}

TEST_P(VideoDecoderSuite, SaysHowAPictureThatIsStoredTurnedStandsUpright) {
  const std::string flat = make_clip("mp4", kX264);
  for (const int angle : {90, 180, 270}) {
    SCOPED_TRACE(angle);
    const std::string turned = scratch_path("turned" + std::to_string(angle) + ".mp4");
    run_ffmpeg("-i " + flat + " -c copy -metadata:s:v:0 rotate=" + std::to_string(angle) + " " + turned);
    const Watched watched = watch(turned, every_frame());
    ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
    const Orientation orientation = watched.info->orientation;
    EXPECT_EQ(orientation.swaps_sides(), angle != 180);
    const int width = angle == 180 ? 192 : 144;
    const auto reference = decode_with_ffmpeg(turned, width, 192 + 144 - width, "yuv420p", "");
    ASSERT_EQ(reference.size(), watched.frames.size());
    EXPECT_EQ(watched.frames[5].facts.orientation, orientation);
    EXPECT_EQ(upright(watched.frames[5].y, 192, 144, orientation), reference[5].y);
  }
}

}  // namespace
}  // namespace seawall::test
