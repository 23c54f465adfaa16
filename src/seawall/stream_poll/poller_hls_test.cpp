#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/stream_poll/detail/fake_origin.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::ends_with;
using test::Live;
using test::Reply;
using ::testing::Contains;
using Kind = StreamEvent::Kind;

constexpr const char* kUrl = "https://live.example/a/index.m3u8";

void expect_contiguous(const std::vector<LiveSegment>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    EXPECT_EQ(segments[i].sequence, segments[i - 1].sequence + 1);
    EXPECT_FALSE(segments[i].discontinuity);
  }
}

TEST(PollHls, GivesEverySegmentOnceInOrderFromTheLiveEdge) {
  Live live;
  live.follow();
  live.scene.run(60s);
  const auto& sink = live.scene.sink;
  ASSERT_GE(sink.segments.size(), 30U);
  EXPECT_EQ(sink.lines[0], "started");
  EXPECT_EQ(sink.segments[0].sequence, 108U);  // The newest two of 100 to 109.
  EXPECT_TRUE(sink.segments[0].discontinuity);
  expect_contiguous(sink.segments);
  EXPECT_EQ(sink.text(sink.segments[3]), "seg111.ts");
  EXPECT_EQ(sink.segments[3].running_time, 6s);
  EXPECT_EQ(sink.segments[3].duration, 2s);
  EXPECT_EQ(sink.events.size(), 1U);
}

TEST(PollHls, NeverRefreshesFasterThanTheStandardAllows) {
  Live live;
  live.follow();
  live.scene.run(120s);
  const auto times = live.scene.origin.times_of("index.m3u8");
  ASSERT_GE(times.size(), 40U);
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], 1s);  // Half a target duration where nothing changed.
    EXPECT_LE(times[i] - times[i - 1], 2'200ms + 20ms);
  }
  EXPECT_LE(times.size(), 120U);
}

TEST(PollHls, AsksAfterHalfATargetDurationWhereNothingChanged) {
  Live live;
  live.source.stopped = live.scene.clock.now();
  live.follow();
  live.scene.run(20s);
  const auto times = live.scene.origin.times_of("index.m3u8");
  ASSERT_GE(times.size(), 4U);
  EXPECT_GE(times[1] - times[0], 2s);
  for (std::size_t i = 2; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], 1s);
    EXPECT_LE(times[i] - times[i - 1], 1'120ms);
  }
}

TEST(PollHls, TellsASegmentWithinATargetDurationAndTheTimeToFetchIt) {
  Live live;
  live.follow();
  live.scene.run(120s);
  for (const LiveSegment& segment : live.scene.sink.segments) {
    const auto made = live.source.start + static_cast<std::int64_t>(segment.sequence - 99) * 2s;
    if (segment.sequence < 111) continue;
    EXPECT_LE(segment.listed_at - made, 2'300ms);
    EXPECT_LE(segment.fetched_at - segment.listed_at, 100ms);
  }
}

TEST(PollHls, ChoosesTheLowestRenditionAndResolvesItsAddresses) {
  Live live;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, "master.m3u8")) return std::nullopt;
    return Reply{.body =
                     "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000000,RESOLUTION=1920x1080\nhigh/index.m3u8\n"
                     "#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=640x360\nlow/index.m3u8\n"
                     "#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS=\"mp4a.40.2\"\naudio/index.m3u8\n"};
  };
  live.follow({.url = "https://live.example/b/master.m3u8?token=1"});
  live.special = [special = live.special](const FetchRequest& request) -> std::optional<Reply> {
    FetchRequest without = request;
    without.url = request.url.substr(0, request.url.find('?'));
    return special(without);
  };
  live.scene.run(10s);
  EXPECT_GT(live.scene.origin.count("https://live.example/b/low/seg"), 2U);
  EXPECT_EQ(live.scene.origin.count("high"), 0U);
  EXPECT_EQ(live.scene.origin.count("audio"), 0U);
  EXPECT_EQ(live.scene.origin.count("master"), 1U);
}

TEST(PollHls, TakesAnotherRenditionWhereTheFirstIsNotServed) {
  Live live;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, "master.m3u8")) {
      return Reply{.body =
                       "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,RESOLUTION=640x360\nlow/index.m3u8\n"
                       "#EXT-X-STREAM-INF:BANDWIDTH=99,RESOLUTION=1280x720\nhigh/index.m3u8\n"};
    }
    if (ends_with(request, "low/index.m3u8")) return Reply{.status = 404, .body = ""};
    return std::nullopt;
  };
  live.follow({.url = "https://live.example/master.m3u8"});
  live.scene.run(30s);
  EXPECT_EQ(live.scene.origin.count("low/index"), 3U);
  EXPECT_GT(live.scene.sink.segments.size(), 5U);
  EXPECT_THAT(live.scene.sink.lines, Contains("failing"));
  EXPECT_THAT(live.scene.sink.lines, Contains("resumed"));
}

