#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/model/time_text.h"
#include "seawall/stream_poll/detail/fake_origin.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using test::ends_with;
using test::Reply;
using test::Scene;
using ::testing::Contains;
using ::testing::HasSubstr;
using Kind = StreamEvent::Kind;

/// A DASH stream of 2 s segments, by number or by a timeline, as a source would describe it at each moment.
struct Dash {
  explicit Dash(PollLimits limits = {})
      : scene([this](const FetchRequest& request) { return answer(request); }, limits),
        start(scene.clock.now() - 20s) {}

  [[nodiscard]] std::int64_t made() const { return (scene.clock.now() - start) / 2s; }
  [[nodiscard]] std::string timeline() const {
    const std::int64_t from = std::max<std::int64_t>(made() - 5, 0);
    return "<SegmentTemplate timescale='1000' media='t$Time$.m4s' initialization='init.mp4' startNumber='" +
           std::to_string(from + 1) + "'><SegmentTimeline><S t='" + std::to_string(from * 2000) +
           "' d='2000' r='" + std::to_string(made() - from - 1) + "'/></SegmentTimeline></SegmentTemplate>";
  }
  [[nodiscard]] std::string text() const {
    const std::string addresses = by_number ? "<SegmentTemplate timescale='1000' duration='2000' "
                                              "media='n$Number$.m4s' initialization='init.mp4'/>"
                                            : timeline();
    return "<MPD type='" + std::string(ended ? "static" : "dynamic") + "' availabilityStartTime='" +
           to_text(start) + "' " + attributes + ">" + more + "<Period id='p' start='PT0S'" +
           (ended ? " duration='PT" + std::to_string(made() * 2) + "S'" : "") +
           "><AdaptationSet contentType='video' mimeType='video/mp4'>" + inside + addresses +
           "<Representation id='v' width='640' height='360' bandwidth='9'/></AdaptationSet></Period></MPD>";
  }
  Reply answer(const FetchRequest& request) {
    if (special) {
      if (auto reply = special(request)) return *reply;
    }
    if (ends_with(request, ".mpd")) return {.body = text()};
    if (ends_with(request, ".mp4")) return {.body = "init of " + to_text(start)};
    const auto name = request.url.substr(request.url.rfind('/') + 1);
    const auto index = by_number ? std::stol(name.substr(1)) - 1 : std::stol(name.substr(1)) / 2000;
    if (index >= made()) return {.status = 404, .body = ""};
    return {.body = name};
  }
  void follow() { ASSERT_TRUE(scene.poller.add({.url = "https://live.example/d/live.mpd"})); }

  bool by_number = true;
  bool ended = false;
  std::string attributes = "minimumUpdatePeriod='PT500S' timeShiftBufferDepth='PT10S'";
  std::string more, inside;
  std::function<std::optional<Reply>(const FetchRequest&)> special;
  Scene scene;
  Time start;
};

void expect_contiguous(const std::vector<LiveSegment>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    EXPECT_EQ(segments[i].sequence, segments[i - 1].sequence + 1);
    EXPECT_FALSE(segments[i].discontinuity) << i;
    EXPECT_EQ(*segments[i].program_time - *segments[i - 1].program_time, 2s);
  }
}

TEST(PollDash, FollowsNumbersByTheClockWithoutAskingForTheMpdAgain) {
  Dash dash;
  dash.follow();
  dash.scene.run(60s);
  const auto& sink = dash.scene.sink;
  ASSERT_GE(sink.segments.size(), 30U);
  EXPECT_EQ(sink.segments[0].sequence, 9U);
  EXPECT_EQ(sink.text(sink.segments[0]), "n9.m4s");
  EXPECT_EQ(sink.segments[0].program_time, dash.start + 16s);
  ASSERT_TRUE(sink.segments[0].init);
  expect_contiguous(sink.segments);
  EXPECT_EQ(dash.scene.origin.count(".mp4"), 1U);
  EXPECT_LE(dash.scene.origin.count(".mpd"), 3U);  // It says 500 s; it is looked at each half minute.
  EXPECT_EQ(sink.count(Kind::kGap), 0U);
}

