#include "seawall/streams/stream_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using testing::HasSubstr;
using testing::Not;

const Reach kPublic{.public_only = true};

TEST(StreamAddress, IsTakenWhateverItsSchemeWhenItsHostIsAName) {
  for (const char* url : {"https://live.example/a.m3u8", "rtmp://live.example/app/name?key=1",
                          "srt://live.example:9000?streamid=a", "rtsp://live.example/cam", "HTTP://a:8080/x",
                          "rtmp://203.0.114.7/live/a", "https://[2600::1]:8443/a.m3u8"}) {
    EXPECT_TRUE(check_stream_address(url, kPublic)) << url;
  }
}

TEST(StreamAddress, OfAnotherNetworkIsRefusedUnlessTheOperatorAllowsIt) {
  const char* const inside[] = {"rtmp://127.0.0.1/live/a", "http://10.1.2.3/a",
                                "https://192.168.0.1/",    "http://169.254.169.254/latest",
                                "rtmp://[::1]/live/a",     "http://localhost:80/",
                                "http://[fd00::1]/",       "http://a.localhost/",
                                "https://0.0.0.0/",        "rtmp://[::ffff:10.0.0.1]/a/b",
                                "http://100.64.0.1:8080/"};
  for (const char* url : inside) {
    const auto refused = check_stream_address(url, kPublic);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, Code::kInvalidInput);
  }
  Reach reach = kPublic;
  reach.allowed_networks.push_back(*Network::from_text("10.0.0.0/8"));
  reach.allowed_networks.push_back(*Network::from_text("127.0.0.1/32"));
  EXPECT_TRUE(check_stream_address("rtmp://10.1.2.3/live/a", reach));
  EXPECT_TRUE(check_stream_address("rtmp://localhost/live/a", reach));
  EXPECT_FALSE(check_stream_address("rtmp://127.0.0.2/live/a", reach)) << "only the address that was named";
  reach.refused_networks.push_back(*Network::from_text("10.1.0.0/16"));
  EXPECT_FALSE(check_stream_address("rtmp://10.1.2.3/live/a", reach));
}

TEST(StreamAddress, OfACameraMayHoldItsLoginAndItsPort) {
  for (const char* url : {"rtsp://8.8.8.8:554/cam", "rtsps://8.8.8.8:322/cam",
                          "rtsp://user:p%40ss@8.8.8.8/cam", "rtsp://user:pass@cam.example:8554/1"})
    EXPECT_TRUE(check_stream_address(url, kPublic)) << url;
  for (const char* url : {"rtsp://8.8.8.8:22/cam", "rtmp://8.8.8.8:554/a/b", "rtsp://user:pass@10.1.2.3/cam",
                          "rtsp://8.8.8.8@127.0.0.1/cam"})
    EXPECT_FALSE(check_stream_address(url, kPublic)) << url;
}

TEST(StreamAddress, ThatIsNoneIsRefusedAndNeverRepeated) {
  for (const std::string& url :
       {std::string("secret"), std::string("://secret/"), std::string("http:///secret"), std::string(""),
        std::string("http://user:secret@live.example/"), std::string("http://secret@127.0.0.1/"),
        std::string("http://a:0/secret"), std::string("http://a:99999/secret"),
        std::string("http://a:x/secret"), std::string("http://a/sec ret"), std::string("http://a/secret\n"),
        std::string("http://secr\xc3\xa9t/"), "http://a/secret" + std::string(9'000, 'a'),
        std::string("http://[::1/secret"), std::string("http://a:22/secret"),
        std::string("http://[secret")}) {
    const auto refused = check_stream_address(url, kPublic);
    if (url == "http://a:22/secret") continue;  // A name: its port is asked about with its address.
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, Code::kInvalidInput);
    EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
  }
}

TEST(StreamAddress, HasASchemeInLowerCase) {
  EXPECT_EQ(stream_scheme("RTMP://a/b"), "rtmp");
  EXPECT_EQ(stream_scheme("a/b"), "");
}

}  // namespace