TEST(PollHls, TellsARestartOfTheSourceAndGivesAllThatFollows) {
  Live live;
  live.follow();
  live.scene.run(10s);
  live.scene.sink.lines.clear();
  live.source.first = 0;  // The names are others, so it shows at once.
  live.source.start = live.scene.clock.now() - 2s;
  live.scene.run(20s);
  EXPECT_EQ(live.scene.sink.count(Kind::kRestarted), 1U);
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 0 new"));
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 5"));
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
}

TEST(PollHls, TellsARestartUnderTheSameNames) {
  Live live;
  live.source.first = 0;
  live.source.start = live.scene.clock.now() - 8s;
  live.follow();
  live.scene.run(60s);
  live.scene.sink.lines.clear();
  live.source.start = live.scene.clock.now();
  live.scene.run(20s);
  EXPECT_EQ(live.scene.sink.count(Kind::kRestarted), 1U);
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 0 new"));
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 1"));
}

TEST(PollHls, DoesNotTakeACacheThatIsABitBehindForARestart) {
  Live live;
  int asked = 0;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".m3u8") || ++asked % 3 != 0) return std::nullopt;
    return Reply{.body = live.source.text(live.scene.clock.now() - 3s)};
  };
  live.follow();
  live.scene.run(60s);
  EXPECT_EQ(live.scene.sink.count(Kind::kRestarted), 0U);
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
  EXPECT_GT(live.scene.sink.segments.size(), 25U);
  expect_contiguous(live.scene.sink.segments);
}

TEST(PollHls, TokensThatChangeWithEachRefreshAreNoRestart) {
  Live live;
  int asked = 0;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".m3u8")) return std::nullopt;
    std::string text = live.source.text(live.scene.clock.now());
    ++asked;
    for (auto at = text.find(".ts\n"); at != std::string::npos; at = text.find(".ts\n", at)) {
      text.replace(at, 4, ".ts?token=" + std::to_string(asked) + "\n");
    }
    return Reply{.body = text};
  };
  live.follow();
  live.scene.run(30s);
  EXPECT_EQ(live.scene.sink.count(Kind::kRestarted), 0U);
  expect_contiguous(live.scene.sink.segments);
}

TEST(PollHls, CountsWhatSlidOutOfTheWindowWhileNobodyCouldAsk) {
  Live live;
  live.follow();
  live.scene.run(10s);
  const std::uint64_t last = live.scene.sink.segments.back().sequence;
  const Time until = live.scene.clock.now() + 31s;
  live.special = [&, until](const FetchRequest&) -> std::optional<Reply> {
    if (live.scene.clock.now() < until) return Reply{.status = 503, .body = ""};
    return std::nullopt;
  };
  live.scene.run(90s);
  const auto& sink = live.scene.sink;
  ASSERT_EQ(sink.count(Kind::kGap), 1U);
  const auto gap = *std::ranges::find(sink.events, Kind::kGap, &StreamEvent::kind);
  const auto after = *std::ranges::find_if(sink.segments, [&](const auto& s) { return s.sequence > last; });
  EXPECT_EQ(gap.cause, GapCause::kSlidOut);
  EXPECT_EQ(gap.lost, after.sequence - last - 1);
  EXPECT_GE(gap.lost, 5U);
  EXPECT_TRUE(after.discontinuity);
  EXPECT_EQ(sink.count(Kind::kRestarted), 0U);
  EXPECT_EQ(after.running_time, static_cast<std::int64_t>(after.sequence - sink.segments[0].sequence) * 2s);
}

TEST(PollHls, GivesUpASegmentThatIsNotServedAndGoesOn) {
  Live live;
  live.special = [](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, "seg112.ts")) return Reply{.status = 404, .body = ""};
    return std::nullopt;
  };
  live.follow();
  live.scene.run(30s);
  EXPECT_EQ(live.scene.origin.count("seg112.ts"), 4U);
  EXPECT_THAT(live.scene.sink.lines, Contains("gap 1 not_served"));
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 113 new"));
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 114"));
}

TEST(PollHls, AsksAgainForWhatIsThereALittleLater) {
  Live live;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, ".ts") && live.scene.origin.count(request.url) < 3)
      return Reply{.status = 404, .body = ""};
    return std::nullopt;
  };
  live.follow();
  live.scene.run(40s);
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
  EXPECT_GT(live.scene.sink.segments.size(), 15U);
}

