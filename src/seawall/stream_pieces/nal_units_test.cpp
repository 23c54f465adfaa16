#include "seawall/stream_pieces/nal_units.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/stream_pieces/matroska.h"

namespace seawall {
namespace {

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> numbers) {
  std::vector<std::byte> bytes;
  for (const unsigned each : numbers) bytes.push_back(static_cast<std::byte>(each));
  return bytes;
}

TEST(NalUnits, AreToldApartByTheirFirstBytes) {
  const auto h264 = [](std::initializer_list<unsigned> nal) {
    return nal_kind(PictureCodec::kH264, bytes_of(nal));
  };
  EXPECT_EQ(h264({0x65}), NalKind::kKeyPicture);
  EXPECT_EQ(h264({0x41}), NalKind::kPicture);
  EXPECT_EQ(h264({0x67}), NalKind::kSequence);
  EXPECT_EQ(h264({0x68}), NalKind::kParameters);
  EXPECT_EQ(h264({0x09, 0xf0}), NalKind::kOther);
  EXPECT_EQ(h264({0x06, 6, 1, 0xc4}), NalKind::kRecovery);
  EXPECT_EQ(h264({0x06, 6, 1, 0x44}), NalKind::kOther) << "whole some pictures later";
  const auto hevc = [](std::initializer_list<unsigned> nal) {
    return nal_kind(PictureCodec::kHevc, bytes_of(nal));
  };
  EXPECT_EQ(hevc({19 << 1, 1}), NalKind::kKeyPicture);
  EXPECT_EQ(hevc({21 << 1, 1}), NalKind::kKeyPicture);
  EXPECT_EQ(hevc({1 << 1, 1}), NalKind::kPicture);
  EXPECT_EQ(hevc({32 << 1, 1}), NalKind::kSequence);
  EXPECT_EQ(hevc({34 << 1, 1}), NalKind::kParameters);
  EXPECT_EQ(hevc({39 << 1, 1}), NalKind::kOther);
}

/// The plain way: every place where a start code stands.
std::vector<std::vector<std::byte>> plain_nals(const std::vector<std::byte>& bytes) {
  std::vector<std::size_t> marks;
  for (std::size_t i = 0; i + 3 <= bytes.size(); ++i) {
    const bool overlaps = !marks.empty() && i < marks.back() + 3;
    if (!overlaps && bytes[i] == std::byte{0} && bytes[i + 1] == std::byte{0} && bytes[i + 2] == std::byte{1})
      marks.push_back(i);
  }
  std::vector<std::vector<std::byte>> nals;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    std::size_t end = i + 1 < marks.size() ? marks[i + 1] : bytes.size();
    while (end > marks[i] + 3 && bytes[end - 1] == std::byte{0}) --end;
    if (end > marks[i] + 3)
      nals.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(marks[i] + 3),
                        bytes.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return nals;
}

TEST(NalUnits, AreFoundWhereThePlainWayFindsThem) {
  const unsigned seed = 20261122;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::byte> bytes(random() % 60);
    for (std::byte& each : bytes) each = static_cast<std::byte>(random() % 3);
    std::vector<std::vector<std::byte>> found;
    for_each_nal(bytes, [&](std::span<const std::byte> nal) {
      found.emplace_back(nal.begin(), nal.end());
      return true;
    });
    ASSERT_EQ(found, plain_nals(bytes));
  }
}

TEST(NalParameters, AreThoseSaidLast) {
  NalParameters parameters(PictureCodec::kH264);
  parameters.take(bytes_of({0x67, 1}));
  parameters.take(bytes_of({0x68, 1}));
  parameters.take(bytes_of({0x65, 9}));
  parameters.end_picture();
  const auto first = parameters.bytes();
  EXPECT_EQ(first, bytes_of({0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 1}));
  parameters.take(bytes_of({0x67, 1}));
  parameters.take(bytes_of({0x68, 1}));
  parameters.end_picture();
  EXPECT_EQ(parameters.bytes(), first) << "said again";
  parameters.take(bytes_of({0x67, 2}));
  parameters.take(bytes_of({0x68, 2}));
  parameters.end_picture();
  EXPECT_EQ(parameters.bytes(), bytes_of({0, 0, 0, 1, 0x67, 2, 0, 0, 0, 1, 0x68, 2}));
  for (unsigned i = 0; i < 100'000; ++i)
    parameters.take(bytes_of({0x68, i & 0xffU, i >> 8U & 0xffU, i >> 16U, 1}));
  EXPECT_LE(parameters.bytes().size(), NalParameters::kBytesMax);
}

TEST(Matroska, SaysTheTimeTheKeyAndThePicture) {
  const auto cluster = matroska_picture(0x010203, true, bytes_of({7, 8}));
  const auto tail = bytes_of({0, 0, 0, 0, 0, 1, 2, 3, 0xa3, 1, 0, 0, 0, 0, 0, 0, 6, 0x81, 0, 0, 0x80, 7, 8});
  ASSERT_GE(cluster.size(), tail.size());
  EXPECT_TRUE(std::equal(tail.rbegin(), tail.rend(), cluster.rbegin()));
  EXPECT_EQ(matroska_picture(-5, false, {}).size(), cluster.size() - 2) << "no time below 0";
}

}  // namespace
}  // namespace seawall
