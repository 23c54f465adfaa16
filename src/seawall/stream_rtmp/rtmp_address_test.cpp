#include "seawall/stream_rtmp/rtmp_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

TEST(RtmpAddress, IsHostPortApplicationAndName) {
  const auto address = rtmp_address_from_text("RTMP://Live.Example:1936/app/cam1?key=secret");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "live.example");
  EXPECT_EQ(address->port, 1936);
  EXPECT_EQ(address->app, "app");
  EXPECT_EQ(address->name, "cam1?key=secret");
  EXPECT_EQ(address->application_url(), "rtmp://live.example:1936/app");
  const auto v6 = rtmp_address_from_text("rtmp://[::1]/live/a/b");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 1935);
  EXPECT_EQ(v6->name, "a/b");
  EXPECT_EQ(v6->application_url(), "rtmp://[::1]:1935/live");
  EXPECT_FALSE(v6->tls);
  const auto tls = rtmp_address_from_text("rtmps://h/live/a");
  ASSERT_TRUE(tls);
  EXPECT_TRUE(tls->tls);
  EXPECT_EQ(tls->application_url(), "rtmps://h:443/live");
}

TEST(RtmpAddress, RefusesWhatIsNoneWithoutRepeatingIt) {
  for (const char* text : {"", "rtmp://", "rtmp://host", "rtmp://host/", "rtmp://host/secret",
                           "rtmp://host/secret/", "rtmp:///a/secret", "http://host/a/secret",
                           "rtmp://host:0/a/secret", "rtmp://host:99999/a/secret", "rtmp://host:x/a/secret",
                           "rtmp://[::1/a/secret", "rtmp://[::1]x/a/secret", "rtmp://u:secret@host/a/b",
                           "rtmp://host/a/sec ret", "rtmp://host/a/secret\n", "rtmps://host/secret"}) {
    const auto address = rtmp_address_from_text(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().message, testing::Not(testing::HasSubstr("secret")));
  }
  EXPECT_FALSE(rtmp_address_from_text("rtmp://host/a/" + std::string(9'000, 'x')));
}

}  // namespace
