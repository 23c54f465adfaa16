#include "seawall/media/video_sniff.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall {
namespace {

std::string_view sniff(std::string_view text) { return sniff_video_type(std::as_bytes(std::span(text))); }

std::string packets(std::size_t before, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += std::string(before, 'x') + '\x47' + std::string(187, 'y');
  return bytes;
}

TEST(SniffVideoType, KnowsContainersByTheirFirstBytes) {
  EXPECT_EQ(sniff(std::string("\0\0\0\x20"
                              "ftypisom",
                              12)),
            "video/mp4");
  EXPECT_EQ(sniff(std::string("\0\0\0\x14"
                              "ftypqt  ",
                              12)),
            "video/quicktime");
  EXPECT_EQ(sniff(std::string("\0\0\x08\0mdat....", 12)), "video/quicktime");
  EXPECT_EQ(sniff("\x1A\x45\xDF\xA3..."), "video/x-matroska");
  EXPECT_EQ(sniff("RIFF....AVI LIST"), "video/x-msvideo");
  EXPECT_EQ(sniff(packets(0, 4)), "video/mp2t");
  EXPECT_EQ(sniff(packets(4, 4)), "video/mp2t");
}

TEST(SniffVideoType, KnowsWhatPlayersPlayAllTheSame) {
  EXPECT_EQ(sniff(std::string("\0\0\0\x08"
                              "free",
                              8)),
            "video/mp4");
  EXPECT_EQ(sniff(packets(0, 5).substr(100)), "video/mp2t");  // Cut out of a longer stream.
  EXPECT_EQ(sniff(packets(4, 5).substr(150)), "video/mp2t");
}

TEST(SniffVideoType, KnowsNothingElse) {
  EXPECT_EQ(sniff("duty-free goods"), "");
  EXPECT_EQ(sniff(""), "");
  EXPECT_EQ(sniff("a text that somebody called film.mp4\n"), "");
  EXPECT_EQ(sniff("RIFF....WEBPVP8 "), "");
  EXPECT_EQ(sniff("RIFF....WAVEfmt "), "");
  EXPECT_EQ(sniff(std::string("\0\0\0\x20"
                              "ftypavif",
                              12)),
            "");
  EXPECT_EQ(sniff(std::string("\0\0\0\x20"
                              "ftypmif1\0\0\0\0heic",
                              20)),
            "");
  EXPECT_EQ(sniff("\xFF\xD8\xFF\xE0"), "");
  EXPECT_EQ(sniff(packets(0, 3)), "");
  EXPECT_EQ(sniff("ftyp"), "");
}

}  // namespace
}  // namespace seawall
