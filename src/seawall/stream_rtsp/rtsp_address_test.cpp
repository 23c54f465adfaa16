#include "seawall/stream_rtsp/rtsp_address.h"

#include <gtest/gtest.h>

namespace seawall {
namespace {

TEST(RtspAddress, IsReadInParts) {
  const auto plain = rtsp_address_from_text("RTSP://Cam.example/Streams/1?a=b#c");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->host, "cam.example");
  EXPECT_EQ(plain->port, 554);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->url, "rtsp://cam.example:554/Streams/1?a=b");
  EXPECT_TRUE(plain->user.empty());
  const auto v6 = rtsp_address_from_text("rtsp://[2001:db8::1]:8554");
  ASSERT_TRUE(v6.has_value());
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(v6->url, "rtsp://[2001:db8::1]:8554/");
  EXPECT_EQ(rtsp_address_from_text("rtsps://h/x")->port, 322);
}

TEST(RtspAddress, KeepsUserAndPasswordOutOfWhatIsAskedFor) {
  const auto address = rtsp_address_from_text("rtsp://ad%40min:p%3Aw:x@h:1000/x");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->user.reveal(), "ad@min");
  EXPECT_EQ(address->password.reveal(), "p:w:x");
  EXPECT_EQ(address->url, "rtsp://h:1000/x");
  EXPECT_TRUE(rtsp_address_from_text("rtsp://only@h/x")->password.empty());
}

TEST(RtspAddress, RefusesWhatIsNoneWithoutRepeatingIt) {
  for (const char* text :
       {"rtsp:/h-secret/x", "http://h-secret/x", "rtsp://h-secret:0/x", "rtsp://h-secret:99999/x",
        "rtsp:///secret", "rtsp://[::1-secret/x", "rtsp://se%0Dcret@h/x", "rtsp://se%cret@h/x",
        "rtsp://h/se cret", "rtsp://h/se\r\ncret"}) {
    const auto address = rtsp_address_from_text(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().message.find("cret"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace seawall
