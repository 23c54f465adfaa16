// Which frames come, and when: sampling, keyframes, variable frame rate, edit lists, offsets, odd timestamps.
#include <algorithm>
#include <bit>
#include <tuple>

#include "decoder_suite.h"
#include "seawall/fingerprint/pdq.h"

namespace seawall::test {
namespace {

const std::string kX264 = "-c:v libx264 -preset veryfast -g 12 -bf 3 -pix_fmt yuv420p";

VideoOptions keyframes(bool fast = false) {
  return {.sampling = VideoSampling::kKeyframes, .fast_keyframes = fast};
}
VideoOptions each(std::int64_t interval_us) {
  return {.sampling = VideoSampling::kInterval, .interval_us = interval_us};
}

/// Of all the frames of a clip, those that are keyframes.
std::vector<SeenFrame> only_keys(const Watched& all) {
  std::vector<SeenFrame> keys;
  std::ranges::copy_if(all.frames, std::back_inserter(keys), [](const SeenFrame& f) { return f.facts.key; });
  return keys;
}

TEST_P(VideoDecoderSuite, HandsOnKeyframesAtTheirOwnTimesAndWithTheirOwnPixels) {
  const std::vector<std::pair<const char*, std::string>> clips{
      {"mp4", kX264},
      {"ts", kX264},
      {"mkv", "-c:v libx265 -preset ultrafast -g 12 -bf 3 -x265-params log-level=none:open-gop=0"},
      {"webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -lag-in-frames 5 -auto-alt-ref 1"},
      {"webm", "-c:v libvpx -deadline realtime -cpu-used 8 -g 12"},
      {"mkv", "-c:v libsvtav1 -preset 12 -g 12"},
      {"mpg", "-c:v mpeg2video -g 12 -bf 2 -q:v 4"},
      {"avi", "-c:v mpeg4 -g 12 -bf 2 -q:v 4"},
      {"mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"},
      {"flv", "-c:v flv -g 12 -q:v 4"},
  };
  for (const auto& [extension, arguments] : clips) {
    SCOPED_TRACE(arguments + " in " + extension);
    const std::string path = make_clip(extension, arguments);
    const Watched all = watch(path, every_frame());
    ASSERT_TRUE(all.info.has_value()) << all.info.error().message;
    const auto keys = only_keys(all);
    const Watched watched = watch(path, keyframes());
    ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
    EXPECT_FALSE(watched.info->truncated);
    ASSERT_EQ(watched.frames.size(), keys.size());
    EXPECT_EQ(watched.info->frames_decoded, static_cast<std::int64_t>(keys.size()));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      SCOPED_TRACE(i);
      EXPECT_TRUE(watched.frames[i].facts.key);
      // AVI has decoding times only, and a keyframe comes before the frames in between that it is shown
      // after.
      const std::int64_t off_us = std::string(extension) == "avi" ? 120'000 : 0;
      EXPECT_LE(std::llabs(watched.frames[i].facts.time_us - keys[i].facts.time_us), off_us);
      EXPECT_EQ(watched.frames[i].y, keys[i].y);
      EXPECT_EQ(watched.frames[i].cb, keys[i].cb);
    }
  }
}

TEST_P(VideoDecoderSuite, AtSightHandsOnTheSameKeyframes) {
  const std::vector<std::pair<const char*, std::string>> clips{
      {"mp4", kX264},
      {"ts", kX264},
      {"flv", kX264 + " -s 480x360"},
      {"flv", "-c:v flv -g 12 -q:v 4"},
      {"ts", "-c:v libx265 -preset ultrafast -g 12 -bf 3 -x265-params log-level=none:open-gop=0"},
      {"webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -lag-in-frames 5 -auto-alt-ref 1"},
      {"mkv", "-c:v libsvtav1 -preset 12 -g 12"},
      {"mpg", "-c:v mpeg2video -g 12 -bf 2 -q:v 4"},
      {"h264", kX264},
  };
  for (const auto& [extension, arguments] : clips) {
    SCOPED_TRACE(arguments + " in " + extension);
    const std::string path = make_clip(extension, arguments);
    for (const bool fast : {false, true}) {
      VideoOptions options = keyframes(fast);
      const Watched usual = watch(path, options);
      ASSERT_TRUE(usual.info.has_value()) << usual.info.error().message;
      options.at_sight = true;
      const Watched watched = watch(path, options);
      ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
      EXPECT_EQ(watched.info->codec, usual.info->codec);
      EXPECT_EQ(watched.info->width_px, usual.info->width_px);
      ASSERT_EQ(watched.frames.size(), usual.frames.size());
      for (std::size_t i = 0; i < usual.frames.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(watched.frames[i].facts.container_time_us, usual.frames[i].facts.container_time_us);
        EXPECT_EQ(watched.frames[i].facts.time_us, usual.frames[i].facts.time_us);
        EXPECT_EQ(watched.frames[i].y, usual.frames[i].y);
      }
    }
  }
}

TEST_P(VideoDecoderSuite, AtSightFindsAndRefusesWhatIsFoundAndRefusedOtherwise) {
  const std::string two = make_clip("mkv", kX264 + " -map 0:v -map 0:v");
  VideoOptions second = keyframes();
  second.at_sight = true;
  second.stream = 1;
  EXPECT_TRUE(watch(two, second).info.has_value());
  second.stream = 2;
  EXPECT_EQ(watch(two, second).info.error().code, Code::kUnsupported);
  second.stream = 0;
  const std::string tone = make_clip("mp4", "-c:a aac", "-f lavfi -i sine=duration=1");
  EXPECT_EQ(watch(tone, second).info.error().code, Code::kNotFound);
}

TEST_P(VideoDecoderSuite, LeavesTheLoopFilterOutOfLargeKeyframesAtLittleCostInBits) {
  const std::string large = moving_pattern("640x480", 1);
  for (const auto& [extension, arguments] :
       {std::pair<std::string, std::string>{"mp4", kX264},
        {"mp4", "-c:v libx265 -preset ultrafast -g 12 -x265-params log-level=none"}}) {
    const std::string path = make_clip(extension, arguments, large);
    const Watched exact = watch(path, keyframes(false));
    const Watched fast = watch(path, keyframes(true));
    ASSERT_EQ(exact.frames.size(), fast.frames.size());
    ASSERT_GE(exact.frames.size(), 2U);
    const auto hash = [](const SeenFrame& f) {
      YccView view = f.facts.planes;
      view.y = f.y.data();
      view.y_stride_bytes = view.width_px;
      return pdq_hash_linear(view);
    };
    for (std::size_t i = 0; i < exact.frames.size(); ++i)
      EXPECT_LE(hamming_distance(hash(exact.frames[i]).bits, hash(fast.frames[i]).bits), 4);
  }
}

TEST_P(VideoDecoderSuite, SamplesByPresentationTimeWhateverTheFrameRate) {
  // 25 frames a second for a second, then 5: frame numbers would mislead.
  const std::string path = make_clip(
      "mkv", kX264 + " -vsync vfr", moving_pattern("192x144", 4) + " -vf 'select=lt(t\\,1)+not(mod(n\\,5))'");
  const Watched all = watch(path, every_frame());
  const Watched sampled = watch(path, each(500'000));
  ASSERT_TRUE(sampled.info.has_value()) << sampled.info.error().message;
  std::vector<std::int64_t> expected;
  std::int64_t due = 0;
  for (const SeenFrame& f : all.frames) {
    if (f.facts.time_us < due) continue;
    expected.push_back(f.facts.time_us);
    while (due <= f.facts.time_us) due += 500'000;
  }
  std::vector<std::int64_t> got;
  for (const SeenFrame& f : sampled.frames) got.push_back(f.facts.time_us);
  EXPECT_EQ(got, expected);
  ASSERT_EQ(got.size(), 8U);
  EXPECT_EQ(got[7] / 100'000, 36);  // 3.5 s is due; frames stand at 3.4 and 3.6 s
  EXPECT_EQ(all.frames.size(), 40U);
}

TEST_P(VideoDecoderSuite, PassesOverFramesThatNothingNeedsAndHandsOnTheSamePixels) {
  const std::vector<std::tuple<const char*, std::string, bool>> clips{
      {"mp4", kX264, true},
      {"ts", kX264, true},
      {"mp4", "-c:v libx264 -preset veryfast -g 50 -bf 3 -x264-params b-pyramid=normal:open-gop=1", true},
      {"mkv", "-c:v libx265 -preset ultrafast -g 12 -bf 3 -x265-params log-level=none:open-gop=1", true},
      {"mpg", "-c:v mpeg2video -g 12 -bf 2 -q:v 4", true},
      {"avi", "-c:v mpeg4 -g 12 -bf 2 -q:v 4", false},
      {"webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -lag-in-frames 5 -auto-alt-ref 1", false},
  };
  for (const auto& [extension, arguments, saves] : clips) {
    SCOPED_TRACE(arguments + " in " + extension);
    const std::string path = make_clip(extension, arguments, moving_pattern("192x144", 4));
    const Watched all = watch(path, every_frame());
    ASSERT_TRUE(all.info.has_value()) << all.info.error().message;
    for (const std::int64_t interval_us : {90'000, 333'000, 1'000'000}) {
      SCOPED_TRACE(interval_us);
      const Watched sampled = watch(path, each(interval_us));
      ASSERT_TRUE(sampled.info.has_value()) << sampled.info.error().message;
      std::size_t next = 0;
      std::int64_t due = 0;
      for (const SeenFrame& f : all.frames) {
        if (f.facts.time_us < due) continue;
        due = (f.facts.time_us / interval_us + 1) * interval_us;
        ASSERT_LT(next, sampled.frames.size());
        EXPECT_EQ(sampled.frames[next].facts.time_us, f.facts.time_us);
        EXPECT_EQ(sampled.frames[next].y, f.y) << f.facts.time_us;
        ++next;
      }
      EXPECT_EQ(next, sampled.frames.size());
      EXPECT_FALSE(sampled.info->truncated);
      if (saves && interval_us == 1'000'000) {
        EXPECT_LT(sampled.info->frames_decoded, all.info->frames_decoded * 4 / 5);
      }
    }
  }
}

TEST_P(VideoDecoderSuite, CountsTimesFromTheStartOfTheStream) {
  const std::string path = make_clip("ts", kX264 + " -output_ts_offset 20000 -muxdelay 0");
  const Watched watched = watch(path, every_frame());
  ASSERT_TRUE(watched.info.has_value());
  EXPECT_EQ(watched.frames.at(0).facts.time_us, 0);
  EXPECT_NEAR(static_cast<double>(watched.info->start_us), 20'000e6, 2e6);
  EXPECT_EQ(watched.frames[3].facts.container_time_us - watched.info->start_us,
            watched.frames[3].facts.time_us);
  EXPECT_EQ(watched.frames[25].facts.time_us, 1'000'000);
}

TEST_P(VideoDecoderSuite, ObeysEditListsAndStillSeesTheKeyframeThatTheyHide) {
  const std::string whole =
      make_clip("mp4", "-c:v libx264 -preset veryfast -g 50 -keyint_min 50 -bf 3 -pix_fmt yuv420p");
  const std::string cut = scratch_path("cut.mp4");
  run_ffmpeg("-ss 1 -i " + whole + " -c copy " + cut);
  expect_frames_of_ffmpeg(cut, 192, 144);
  const Watched all = watch(cut, every_frame());
  ASSERT_TRUE(all.info.has_value()) << all.info.error().message;
  EXPECT_LE(all.frames.size(), 26U);
  EXPECT_GE(all.frames.at(0).facts.time_us, 0);
  const Watched keys = watch(cut, keyframes());
  ASSERT_TRUE(keys.info.has_value()) << keys.info.error().message;
  ASSERT_EQ(keys.frames.size(), 1U);
  EXPECT_EQ(keys.frames[0].facts.time_us, 0);
}

TEST_P(VideoDecoderSuite, RepairsTimesThatFallWhereTwoStreamsWereJoined) {
  const FileBytes one = read_file(make_clip("ts", kX264));
  FileBytes twice = one;
  twice.insert(twice.end(), one.begin(), one.end());
  const Watched watched = watch_bytes(twice, every_frame());
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  EXPECT_GE(watched.frames.size(), 98U);
  for (std::size_t i = 1; i < watched.frames.size(); ++i)
    ASSERT_GT(watched.frames[i].facts.time_us, watched.frames[i - 1].facts.time_us);
  EXPECT_GT(watched.frames.back().facts.time_us, 3'500'000);
  EXPECT_LT(watched.frames.back().facts.time_us, 4'500'000);
}

TEST_P(VideoDecoderSuite, GivesTimesToARawStreamThatHasNone) {
  const Watched watched = watch(make_clip("h264", kX264), every_frame());
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  ASSERT_EQ(watched.frames.size(), 50U);
  EXPECT_EQ(watched.frames[0].facts.time_us, 0);
  EXPECT_NEAR(static_cast<double>(watched.frames[49].facts.time_us), 49 * 40'000, 90'000);
}

TEST_P(VideoDecoderSuite, SpacesKeyframesWhenEveryFrameIsOne) {
  VideoOptions spaced = keyframes();
  spaced.spacing_us_min = 500'000;
  const Watched watched = watch(make_clip("mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le"), spaced);
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  std::vector<std::int64_t> got;
  for (const SeenFrame& f : watched.frames) got.push_back(f.facts.time_us);
  EXPECT_EQ(got, (std::vector<std::int64_t>{0, 520'000, 1'040'000, 1'560'000}));
  EXPECT_EQ(watched.info->frames_decoded, 4);
}

TEST_P(VideoDecoderSuite, ReadsALiveSegmentBehindItsInitSection) {
  const std::string list = scratch_path("live.m3u8");
  run_ffmpeg("-i " + make_clip("mp4", kX264) + " -c copy -f hls -hls_time 0.9 -hls_segment_type fmp4 " +
             "-hls_fmp4_init_filename live_init.mp4 -hls_segment_filename " + scratch_path("live_%d.m4s") +
             " " + list);
  const FileBytes init = read_file(scratch_path("live_init.mp4"));
  std::int64_t frames = 0;
  std::int64_t last_us = -1;
  for (int segment = 0; segment < 2; ++segment) {
    const FileBytes body = read_file(scratch_path("live_" + std::to_string(segment) + ".m4s"));
    const std::array<VideoSource::Bytes, 2> parts{init, body};
    const Watched watched = watch_with(*decoder_, {.parts = parts}, every_frame());
    ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
    EXPECT_FALSE(watched.info->truncated);
    frames += static_cast<std::int64_t>(watched.frames.size());
    EXPECT_EQ(watched.frames.at(0).facts.time_us, 0);
    EXPECT_GT(watched.frames.at(0).facts.container_time_us, last_us);
    last_us = watched.frames.back().facts.container_time_us;
  }
  EXPECT_GE(frames, 48);
}

TEST_P(VideoDecoderSuite, NeedsNoMoreMemoryForAFilmThanForAClip) {
  const std::string clip = make_clip("mp4", "-c:v libx264 -preset veryfast -g 10 -bf 2 -pix_fmt yuv420p",
                                     moving_pattern("64x48", 6, 2));
  for (const char* extension : {"mp4", "mkv"}) {
    const std::string film = scratch_path(std::string("film.") + extension);
    run_ffmpeg("-stream_loop 1800 -i " + clip + " -c copy " + film);  // three hours
    VideoOptions options = keyframes();
    options.limits.memory_bytes_max = 48ULL << 20;  // the sandboxed adapter enforces it
    std::int64_t frames = 0;
    const UniqueFd file(::open(film.c_str(), O_RDONLY | O_CLOEXEC));
    const auto info =
        decoder_->decode({.file = file.get()}, options, [&](const VideoFrame&) { return ++frames > 0; });
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(frames, 1801 * 2);
    EXPECT_GT(info->last_us, 3LL * 3600 * 1'000'000);
  }
}

TEST_P(VideoDecoderSuite, InformsWithoutDecoding) {
  const std::string path = make_clip("mkv", kX264 + " -f matroska");
  const Watched watched = watch(path, {.sampling = VideoSampling::kInfo});
  ASSERT_TRUE(watched.info.has_value()) << watched.info.error().message;
  EXPECT_TRUE(watched.frames.empty());
  EXPECT_EQ(watched.info->container, "matroska,webm");
  EXPECT_EQ(watched.info->codec, "h264");
  EXPECT_EQ(watched.info->width_px, 192);
  EXPECT_EQ(watched.info->packets, 50);
  EXPECT_EQ(watched.info->keyframes, 5);
  EXPECT_EQ(watched.info->keyframe_gap_us_max, 480'000);
  EXPECT_EQ(watched.info->duration_us, 2'000'000);
  EXPECT_EQ(watched.info->last_us, 1'960'000);
  EXPECT_EQ(watched.info->frame_rate_num, 25 * watched.info->frame_rate_den);
  EXPECT_EQ(watched.info->frames_decoded, 0);
}

}  // namespace
}  // namespace seawall::test
