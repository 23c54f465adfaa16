#include "seawall/stream_evidence/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seawall/json/json.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::chrono::milliseconds;

WatchAlert an_alert() {
  const Time begin{milliseconds(1'700'000'000'000)};
  WatchAlert alert;
  alert.stream = WatchId{3};
  alert.name = "lobby \"1\"";
  alert.labels = {"original", "flip_x"};
  alert.begin = begin;
  alert.end = begin + milliseconds(2'000);
  alert.told = begin + milliseconds(2'100);
  ClipSegment& segment = alert.clip.segment;
  segment.tier = ClipTier::kThreeAligned;
  segment.query_begin_ms = 14'000;
  segment.query_end_ms = 16'000;
  segment.reference_begin_ms = 2'000;
  segment.reference_end_ms = 4'100;
  segment.speed = 1.0504;
  segment.speed_is_known = true;
  segment.distinct_frames = 3;
  segment.why = "because";
  segment.pairs = {
      {.query_ms = 14'000, .reference_ms = 2'000, .distance_bits = 12, .query_quality = 90, .query_label = 1},
      {.query_ms = 15'000, .reference_ms = 3'000, .distance_bits = 44, .query_label = 9}};
  alert.frames = {
      {.time_us = 14'000'000, .at = begin, .hash = {Fingerprint256{{1, 2, 3, 4}}, 88}, .key = true}};
  alert.pieces = {{.fetched_at = begin, .sequence = 7, .bytes = 1'000, .sha256 = {}}};
  return alert;
}

TEST(Evidence, SaysWhatWasSeenWhereWhenAndByWhichSignals) {
  const std::string line = evidence_line(an_alert(), {"known", "clip-7"});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = parse_json(line);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["stream"], "lobby \"1\"");
  EXPECT_EQ((*json)["bank"], "known");
  EXPECT_EQ((*json)["entry"], "clip-7");
  EXPECT_EQ((*json)["tier"], "three-aligned");
  EXPECT_EQ((*json)["begin"], "2023-11-14T22:13:20Z");
  EXPECT_EQ((*json)["at"], "2023-11-14T22:13:22.100Z");
  EXPECT_EQ((*json)["speed"], 1.05);
  EXPECT_EQ((*json)["pairs"][0]["variant"], "flip_x");
  EXPECT_EQ((*json)["pairs"][1]["variant"], "") << "a label that is none is not read";
  EXPECT_EQ((*json)["frames"][0]["pdq"], to_text(Fingerprint256{{1, 2, 3, 4}}));
  EXPECT_EQ((*json)["pieces"][0]["sha256"], std::string(64, '0'));
}

TEST(Evidence, IsBoundedHoweverLongAMatchLasts) {
  WatchAlert alert = an_alert();
  alert.clip.segment.pairs.resize(5'000);
  alert.frames.resize(5'000);
  const auto json = parse_json(evidence_line(alert, {}));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["pairs"].size(), 64U);
  EXPECT_EQ((*json)["frames"].size(), 512U);
}

TEST(Evidence, OfPicturesIsTheirSignals) {
  const WatchAlert alert = an_alert();
  const auto json = parse_json(frames_line({.stream = WatchId{1}, .name = "lobby", .frames = alert.frames}));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["stream"], "lobby");
  EXPECT_EQ((*json)["frames"][0]["quality"], 88);
  EXPECT_EQ((*json)["frames"][0].size(), 4U);
}

}  // namespace
