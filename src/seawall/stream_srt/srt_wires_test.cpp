#include "seawall/stream_srt/srt_wires.h"

#include <gtest/gtest.h>

#include "seawall/base/system_clock.h"
#include "seawall/stream_link/link_source.h"
#include "seawall/stream_srt/detail/in_turn.h"
#include "seawall/stream_srt/srt_stream.h"

namespace seawall {
namespace {

using std::chrono::milliseconds;

struct KeptSink final : PollSink {
  void on_segment(LiveSegment) override {}
  void on_event(const StreamEvent& event) override { events.push_back(event); }
  std::vector<StreamEvent> events;
};

TEST(SrtWires, ACallThatNobodyAnswersIsToldAndTheAddressIsNot) {
  auto wires = open_srt_wires();
  ASSERT_TRUE(wires.has_value()) << wires.error().message;
  const SystemClock clock;
  SystemRandom random;
  KeptSink sink;
  LinkLimits limits;
  limits.connect_deadline = milliseconds(300);
  LinkSource source(
      clock, random, sink, {}, *std::move(wires),
      [](const StreamSettings& settings) { return SrtStream::make(settings); }, limits);
  ASSERT_TRUE(source.add({.url = "srt://127.0.0.1:9?streamid=secret"}).has_value());
  ASSERT_TRUE(source.add({.url = "srt://[::1]:9?passphrase=long-secret"}).has_value());
  for (int i = 0; i < 200 && sink.events.size() < 2; ++i) source.step(milliseconds(50));
  ASSERT_GE(sink.events.size(), 2U);
  for (const StreamEvent& event : sink.events) {
    EXPECT_EQ(event.kind, StreamEvent::Kind::kFailing);
    EXPECT_FALSE(event.reason.empty());
    EXPECT_EQ(event.reason.find("secret"), std::string::npos);
    EXPECT_EQ(event.reason.find("127"), std::string::npos);
  }
}

TEST(SrtWires, GiveEverySocketItsTurnHoweverManyAreReady) {
  const std::vector<int> ready{3, 5, 8, 13, 21};
  std::vector<int> served;
  for (int turn = 0, last = 0; turn < 5; ++turn) {
    for (const int each : stream_srt_detail::in_turn(ready, last, 2)) served.push_back(last = each);
  }
  EXPECT_EQ(served, (std::vector<int>{3, 5, 8, 13, 21, 3, 5, 8, 13, 21}));
  EXPECT_EQ(stream_srt_detail::in_turn(ready, 8, 9), (std::vector<int>{13, 21, 3, 5, 8}));
  EXPECT_TRUE(stream_srt_detail::in_turn(std::vector<int>{}, 8, 9).empty());
}

TEST(SrtWires, EndsTheWaitWhenItIsWoken) {
  auto wires = open_srt_wires();
  ASSERT_TRUE(wires.has_value());
  const SystemClock clock;
  SystemRandom random;
  KeptSink sink;
  LinkSource source(clock, random, sink, {}, *std::move(wires),
                    [](const StreamSettings& settings) { return SrtStream::make(settings); });
  source.wake();
  const auto begin = std::chrono::steady_clock::now();
  source.step(std::chrono::seconds(60));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace seawall
