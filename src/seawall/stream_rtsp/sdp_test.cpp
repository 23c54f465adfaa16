#include "seawall/stream_rtsp/sdp.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(Sdp, GivesTheFirstVideoThatIsKnown) {
  const auto video = sdp_video_from_text(
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\na=control:*\r\n"
      "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=control:track0\r\n"
      "m=video 0 RTP/AVP 26 98 96\r\na=rtpmap:98 VP8/90000\r\na=rtpmap:96 h264/90000\r\n"
      "a=fmtp:96 packetization-mode=1; Sprop-Parameter-Sets=Z0IAKeKQFAe2,aM48gA==,%%;profile-level-id=42\r\n"
      "a=control:track1\r\n");
  ASSERT_TRUE(video.has_value()) << video.error().message;
  EXPECT_EQ(video->codec, PictureCodec::kH264);
  EXPECT_EQ(video->payload_type, 96U);
  EXPECT_EQ(video->control, "track1");
  EXPECT_EQ(video->session_control, "*");
  ASSERT_EQ(video->parameters.size(), 2U) << "what is no Base64 is left out";
  EXPECT_EQ(video->parameters[0][0], std::byte{0x67});
  EXPECT_EQ(video->parameters[1].size(), 4U);
}

TEST(Sdp, GivesHevcWithItsThreeKindsOfParameters) {
  const auto video = sdp_video_from_text(
      "m=video 0 RTP/AVP 96\nb=AS:5\na=rtpmap:96 H265/90000\n"
      "a=fmtp:96 sprop-vps=QAE=;sprop-sps=QgE=;sprop-pps=RAE=\n");
  ASSERT_TRUE(video.has_value());
  EXPECT_EQ(video->codec, PictureCodec::kHevc);
  EXPECT_EQ(video->parameters.size(), 3U);
  EXPECT_EQ(video->control, "");
}

TEST(Sdp, SaysWhatIsNotFollowed) {
  for (const char* text : {"", "m=video 0 RTP/AVP 26\n", "m=audio 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
                           "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=2\n",
                           "m=video 0 RTP/AVP 96\na=rtpmap:96 H265/90000\na=fmtp:96 sprop-max-don-diff=2\n",
                           "m=video 0 RAW/RAW/UDP 96\na=rtpmap:96 H264/90000\n"}) {
    const auto video = sdp_video_from_text(text);
    ASSERT_FALSE(video.has_value()) << text;
    EXPECT_EQ(video.error().code, Code::kUnsupported);
  }
  EXPECT_EQ(sdp_video_from_text(std::string(kSdpBytesMax + 1, 'a')).error().code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
