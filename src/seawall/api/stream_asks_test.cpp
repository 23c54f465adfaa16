#include "seawall/api/stream_asks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/api/padded_body.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

JsonRead<NewStreamAsk> read(std::string_view body) { return new_stream_from_json(PaddedBody(body).text()); }

TEST(StreamAsks, AreReadWhole) {
  const auto ask = read(R"({"name":"live/a","url":"rtmp://h/live/a?key=1","banks":["known","other"],)"
                        R"("labels":{"room":"4","a.b-c":""},)"
                        R"("cut_off":{"webhook":"https://h/x","tier":"two-aligned","action":"review"}})");
  ASSERT_TRUE(ask) << ask.error().at << ask.error().detail;
  EXPECT_EQ(ask->name, "live/a");
  EXPECT_EQ(ask->url, "rtmp://h/live/a?key=1");
  EXPECT_THAT(ask->banks, ElementsAre("known", "other"));
  EXPECT_THAT(ask->labels, ElementsAre(Pair("room", "4"), Pair("a.b-c", "")));
  ASSERT_TRUE(ask->cut_off);
  EXPECT_EQ(ask->cut_off->webhook, "https://h/x");
  EXPECT_EQ(ask->cut_off->tier, ClipTier::kTwoAligned);
  EXPECT_EQ(ask->cut_off->action, BankAction::kReview);
}

TEST(StreamAsks, TellThreeAlignedPicturesOfBlockingBanksUnlessAskedOtherwise) {
  const auto ask = read(R"({"name":"a","url":"u","cut_off":{"webhook":"w"}})");
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->cut_off->tier, ClipTier::kThreeAligned);
  EXPECT_EQ(ask->cut_off->action, BankAction::kBlock);
  EXPECT_FALSE(read(R"({"name":"a","url":"u"})")->cut_off);
}

TEST(StreamAsks, SayWhereTheyAreWrongAndNeverWhatWasSent) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"url":"secret"})", "/name"},
      {R"({"name":"a"})", "/url"},
      {R"({"name":"a","url":7})", "/url"},
      {R"({"name":"a","url":"secret","banks":[]})", "/banks"},
      {R"({"name":"a","url":"secret","banks":["b","b"]})", "/banks/1"},
      {R"({"name":"a","url":"secret","labels":[]})", "/labels"},
      {R"({"name":"a","url":"secret","labels":{"":"1"}})", "/labels"},
      {R"({"name":"a","url":"secret","labels":{"x":"1","x":"2"}})", "/labels"},
      {R"({"name":"a","url":"secret","labels":{"x":1}})", "/labels"},
      {R"({"name":"a","url":"secret","cut_off":{}})", "/cut_off"},
      {R"({"name":"a","url":"secret","cut_off":{"webhook":"w","tier":"none"}})", "/cut_off/tier"},
      {R"({"name":"a","url":"secret","cut_off":{"webhook":"w","action":"allow"}})", "/cut_off/action"},
      {R"({"name":"a","url":"secret","cutoff":{}})", ""}};
  for (const auto& [body, at] : wrong) {
    const auto ask = read(body);
    ASSERT_FALSE(ask) << body;
    EXPECT_THAT(ask.error().at, HasSubstr(at)) << body;
    EXPECT_THAT(ask.error().at + ask.error().detail, Not(HasSubstr("secret"))) << body;
  }
  std::string many = R"({"name":"a","url":"u","labels":{)";
  for (int i = 0; i < 17; ++i) many += (i == 0 ? "\"l" : ",\"l") + std::to_string(i) + "\":\"\"";
  EXPECT_FALSE(read(many + "}}"));
}

}  // namespace