TEST(PollDash, FollowsATimelineAtItsOwnPace) {
  Dash dash;
  dash.by_number = false;
  dash.attributes = "minimumUpdatePeriod='PT2S'";
  dash.follow();
  dash.scene.run(60s);
  ASSERT_GE(dash.scene.sink.segments.size(), 30U);
  EXPECT_EQ(dash.scene.sink.text(dash.scene.sink.segments[0]), "t16000.m4s");
  expect_contiguous(dash.scene.sink.segments);
  EXPECT_LE(dash.scene.origin.count(".mpd"), 31U);
}

TEST(PollDash, TakesAnUpdatePeriodOfZeroForOncePerSegment) {
  Dash dash;
  dash.by_number = false;
  dash.attributes = "minimumUpdatePeriod='PT0S'";
  dash.follow();
  dash.scene.run(60s);
  expect_contiguous(dash.scene.sink.segments);
  EXPECT_LE(dash.scene.origin.count(".mpd"), 61U);
  EXPECT_GE(dash.scene.sink.segments.size(), 29U);
}

TEST(PollDash, EndsWithTheStaticMpdThatDescribesTheWholeBehindTheLastSegment) {
  Dash dash;
  dash.by_number = false;
  dash.attributes = "minimumUpdatePeriod='PT2S'";
  dash.follow();
  dash.scene.run(10s);
  dash.ended = true;
  dash.scene.run(10s);
  expect_contiguous(dash.scene.sink.segments);
  EXPECT_EQ(dash.scene.sink.lines.back(), "ended");
  EXPECT_EQ(dash.scene.poller.streams(), 0U);
}

TEST(PollDash, CountsNothingLostWhereTheClockRanOnPastTheEnd) {
  Dash dash;
  dash.follow();
  dash.scene.run(10s);
  dash.ended = true;
  const std::int64_t made = dash.made();
  dash.special = [&, made, text = dash.text()](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, ".mpd")) return Reply{.body = text};
    if (!ends_with(request, ".m4s")) return std::nullopt;
    if (std::stol(request.url.substr(request.url.rfind('/') + 2)) > made)
      return Reply{.status = 404, .body = ""};
    return std::nullopt;
  };
  dash.scene.run(20s);
  EXPECT_EQ(dash.scene.sink.lines.back(), "ended");
  EXPECT_EQ(dash.scene.sink.count(Kind::kGap), 0U);
  EXPECT_EQ(dash.scene.sink.segments.back().sequence, static_cast<std::uint64_t>(made));
}

TEST(PollDash, IsStalledWhereNothingComesThoughTheClockSaysItShould) {
  Dash dash;
  dash.follow();
  dash.scene.run(10s);
  dash.special = [](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, ".m4s")) return Reply{.status = 404, .body = ""};
    return std::nullopt;
  };
  dash.scene.run(20s);
  EXPECT_EQ(dash.scene.sink.count(Kind::kStalled), 1U);
  dash.special = nullptr;
  dash.scene.run(10s);
  EXPECT_EQ(dash.scene.sink.count(Kind::kResumed), 1U);
  std::uint64_t last = dash.scene.sink.segments.back().sequence;
  EXPECT_EQ(dash.scene.sink.segments.size() + dash.scene.sink.lost, last - 8);
}

TEST(PollDash, GoesOnBehindARestartWithTheNewInitialization) {
  Dash dash;
  dash.follow();
  dash.scene.run(30s);
  const auto before = dash.scene.sink.segments.size();
  dash.start = dash.scene.clock.now() + 4s;
  dash.scene.run(60s);
  ASSERT_GT(dash.scene.sink.segments.size(), before + 10);
  const auto& last = dash.scene.sink.segments.back();
  ASSERT_TRUE(last.init);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(last.init->data()), last.init->size()),
            "init of " + to_text(dash.start));
  EXPECT_LT(last.sequence, 31U);
}

TEST(PollDash, NamesContentProtectionAndFetchesNothingOfIt) {
  Dash dash;
  dash.inside = "<ContentProtection schemeIdUri='urn:mpeg:dash:mp4protection:2011'/>";
  dash.follow();
  dash.scene.run(10s);
  EXPECT_TRUE(dash.scene.sink.segments.empty());
  EXPECT_THAT(dash.scene.sink.lines, Contains(HasSubstr("encrypted")));
  EXPECT_EQ(dash.scene.origin.count("m4s"), 0U);
}