TEST(PollHls, TellsSegmentsThatAreTooLarge) {
  Live live({.segment_bytes_max = 1'000});
  live.special = [](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, "seg112.ts")) return Reply{.body = std::string(1'001, 'x')};
    return std::nullopt;
  };
  live.follow();
  live.scene.run(30s);
  EXPECT_THAT(live.scene.sink.lines, Contains("gap 1 too_large"));
  EXPECT_EQ(live.scene.origin.count("seg112.ts"), 1U);
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 113 new"));
}

TEST(PollHls, TellsWhatTheStreamItselfSaysIsMissing) {
  Live live;
  live.source.before = [](std::uint64_t i) { return i == 112 || i == 113 ? "#EXT-X-GAP\n" : ""; };
  live.follow();
  live.scene.run(30s);
  EXPECT_EQ(live.scene.origin.count("seg112.ts"), 0U);
  EXPECT_THAT(live.scene.sink.lines, Contains("segment 114 new"));
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 2U);
}

TEST(PollHls, TellsAStallOnceAndItsEnd) {
  Live live;
  live.follow();
  live.scene.run(10s);
  live.source.stopped = live.scene.clock.now();
  live.scene.run(60s);
  EXPECT_EQ(live.scene.sink.count(Kind::kStalled), 1U);
  EXPECT_EQ(live.scene.poller.counts().stalled, 1U);
  const auto gone = live.scene.clock.now() - *live.source.stopped;
  live.source.start += gone;  // It goes on where it stopped.
  live.source.stopped.reset();
  live.scene.run(20s);
  EXPECT_EQ(live.scene.sink.count(Kind::kStalled), 1U);
  EXPECT_EQ(live.scene.sink.count(Kind::kResumed), 1U);
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
  EXPECT_EQ(live.scene.sink.count(Kind::kRestarted), 0U);
}

TEST(PollHls, EndsBehindTheLastSegment) {
  Live live;
  live.follow();
  live.scene.run(10s);
  live.source.stopped = live.scene.clock.now();
  live.source.ended = true;
  live.scene.run(20s);
  EXPECT_EQ(live.scene.sink.lines.back(), "ended");
  EXPECT_EQ(live.scene.sink.segments.back().sequence, 99U + live.source.made(live.scene.clock.now()));
  EXPECT_EQ(live.scene.poller.streams(), 0U);
  EXPECT_EQ(live.scene.origin.under_way(), 0U);
}

TEST(PollHls, ReadsAnEndedStreamFromItsStart) {
  Live live;
  live.source.window = 10;
  live.source.stopped = live.scene.clock.now();
  live.source.ended = true;
  live.follow();
  live.scene.run(20s);
  ASSERT_EQ(live.scene.sink.segments.size(), 10U);
  EXPECT_EQ(live.scene.sink.segments[0].sequence, 100U);
  EXPECT_EQ(live.scene.sink.lines.back(), "ended");
}

TEST(PollHls, TellsWhyItIsFailingWheneverThatChangesAndGivesUpInTheEnd) {
  Live live({.give_up_after = 10min});
  int round = 0;
  live.special = [&](const FetchRequest&) -> std::optional<Reply> {
    ++round;
    if (round == 1) return Reply{.body = "<html>not here</html>"};
    if (round == 2) return Reply{.body = "garbage \x01\xff"};
    return Reply{.status = 404, .body = ""};
  };
  live.follow();
  live.scene.run(20min);
  ASSERT_EQ(live.scene.sink.events.size(), 5U);  // Stalled besides.
  EXPECT_EQ(live.scene.sink.count(Kind::kFailing), 3U);
  EXPECT_EQ(live.scene.sink.lines.back(), "failed");
  EXPECT_NE(live.scene.sink.events.back().reason.find("404"), std::string::npos);
  EXPECT_EQ(live.scene.poller.streams(), 0U);
  // 1 s, 2 s, ... 60 s, of which half is drawn: at most twice the waits of no draw.
  EXPECT_LE(live.scene.origin.seen().size(), 40U);
}

TEST(PollHls, WaitsAsLongAsTheServerAsksForWithinReason) {
  Live live;
  live.special = [](const FetchRequest&) -> std::optional<Reply> {
    return Reply{.status = 429, .body = "", .headers = {{"retry-after", "40"}}};
  };
  live.follow();
  live.scene.run(39s);
  EXPECT_EQ(live.scene.origin.seen().size(), 1U);
  live.scene.run(6s);
  EXPECT_EQ(live.scene.origin.seen().size(), 2U);
}

TEST(PollHls, SpeaksOfNothingButTheKindOfTroubleInItsReasons) {
  Live live;
  live.special = [](const FetchRequest&) -> std::optional<Reply> {
    return Reply{.body = "#EXTM3U\n#EXTINF:token-4711,\nx\n"};
  };
  live.follow({.url = "https://live.example/secret-path.m3u8?k=4711"});
  live.scene.run(5s);
  ASSERT_FALSE(live.scene.sink.events.empty());
  EXPECT_EQ(live.scene.sink.events[0].reason.find("4711"), std::string::npos);
  EXPECT_EQ(live.scene.sink.events[0].reason.find("secret"), std::string::npos);
}

TEST(PollHls, AsksForAPlaylistOnlyIfItChangedWhereTheServerKnows) {
  Live live;
  int unchanged = 0;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".m3u8")) return std::nullopt;
    const std::string text = live.source.text(live.scene.clock.now());
    const std::string tag = "\"" + std::to_string(std::hash<std::string>{}(text)) + "\"";
    for (const auto& [name, value] : request.headers) {
      if (name == "If-None-Match" && value == tag) {
        ++unchanged;
        return Reply{.status = 304, .body = ""};
      }
    }
    return Reply{.body = text, .headers = {{"etag", tag}}};
  };
  live.follow();
  live.scene.run(60s);
  live.source.stopped = live.scene.clock.now();
  live.scene.run(5s);
  EXPECT_GT(unchanged, 0);
  EXPECT_GE(live.scene.sink.segments.size(), 30U);
  expect_contiguous(live.scene.sink.segments);
}

