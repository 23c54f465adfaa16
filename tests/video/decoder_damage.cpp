// Files that end early, are damaged, lie, or hold no video; limits; the visitor's word.
#include <random>

#include "decoder_suite.h"

namespace seawall::test {
namespace {

const std::string kX264 = "-c:v libx264 -preset veryfast -g 12 -bf 3 -pix_fmt yuv420p";

const std::vector<std::pair<const char*, std::string>>& kinds() {
  static const std::vector<std::pair<const char*, std::string>> all{
      {"mp4", kX264 + " -movflags +faststart"},
      {"mkv", kX264},
      {"ts", kX264},
      {"flv", kX264},
      {"webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12"},
      {"mkv", "-c:v libsvtav1 -preset 12 -g 12"},
      {"mpg", "-c:v mpeg2video -g 12 -bf 2 -q:v 4"},
      {"avi", "-c:v mpeg4 -g 12 -bf 2 -q:v 4"},
      {"mp4", "-c:v libx265 -preset ultrafast -g 12 -x265-params log-level=none -movflags +faststart"},
  };
  return all;
}

/// Every frame that came is sound; the end is a whole answer.
void expect_sane(const Watched& watched, const VideoLimits& limits = {}) {
  std::int64_t last_us = -1;
  for (const SeenFrame& f : watched.frames) {
    EXPECT_GT(f.facts.time_us, last_us);
    last_us = f.facts.time_us;
    EXPECT_LE(static_cast<std::uint64_t>(f.facts.planes.width_px) *
                  static_cast<std::uint64_t>(f.facts.planes.height_px),
              limits.pixels_max);
  }
  if (watched.info) {
    EXPECT_EQ(watched.info->frames_visited, static_cast<std::int64_t>(watched.frames.size()));
    EXPECT_FALSE(watched.frames.empty());
  } else {
    EXPECT_NE(watched.info.error().code, Code::kDecoderCrashed) << watched.info.error().message;
    EXPECT_NE(watched.info.error().code, Code::kUnavailable) << watched.info.error().message;
  }
}

TEST_P(VideoDecoderSuite, UsesWhatIsThereOfAFileThatEndsEarlyAndSaysSo) {
  for (const auto& [extension, arguments] : kinds()) {
    const FileBytes whole = read_file(make_clip(extension, arguments));
    std::size_t most = 0;
    for (int part = 1; part < 16; ++part) {
      SCOPED_TRACE(arguments + " in " + extension + ", sixteenths: " + std::to_string(part));
      const FileBytes cut(
          whole.begin(),
          whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * static_cast<std::size_t>(part) / 16));
      const Watched watched = watch_bytes(cut, every_frame());
      expect_sane(watched);
      if (watched.info) {
        EXPECT_GE(watched.frames.size() + 4, most);
        // These say nowhere how long they are, and may end between two pictures.
        const bool silent = std::string(extension) == "flv" || std::string(extension) == "mpg";
        EXPECT_TRUE(watched.info->truncated || silent);
      }
      most = std::max(most, watched.frames.size());
    }
    EXPECT_GE(most, 30U) << arguments << " in " << extension;
    EXPECT_LT(most, 50U) << arguments << " in " << extension;
  }
}

TEST_P(VideoDecoderSuite, SurvivesFlippedBits) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  for (const auto& [extension, arguments] : kinds()) {
    const FileBytes whole = read_file(make_clip(extension, arguments));
    for (int round = 0; round < 8; ++round) {
      SCOPED_TRACE(arguments + " in " + extension + ", seed " + std::to_string(kSeed) + ", round " +
                   std::to_string(round));
      FileBytes damaged = whole;
      for (int flip = 0; flip < 1 << round; ++flip)
        damaged[random() % damaged.size()] ^= static_cast<std::byte>(1U << random() % 8);
      expect_sane(watch_bytes(damaged, round % 2 == 0 ? every_frame() : VideoOptions{}));
    }
  }
}

