#include <gtest/gtest.h>

#include <string>

#include "seawall/media/decoder.h"

namespace seawall {
namespace {

MediaType sniff(const std::string& text) {
  return sniff_media_type(std::as_bytes(std::span(text.data(), text.size())));
}

TEST(Sniff, KnowsEachFormatByItsFirstBytes) {
  EXPECT_EQ(sniff("\xFF\xD8\xFF\xE0"), MediaType::kJpeg);
  EXPECT_EQ(sniff("\x89PNG\r\n\x1A\n...."), MediaType::kPng);
  EXPECT_EQ(sniff(std::string("RIFF\x10\0\0\0WEBPVP8 ", 16)), MediaType::kWebp);
  EXPECT_EQ(sniff("GIF87a"), MediaType::kGif);
  EXPECT_EQ(sniff("GIF89a"), MediaType::kGif);
  EXPECT_EQ(sniff("\xFF\x0A..."), MediaType::kJxl);
  EXPECT_EQ(sniff(std::string("\0\0\0\x0CJXL \r\n\x87\n", 12)), MediaType::kJxl);
  EXPECT_EQ(sniff(std::string("II*\0....", 8)), MediaType::kTiff);
  EXPECT_EQ(sniff(std::string("MM\0*....", 8)), MediaType::kTiff);
  EXPECT_EQ(sniff(std::string("BM\x10\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", 18)), MediaType::kBmp);
  EXPECT_EQ(sniff("P6\n1 1\n255\n"), MediaType::kPnm);
}

TEST(Sniff, TellsAvifFromHeicByMajorAndCompatibleBrands) {
  EXPECT_EQ(sniff(std::string("\0\0\0\x18"
                              "ftypavif\0\0\0\0",
                              16)),
            MediaType::kAvif);
  EXPECT_EQ(sniff(std::string("\0\0\0\x18"
                              "ftypheic\0\0\0\0",
                              16)),
            MediaType::kHeic);
  EXPECT_EQ(sniff(std::string("\0\0\0\x18"
                              "ftypmif1\0\0\0\0miafavif",
                              24)),
            MediaType::kAvif);
  EXPECT_EQ(sniff(std::string("\0\0\0\x18"
                              "ftypisom\0\0\0\0mp41iso2",
                              24)),
            MediaType::kUnknown);
}

TEST(Sniff, CallsEverythingElseUnknown) {
  for (const char* text :
       {"", "\xFF\xD8", "BM", "P6", "Preface", "P9 1 1", "GIF88a", "RIFF....WAVE", "hello"}) {
    EXPECT_EQ(sniff(text), MediaType::kUnknown) << text;
  }
}

TEST(Sniff, NamesAMimeTypeForEachFormat) {
  EXPECT_EQ(mime_type_of(MediaType::kUnknown), "application/octet-stream");
  EXPECT_EQ(mime_type_of(MediaType::kAvif), "image/avif");
}

}  // namespace
}  // namespace seawall
