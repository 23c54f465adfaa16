#include "seawall/playlist/dash.h"

#include <gtest/gtest.h>

#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBase = "https://live.example/a/manifest.mpd?t=1";

DashMpd mpd(std::string_view text) {
  auto read = mpd_from_text(text, kBase);
  EXPECT_TRUE(read) << read.error().message;
  return read ? *std::move(read) : DashMpd{};
}
Code code_of(std::string_view text) {
  const auto read = mpd_from_text(text, kBase);
  EXPECT_FALSE(read) << text.substr(0, 100);
  return read ? Code::kUnavailable : read.error().code;
}

TEST(Mpd, ReadsTheAttributesThatLiveStreamsAreFollowedBy) {
  const auto read =
      mpd("<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='dynamic' "
          "availabilityStartTime='2026-11-22T10:00:00Z' publishTime='2026-11-22T10:00:01.5Z' "
          "minimumUpdatePeriod='PT2S' timeShiftBufferDepth='PT1M30.5S' suggestedPresentationDelay='PT6S' "
          "maxSegmentDuration='PT2.002S'><Location>https://other.example/m.mpd</Location>"
          "<UTCTiming schemeIdUri='urn:mpeg:dash:utc:direct:2014' value='2026-11-22T10:00:03Z'/>"
          "<Period id='p0' start='PT0S'/></MPD>");
  EXPECT_TRUE(read.dynamic);
  EXPECT_EQ(to_text(*read.availability_start), "2026-11-22T10:00:00Z");
  EXPECT_EQ(read.minimum_update_period, 2s);
  EXPECT_EQ(read.time_shift_buffer_depth, 90'500ms);
  EXPECT_EQ(read.suggested_presentation_delay, 6s);
  EXPECT_EQ(read.max_segment_duration, 2'002ms);
  EXPECT_EQ(read.location, "https://other.example/m.mpd");
  ASSERT_EQ(read.utc_timings.size(), 1U);
  EXPECT_EQ(read.utc_timings[0].value, "2026-11-22T10:00:03Z");
  ASSERT_EQ(read.periods.size(), 1U);
  EXPECT_FALSE(read.periods[0].duration);
}

TEST(Mpd, InheritsTemplatesAndAttributesFromWhatLiesAround) {
  const auto read = mpd(
      "<MPD type='dynamic'><Period><SegmentTemplate timescale='1000' startNumber='5' media='p-$Number$.m4s'/>"
      "<AdaptationSet contentType='video' mimeType='video/mp4' codecs='avc1.4d401f' width='640' height='360'>"
      "<SegmentTemplate duration='2000' initialization='i-$RepresentationID$.mp4'/>"
      "<Representation id='a' bandwidth='100'/>"
      "<Representation id='b' bandwidth='200' width='1280' height='720' codecs='avc1.640028'>"
      "<SegmentTemplate media='own-$Number%05d$.m4s'/></Representation></AdaptationSet></Period></MPD>");
  const auto& set = read.periods.at(0).sets.at(0);
  ASSERT_EQ(set.representations.size(), 2U);
  const auto& a = set.representations[0];
  const auto& b = set.representations[1];
  EXPECT_EQ(a.addressing->media, "p-$Number$.m4s");
  EXPECT_EQ(a.addressing->duration, 2000U);
  EXPECT_EQ(a.addressing->timescale, 1000U);
  EXPECT_EQ(a.addressing->start_number, 5U);
  EXPECT_EQ(a.height_px, 360);
  EXPECT_EQ(b.addressing->media, "own-$Number%05d$.m4s");
  EXPECT_EQ(b.addressing->initialization, "i-$RepresentationID$.mp4");
  EXPECT_EQ(b.height_px, 720);
  EXPECT_EQ(b.mime_type, "video/mp4");
}

TEST(Mpd, FollowsTheChainOfBaseAddressesAndTakesTheFirstOfEachLevel) {
  const auto read = mpd(
      "<MPD><BaseURL>https://cdn.example/root/</BaseURL><BaseURL>https://second.example/</BaseURL>"
      "<Period duration='PT10S'><BaseURL>period/</BaseURL><AdaptationSet><Representation id='a'>"
      "<BaseURL> rep.mp4 </BaseURL></Representation><Representation id='b'/></AdaptationSet></Period></MPD>");
  const auto& all = read.periods.at(0).sets.at(0).representations;
  EXPECT_EQ(all.at(0).base_uri, "https://cdn.example/root/period/rep.mp4");
  EXPECT_EQ(all.at(1).base_uri, "https://cdn.example/root/period/");
}

TEST(Mpd, PlacesPeriodsByTheirStartsAndDurations) {
  const auto read =
      mpd("<MPD mediaPresentationDuration='PT100S'><Period duration='PT10S'/><Period/><Period id='c' "
          "start='PT30S'/></MPD>");
  ASSERT_EQ(read.periods.size(), 3U);
  EXPECT_EQ(read.periods[0].duration, 10s);
  EXPECT_EQ(read.periods[1].start, 10s);
  EXPECT_EQ(read.periods[1].duration, 20s);
  EXPECT_EQ(read.periods[2].duration, 70s);
}

TEST(Mpd, LeavesOutPeriodsThatLieElsewhereOrHaveNoStart) {
  const auto read =
      mpd("<MPD xmlns:xlink='http://www.w3.org/1999/xlink' type='dynamic'><Period start='PT0S'/><Period/>"
          "<Period xlink:href='http://ads.example/p'><AdaptationSet/></Period></MPD>");
  EXPECT_EQ(read.periods.size(), 1U);
  EXPECT_EQ(read.periods_left_out, 2);
  EXPECT_EQ(code_of("<MPD><Period href='http://x/'/></MPD>"), Code::kUnsupported);
}

TEST(Mpd, NamesEncryptionTrickModeAndWhatMustBeUnderstood) {
  const auto read = mpd(
      "<MPD><Period><AdaptationSet><Representation id='a'/><ContentProtection "
      "schemeIdUri='x'/></AdaptationSet>"
      "<AdaptationSet><Representation id='b'><ContentProtection/></Representation><Representation id='c'/>"
      "</AdaptationSet><AdaptationSet><EssentialProperty "
      "schemeIdUri='http://dashif.org/guidelines/trickmode' "
      "value='1'/></AdaptationSet><AdaptationSet><EssentialProperty "
      "schemeIdUri='http://dashif.org/guidelines/thumbnail_tile'/></AdaptationSet></Period></MPD>");
  const auto& sets = read.periods.at(0).sets;
  ASSERT_EQ(sets.size(), 4U);
  EXPECT_TRUE(sets[0].representations.at(0).encrypted);
  EXPECT_TRUE(sets[1].representations.at(0).encrypted);
  EXPECT_FALSE(sets[1].representations.at(1).encrypted);
  EXPECT_TRUE(sets[2].trick_mode);
  EXPECT_FALSE(sets[2].unknown_essential);
  EXPECT_TRUE(sets[3].unknown_essential);
}

TEST(Mpd, ReadsTimelinesAndListsWithRanges) {
  const auto read = mpd(
      "<MPD type='dynamic'><Period><AdaptationSet><SegmentTemplate media='$Time$' timescale='90000'>"
      "<SegmentTimeline><S t='100' d='180000' r='3'/><S d='90000'/><S d='180000' r='-1'/></SegmentTimeline>"
      "</SegmentTemplate><Representation id='a'/></AdaptationSet><AdaptationSet><SegmentList duration='2'>"
      "<Initialization sourceURL='i.mp4' range='0-99'/><SegmentURL media='a.mp4' mediaRange='100-299'/>"
      "<SegmentURL media='b.mp4'/></SegmentList><Representation id='b'/></AdaptationSet>"
      "<AdaptationSet><Representation id='c'><SegmentBase indexRange='700-900'><Initialization "
      "range='0-699'/>"
      "</SegmentBase></Representation></AdaptationSet></Period></MPD>");
  const auto& sets = read.periods.at(0).sets;
  const auto& timeline = *sets.at(0).representations.at(0).addressing;
  ASSERT_EQ(timeline.timeline.size(), 3U);
  EXPECT_EQ(timeline.timeline[0].start, 100U);
  EXPECT_EQ(timeline.timeline[0].repeat, 3);
  EXPECT_FALSE(timeline.timeline[1].start);
  EXPECT_EQ(timeline.timeline[2].repeat, -1);
  const auto& list = *sets.at(1).representations.at(0).addressing;
  EXPECT_EQ(list.kind, DashAddressing::Kind::kList);
  ASSERT_EQ(list.urls.size(), 2U);
  EXPECT_EQ(list.urls[0].range, (ByteRange{100, 200}));
  EXPECT_EQ(list.initialization_range, (ByteRange{0, 100}));
  const auto& base = *sets.at(2).representations.at(0).addressing;
  EXPECT_EQ(base.kind, DashAddressing::Kind::kBase);
  EXPECT_EQ(base.index_range, (ByteRange{700, 201}));
}

TEST(MpdHostile, RefusesWhatIsNoMpdOrIsOutOfRange) {
  for (const std::string_view text :
       {"", "<", "#EXTM3U", "<html/>", "<MPD>", "<MPD></MPD>", "<!DOCTYPE MPD [<!ENTITY a 'b'>]><MPD/>",
        "<MPD><Period start='PT9S'/><Period start='PT1S'/></MPD>",
        "<MPD><Period><AdaptationSet><SegmentTemplate timescale='0'/></AdaptationSet></Period></MPD>",
        "<MPD><Period><AdaptationSet><SegmentTemplate "
        "timescale='4294967297'/></AdaptationSet></Period></MPD>",
        "<MPD><Period><SegmentTemplate><SegmentTimeline><S "
        "d='0'/></SegmentTimeline></SegmentTemplate></Period></MPD>",
        "<MPD><Period><SegmentTemplate><SegmentTimeline><S/></SegmentTimeline></SegmentTemplate></Period></"
        "MPD>",
        "<MPD><Period><SegmentTemplate><SegmentTimeline><S d='1' "
        "r='x'/></SegmentTimeline></SegmentTemplate></Period>"
        "</MPD>"}) {
    EXPECT_EQ(code_of(text), Code::kInvalidInput) << text;
  }
}

TEST(MpdHostile, TakesElementsOnlyWhereTheyBelong) {
  const auto read = mpd(
      "<MPD><X><Period/><AdaptationSet/></X><AdaptationSet><Representation/></"
      "AdaptationSet><Period><Representation/>"
      "<Period/><X><AdaptationSet/><SegmentTemplate media='x'/><BaseURL>http://x/</BaseURL></X>"
      "<AdaptationSet><AdaptationSet/><S d='0'/><SegmentTimeline/><Representation><Representation/><Period/>"
      "</Representation></AdaptationSet></Period></MPD>");
  ASSERT_EQ(read.periods.size(), 1U);
  ASSERT_EQ(read.periods[0].sets.size(), 1U);
  ASSERT_EQ(read.periods[0].sets[0].representations.size(), 1U);
  EXPECT_EQ(read.periods[0].sets[0].representations[0].base_uri, kBase);
  EXPECT_FALSE(read.periods[0].sets[0].representations[0].addressing);
}

TEST(MpdHostile, KeepsItsLimits) {
  std::string periods = "<MPD>";
  for (std::size_t i = 0; i <= kMpdPeriodsMax; ++i) periods += "<Period/>";
  EXPECT_EQ(code_of(periods + "</MPD>"), Code::kLimitExceeded);
  std::string many = "<MPD><Period><AdaptationSet>";
  for (std::size_t i = 0; i <= kMpdRepresentationsMax; ++i) many += "<Representation/>";
  EXPECT_EQ(code_of(many + "</AdaptationSet></Period></MPD>"), Code::kLimitExceeded);
  EXPECT_EQ(code_of(std::string(kMpdBytesMax + 1, ' ')), Code::kLimitExceeded);
}

TEST(MpdHostile, ATimelineThatManyInheritCountsAsOftenAsItIsCopied) {
  std::string text = "<MPD><Period><SegmentTemplate><SegmentTimeline>";
  for (int i = 0; i < 1000; ++i) text += "<S d='1'/>";
  text += "</SegmentTimeline></SegmentTemplate><AdaptationSet>";
  for (int i = 0; i < 200; ++i) text += "<Representation><SegmentTemplate media='x'/></Representation>";
  EXPECT_EQ(code_of(text + "</AdaptationSet></Period></MPD>"), Code::kLimitExceeded);
}

TEST(MpdHostile, EveryCutOfAnMpdIsRefusedAndNothingElse) {
  const std::string text =
      "<MPD type='dynamic'><BaseURL>x/</BaseURL><Period><AdaptationSet><SegmentTemplate media='$Time$'>"
      "<SegmentTimeline><S t='1' "
      "d='2'/></SegmentTimeline></SegmentTemplate><Representation/></AdaptationSet></Period></MPD>";
  ASSERT_TRUE(mpd_from_text(text, kBase));
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(code_of(std::string_view(text).substr(0, length)), Code::kInvalidInput);
  }
}

}  // namespace
}  // namespace seawall