TEST_P(VideoDecoderSuite, RefusesWhatHoldsNoVideo) {
  const auto code_of = [&](const FileBytes& bytes) {
    const Watched watched = watch_bytes(bytes, every_frame());
    EXPECT_TRUE(watched.frames.empty());
    EXPECT_FALSE(watched.info.has_value());
    return watched.info ? Code::kCorrupt : watched.info.error().code;
  };
  EXPECT_EQ(code_of(FileBytes(5000, std::byte{'x'})), Code::kUnsupported);
  EXPECT_EQ(code_of({}), Code::kInvalidInput);
  const std::string tone = "-f lavfi -i sine=duration=1";
  EXPECT_EQ(code_of(read_file(make_clip("mp4", "-c:a aac", tone))), Code::kNotFound);
  EXPECT_EQ(code_of(read_file(make_clip("mkv", "-c:a aac", tone))), Code::kNotFound);
  // A picture is MediaDecoder's; a list of other files is nobody's.
  EXPECT_EQ(code_of(read_file(make_clip("gif", "", moving_pattern("64x48", 0.2)))), Code::kUnsupported);
  const std::string list = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n";
  FileBytes playlist;
  for (const char c : list) playlist.push_back(static_cast<std::byte>(c));
  EXPECT_EQ(code_of(playlist), Code::kUnsupported);
  const std::string concat = "ffconcat version 1.0\nfile /etc/passwd\n";
  FileBytes list_of_files;
  for (const char c : concat) list_of_files.push_back(static_cast<std::byte>(c));
  EXPECT_EQ(code_of(list_of_files), Code::kUnsupported);
}

TEST_P(VideoDecoderSuite, RefusesAFileWithoutFrames) {
  const Watched watched = watch(make_clip("mp4", kX264 + " -frames:v 0"), every_frame());
  ASSERT_FALSE(watched.info.has_value());
  EXPECT_TRUE(watched.info.error().code == Code::kInvalidInput ||
              watched.info.error().code == Code::kNotFound);
}

TEST_P(VideoDecoderSuite, LooksAtTheVideoStreamThatItIsAskedFor) {
  const std::string path = make_clip(
      "mkv", "-map 0 -map 1 -map 2 " + kX264 + " -c:a aac",
      moving_pattern("192x144") + " -f lavfi -i color=red:size=96x64:duration=2 -f lavfi -i sine=duration=2");
  const Watched first = watch(path, every_frame());
  ASSERT_TRUE(first.info.has_value()) << first.info.error().message;
  EXPECT_EQ(first.info->video_streams, 2);
  EXPECT_EQ(first.info->audio_streams, 1);
  EXPECT_EQ(first.frames.at(0).facts.planes.width_px, 192);
  VideoOptions options = every_frame();
  options.stream = 1;
  EXPECT_EQ(watch(path, options).frames.at(0).facts.planes.width_px, 96);
  options.stream = 2;
  const Watched third = watch(path, options);
  ASSERT_FALSE(third.info.has_value());
  EXPECT_EQ(third.info.error().code, Code::kUnsupported);
}

TEST_P(VideoDecoderSuite, KeepsEveryLimit) {
  const std::string path = make_clip("mp4", kX264);
  const auto code_with = [&](const std::function<void(VideoLimits&)>& change) {
    VideoOptions options = every_frame();
    change(options.limits);
    const Watched watched = watch(path, options);
    EXPECT_FALSE(watched.info.has_value());
    return watched.info ? Code::kCorrupt : watched.info.error().code;
  };
  EXPECT_EQ(code_with([](VideoLimits& l) { l.pixels_max = 192 * 144 - 1; }), Code::kLimitExceeded);
  EXPECT_EQ(code_with([](VideoLimits& l) { l.side_px_max = 191; }), Code::kLimitExceeded);
  EXPECT_EQ(code_with([](VideoLimits& l) { l.frames_max = 49; }), Code::kLimitExceeded);
  EXPECT_EQ(code_with([](VideoLimits& l) { l.packets_max = 49; }), Code::kLimitExceeded);
  EXPECT_EQ(code_with([](VideoLimits& l) { l.input_bytes_max = 1000; }), Code::kLimitExceeded);
  VideoOptions exact = every_frame();
  exact.limits.pixels_max = 192 * 144;
  exact.limits.side_px_max = 192;
  exact.limits.frames_max = exact.limits.packets_max = 50;
  EXPECT_TRUE(watch(path, exact).info.has_value());
}

