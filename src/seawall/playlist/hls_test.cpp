#include "seawall/playlist/hls.h"

#include <gtest/gtest.h>

#include "seawall/base/hex.h"
#include "seawall/model/time_text.h"

namespace seawall {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBase = "https://live.example/a/index.m3u8?session=7&who=me";

HlsMediaPlaylist media(std::string_view text, const HlsOptions& options = {}) {
  auto read = hls_from_text(text, kBase, options);
  EXPECT_TRUE(read) << read.error().message;
  if (!read || !std::holds_alternative<HlsMediaPlaylist>(*read)) {
    ADD_FAILURE() << "no media playlist";
    return {};
  }
  return std::get<HlsMediaPlaylist>(*std::move(read));
}

HlsMultivariantPlaylist multivariant(std::string_view text) {
  auto read = hls_from_text(text, kBase);
  EXPECT_TRUE(read) << read.error().message;
  if (!read || !std::holds_alternative<HlsMultivariantPlaylist>(*read)) {
    ADD_FAILURE() << "no multivariant playlist";
    return {};
  }
  return std::get<HlsMultivariantPlaylist>(*std::move(read));
}

TEST(HlsMedia, NumbersItsSegmentsFromTheMediaSequence) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:8\n#EXT-X-MEDIA-SEQUENCE:2680\n\n"
      "#EXTINF:7.975,\nhttps://priv.example.com/fileSequence2680.ts\n"
      "#EXTINF:7.941,A title, with commas\nfileSequence2681.ts\r\n#EXTINF:7.975\nfileSequence2682.ts");
  ASSERT_EQ(playlist.segments.size(), 3U);
  EXPECT_EQ(playlist.target_duration, 8s);
  EXPECT_EQ(playlist.media_sequence, 2680U);
  EXPECT_EQ(playlist.segments[1].sequence, 2681U);
  EXPECT_EQ(playlist.segments[1].duration, 7'941'000us);
  EXPECT_EQ(playlist.segments[1].uri, "fileSequence2681.ts");
  EXPECT_FALSE(playlist.ended);
  EXPECT_EQ(playlist.type, HlsPlaylistType::kLive);
}

TEST(HlsMedia, CountsDiscontinuitiesAndMarksTheSegmentBehindEach) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-DISCONTINUITY-SEQUENCE:5\n"
      "#EXTINF:2,\na\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nb\n#EXTINF:2,\nc\n#EXT-X-ENDLIST\n");
  ASSERT_EQ(playlist.segments.size(), 3U);
  EXPECT_FALSE(playlist.segments[0].discontinuity);
  EXPECT_EQ(playlist.segments[0].discontinuity_sequence, 5U);
  EXPECT_TRUE(playlist.segments[1].discontinuity);
  EXPECT_EQ(playlist.segments[1].discontinuity_sequence, 6U);
  EXPECT_FALSE(playlist.segments[2].discontinuity);
  EXPECT_EQ(playlist.segments[2].discontinuity_sequence, 6U);
  EXPECT_TRUE(playlist.ended);
}

TEST(HlsMedia, CountsTheTimeOnButNotAcrossADiscontinuity) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nbefore\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T10:00:00."
      "250Z\n"
      "#EXTINF:2.5,\na\n#EXTINF:2,\nb\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nc\n"
      "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:00+01:00\n#EXTINF:2,\nd\n");
  ASSERT_EQ(playlist.segments.size(), 5U);
  EXPECT_FALSE(playlist.segments[0].program_time);
  EXPECT_EQ(to_text(*playlist.segments[1].program_time), "2026-11-22T10:00:00.250Z");
  EXPECT_EQ(to_text(*playlist.segments[2].program_time), "2026-11-22T10:00:02.750Z");
  EXPECT_FALSE(playlist.segments[3].program_time);
  EXPECT_EQ(to_text(*playlist.segments[4].program_time), "2026-11-22T11:00:00Z");
}

TEST(HlsMedia, ContinuesAByteRangeWhereTheOneBeforeOfTheSameResourceEnded) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"i.mp4\",BYTERANGE=\"700@"
      "16\"\n"
      "#EXTINF:2,\n#EXT-X-BYTERANGE:1000@716\nall.mp4\n#EXT-X-BYTERANGE:500\n#EXTINF:2,\nall.mp4\n");
  ASSERT_EQ(playlist.segments.size(), 2U);
  EXPECT_TRUE(playlist.i_frames_only);
  EXPECT_EQ(playlist.segments[0].range, (ByteRange{716, 1000}));
  EXPECT_EQ(playlist.segments[1].range, (ByteRange{1716, 500}));
  ASSERT_TRUE(playlist.segments[1].map);
  EXPECT_EQ(playlist.segments[1].map->range, (ByteRange{16, 700}));
  EXPECT_EQ(playlist.segments[0].map, playlist.segments[1].map);
}

