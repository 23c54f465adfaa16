// What a server may send by mistake or on purpose.
#include <gtest/gtest.h>

#include "seawall/playlist/hls.h"

namespace seawall {
namespace {

constexpr std::string_view kBase = "https://live.example/index.m3u8";
const std::string kHead = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n";

Code code_of(std::string_view text) {
  const auto read = hls_from_text(text, kBase);
  EXPECT_FALSE(read) << text.substr(0, 80);
  return read ? Code::kUnavailable : read.error().code;
}
bool is_read(const std::string& text) {
  const auto read = hls_from_text(text, kBase);
  EXPECT_TRUE(read) << read.error().message;
  return read.has_value();
}

TEST(HlsHostile, RefusesWhatIsNoPlaylist) {
  for (const std::string_view text : {"", "<html>", "#EXTM3", "#EXTM3UX\n#EXTINF:1,\na\n", "\n#EXTM3U\n",
                                      "#EXTM3U\n", "#EXTM3U\nhttp://a/b.ts\n"}) {
    EXPECT_EQ(code_of(text), Code::kInvalidInput) << text;
  }
  EXPECT_EQ(code_of(kHead + std::string("#EXTINF:2,\na\0b\n", 14)), Code::kInvalidInput);
}

TEST(HlsHostile, RefusesBothKindsInOne) {
  EXPECT_EQ(code_of(kHead + "#EXT-X-STREAM-INF:BANDWIDTH=1\na\n"), Code::kInvalidInput);
}

TEST(HlsHostile, RefusesNumbersThatAreNoneOrOverflow) {
  for (const std::string_view line : {"#EXTINF:-1,",
                                      "#EXTINF:nan,",
                                      "#EXTINF:inf,",
                                      "#EXTINF:1e3,",
                                      "#EXTINF:,",
                                      "#EXTINF:86401,",
                                      "#EXT-X-MEDIA-SEQUENCE:-1",
                                      "#EXT-X-MEDIA-SEQUENCE:18446744073709551615",
                                      "#EXT-X-MEDIA-SEQUENCE:1x",
                                      "#EXT-X-MEDIA-SEQUENCE:99999999999999999999999",
                                      "#EXT-X-TARGETDURATION:x",
                                      "#EXT-X-BYTERANGE:0@0",
                                      "#EXT-X-BYTERANGE:1@4611686018427387903",
                                      "#EXT-X-BYTERANGE:-1@0",
                                      "#EXT-X-SKIP:SKIPPED-SEGMENTS=4611686018427387903",
                                      "#EXT-X-KEY:METHOD=AES-128,IV=0x",
                                      "#EXT-X-KEY:METHOD=AES-128,IV=0x000000000000000000000000000000000",
                                      "#EXT-X-KEY:METHOD=AES-128,IV=12",
                                      "#EXT-X-KEY:URI=\"a\"",
                                      "#EXT-X-KEY:METHOD=AES-128,URI=\"a",
                                      "#EXT-X-MAP:BYTERANGE=\"1@0\"",
                                      "#EXT-X-MAP:URI=\"a\",BYTERANGE=\"1@x\""}) {
    EXPECT_EQ(code_of(kHead + std::string(line) + "\n"), Code::kInvalidInput) << line;
  }
}

TEST(HlsHostile, SaysTheLineAndNeverItsText) {
  const auto read = hls_from_text(kHead + "#EXTINF:secret-token,\n", kBase);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message.find("secret"), std::string::npos);
  EXPECT_NE(read.error().message.find("line 3"), std::string::npos) << read.error().message;
}

TEST(HlsHostile, KeepsItsLimits) {
  EXPECT_EQ(code_of(kHead + "#EXTINF:2,\n" + std::string(kHlsLineBytesMax, 'a') + "\n"),
            Code::kLimitExceeded);
  EXPECT_EQ(code_of("#EXTM3U\n" + std::string(kHlsTextBytesMax, '\n')), Code::kLimitExceeded);
  std::string variants = "#EXTM3U\n";
  for (std::size_t i = 0; i <= kHlsVariantsMax; ++i) variants += "#EXT-X-STREAM-INF:BANDWIDTH=1\na\n";
  EXPECT_EQ(code_of(variants), Code::kLimitExceeded);
  std::string attributes = kHead + "#EXT-X-KEY:METHOD=AES-128";
  for (std::size_t i = 0; i <= kHlsAttributesMax; ++i) attributes += ",A" + std::to_string(i) + "=1";
  EXPECT_EQ(code_of(attributes + "\n"), Code::kLimitExceeded);
  std::string variables = kHead;
  for (std::size_t i = 0; i <= kHlsVariablesMax; ++i) {
    variables += "#EXT-X-DEFINE:NAME=\"v" + std::to_string(i) + "\",VALUE=\"x\"\n";
  }
  EXPECT_EQ(code_of(variables), Code::kLimitExceeded);
}

TEST(HlsHostile, VariablesDoNotGrowALineWithoutBound) {
  std::string text =
      kHead + "#EXT-X-DEFINE:NAME=\"v\",VALUE=\"" + std::string(4000, 'x') + "\"\n#EXTINF:2,\n";
  for (int i = 0; i < 3000; ++i) text += "{$v}";
  EXPECT_EQ(code_of(text + "\n"), Code::kLimitExceeded);
}

TEST(HlsHostile, VariablesAreFilledInOnlyOnce) {
  const auto read =
      hls_from_text(kHead + "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"{$a}{$b}\"\n#EXTINF:2,\n{$a}\n", kBase);
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<HlsMediaPlaylist>(*read).segments.at(0).uri, "{$a}{$b}");
}

TEST(HlsHostile, ReadsWhatPlayersReadAllTheSame) {
  EXPECT_TRUE(is_read("\xEF\xBB\xBF#EXTM3U\r\n#EXTINF:2,\r\na\r\n"));
  EXPECT_TRUE(is_read(kHead + "#EXT-X-UNKNOWN-TAG:\"\n#EXT\n#EXTINF:2\n a b.ts \n"));
  EXPECT_TRUE(is_read(kHead + "#EXT-X-PROGRAM-DATE-TIME:yesterday\n#EXTINF:2,\na\n"));
  EXPECT_TRUE(
      is_read(kHead + "#EXT-X-KEY: METHOD = NONE , X\n#EXTINF:2,\na\n#EXT-X-DISCONTINUITY-SEQUENCE:x\n"));
  EXPECT_TRUE(is_read("#EXTM3U\n#EXT-X-STREAM-INF:RESOLUTION=axb,BANDWIDTH=lots,CODECS=\"\"\na\n"));
}

TEST(HlsHostile, EveryCutOfAPlaylistIsReadOrRefusedAndNothingElse) {
  const std::string text =
      kHead +
      "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x01\n#EXT-X-MAP:URI=\"m\",BYTERANGE=\"5@6\"\n"
      "#EXT-X-DEFINE:NAME=\"v\",VALUE=\"w\"\n#EXTINF:2.002,title\n#EXT-X-BYTERANGE:5@7\n{$v}.ts\n#EXT-X-"
      "ENDLIST\n";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = hls_from_text(std::string_view(text).substr(0, length), kBase);
    EXPECT_TRUE(read || read.error().code == Code::kInvalidInput) << length;
  }
}

}  // namespace
}  // namespace seawall
