#include <gtest/gtest.h>

#include <random>

#include "seawall/model/time_text.h"
#include "seawall/playlist/dash.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

const Time kStart = *time_from_text("2026-11-22T10:00:00Z");

struct Laid {
  DashMpd mpd;
  Result<DashSegments> segments;
};

/// The first representation of the last period of an MPD with `attributes`, and `inside` its AdaptationSet.
Result<DashSegments> laid(std::string_view attributes, std::string_view inside, Time now,
                          std::size_t most = 1000) {
  const std::string text = "<MPD availabilityStartTime='2026-11-22T10:00:00Z' " + std::string(attributes) +
                           "><Period start='PT0S'><AdaptationSet>" + std::string(inside) +
                           "<Representation id='v' bandwidth='7'/></AdaptationSet></Period></MPD>";
  const auto mpd = mpd_from_text(text, "http://a/m.mpd");
  EXPECT_TRUE(mpd) << mpd.error().message;
  if (!mpd) return fail(Code::kCorrupt, "");
  const auto& period = mpd->periods.back();
  return dash_segments(*mpd, period, period.sets.at(0).representations.at(0), now, most);
}

DashSegments given(Result<DashSegments> result) {
  EXPECT_TRUE(result) << result.error().message;
  return result ? *std::move(result) : DashSegments{};
}

constexpr std::string_view kByNumber =
    "<SegmentTemplate timescale='1000' duration='2000' startNumber='1' "
    "media='$RepresentationID$-$Number%04d$.m4s' "
    "initialization='$RepresentationID$-$Bandwidth$.mp4'/>";

