#include "seawall/stream_rtmp/amf0.h"

#include <gtest/gtest.h>

#include <random>

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose

TEST(Amf0, ReadsTheCommandsThatAPlayerMustKnow) {
  Amf0Writer result;
  result.text("_result").number(2).null().number(1);
  const auto created = read_rtmp_command(result.take());
  ASSERT_TRUE(created);
  EXPECT_EQ(created->name, "_result");
  EXPECT_EQ(created->transaction, 2);
  EXPECT_EQ(created->number, 1);

  Amf0Writer status;
  status.text("onStatus").number(0).null().begin_object();
  status.key("level")
      .text("status")
      .key("code")
      .text("NetStream.Play.Start")
      .key("more")
      .boolean(true)
      .end_object();
  const auto playing = read_rtmp_command(status.take());
  ASSERT_TRUE(playing);
  EXPECT_EQ(playing->level, "status");
  EXPECT_EQ(playing->code, "NetStream.Play.Start");
  EXPECT_FALSE(playing->number);
}

TEST(Amf0, WantsANameAndANumber) {
  Amf0Writer nameless;
  nameless.number(1);
  EXPECT_FALSE(read_rtmp_command(nameless.take()));
  Amf0Writer numberless;
  numberless.text("_result").null();
  EXPECT_FALSE(read_rtmp_command(numberless.take()));
  EXPECT_FALSE(read_rtmp_command({}));
}

TEST(Amf0, PassesOverWhatItDoesNotKnowAndWhatIsCutShort) {
  Amf0Writer deep;
  deep.text("onStatus").number(0);
  for (int i = 0; i < 20; ++i) deep.begin_object().key("in");
  EXPECT_TRUE(read_rtmp_command(deep.take())) << "nested too deep: the rest is not read";
  Amf0Writer long_text;
  long_text.text("onStatus").number(0).begin_object().key("code").text(std::string(5'000, 'x')).end_object();
  std::vector<std::byte> bytes = long_text.take();
  EXPECT_EQ(read_rtmp_command(bytes)->code.size(), 256U);
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    (void)read_rtmp_command(std::span(bytes).first(size));
}

TEST(Amf0, ReadsNoiseWithoutHarm) {
  std::mt19937 random(20261122);
  for (int i = 0; i < 20'000; ++i) {
    Amf0Writer begin;
    begin.text("_result").number(1);
    std::vector<std::byte> bytes = begin.take();
    const std::size_t more = random() % 64;
    for (std::size_t j = 0; j < more; ++j) bytes.push_back(static_cast<std::byte>(random() % 14));
    EXPECT_TRUE(read_rtmp_command(bytes));
  }
}

}  // namespace
