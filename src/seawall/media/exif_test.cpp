#include "seawall/media/exif.h"

#include <gtest/gtest.h>

#include <string>

namespace seawall {
namespace {

int orientation_of(const std::string& block) {
  return exif_orientation(std::as_bytes(std::span(block.data(), block.size())));
}

/// A TIFF structure whose first IFD holds a width and then the orientation.
std::string little_endian(int orientation, int type = 3, int count = 1) {
  std::string s("II*\0\x08\0\0\0\x02\0", 10);
  s += std::string("\0\x01\x03\0\x01\0\0\0\x40\0\0\0", 12);
  s += std::string("\x12\x01", 2) + static_cast<char>(type) + '\0' + static_cast<char>(count) +
       std::string("\0\0\0", 3) + static_cast<char>(orientation) + std::string("\0\0\0", 3);
  return s + std::string("\0\0\0\0", 4);
}

TEST(ExifOrientation, ReadsAllEightInLittleEndianOrder) {
  for (int o = 1; o <= 8; ++o) EXPECT_EQ(orientation_of(little_endian(o)), o);
}

TEST(ExifOrientation, ReadsBigEndianOrderAndTheExifPrefix) {
  const std::string s("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 32);
  EXPECT_EQ(orientation_of(s), 6);
}

TEST(ExifOrientation, IsOneForAnythingMalformed) {
  EXPECT_EQ(orientation_of(""), 1);
  EXPECT_EQ(orientation_of("Exif"), 1);
  EXPECT_EQ(orientation_of(little_endian(0)), 1);
  EXPECT_EQ(orientation_of(little_endian(9)), 1);
  EXPECT_EQ(orientation_of(little_endian(6, 4)), 1) << "a LONG is not what the standard says";
  EXPECT_EQ(orientation_of(little_endian(6, 3, 2)), 1);
  std::string far = little_endian(6);
  far[4] = far[5] = far[6] = far[7] = '\xFF';
  EXPECT_EQ(orientation_of(far), 1) << "an IFD beyond the end";
}

TEST(ExifOrientation, SurvivesEveryTruncation) {
  const std::string whole = little_endian(6);
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const int o = orientation_of(whole.substr(0, n));
    EXPECT_TRUE(o == 1 || o == 6);
  }
}

TEST(FindPngExif, FindsTheChunkAndStopsAtDamage) {
  const std::string head("\x89PNG\r\n\x1A\n", 8);
  const std::string other("\0\0\0\x02tEXtabCRC!", 14);
  const std::string exif(
      "\0\0\0\x03"
      "eXIfxyzCRC!",
      15);
  const auto find = [](const std::string& s) {
    const auto found = find_png_exif(std::as_bytes(std::span(s.data(), s.size())));
    return std::string(reinterpret_cast<const char*>(found.data()), found.size());
  };
  EXPECT_EQ(find(head + other + exif), "xyz");
  EXPECT_EQ(find(head + other), "");
  EXPECT_EQ(find(head + std::string("\xFF\xFF\xFF\xFF", 4) + exif), "");
  EXPECT_EQ(find((head + exif).substr(0, 20)), "");
  EXPECT_EQ(find("x"), "");
}

}  // namespace
}  // namespace seawall
