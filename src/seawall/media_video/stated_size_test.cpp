#include "seawall/media_video/detail/stated_size.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall::media_video {
namespace {

bool early(const std::string& file) {
  const VideoSource::Bytes part = std::as_bytes(std::span(file));
  const VideoSource source{.parts = {&part, 1}};
  auto reader = SourceReader::open(source, 1U << 30);
  EXPECT_TRUE(reader.has_value());
  return ends_early(*reader);
}

std::string box(const std::string& name, std::size_t body) {
  const std::size_t size = body + 8;
  std::string out{static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                  static_cast<char>(size)};
  return out + name + std::string(body, 'x');
}

TEST(StatedSize, IsAboutTheOutermostBoxesOfAnIsoFile) {
  const std::string whole = box("ftyp", 16) + box("moov", 300) + box("mdat", 5000);
  EXPECT_FALSE(early(whole));
  EXPECT_TRUE(early(whole.substr(0, whole.size() - 1)));
  EXPECT_TRUE(early(whole.substr(0, 28)));
  EXPECT_FALSE(early(whole.substr(0, 24 + 308)));
}

TEST(StatedSize, TakesAnOpenBoxToTheEndOfTheFile) {
  std::string open_end = box("ftyp", 16) + box("mdat", 100);
  open_end.replace(24, 4, std::string(4, '\0'));
  EXPECT_FALSE(early(open_end));
}

TEST(StatedSize, ReadsBoxesOfSixtyFourBits) {
  const std::string large = box("ftyp", 16) + std::string("\0\0\0\1mdat\0\0\0\0\0\0\0\x20", 16);
  EXPECT_FALSE(early(large + std::string(16, 'x')));
  EXPECT_TRUE(early(large + std::string(15, 'x')));
}

TEST(StatedSize, ReadsTheSegmentOfMatroska) {
  const std::string header("\x1A\x45\xDF\xA3\x84....", 9);
  const std::string sized = header + std::string("\x18\x53\x80\x67\x40\x20", 6);
  EXPECT_FALSE(early(sized + std::string(32, 'x')));
  EXPECT_TRUE(early(sized + std::string(31, 'x')));
  const std::string unknown = header + std::string("\x18\x53\x80\x67\xFF", 5);
  EXPECT_FALSE(early(unknown + std::string(10, 'x')));
}

TEST(StatedSize, ReadsTheSizeOfAnAviFileAndForgivesZero) {
  EXPECT_FALSE(early(std::string("RIFF\x0C\0\0\0AVI ", 12) + std::string(8, 'x')));
  EXPECT_TRUE(early(std::string("RIFF\x0D\0\0\0AVI ", 12) + std::string(8, 'x')));
  EXPECT_FALSE(early(std::string("RIFF\0\0\0\0AVI ", 12) + std::string(8, 'x')));
}

TEST(StatedSize, CountsTransportPackets) {
  std::string stream;
  for (int i = 0; i < 3; ++i) stream += "G" + std::string(187, 'x');
  EXPECT_FALSE(early(stream));
  EXPECT_TRUE(early(stream + "Gx"));
}

TEST(StatedSize, SaysNothingOfOtherFiles) {
  EXPECT_FALSE(early("FLV"));
  EXPECT_FALSE(early(std::string(1000, 'x')));
}

}  // namespace
}  // namespace seawall::media_video
