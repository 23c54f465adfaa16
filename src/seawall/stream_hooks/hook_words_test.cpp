#include "seawall/stream_hooks/hook_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using Kind = StreamHook::Kind;

TEST(StreamHooks, OfNginxRtmpAreForms) {
  const auto begins = hook_of_nginx_rtmp(
      "app=live&flashver=FMLE/3.0&swfurl=&tcurl=rtmp://127.0.0.1:1935/"
      "live&pageurl=&addr=203.0.113.9&clientid=7&"
      "call=publish&name=cam-1&type=live&key=secret");
  ASSERT_TRUE(begins);
  EXPECT_EQ(begins->kind, Kind::kBegins);
  EXPECT_EQ(begins->path, "live/cam-1");
  EXPECT_EQ(hook_of_nginx_rtmp("call=publish_done&app=live&name=cam-1")->kind, Kind::kEnds);
  EXPECT_EQ(hook_of_nginx_rtmp("call=play&app=live&name=cam-1")->kind, Kind::kOther);
  EXPECT_FALSE(hook_of_nginx_rtmp("app=live&name=cam-1"));
}

TEST(StreamHooks, OfSrsAndMediaMtxAreObjects) {
  const auto srs =
      hook_of_srs(R"({"server_id":"x","action":"on_publish","client_id":"9","ip":"203.0.113.9",)"
                  R"("vhost":"__defaultVhost__","app":"live","stream":"cam","param":"?key=secret"})");
  ASSERT_TRUE(srs);
  EXPECT_EQ(srs->kind, Kind::kBegins);
  EXPECT_EQ(srs->path, "live/cam");
  EXPECT_EQ(hook_of_srs(R"({"action":"on_unpublish","app":"live","stream":"cam"})")->kind, Kind::kEnds);
  const auto mediamtx =
      hook_of_mediamtx(R"({"user":"","password":"","token":"","ip":"203.0.113.9","action":"publish",)"
                       R"("path":"mystream","protocol":"rtmp","id":"","query":""})");
  ASSERT_TRUE(mediamtx);
  EXPECT_EQ(mediamtx->kind, Kind::kBegins);
  EXPECT_EQ(mediamtx->path, "mystream");
  EXPECT_EQ(hook_of_mediamtx(R"({"action":"notReady","path":"mystream"})")->kind, Kind::kEnds);
  EXPECT_EQ(hook_of_mediamtx(R"({"action":"read","path":"mystream"})")->kind, Kind::kOther);
}

TEST(StreamHooks, NameStreamsThatCanStandInAnAddress) {
  for (const char* name :
       {"a%20b", "..", "", "a%2F..%2Fb", "a?key=1", "%7Bname%7D", "a%00", "a%23b", "@host"}) {
    const auto hook = hook_of_nginx_rtmp("call=publish&app=live&name=" + std::string(name));
    ASSERT_FALSE(hook) << name;
    EXPECT_THAT(hook.error().message, testing::Not(testing::HasSubstr("host")));
  }
  EXPECT_FALSE(hook_of_nginx_rtmp("call=publish&app=live&name=" + std::string(300, 'x')));
  EXPECT_EQ(hook_of_nginx_rtmp(std::string(70'000, 'x')).error().code, Code::kLimitExceeded);
  for (const char* body :
       {"", "[]", "1", "{", R"({"action":7,"path":"x"})", R"({"action":"ready","path":7})"})
    EXPECT_FALSE(hook_of_mediamtx(body)) << body;
}

TEST(StreamHooks, SayWhereTheStreamIsPlayed) {
  EXPECT_EQ(tap_address("rtmp://127.0.0.1/{app}/{name}", "live/cam"), "rtmp://127.0.0.1/live/cam");
  EXPECT_EQ(tap_address("http://h/{path}/index.m3u8", "a/b/c"), "http://h/a/b/c/index.m3u8");
  EXPECT_EQ(tap_address("http://h/{name}.m3u8", "cam"), "http://h/cam.m3u8");
}

}  // namespace