TEST(DashNumbers, GivesASegmentOnceItIsWholeAndTheWindowReachesBackAsFarAsItSays) {
  const auto at_10s = given(laid("type='dynamic' timeShiftBufferDepth='PT4S'", kByNumber, kStart + 10s));
  ASSERT_GE(at_10s.segments.size(), 2U);
  EXPECT_EQ(at_10s.segments.back().number, 5U);
  EXPECT_EQ(at_10s.segments.back().uri, "http://a/v-0005.m4s");
  EXPECT_EQ(at_10s.segments.back().start, kStart.time_since_epoch() + 8s);
  EXPECT_EQ(at_10s.segments.back().duration, 2s);
  EXPECT_LE(at_10s.segments.size(), 3U);
  EXPECT_EQ(at_10s.init_uri, "http://a/v-7.mp4");
  EXPECT_EQ(at_10s.next_available, kStart + 12s);
  EXPECT_FALSE(at_10s.complete);
  const auto just_before = given(laid("type='dynamic'", kByNumber, kStart + 9'999ms));
  EXPECT_EQ(just_before.segments.back().number, 4U);
  EXPECT_TRUE(given(laid("type='dynamic'", kByNumber, kStart - 1h)).segments.empty());
}

TEST(DashNumbers, GivesSegmentsEarlierByTheAvailabilityOffset) {
  const auto early =
      given(laid("type='dynamic'",
                 "<SegmentTemplate timescale='1000' duration='2000' availabilityTimeOffset='1.5' "
                 "media='$Number$'/>",
                 kStart + 8'500ms));
  EXPECT_EQ(early.segments.back().number, 5U);
}

TEST(DashNumbers, GivesTheNewestWhenThereAreMoreThanAsked) {
  const auto few = given(laid("type='dynamic'", kByNumber, kStart + 1h, 3));
  ASSERT_EQ(few.segments.size(), 3U);
  EXPECT_EQ(few.segments.back().number, 1800U);
}

TEST(DashNumbers, CutsThePeriodsLastSegmentShort) {
  const auto all = given(laid("mediaPresentationDuration='PT5S'", kByNumber, kStart));
  ASSERT_EQ(all.segments.size(), 3U);
  EXPECT_EQ(all.segments[0].start, 0us);
  EXPECT_TRUE(all.complete);
  const auto ended = given(laid("type='dynamic' mediaPresentationDuration='PT5S'", kByNumber, kStart + 5s));
  EXPECT_EQ(ended.segments.size(), 3U);
  EXPECT_TRUE(ended.complete);
}

TEST(DashNumbers, EndsAtTheEndNumber) {
  const auto all = given(
      laid("", "<SegmentTemplate duration='2' startNumber='5' endNumber='7' media='$Number$'/>", kStart));
  ASSERT_EQ(all.segments.size(), 3U);
  EXPECT_EQ(all.segments.back().uri, "http://a/7");
}

TEST(DashTimeline, FollowsRunsAndRepeatsUntilNow) {
  const auto read = given(laid(
      "type='dynamic'",
      "<SegmentTemplate timescale='10' presentationTimeOffset='1000' "
      "media='$Time$-$Number$'><SegmentTimeline>"
      "<S t='1000' d='20' r='1'/><S d='10'/><S t='1060' d='20' r='-1'/></SegmentTimeline></SegmentTemplate>",
      kStart + 11s));
  ASSERT_EQ(read.segments.size(), 5U);
  EXPECT_EQ(read.segments[0].uri, "http://a/1000-1");
  EXPECT_EQ(read.segments[0].start, kStart.time_since_epoch());
  EXPECT_EQ(read.segments[2].uri, "http://a/1040-3");
  EXPECT_EQ(read.segments[2].duration, 1s);
  EXPECT_EQ(read.segments[3].start, kStart.time_since_epoch() + 6s);
  EXPECT_EQ(read.segments[4].uri, "http://a/1080-5");  // 8 to 10 s; the next would end at 12 s.
}

TEST(DashTimeline, ARepeatWithoutEndStopsAtTheNextStartOrThePeriodsEnd) {
  const auto next = given(laid("",
                               "<SegmentTemplate media='$Time$'><SegmentTimeline><S t='0' d='2' r='-1'/>"
                               "<S t='6' d='1'/></SegmentTimeline></SegmentTemplate>",
                               kStart));
  EXPECT_EQ(next.segments.size(), 4U);
  const auto end = given(laid("mediaPresentationDuration='PT7S'",
                              "<SegmentTemplate media='$Time$'><SegmentTimeline><S t='0' d='2' r='-1'/>"
                              "</SegmentTimeline></SegmentTemplate>",
                              kStart));
  EXPECT_EQ(end.segments.size(), 4U);
}

TEST(DashTimeline, CostsWhatIsGivenAndNotWhatItClaims) {
  const auto read = given(laid("type='dynamic'",
                               "<SegmentTemplate timescale='1000000' media='$Number$'><SegmentTimeline>"
                               "<S t='0' d='1' r='4611686018427'/></SegmentTimeline></SegmentTemplate>",
                               kStart, 5));
  ASSERT_EQ(read.segments.size(), 5U);
  EXPECT_EQ(read.segments.back().number, 4'611'686'018'428U);
}

TEST(DashTimeline, RefusesTimesThatDoNotFit) {
  for (const std::string_view runs :
       {"<S t='4611686018427387903' d='4611686018427387903' r='4611686018427387903'/>",
        "<S t='0' d='4611686018427387903' r='4611686018427387903'/><S d='4611686018427387903' "
        "r='4611686018427387903'/>"}) {
    const auto read = laid("type='dynamic'",
                           "<SegmentTemplate media='$Number$'><SegmentTimeline>" + std::string(runs) +
                               "</SegmentTimeline></SegmentTemplate>",
                           kStart, 5);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::kInvalidInput);
  }
  const auto long_ones =
      laid("",
           "<SegmentTemplate duration='4611686018427387903' endNumber='4611686018427387903' "
           "media='$Number$'/>",
           kStart, 5);
  EXPECT_FALSE(long_ones);
}

TEST(DashList, PairsAddressesWithDurations) {
  const auto read =
      given(laid("",
                 "<SegmentList duration='2'><Initialization range='0-9'/><SegmentURL media='x.mp4'/>"
                 "<SegmentURL mediaRange='10-19'/></SegmentList>",
                 kStart));
  ASSERT_EQ(read.segments.size(), 2U);
  EXPECT_EQ(read.segments[0].uri, "http://a/x.mp4");
  EXPECT_EQ(read.segments[1].uri, "http://a/m.mpd");
  EXPECT_EQ(read.segments[1].range, (ByteRange{10, 10}));
  EXPECT_EQ(read.init_range, (ByteRange{0, 10}));
}

TEST(DashBase, IsOneSegmentThatHoldsEverything) {
  const auto read =
      given(laid("mediaPresentationDuration='PT9S'", "<SegmentBase indexRange='10-20'/>", kStart));
  ASSERT_EQ(read.segments.size(), 1U);
  EXPECT_EQ(read.segments[0].duration, 9s);
  EXPECT_TRUE(read.init_uri.empty());
}

TEST(DashTemplate, KnowsItsIdentifiersAndRefusesOthers) {
  const auto uri = [](std::string_view media) {
    const auto read =
        laid("", "<SegmentTemplate duration='2' endNumber='1' media='" + std::string(media) + "'/>", kStart);
    return read ? read->segments.at(0).uri : "failed " + std::to_string(static_cast<int>(read.error().code));
  };
  EXPECT_EQ(uri("$$$Number%03d$-$Time%02d$-$Bandwidth$"), "http://a/$001-00-7");
  EXPECT_EQ(uri("$Number"), "failed 1");
  EXPECT_EQ(uri("$Numbers$"), "failed 1");
  EXPECT_EQ(uri("$Number%5d$"), "failed 1");
  EXPECT_EQ(uri("$Number%099d$"), "failed 1");
  EXPECT_EQ(uri("$Number%0s$"), "failed 1");
  EXPECT_EQ(uri("$SubNumber$"), "failed 7");
}

/// The slow twin: every segment of every run, one after the other.
std::vector<std::pair<std::int64_t, std::int64_t>> walked(const std::vector<DashRun>& runs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> out;
  std::int64_t at = 0;
  for (const DashRun& run : runs) {
    if (run.start) at = static_cast<std::int64_t>(*run.start);
    for (std::int64_t i = 0; i <= run.repeat; ++i, at += static_cast<std::int64_t>(run.duration)) {
      out.emplace_back(at, run.duration);
    }
  }
  return out;
}

TEST(DashTimeline, GivesTheSameAsWalkingThroughIt) {
  const unsigned seed = 20261122;
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + " round " + std::to_string(round));
    DashMpd mpd;
    DashPeriod period;
    auto addressing = std::make_shared<DashAddressing>();
    addressing->kind = DashAddressing::Kind::kTemplate;
    addressing->media = "$Number$";
    addressing->has_timeline = true;
    std::uint64_t at = 0;
    for (unsigned i = 0; i < 1 + random() % 8; ++i) {
      DashRun run{
          .start = {}, .duration = 1 + random() % 9, .repeat = static_cast<std::int64_t>(random() % 5)};
      if (random() % 3 == 0) run.start = at + random() % 7;
      at = run.start.value_or(at) + run.duration * static_cast<std::uint64_t>(run.repeat + 1);
      addressing->timeline.push_back(run);
    }
    const DashRepresentation representation{
        .id = "v", .base_uri = "http://a/", .mime_type = {}, .codecs = {}, .addressing = addressing};
    const std::size_t most = 1 + random() % 20;
    const auto fast = given(dash_segments(mpd, period, representation, kStart, most));
    const auto slow = walked(addressing->timeline);
    ASSERT_EQ(fast.segments.size(), std::min(most, slow.size()));
    for (std::size_t i = 0; i < fast.segments.size(); ++i) {
      const std::size_t s = slow.size() - fast.segments.size() + i;
      EXPECT_EQ(fast.segments[i].number, s + 1);
      EXPECT_EQ(fast.segments[i].start, std::chrono::seconds(slow[s].first));
      EXPECT_EQ(fast.segments[i].duration, std::chrono::seconds(slow[s].second));
    }
  }
}

}  // namespace
}  // namespace seawall
