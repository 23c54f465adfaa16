// A server that does anything: nothing it sends may spin the poller, break the
// order of segments, or hide a loss.
#include <gtest/gtest.h>

#include <optional>

#include "seawall/stream_poll/detail/fake_origin.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::ends_with;
using test::Live;
using test::Reply;
using Kind = StreamEvent::Kind;

std::string garbage(std::mt19937_64& random) {
  std::string out(random() % 300, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

/// A playlist that lies: cut, with numbers that leap, with what belongs
/// elsewhere.
std::string spoilt(std::string text, std::mt19937_64& random) {
  switch (random() % 6) {
    case 0:
      return text.substr(0, random() % (text.size() + 1));
    case 1:
      return "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(random() >> (2 + random() % 60)) +
             "\n#EXTINF:" + std::to_string(random() % 100) + ",\nx\n#EXTINF:0,\ny\n";
    case 2:
      return text +
             "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://"
             "x\"\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nz.ts\n";
    case 3:
      return "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=640x360\nindex."
             "m3u8\n";
    case 4:
      return "<MPD type='dynamic' minimumUpdatePeriod='PT0S' "
             "availabilityStartTime='2026-01-01T00:00:00Z'><Period "
             "start='PT0S'><AdaptationSet contentType='video'><SegmentTemplate "
             "timescale='1000' duration='" +
             std::to_string(1 + random() % 5000) +
             "' media='$Number$'/><Representation "
             "id='v'/></AdaptationSet></Period></MPD>";
    default:
      return garbage(random);
  }
}

Reply anything(const Live& live, const FetchRequest& request, std::mt19937_64& random) {
  Reply reply;
  reply.takes = std::chrono::milliseconds(random() % 3'000);
  const auto kind = random() % 10;
  if (kind == 0) return {.status = static_cast<int>(200 + random() % 400), .body = garbage(random)};
  reply.lost = kind == 1;
  reply.body = ends_with(request, ".m3u8") ? live.source.text(live.scene.clock.now()) : request.url;
  if (kind <= 3) reply.body = ends_with(request, ".m3u8") ? spoilt(reply.body, random) : garbage(random);
  if (kind == 4) reply.final_url = "http://elsewhere.example/a/b?c";
  return reply;
}

TEST(PollHostile, WhateverAServerSendsIsSurvivedInOrderAndWithinBounds) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Live live;
    live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
      return anything(live, request, random);
    };
    live.follow();
    live.scene.run(30min);
    // Two segments and a playlist at a time, each at least 20 ms: a spin would
    // ask thousands of times a second.
    EXPECT_LE(live.scene.origin.seen().size(), 30U * 60 * 10);
    EXPECT_EQ(live.scene.poller.streams(),
              live.scene.sink.count(Kind::kEnded) + live.scene.sink.count(Kind::kFailed) == 0 ? 1U : 0U);
    std::chrono::microseconds last{-1};
    for (const LiveSegment& segment : live.scene.sink.segments) {
      EXPECT_FALSE(segment.media.empty());
      EXPECT_GE(segment.running_time, last);
      last = segment.running_time;
    }
    for (const StreamEvent& event : live.scene.sink.events) {
      EXPECT_EQ(event.kind == Kind::kGap, event.lost > 0);
    }
  }
}

TEST(PollHostile, AStreamThatGoesWellAgainIsFollowedAgain) {
  std::mt19937_64 random(99);
  Live live;
  bool hostile = true;
  live.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!hostile) return std::nullopt;
    return anything(live, request, random);
  };
  live.follow();
  live.scene.run(5min);
  hostile = false;
  live.scene.run(3min);
  live.scene.sink.segments.clear();
  live.scene.sink.events.clear();
  live.scene.run(60s);
  EXPECT_GE(live.scene.sink.segments.size(), 29U);
  EXPECT_TRUE(live.scene.sink.events.empty());
}

}  // namespace
}  // namespace seawall