TEST(HlsMedia, RefusesAByteRangeThatStartsNowhere) {
  for (const std::string_view text :
       {"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:500\na\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n#EXT-X-BYTERANGE:500@0\na\n#EXTINF:2,\n"
        "#EXT-X-BYTERANGE:5\nb\n"}) {
    EXPECT_EQ(hls_from_text(text, kBase).error().code, Code::kInvalidInput);
  }
}

TEST(HlsMedia, AppliesAKeyToAllSegmentsBehindItUntilTheNextOrNone) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:258\n#EXTINF:2,\nclear\n"
      "#EXT-X-KEY:METHOD=AES-128,URI=\"k1\"\n#EXTINF:2,\na\n"
      "#EXT-X-KEY:METHOD=AES-128,URI=\"k2\",IV=0xAb\n#EXT-X-MAP:URI=\"init\"\n#EXTINF:2,\nb\n"
      "#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\nc\n");
  ASSERT_EQ(playlist.segments.size(), 4U);
  EXPECT_FALSE(playlist.segments[0].key);
  ASSERT_TRUE(playlist.segments[1].key);
  EXPECT_EQ(playlist.segments[1].key->method, HlsKeyMethod::kAes128);
  EXPECT_EQ(playlist.segments[1].key->uri, "k1");
  EXPECT_EQ(to_hex(playlist.segments[1].iv()), "00000000000000000000000000000103");
  EXPECT_EQ(to_hex(playlist.segments[2].iv()), "000000000000000000000000000000ab");
  ASSERT_TRUE(playlist.segments[2].map && playlist.segments[2].map->key);
  EXPECT_EQ(playlist.segments[2].map->key->uri, "k2");
  EXPECT_FALSE(playlist.segments[3].key);
}

TEST(HlsMedia, TakesTheIdentityKeyWhereSeveralFormatsAreInForceAndNamesTheRestUnsupported) {
  const auto both = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
      "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n"
      "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:2,\na\n");
  EXPECT_EQ(both.segments.at(0).key->method, HlsKeyMethod::kAes128);
  const auto sample = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"x\",KEYFORMAT=\"y\"\n"
      "#EXTINF:2,\na\n");
  EXPECT_EQ(sample.segments.at(0).key->method, HlsKeyMethod::kSampleAes);
  const auto other = media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=ROT-13\n#EXTINF:2,\na\n");
  EXPECT_EQ(other.segments.at(0).key->method, HlsKeyMethod::kOther);
}

TEST(HlsMedia, PassesOverLowLatencyTagsAndCountsWhatADeltaUpdateSkips) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0\n"
      "#EXT-X-PART-INF:PART-TARGET=0.33334\n#EXT-X-MEDIA-SEQUENCE:266\n#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n"
      "#EXT-X-PART:DURATION=2,URI=\"p0.ts\"\n#EXTINF:4,\ns269.ts\n#EXT-X-PART:DURATION=2,URI=\"p1.ts\"\n"
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p2.ts\"\n#EXT-X-RENDITION-REPORT:URI=\"../1M/x\",LAST-MSN=273\n");
  ASSERT_EQ(playlist.segments.size(), 1U);
  EXPECT_EQ(playlist.segments[0].sequence, 269U);
  EXPECT_EQ(playlist.segments_named, 4U);
  EXPECT_TRUE(playlist.low_latency);
}

TEST(HlsMedia, MarksWhatTheServerSaysIsNotThere) {
  const auto playlist = media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-GAP\n#EXTINF:2,\na\n#EXTINF:2,\nb\n");
  EXPECT_TRUE(playlist.segments.at(0).gap);
  EXPECT_FALSE(playlist.segments.at(1).gap);
}

TEST(HlsMedia, KeepsTheNewestSegmentsAndCountsTheOthers) {
  std::string text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:EVENT\n";
  for (int i = 0; i < 100; ++i) text += "#EXTINF:2,\ns" + std::to_string(i) + "\n";
  const auto playlist = media(text, {.segments_kept_max = 3});
  EXPECT_EQ(playlist.segments_named, 100U);
  ASSERT_EQ(playlist.segments.size(), 3U);
  EXPECT_EQ(playlist.segments[0].uri, "s97");
  EXPECT_EQ(playlist.segments[0].sequence, 97U);
  EXPECT_EQ(playlist.type, HlsPlaylistType::kEvent);
}

