#include "seawall/stream_pieces/ts_cutter.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/stream_pieces/detail/ts_writer.h"

namespace seawall {
namespace {

using test::TsWriter;
using std::string_literals::operator""s;

const std::string kKey = "\0\0\0\1\x67sps\0\0\0\1\x68pps\0\0\0\1\x65key picture"s;
const std::string kSlice = "\0\0\0\1\x41slice"s;

struct Cut {
  Result<void> take(const std::string& bytes, std::size_t at_once = 1'316) {
    for (std::size_t from = 0; from < bytes.size(); from += at_once) {
      const std::string part = bytes.substr(from, at_once);
      SEAWALL_CHECK(cutter.take(
          std::as_bytes(std::span(part)), Time{}, wants_all, [&] { ++pictures; },
          [&](LiveSegment piece) { pieces.push_back(std::move(piece)); }));
    }
    return {};
  }
  TsCutter cutter;
  bool wants_all = false;
  int pictures = 0;
  std::vector<LiveSegment> pieces;
};

/// Tables and a stream of pictures, a key picture each `gop`.
std::string stream_of(TsWriter& writer, int pictures, int gop, bool marked = false) {
  std::string out = writer.tables();
  for (int i = 0; i < pictures; ++i) {
    const bool key = i % gop == 0;
    out += writer.picture(static_cast<std::uint64_t>(i) * 3'600, key ? kKey + std::string(600, 'k') : kSlice,
                          key && marked);
  }
  return out;
}

TEST(TsCutter, GivesKeyPicturesByTheirNalUnitsHoweverTheBytesArrive) {
  for (const std::size_t at_once : {1UL, 100UL, 188UL, 1'316UL, 100'000UL}) {
    SCOPED_TRACE(at_once);
    TsWriter writer;
    Cut cut;
    ASSERT_TRUE(cut.take(stream_of(writer, 101, 50), at_once));
    ASSERT_EQ(cut.pieces.size(), 2U) << "the third waits for what follows it";
    EXPECT_EQ(cut.pictures, 101);
    for (const LiveSegment& piece : cut.pieces) {
      EXPECT_TRUE(piece.i_frames_only);
      EXPECT_EQ(piece.media.size() % kTsPacketBytes, 0U);
      EXPECT_EQ(piece.media[0], std::byte{0x47});
      ASSERT_TRUE(piece.init);
      EXPECT_EQ(piece.init->size() % kTsPacketBytes, 0U);
    }
    EXPECT_TRUE(cut.pieces[0].discontinuity);
    EXPECT_FALSE(cut.pieces[1].discontinuity);
  }
}

TEST(TsCutter, BelievesAPictureThatSaysWhatItIs) {
  TsWriter writer;
  Cut cut;
  std::string all = writer.tables();
  for (int i = 0; i < 11; ++i)
    all += writer.picture(static_cast<std::uint64_t>(i) * 3'600, kSlice, i % 5 == 0);
  ASSERT_TRUE(cut.take(all));
  EXPECT_EQ(cut.pieces.size(), 2U);
}

TEST(TsCutter, TellsHevcAndMpeg2KeyPictures) {
  for (const unsigned type : {0x24U, 0x02U}) {
    SCOPED_TRACE(type);
    TsWriter writer;
    writer.stream_type = type;
    const std::string key = type == 0x24 ? "\0\0\1\x26\1key"s : "\0\0\1\xb3sequence"s;
    const std::string other = type == 0x24 ? "\0\0\1\2\1slice"s : "\0\0\1\0\0\x10x"s;
    Cut cut;
    std::string all = writer.tables();
    for (int i = 0; i < 11; ++i)
      all += writer.picture(static_cast<std::uint64_t>(i) * 3'600, i % 5 == 0 ? key : other);
    ASSERT_TRUE(cut.take(all));
    EXPECT_EQ(cut.pieces.size(), 2U);
  }
}

TEST(TsCutter, GivesWhatFollowedWhileAllIsWantedWithItsDurationOverTheEndOf33Bits) {
  TsWriter writer;
  Cut cut;
  cut.wants_all = true;
  std::string all = writer.tables();
  const std::uint64_t from = (std::uint64_t{1} << 33U) - 9'000;
  for (std::uint64_t i = 0; i < 12; ++i) all += writer.picture(from + i * 9'000, i % 10 == 0 ? kKey : kSlice);
  ASSERT_TRUE(cut.take(all));
  ASSERT_EQ(cut.pieces.size(), 3U);
  EXPECT_TRUE(cut.pieces[1].repeats);
  EXPECT_EQ(cut.pieces[1].duration, std::chrono::milliseconds(900));
}

TEST(TsCutter, LeavesAPictureOutOfWhichAPacketIsMissing) {
  TsWriter writer;
  Cut cut;
  ASSERT_TRUE(cut.take(writer.tables()));
  const std::string key = writer.picture(0, kKey + std::string(600, 'k'));
  ASSERT_GE(key.size(), 4 * kTsPacketBytes);
  ASSERT_TRUE(cut.take(key.substr(0, kTsPacketBytes) + key.substr(2 * kTsPacketBytes)));
  ASSERT_TRUE(cut.take(writer.picture(3'600, kKey)));
  ASSERT_TRUE(cut.take(writer.picture(7'200, kSlice)));
  EXPECT_EQ(cut.pieces.size(), 1U);
  EXPECT_EQ(cut.cutter.left_out(), 1U);
}

TEST(TsCutter, APacketThatIsSentTwiceCountsOnce) {
  TsWriter writer;
  Cut cut;
  std::string all = writer.tables();
  for (int i = 0; i < 2; ++i) {
    const std::string picture =
        writer.picture(static_cast<std::uint64_t>(i) * 3'600, kKey + std::string(600, 'k'));
    for (std::size_t from = 0; from < picture.size(); from += kTsPacketBytes)
      all += picture.substr(from, kTsPacketBytes) + picture.substr(from, kTsPacketBytes);
  }
  ASSERT_TRUE(cut.take(all));
  EXPECT_EQ(cut.pieces.size(), 1U);
  EXPECT_EQ(cut.cutter.left_out(), 0U);
}

TEST(TsCutter, FindsTheWayBackAfterNoise) {
  TsWriter writer;
  Cut cut;
  ASSERT_TRUE(cut.take(stream_of(writer, 60, 50)));
  ASSERT_TRUE(cut.take(std::string(1'000, 'x')));
  ASSERT_TRUE(cut.take(stream_of(writer, 60, 50)));
  EXPECT_EQ(cut.pieces.size(), 4U);
}

TEST(TsCutter, ATableWithAWrongChecksumIsNone) {
  TsWriter writer;
  std::string tables = writer.tables();
  tables[kTsPacketBytes + 20] = static_cast<char>(tables[kTsPacketBytes + 20] ^ 1);
  Cut cut;
  ASSERT_TRUE(cut.take(tables));
  ASSERT_TRUE(cut.take(writer.picture(0, kKey)));
  ASSERT_TRUE(cut.take(writer.picture(1, kKey)));
  EXPECT_TRUE(cut.pieces.empty());
}

TEST(TsCutter, SaysWhatItDoesNotFollow) {
  TsWriter sound;
  sound.stream_type = 0x0f;
  EXPECT_EQ(Cut().take(sound.tables()).error().code, Code::kUnsupported);
  TsWriter writer;
  Cut cut;
  ASSERT_TRUE(cut.take(writer.tables()));
  std::string picture = writer.picture(0, kKey);
  picture[3] = static_cast<char>(picture[3] | 0x80);
  EXPECT_EQ(cut.take(picture).error().code, Code::kUnsupported) << "encrypted";
  const unsigned seed = 20261122;
  std::mt19937 random(seed);
  std::string noise(TsCutter::kSearchBytesMax + 10'000, 'x');
  for (char& c : noise) c = static_cast<char>(random());
  EXPECT_EQ(Cut().take(noise, 60'000).error().code, Code::kInvalidInput) << seed;
}

TEST(TsCutter, KeepsToItsMemory) {
  TsWriter writer;
  Cut cut;
  cut.wants_all = true;
  ASSERT_TRUE(cut.take(writer.tables()));
  ASSERT_TRUE(cut.take(writer.picture(0, kKey + std::string(TsCutter::kPictureBytesMax, 'k'))));
  ASSERT_TRUE(cut.take(writer.picture(3'600, kKey)));
  ASSERT_TRUE(cut.take(writer.picture(7'200, kKey)));
  EXPECT_EQ(cut.cutter.left_out(), 1U);
  EXPECT_EQ(cut.pieces.size(), 1U);
}

}  // namespace
}  // namespace seawall
