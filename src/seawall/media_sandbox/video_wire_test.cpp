#include "seawall/media_sandbox/detail/video_wire.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

namespace seawall::media_sandbox {
namespace {

template <class Record>
std::span<const std::byte> packet_of(const Record& record) {
  return std::as_bytes(std::span(&record, 1));
}

class VideoWire : public testing::Test {
 protected:
  VideoWire() {
    expected_.job = 5;
    expected_.output = memory_;
    expected_.frames_seen = 2;
    expected_.last_time_us = 1000;
    expected_.limits.pixels_max = 21 * 13;
    expected_.limits.side_px_max = 21;
    expected_.limits.frames_max = 3;
    frame_.flags = kVideoColour | kVideoKey | kVideoMirrored;
    frame_.job = 5;
    frame_.y_offset_bytes = 64;
    frame_.y_stride_bytes = 24;
    frame_.cb_offset_bytes = 64 + 24 * 13;
    frame_.cr_offset_bytes = frame_.cb_offset_bytes + 16 * 7;
    frame_.chroma_stride_bytes = 16;
    frame_.time_us = 1001;
    frame_.container_time_us = -3;
    frame_.index = 2;
    frame_.width_px = 21;
    frame_.height_px = 13;
    frame_.h_shift = frame_.v_shift = 1;
    frame_.matrix = static_cast<std::uint8_t>(YccMatrix::kBt709Limited);
    frame_.quarter_turns = 3;
    done_.job = 5;
    done_.packets = 9;
    done_.keyframes = 2;
    done_.frames_decoded = 4;
    done_.frames_visited = 2;
    done_.video_streams = 1;
  }

  void expect_refused(const char* what, const std::function<void(VideoFrameReply&)>& twist) const {
    VideoFrameReply record = frame_;
    twist(record);
    const auto frame = parse_video_frame(packet_of(record), expected_);
    ASSERT_FALSE(frame) << what;
    EXPECT_EQ(frame.error().code, Code::kCorrupt);
  }
  void expect_end_refused(const char* what, const std::function<void(VideoDoneReply&)>& twist) const {
    VideoDoneReply record = done_;
    twist(record);
    EXPECT_FALSE(parse_video_done(packet_of(record), expected_)) << what;
  }