TEST(HlsMedia, LeavesASegmentOutThatIsNotWholeYet) {
  EXPECT_EQ(media("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na\n#EXTINF:2,\n").segments.size(), 1U);
}

TEST(HlsMedia, GuessesAMissingTargetDurationFromTheLongestSegment) {
  EXPECT_EQ(media("#EXTM3U\n#EXTINF:2,\na\n#EXTINF:5.1,\nb\n").target_duration, 6s);
}

TEST(HlsDefine, FillsVariablesInAddressesAndQuotedTexts) {
  const auto playlist = media(
      "#EXTM3U\n#EXT-X-DEFINE:NAME=\"host\",VALUE=\"https://"
      "cdn.example\"\n#EXT-X-DEFINE:QUERYPARAM=\"session\"\n"
      "#EXT-X-DEFINE:IMPORT=\"path\"\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"{$host}/k\"\n"
      "#EXTINF:2,\n{$host}/{$path}/a.ts?s={$session}&literal={$ }\n",
      {.variables = {{"path", "p/q"}}});
  EXPECT_EQ(playlist.segments.at(0).uri, "https://cdn.example/p/q/a.ts?s=7&literal={$ }");
  EXPECT_EQ(playlist.segments.at(0).key->uri, "https://cdn.example/k");
}

TEST(HlsDefine, RefusesWhatIsNotDefinedAsTheDraftDemands) {
  for (const std::string_view line :
       {"#EXTINF:2,\n{$nobody}/a.ts", "#EXT-X-DEFINE:IMPORT=\"x\"", "#EXT-X-DEFINE:QUERYPARAM=\"x\"",
        "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"2\"",
        "#EXT-X-DEFINE:NAME=\"a b\""}) {
    const auto read = hls_from_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + std::string(line) + "\n", kBase);
    ASSERT_FALSE(read) << line;
    EXPECT_EQ(read.error().code, Code::kInvalidInput);
  }
}

TEST(HlsMultivariant, ReadsVariantsIFramePlaylistsAndRenditions) {
  const auto playlist = multivariant(
      "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aud\",NAME=\"English, stereo\",DEFAULT=YES,URI=\"en.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1280000,AVERAGE-BANDWIDTH=1000000,RESOLUTION=640x360,"
      "CODECS=\"avc1.4d401e,mp4a.40.2\",FRAME-RATE=29.970,AUDIO=\"aud\"\nlow/index.m3u8\n"
      "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=86000,RESOLUTION=640x360,URI=\"low/iframe.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=65000,CODECS=\"mp4a.40.5\"\naudio-only.m3u8\n");
  ASSERT_EQ(playlist.variants.size(), 2U);
  EXPECT_EQ(playlist.variants[0].uri, "low/index.m3u8");
  EXPECT_EQ(playlist.variants[0].bandwidth, 1'280'000U);
  EXPECT_EQ(playlist.variants[0].average_bandwidth, 1'000'000U);
  EXPECT_EQ(playlist.variants[0].height_px, 360);
  EXPECT_NEAR(playlist.variants[0].frame_rate, 29.97, 1e-6);
  EXPECT_EQ(playlist.variants[0].codecs, "avc1.4d401e,mp4a.40.2");
  EXPECT_EQ(playlist.variants[1].width_px, 0);
  ASSERT_EQ(playlist.i_frame_variants.size(), 1U);
  EXPECT_EQ(playlist.i_frame_variants[0].uri, "low/iframe.m3u8");
  ASSERT_EQ(playlist.renditions.size(), 1U);
  EXPECT_EQ(playlist.renditions[0].name, "English, stereo");
  EXPECT_TRUE(playlist.renditions[0].is_default);
  EXPECT_EQ(playlist.base_uri, kBase);
}

TEST(HlsMultivariant, PassesItsVariablesOn) {
  const auto playlist = multivariant(
      "#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"1\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{$v}.m3u8\n");
  EXPECT_EQ(playlist.variants.at(0).uri, "1.m3u8");
  ASSERT_EQ(playlist.variables.size(), 1U);
  EXPECT_EQ(playlist.variables[0].second, "1");
}

}  // namespace
}  // namespace seawall