TEST(PollHls, ResolvesFromWhereARedirectLedTo) {
  Live live;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".m3u8")) return std::nullopt;
    return Reply{.body = live.source.text(live.scene.clock.now()),
                 .final_url = "https://edge.example/z/i.m3u8"};
  };
  live.follow();
  live.scene.run(10s);
  EXPECT_GT(live.scene.origin.count("https://edge.example/z/seg"), 3U);
}

TEST(PollHls, RefusesAddressesThatAreNotHttpAndMoreStreamsThanItMay) {
  Live live({.streams_max = 1});
  for (const char* url : {"", "ftp://a/b", "file:///etc/passwd", "rtmp://a/b", "https://user:pw@a/"}) {
    const auto added = live.scene.poller.add({.url = url});
    ASSERT_FALSE(added) << url;
    EXPECT_EQ(added.error().code, Code::kInvalidInput);
  }
  live.follow();
  EXPECT_EQ(live.scene.poller.add({.url = kUrl}).error().code, Code::kLimitExceeded);
}

TEST(PollHls, ForgetsAStreamThatIsRemovedWithAllItAsked) {
  Live live;
  const auto id = live.scene.poller.add({.url = kUrl});
  live.scene.poller.step(0ms);
  EXPECT_EQ(live.scene.origin.under_way(), 1U);
  EXPECT_TRUE(live.scene.poller.remove(*id));
  EXPECT_FALSE(live.scene.poller.remove(*id));
  EXPECT_EQ(live.scene.origin.under_way(), 0U);
  live.scene.run(10s);
  EXPECT_TRUE(live.scene.sink.lines.empty());
}

TEST(PollHls, GoesOnAfterTheClockWasSetBack) {
  Live live;
  live.follow();
  live.scene.run(10s);
  live.scene.clock.advance(-2h);
  live.source.start -= 2h;
  const std::size_t before = live.scene.sink.segments.size();
  live.scene.run(20s);
  EXPECT_GT(live.scene.sink.segments.size(), before + 5);
}

TEST(PollHls, FollowsHundredsOfStreamsAtOnceEvenlyAndWithinItsLimits) {
  constexpr std::size_t kStreams = 300;
  Live live({.requests_max = 64});
  for (std::size_t i = 0; i < kStreams; ++i) {
    live.follow({.url = "https://live.example/" + std::to_string(i) + "/index.m3u8"});
  }
  live.scene.run(60s);
  EXPECT_LE(live.scene.origin.most_under_way(), 64U + 2);  // A stream asks for three things at most at once.
  EXPECT_EQ(live.scene.sink.count(Kind::kStarted), kStreams);
  EXPECT_EQ(live.scene.sink.count(Kind::kGap), 0U);
  std::map<StreamId, std::size_t> given;
  for (const auto& segment : live.scene.sink.segments) ++given[segment.stream];
  EXPECT_EQ(given.size(), kStreams);
  for (const auto& [id, count] : given) EXPECT_GE(count, 30U);
}

}  // namespace
}  // namespace seawall
