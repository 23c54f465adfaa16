#include "seawall/stream_rtsp/rtsp_session.h"

#include <gtest/gtest.h>

#include "seawall/stream_rtsp/detail/packet_writer.h"

namespace seawall {
namespace {

using std::chrono::seconds;

struct Numbers final : RandomSource {
  std::uint64_t next() override { return 7; }
};

constexpr std::string_view kDescription =
    "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n";

class RtspSessionTest : public testing::Test {
 protected:
  static RtspAddress address() { return *rtsp_address_from_text("rtsp://us:pw-secret@h-secret:8554/cam"); }

  /// What the session says next.
  std::string said() {
    const auto bytes = session_.take_output();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  Result<void> hear(const std::string& text) {
    return session_.take(std::as_bytes(std::span(text)),
                         [&](std::span<const std::byte> packet) { packets_.push_back(packet.size()); });
  }
  Result<void> answer(int status, const std::string& fields = "", std::string_view body = "") {
    ++number_;
    std::string text =
        "RTSP/1.0 " + std::to_string(status) + " X\r\nCSeq: " + std::to_string(number_) + "\r\n" + fields;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return hear(text + "\r\n" + std::string(body));
  }
  void play(const std::string& session = "Session: 12ab;timeout=20\r\n") {
    ASSERT_TRUE(answer(200, "Public: OPTIONS, GET_PARAMETER\r\n"));
    ASSERT_TRUE(answer(200, "Content-Base: rtsp://h-secret:8554/cam/\r\n", kDescription));
    ASSERT_TRUE(answer(200, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n" + session));
    ASSERT_TRUE(answer(200));
  }

  const RtspAddress address_ = address();
  Numbers random_;
  RtspSession session_{address_, random_, Time{}};
  std::vector<std::size_t> packets_;
  int number_ = 0;
};

TEST_F(RtspSessionTest, AsksDescribesSetsUpAndPlays) {
  EXPECT_TRUE(said().starts_with("OPTIONS rtsp://h-secret:8554/cam RTSP/1.0\r\nCSeq: 1\r\n"));
  ASSERT_TRUE(answer(200, "Public: OPTIONS, GET_PARAMETER\r\n"));
  const std::string describe = said();
  EXPECT_TRUE(describe.starts_with("DESCRIBE rtsp://h-secret:8554/cam RTSP/1.0\r\nCSeq: 2\r\n")) << describe;
  EXPECT_EQ(describe.find("Authorization"), std::string::npos) << "nobody has asked";
  ASSERT_TRUE(answer(200, "Content-Base: rtsp://h-secret:8554/cam/\r\n", kDescription));
  EXPECT_TRUE(said().starts_with("SETUP rtsp://h-secret:8554/cam/trackID=0 RTSP/1.0\r\nCSeq: 3\r\n"));
  ASSERT_TRUE(answer(200, "Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\nSession: 12ab;timeout=20\r\n"));
  const std::string play = said();
  EXPECT_TRUE(play.starts_with("PLAY rtsp://h-secret:8554/cam/ RTSP/1.0\r\nCSeq: 4\r\n")) << play;
  EXPECT_NE(play.find("Session: 12ab\r\n"), std::string::npos);
  EXPECT_FALSE(session_.playing());
  ASSERT_TRUE(hear(test::interleaved(2, "early")));
  ASSERT_TRUE(answer(200));
  EXPECT_TRUE(session_.playing());
  ASSERT_TRUE(hear(test::interleaved(2, "packet") + test::interleaved(3, "rtcp")));
  EXPECT_EQ(packets_, (std::vector<std::size_t>{5, 6}));
}

TEST_F(RtspSessionTest, SaysWhoItIsWhenItIsAskedAndNotBefore) {
  ASSERT_TRUE(answer(200));
  (void)said();
  ASSERT_TRUE(answer(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"));
  const std::string again = said();
  EXPECT_TRUE(again.starts_with("DESCRIBE rtsp://h-secret:8554/cam RTSP/1.0\r\nCSeq: 3\r\n")) << again;
  EXPECT_NE(again.find("Authorization: Digest username=\"us\""), std::string::npos);
  EXPECT_EQ(again.find("pw-secret"), std::string::npos);
  const auto refused = answer(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"m\"\r\n");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "the server refuses the user and password");
}

TEST_F(RtspSessionTest, StaysAliveAndLeavesWithAWord) {
  play();
  (void)said();
  session_.on_time(Time{seconds(9)});
  EXPECT_EQ(said(), "");
  session_.on_time(Time{seconds(10)});
  EXPECT_TRUE(said().starts_with("GET_PARAMETER rtsp://h-secret:8554/cam/ RTSP/1.0\r\n"));
  ASSERT_TRUE(answer(200));
  session_.on_time(Time{seconds(19)});
  EXPECT_EQ(said(), "");
  const auto bytes = session_.goodbye();
  const std::string bye(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EXPECT_TRUE(bye.starts_with("TEARDOWN rtsp://h-secret:8554/cam/ RTSP/1.0\r\n")) << bye;
  EXPECT_NE(bye.find("Session: 12ab\r\n"), std::string::npos);
}

TEST_F(RtspSessionTest, ASessionThatIsGoneEndsTheConnection) {
  play();
  session_.on_time(Time{seconds(60)});
  EXPECT_EQ(answer(454).error().code, Code::kNotFound);
}

TEST_F(RtspSessionTest, AnswersTheServersQuestionsButNotWithoutEnd) {
  play();
  (void)said();
  ASSERT_TRUE(hear("OPTIONS * RTSP/1.0\r\nCSeq: 77\r\n\r\nRECORD x RTSP/1.0\r\n\r\n"));
  EXPECT_EQ(said(), "RTSP/1.0 200 OK\r\nCSeq: 77\r\n\r\nRTSP/1.0 501 Not Implemented\r\n\r\n");
  EXPECT_FALSE(hear("REDIRECT x RTSP/1.0\r\n\r\n").has_value());
  std::string many;
  for (int i = 0; i < 4'000; ++i) many += "OPTIONS * RTSP/1.0\r\n\r\n";
  EXPECT_EQ(hear(many).error().code, Code::kLimitExceeded);
  EXPECT_LE(said().size(), RtspSession::kOutputMax);
}

TEST_F(RtspSessionTest, RefusalsAreToldWithoutTheServersWords) {
  for (const int status : {301, 403, 404, 461, 500}) {
    RtspSession session(address_, random_, Time{});
    const auto take = [&](int number, int code) {
      const std::string text = "RTSP/1.0 " + std::to_string(code) +
                               " my secret\r\nCSeq: " + std::to_string(number) +
                               "\r\nLocation: rtsp://secret/\r\n\r\n";
      return session.take(std::as_bytes(std::span(text)), [](std::span<const std::byte>) {});
    };
    ASSERT_TRUE(take(1, 200));
    const auto refused = take(2, status);
    ASSERT_FALSE(refused.has_value()) << status;
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

TEST_F(RtspSessionTest, AnswersOfSomethingElseAreNone) {
  (void)said();
  ASSERT_TRUE(
      hear("RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\nRTSP/1.0 200 OK\r\n\r\nRTSP/1.0 100 X\r\nCSeq: 1\r\n\r\n"));
  EXPECT_EQ(said(), "");
}

TEST_F(RtspSessionTest, AServerThatSendsNotOverTcpIsUnsupported) {
  ASSERT_TRUE(answer(200));
  ASSERT_TRUE(answer(200, "", kDescription));
  EXPECT_EQ(answer(200, "Transport: RTP/AVP;unicast\r\nSession: 1\r\n").error().code, Code::kUnsupported);
}

TEST_F(RtspSessionTest, AddressesOfADescriptionThatCannotBeAskedForAreRefused) {
  ASSERT_TRUE(answer(200));
  const std::string description = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:a b\n";
  EXPECT_EQ(answer(200, "", description).error().code, Code::kInvalidInput);
}

}  // namespace
}  // namespace seawall