  // Just what the honest frame needs: its last chroma row is 11 samples long.
  std::vector<std::byte> memory_ = std::vector<std::byte>(64 + 24 * 13 + 16 * 7 + 16 * 6 + 11);
  VideoExpectation expected_;
  VideoFrameReply frame_;
  VideoDoneReply done_;
};

TEST_F(VideoWire, AcceptsAnHonestFrameThatIsJustWithinEveryLimit) {
  const auto frame = parse_video_frame(packet_of(frame_), expected_);
  ASSERT_TRUE(frame.has_value()) << frame.error().message;
  EXPECT_EQ(frame->planes.width_px, 21);
  EXPECT_EQ(frame->planes.cr, reinterpret_cast<const std::uint8_t*>(memory_.data()) + frame_.cr_offset_bytes);
  EXPECT_EQ(frame->orientation, (Orientation{.mirrored = true, .quarter_turns = 3}));
  EXPECT_TRUE(frame->key);
  EXPECT_FALSE(frame->damaged);
  EXPECT_EQ(frame->container_time_us, -3);
}

TEST_F(VideoWire, RefusesEveryFrameThatCannotBeTrue) {
  expect_refused("magic", [](auto& f) { f.magic = 0; });
  expect_refused("job", [](auto& f) { f.job = 6; });
  expect_refused("index behind", [](auto& f) { f.index = 1; });
  expect_refused("index ahead", [](auto& f) { f.index = 3; });
  expect_refused("time falls", [](auto& f) { f.time_us = 1000; });
  expect_refused("time overflows", [](auto& f) { f.time_us = INT64_MAX; });
  expect_refused("width 0", [](auto& f) { f.width_px = 0; });
  expect_refused("width beyond", [](auto& f) { f.width_px = 22; });
  expect_refused("height negative", [](auto& f) { f.height_px = -1; });
  expect_refused("pixels", [](auto& f) { f.height_px = 14; });
  expect_refused("shift", [](auto& f) { f.h_shift = 3; });
  expect_refused("matrix 0", [](auto& f) { f.matrix = 0; });
  expect_refused("matrix 7", [](auto& f) { f.matrix = 7; });
  expect_refused("turns", [](auto& f) { f.quarter_turns = 4; });
  expect_refused("aspect", [](auto& f) { f.aspect_den = 0; });
  expect_refused("stride short", [](auto& f) { f.y_stride_bytes = 20; });
  expect_refused("stride huge", [](auto& f) { f.y_stride_bytes = 1 << 20; });
  expect_refused("stride negative", [](auto& f) { f.chroma_stride_bytes = -16; });
  expect_refused("y outside", [](auto& f) { f.y_offset_bytes = 1 << 20; });
  expect_refused("cb outside", [](auto& f) { f.cb_offset_bytes = UINT64_MAX; });
  expect_refused("cr one byte outside", [](auto& f) { f.cr_offset_bytes += 1; });
  EXPECT_FALSE(parse_video_frame(packet_of(frame_).first(sizeof frame_ - 1), expected_));
}

TEST_F(VideoWire, RefusesOneFrameMoreThanTheLimit) {
  expected_.limits.frames_max = 2;
  EXPECT_FALSE(parse_video_frame(packet_of(frame_), expected_));
}

TEST_F(VideoWire, IgnoresChromaOfAGrayFrame) {
  frame_.flags &= ~std::uint32_t{kVideoColour};
  frame_.cb_offset_bytes = UINT64_MAX;
  const auto frame = parse_video_frame(packet_of(frame_), expected_);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->planes.cb, nullptr);
}

TEST_F(VideoWire, RefusesEveryEndThatCannotBeTrue) {
  ASSERT_TRUE(parse_video_done(packet_of(done_), expected_).has_value());
  expect_end_refused("job", [](auto& d) { d.job = 1; });
  expect_end_refused("visited", [](auto& d) { d.frames_visited = 3; });
  expect_end_refused("decoded", [](auto& d) { d.frames_decoded = 1; });
  expect_end_refused("negative", [](auto& d) { d.duration_us = -1; });
  expect_end_refused("keyframes", [](auto& d) { d.keyframes = 10; });
  expect_end_refused("packets", [](auto& d) { d.packets = INT64_MAX; });
  expect_end_refused("rate", [](auto& d) { d.frame_rate_den = 0; });
  expect_end_refused("streams", [](auto& d) { d.video_streams = 0; });
  expect_end_refused("turns", [](auto& d) { d.quarter_turns = 9; });
  expect_end_refused("code",
                     [](auto& d) { d.error_code = static_cast<std::uint32_t>(Code::kDecoderCrashed); });
}

TEST_F(VideoWire, CutsTheTextOfAnErrorToPrintableAscii) {
  done_.error_code = static_cast<std::uint32_t>(Code::kInvalidInput);
  done_.text = {'n', 'o', '\x1b', '\n'};
  const auto done = parse_video_done(packet_of(done_), expected_);
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->failed);
  EXPECT_EQ(done->error.message, "no??");
}

TEST_F(VideoWire, CarriesARequestUnchanged) {
  VideoRequest request{.job = 9, .bytes = 1000, .from_file = true, .options = {}};
  request.options.sampling = VideoSampling::kInterval;
  request.options.interval_us = 12345;
  request.options.stream = 2;
  request.options.fast_keyframes = false;
  request.options.at_sight = true;
  request.options.limits.frames_max = 77;
  const auto record = record_of(request);
  const auto read = parse_video_request(packet_of(record), {10, 10});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->options.interval_us, 12345);
  EXPECT_EQ(read->options.stream, 2);
  EXPECT_EQ(read->options.limits.frames_max, 77);
  EXPECT_FALSE(read->options.fast_keyframes);
  EXPECT_TRUE(read->options.at_sight);
  EXPECT_TRUE(read->from_file);
  request.from_file = false;
  const auto too_long = record_of(request);
  EXPECT_FALSE(parse_video_request(packet_of(too_long), {10, 10}));
}

TEST_F(VideoWire, CarriesAFrameAndAnEndUnchanged) {
  const auto frame = parse_video_frame(packet_of(frame_), expected_);
  ASSERT_TRUE(frame.has_value());
  const auto* base = reinterpret_cast<const std::uint8_t*>(memory_.data());
  const auto again = record_of(*frame, 5, base);
  EXPECT_EQ(std::memcmp(&again, &frame_, sizeof again), 0);
  const auto end = parse_video_done(packet_of(done_), expected_);
  ASSERT_TRUE(end.has_value());
  const auto end_again = record_of(Result<VideoInfo>(end->info), 5);
  EXPECT_EQ(std::memcmp(&end_again, &done_, sizeof done_), 0);
}

}  // namespace
}  // namespace seawall::media_sandbox