TEST_P(VideoDecoderSuite, RefusesOptionsThatMakeNoSense) {
  const std::string path = make_clip("mp4", kX264);
  for (const VideoOptions& options : {VideoOptions{.interval_us = 0},
                                      {.spacing_us_min = -1},
                                      {.stream = -1},
                                      {.limits = {.time_ms_max = 0}}}) {
    const Watched watched = watch(path, options);
    ASSERT_FALSE(watched.info.has_value());
    EXPECT_EQ(watched.info.error().code, Code::kInvalidInput);
  }
}

TEST_P(VideoDecoderSuite, EndsInTimeOnAFileThatTakesLonger) {
  VideoOptions options = every_frame();
  options.limits.time_ms_max = 50;
  const std::string second =
      make_clip("mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p", moving_pattern("1280x720", 1));
  const Watched watched = watch(make_clip("mp4", "-c copy", "-stream_loop 40 -i " + second), options);
  ASSERT_FALSE(watched.info.has_value());
  EXPECT_EQ(watched.info.error().code, Code::kLimitExceeded);
  EXPECT_LT(watched.frames.size(), 1000U);
}

TEST_P(VideoDecoderSuite, StopsWhenTheVisitorHasSeenEnough) {
  const std::string path = make_clip("mp4", kX264);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  int seen = 0;
  const auto info =
      decoder_->decode({.file = file.get()}, every_frame(), [&](const VideoFrame&) { return ++seen < 7; });
  ASSERT_TRUE(info.has_value()) << info.error().message;
  EXPECT_EQ(seen, 7);
  EXPECT_EQ(info->frames_visited, 7);
  EXPECT_TRUE(info->stopped);
  EXPECT_LT(info->frames_decoded, 40);
}

TEST_P(VideoDecoderSuite, ReadsAFileThatCanAlsoBeWrittenAndLeavesItsPositionAlone) {
  const std::string path = make_clip("mp4", kX264);
  const FileBytes before = read_file(path);
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::lseek(file.get(), 123, SEEK_SET), 123);
  const Watched watched = watch_with(*decoder_, {.file = file.get()}, every_frame());
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  EXPECT_EQ(watched.frames.size(), 50U);
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 123);
  EXPECT_EQ(read_file(path), before);
}

TEST_P(VideoDecoderSuite, RefusesSourcesThatAreNoFiles) {
  const UniqueFd folder(::open("/", O_RDONLY | O_CLOEXEC));
  const UniqueFd device(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  for (const int fd : {folder.get(), device.get()}) {
    const Watched watched = watch_with(*decoder_, {.file = fd}, every_frame());
    ASSERT_FALSE(watched.info.has_value());
    EXPECT_EQ(watched.info.error().code, Code::kInvalidInput);
  }
}

TEST_P(VideoDecoderSuite, FollowsAChangeOfSizeInTheMiddle) {
  const FileBytes small = read_file(make_clip("ts", kX264));
  FileBytes joined = small;
  const FileBytes large =
      read_file(make_clip("ts", kX264 + " -output_ts_offset 2", moving_pattern("320x240", 1)));
  joined.insert(joined.end(), large.begin(), large.end());
  const Watched watched = watch_bytes(joined, every_frame());
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  EXPECT_EQ(watched.frames.front().facts.planes.width_px, 192);
  EXPECT_EQ(watched.frames.back().facts.planes.width_px, 320);
  VideoOptions narrow = every_frame();
  narrow.limits.pixels_max = 192 * 144;
  const Watched limited = watch_bytes(joined, narrow);
  ASSERT_FALSE(limited.info.has_value());
  EXPECT_EQ(limited.info.error().code, Code::kLimitExceeded);
  EXPECT_GE(limited.frames.size(), 40U);
}

}  // namespace
}  // namespace seawall::test