TEST(PollDash, CorrectsItsClockByWhatTheMpdSaysDirectly) {
  Dash dash;
  // The origin's clock is 6 s behind ours: without a correction its newest segments would not be there yet.
  const auto behind = 6s;
  dash.start += behind;
  dash.special = [&](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".mpd")) return std::nullopt;
    dash.start -= behind;
    std::string text = dash.text();
    dash.start += behind;
    const auto at = text.find("<Period");
    text.insert(at, "<UTCTiming schemeIdUri='urn:mpeg:dash:utc:direct:2014' value='" +
                        to_text(dash.scene.clock.now() - behind) + "'/>");
    return Reply{.body = text};
  };
  dash.follow();
  dash.scene.run(30s);
  EXPECT_GE(dash.scene.sink.segments.size(), 14U);
  EXPECT_EQ(dash.scene.sink.count(Kind::kGap), 0U);
}

TEST(PollDash, AsksAgainForASegmentThatIsNotThereYet) {
  Dash dash;
  const Time begun = dash.start;
  dash.start += 500ms;  // Made half a second later than the MPD says.
  dash.special = [&, begun](const FetchRequest& request) -> std::optional<Reply> {
    if (!ends_with(request, ".mpd")) return std::nullopt;
    const Time real = std::exchange(dash.start, begun);
    Reply reply{.body = dash.text()};
    dash.start = real;
    return reply;
  };
  dash.follow();
  dash.scene.run(60s);
  EXPECT_GE(dash.scene.sink.segments.size(), 28U);
  EXPECT_EQ(dash.scene.sink.count(Kind::kGap), 0U);
}

TEST(PollDash, MovesToTheLocationThatTheMpdNamesAndBackWhenThatFails) {
  Dash dash;
  dash.attributes = "minimumUpdatePeriod='PT2S'";
  dash.more = "<Location>https://other.example/live.mpd</Location>";
  dash.special = [](const FetchRequest& request) -> std::optional<Reply> {
    if (request.url == "https://other.example/live.mpd") return Reply{.status = 500, .body = ""};
    return std::nullopt;
  };
  dash.follow();
  dash.scene.run(60s);
  EXPECT_GE(dash.scene.origin.count("https://other.example/live.mpd"), 3U);
  EXPECT_GE(dash.scene.origin.count("https://live.example/d/live.mpd"), 2U);
}

TEST(PollDash, TellsAStreamWithoutVideo) {
  Dash dash;
  dash.special = [](const FetchRequest&) -> std::optional<Reply> {
    return Reply{
        .body =
            "<MPD type='dynamic' availabilityStartTime='2026-01-01T00:00:00Z'><Period start='PT0S'>"
            "<AdaptationSet contentType='audio'><Representation id='a'/></AdaptationSet></Period></MPD>"};
  };
  dash.follow();
  dash.scene.run(5s);
  ASSERT_FALSE(dash.scene.sink.events.empty());
  EXPECT_EQ(dash.scene.sink.events[0].kind, Kind::kFailing);
  EXPECT_NE(dash.scene.sink.events[0].reason.find("no video"), std::string::npos);
}

TEST(PollDash, FollowsOnePeriodIntoTheNext) {
  Dash dash;
  const Time second = dash.scene.clock.now() + 10s;
  const std::string both =
      "<MPD type='dynamic' minimumUpdatePeriod='PT2S' availabilityStartTime='" + to_text(dash.start) +
      "'><Period id='1' start='PT0S'><AdaptationSet contentType='video'><SegmentTemplate duration='2' "
      "media='n$Number$' "
      "initialization='one.mp4'/><Representation id='v'/></AdaptationSet></Period><Period id='2' "
      "start='PT30S'>"
      "<AdaptationSet contentType='video'><SegmentTemplate duration='2' startNumber='500' media='m$Number$' "
      "initialization='two.mp4'/><Representation id='v'/></AdaptationSet></Period></MPD>";
  dash.special = [&, second](const FetchRequest& request) -> std::optional<Reply> {
    if (ends_with(request, ".mpd")) return Reply{.body = both};
    return Reply{.body = request.url.substr(request.url.rfind('/') + 1)};
  };
  dash.follow();
  dash.scene.run(30s);
  EXPECT_EQ(dash.scene.sink.count(Kind::kGap), 0U);
  EXPECT_THAT(dash.scene.sink.lines, Contains("segment 15"));
  EXPECT_THAT(dash.scene.sink.lines, Contains("segment 500 new"));
  EXPECT_THAT(dash.scene.sink.lines, Contains("segment 501"));
}

}  // namespace
}  // namespace seawall
