#include "seawall/stream_rtmp/rtmp_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/stream_rtmp/amf0.h"
#include "seawall/stream_rtmp/detail/chunk_writer.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using test::bytes_of;
using test::chunks_of;
using testing::HasSubstr;
using testing::Not;

class SeededRandom final : public RandomSource {
 public:
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL; }

 private:
  std::uint64_t state_ = 20261122;
};

/// A server's side, as the specification has it.
class Session : public ::testing::Test {
 protected:
  Result<void> say(const std::vector<std::byte>& bytes) {
    return session.take(bytes, [&](RtmpVideo video) { videos.push_back(std::move(video)); });
  }
  Result<void> say(std::uint8_t type, std::vector<std::byte> body, std::uint32_t time_ms = 0) {
    return say(chunks_of({type, 1, time_ms, std::move(body)}, 3, 128));
  }
  Result<void> status(const std::string& level, const std::string& code) {
    Amf0Writer words;
    words.text("onStatus").number(0).null().begin_object().key("level").text(level).key("code").text(code);
    words.key("description").text("secret-name").end_object();
    return say(RtmpMessage::kCommandAmf0, words.take());
  }
  /// What the player says now.
  std::string said() {
    const auto bytes = session.take_output();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void shake_hands() {
    EXPECT_EQ(said().size(), 1U + 1536);
    std::vector<std::byte> first(1 + 1536, std::byte{9});
    first[0] = std::byte{3};
    ASSERT_TRUE(say(first));
    EXPECT_EQ(said(), std::string(1536, '\x09')) << "the server's own bytes";
    ASSERT_TRUE(say(std::vector<std::byte>(1536)));
  }
  void play() {
    shake_hands();
    EXPECT_THAT(said(), testing::AllOf(HasSubstr("connect"), HasSubstr("live")));
    Amf0Writer connected;
    connected.text("_result").number(1).begin_object().end_object();
    ASSERT_TRUE(say(RtmpMessage::kCommandAmf0, connected.take()));
    EXPECT_THAT(said(), HasSubstr("createStream"));
    Amf0Writer created;
    created.text("_result").number(2).null().number(5);
    ASSERT_TRUE(say(RtmpMessage::kCommandAmf0, created.take()));
    EXPECT_THAT(said(), testing::AllOf(HasSubstr("play"), HasSubstr("secret-name")));
    ASSERT_TRUE(status("status", "NetStream.Play.Start"));
    EXPECT_TRUE(session.playing());
  }

  SeededRandom random;
  RtmpSession session{{.host = "live.example", .port = 1935, .app = "live", .name = "secret-name"}, random};
  std::vector<RtmpVideo> videos;
};

TEST_F(Session, ShakesHandsConnectsAndPlays) {
  play();
  ASSERT_TRUE(say(RtmpMessage::kVideo, bytes_of("picture"), 40));
  ASSERT_EQ(videos.size(), 1U);
  EXPECT_EQ(videos[0].time_ms, 40U);
  EXPECT_EQ(videos[0].body, bytes_of("picture"));
}

TEST_F(Session, AnswersPingsAndAcknowledgesWhatCame) {
  play();
  std::vector<std::byte> ping;
  test::put_number(ping, 6, 2);
  test::put_number(ping, 0x01020304, 4);
  ASSERT_TRUE(say(RtmpMessage::kUserControl, ping));
  EXPECT_THAT(said(), HasSubstr(std::string("\0\x07\x01\x02\x03\x04", 6)));
  std::vector<std::byte> window;
  test::put_number(window, 10'000, 4);
  ASSERT_TRUE(say(RtmpMessage::kWindowSize, window));
  (void)said();
  ASSERT_TRUE(say(RtmpMessage::kVideo, std::vector<std::byte>(6'000)));
  EXPECT_EQ(said().size(), 12U + 4);
}

TEST_F(Session, TakesSeveralMessagesInOne) {
  play();
  std::vector<std::byte> all;
  for (std::uint32_t time : {700U, 740U}) {
    test::put_number(all, RtmpMessage::kVideo, 1), test::put_number(all, 3, 3),
        test::put_number(all, time, 3);
    test::put_number(all, 0, 4), test::put_number(all, 0x414243, 3), test::put_number(all, 14, 4);
  }
  ASSERT_TRUE(say(RtmpMessage::kAggregate, all, 9'000));
  ASSERT_EQ(videos.size(), 2U);
  EXPECT_EQ(videos[0].time_ms, 9'000U);
  EXPECT_EQ(videos[1].time_ms, 9'040U);
  EXPECT_EQ(videos[1].body, bytes_of("ABC"));
  all.resize(all.size() - 6);
  EXPECT_FALSE(say(RtmpMessage::kAggregate, all));
}

TEST_F(Session, SaysWhyItDoesNotPlayAndNeverWhatTheServerSaid) {
  play();
  auto end = status("error", "NetStream.Play.StreamNotFound");
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::kNotFound);
  EXPECT_THAT(end.error().message, Not(HasSubstr("secret")));
  end = status("error", "NetStream.Play.Failed");
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::kUnavailable);
}

TEST_F(Session, StaysWhereNobodyPublishes) {
  play();
  ASSERT_TRUE(status("status", "NetStream.Play.UnpublishNotify"));
  EXPECT_TRUE(session.unpublished());
  ASSERT_TRUE(say(RtmpMessage::kVideo, bytes_of("again")));
  EXPECT_FALSE(session.unpublished());
}

TEST_F(Session, RefusesWhatIsNotRtmp) {
  const auto end = say(bytes_of("HTTP/1.1 400 Bad Request\r\n\r\n"));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::kInvalidInput);
}

TEST_F(Session, DoesNotFillItsOutputForAServerThatOnlyAsks) {
  play();
  std::vector<std::byte> ping;
  test::put_number(ping, 6, 2);
  test::put_number(ping, 1, 4);
  Result<void> end;
  for (int i = 0; i < 10'000 && end; ++i) end = say(RtmpMessage::kUserControl, ping);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, Code::kLimitExceeded);
}

}  // namespace
