#include "seawall/media_sandbox/detail/wire.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "seawall/media_sandbox/detail/worker_launch.h"

namespace seawall::media_sandbox {
namespace {

class Wire : public testing::Test {
 protected:
  Wire() {
    honest_.kind = static_cast<std::uint32_t>(ReplyKind::kDone);
    honest_.job = 5;
    honest_.frame = {.offset_bytes = 4096,
                     .stride_bytes = 30,
                     .width_px = 10,
                     .height_px = 7,
                     .original_width_px = 20,
                     .original_height_px = 13,
                     .scale_denominator = 2,
                     .index = 3,
                     .layout = 2,
                     .present = 1};
    honest_.type = static_cast<std::uint32_t>(MediaType::kJpeg);
    honest_.width_px = 20;
    honest_.height_px = 13;
    honest_.frames_total = 9;
    honest_.frames_decoded = 3;
    expected_.job = 5;
    expected_.output = memory_;
    expected_.frames_seen = 2;
    expected_.last_index = 2;
    expected_.limits.pixels_max = 260;
    expected_.limits.side_px_max = 20;
    expected_.limits.frames_max = 3;
  }

  Result<Reply> parse(const ReplyRecord& record) const {
    return parse_reply(std::as_bytes(std::span(&record, 1)), expected_);
  }
  void expect_refused(const char* what, const std::function<void(ReplyRecord&)>& twist) const {
    ReplyRecord record = honest_;
    twist(record);
    const auto reply = parse(record);
    ASSERT_FALSE(reply) << what;
    EXPECT_EQ(reply.error().code, Code::kCorrupt);
  }

  std::vector<std::byte> memory_ = std::vector<std::byte>(4096 + 210);  // just what the honest frame needs
  ReplyRecord honest_;
  ReplyExpectation expected_;
};

TEST_F(Wire, AcceptsAnHonestReplyThatIsJustWithinEveryLimit) {
  const auto reply = parse(honest_);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->has_frame);
  EXPECT_EQ(reply->frame.pixels.data, reinterpret_cast<const std::uint8_t*>(memory_.data()) + 4096);
  EXPECT_EQ(reply->info.frames_total, 9);
}

TEST_F(Wire, RefusesEachNumberThatCannotBeTrue) {
  expect_refused("magic", [](ReplyRecord& r) { r.magic = 0; });
  expect_refused("kind", [](ReplyRecord& r) { r.kind = 3; });
  expect_refused("job", [](ReplyRecord& r) { r.job = 6; });
  expect_refused("one byte beyond", [](ReplyRecord& r) { r.frame.offset_bytes = 4097; });
  expect_refused("offset that wraps", [](ReplyRecord& r) { r.frame.offset_bytes = ~0ULL; });
  expect_refused("width", [](ReplyRecord& r) { r.frame.width_px = 11; });
  expect_refused("height", [](ReplyRecord& r) { r.frame.height_px = 6; });
  expect_refused("no width", [](ReplyRecord& r) { r.frame.width_px = r.frame.original_width_px = 0; });
  expect_refused("negative", [](ReplyRecord& r) { r.frame.original_height_px = -13; });
  expect_refused("side", [](ReplyRecord& r) { r.frame.original_width_px = 21; });
  expect_refused("pixels", [](ReplyRecord& r) { r.frame.original_height_px = 14; });
  expect_refused("scale", [](ReplyRecord& r) { r.frame.scale_denominator = 3; });
  expect_refused("no scale", [](ReplyRecord& r) { r.frame.scale_denominator = 0; });
  expect_refused("short stride", [](ReplyRecord& r) { r.frame.stride_bytes = 29; });
  expect_refused("huge stride", [](ReplyRecord& r) { r.frame.stride_bytes = 1LL << 60; });
  expect_refused("layout", [](ReplyRecord& r) { r.frame.layout = 3; });
  expect_refused("index again", [](ReplyRecord& r) { r.frame.index = 2; });
  expect_refused("type", [](ReplyRecord& r) { r.type = 200; });
  expect_refused("frames", [](ReplyRecord& r) { r.frames_decoded = 2; });
  expect_refused("total", [](ReplyRecord& r) { r.frames_total = 2; });
  expect_refused("size", [](ReplyRecord& r) { r.width_px = 0; });
  expect_refused("crash claimed",
                 [](ReplyRecord& r) { r.error_code = static_cast<std::uint32_t>(Code::kDecoderCrashed); });
  expect_refused("frame without frame", [](ReplyRecord& r) {
    r.kind = static_cast<std::uint32_t>(ReplyKind::kFrame);
    r.frame.present = 0;
  });
}

TEST_F(Wire, RefusesOneFrameMoreThanTheLimit) {
  expected_.frames_seen = 3;
  EXPECT_FALSE(parse(honest_));
}

TEST_F(Wire, RefusesPacketsOfAnyOtherSize) {
  std::vector<std::byte> bytes(sizeof honest_ + 1);
  std::memcpy(bytes.data(), &honest_, sizeof honest_);
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    EXPECT_EQ(parse_reply(std::span(bytes).first(n), expected_).has_value(), n == sizeof honest_) << n;
  }
}

TEST_F(Wire, CutsTheTextOfAnErrorToPrintableAscii) {
  honest_.error_code = static_cast<std::uint32_t>(Code::kInvalidInput);
  honest_.text = {'a', '\x1b', '[', '\n', '\xFF', 'z'};
  honest_.text_bytes = 0xFFFFFFFF;
  const auto reply = parse(honest_);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->failed);
  EXPECT_EQ(reply->error.message.size(), kReplyTextBytes);
  EXPECT_EQ(reply->error.message.substr(0, 6), "a?[??z");
}

TEST_F(Wire, RefusesARequestForMoreInputThanThereIs) {
  RequestRecord request;
  request.side_px_max = request.frames_max = request.time_ms_max = 1;
  request.file_bytes = 100;
  const auto packet = std::as_bytes(std::span(&request, 1));
  EXPECT_TRUE(parse_request(packet, {100, 0}));
  EXPECT_FALSE(parse_request(packet, {99, 0}));
  EXPECT_FALSE(parse_request(packet.first(packet.size() - 1), {100, 0}));
}

TEST(WorkerLaunch, ReadsBackExactlyWhatItWrites) {
  const LaunchFacts facts{1234, 1ULL << 40, false};
  const auto arguments = arguments_of(facts);
  std::vector<const char*> argv{"worker"};
  for (const std::string& a : arguments) argv.push_back(a.c_str());
  const auto read = parse_launch(static_cast<int>(argv.size()), argv.data());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->parent_pid, 1234);
  EXPECT_EQ(read->memory_bytes_max, 1ULL << 40);
  EXPECT_FALSE(read->wipe);
  EXPECT_FALSE(parse_launch(static_cast<int>(argv.size()) - 1, argv.data()));
  argv[2] = "12x";
  EXPECT_FALSE(parse_launch(static_cast<int>(argv.size()), argv.data()));
}

}  // namespace
}  // namespace seawall::media_sandbox
