#include "seawall/stream_rtsp/rtp_depacketizer.h"

#include <gtest/gtest.h>

#include "seawall/stream_rtsp/detail/packet_writer.h"

namespace seawall {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): one file, one purpose
using std::string_literals::operator""s;

const std::string kStart = "\0\0\0\1"s;
const std::string kSps = "\x67sps"s;
const std::string kPps = "\x68pps"s;
const std::string kKey = "\x65key picture of some length"s;
const std::string kSlice = "\x41slice"s;

struct Taken {
  explicit Taken(PictureCodec codec = PictureCodec::kH264) : packets(codec, 96) {}
  void take(const std::string& payload, bool marker, std::uint32_t ticks = 1'000) {
    words.marker = marker;
    words.ticks = ticks;
    take_packet(rtp_packet(words, payload));
    ++words.number;
  }
  void take_packet(const std::string& packet) {
    packets.take(std::as_bytes(std::span(packet)), [&](RtpPicture picture) {
      times.push_back(picture.ticks);
      keys.push_back(picture.key);
      texts.emplace_back(reinterpret_cast<const char*>(picture.bytes.data()), picture.bytes.size());
    });
  }
  RtpWords words;
  RtpDepacketizer packets;
  std::vector<std::int64_t> times;
  std::vector<bool> keys;
  std::vector<std::string> texts;
};

TEST(RtpDepacketizer, GivesAPictureWithItsLastPacket) {
  Taken taken;
  taken.take(kSps, false);
  taken.take(kPps, false);
  EXPECT_TRUE(taken.texts.empty());
  taken.take(kKey, true);
  taken.take(kSlice, true, 4'000);
  ASSERT_EQ(taken.texts.size(), 2U);
  EXPECT_EQ(taken.texts[0], kStart + kSps + kStart + kPps + kStart + kKey);
  EXPECT_EQ(taken.texts[1], kStart + kSlice);
  EXPECT_EQ(taken.keys, (std::vector{true, false}));
  EXPECT_EQ(taken.times[1] - taken.times[0], 3'000);
  EXPECT_EQ(taken.packets.parameters().size(), 16U);
}

TEST(RtpDepacketizer, WithoutMarkersAnotherTimeBeginsAnotherPicture) {
  Taken taken;
  taken.take(kKey, false, 0xffffff00U);
  taken.take(kSlice, false, 0x100);
  taken.take(kSlice, false, 0x300);
  ASSERT_EQ(taken.times.size(), 2U);
  EXPECT_EQ(taken.times[1] - taken.times[0], 0x200) << "over the end of 32 bits";
}

TEST(RtpDepacketizer, PutsFragmentsAndAggregatesTogether) {
  Taken taken;
  taken.take("\x78"s + number_text(kSps.size(), 2) + kSps + number_text(kPps.size(), 2) + kPps, false);
  const auto parts = h264_fragments(kKey, 7);
  for (std::size_t i = 0; i < parts.size(); ++i) taken.take(parts[i], i + 1 == parts.size());
  ASSERT_EQ(taken.texts.size(), 1U);
  EXPECT_EQ(taken.texts[0], kStart + kSps + kStart + kPps + kStart + kKey);
}

TEST(RtpDepacketizer, PutsHevcTogether) {
  Taken taken(PictureCodec::kHevc);
  const std::string sps = "\x42\1sps"s;
  const std::string key = "\x26\1a key picture"s;
  taken.take("\x60\1"s + number_text(sps.size(), 2) + sps, false);
  const auto parts = hevc_fragments(key, 5);
  for (std::size_t i = 0; i < parts.size(); ++i) taken.take(parts[i], i + 1 == parts.size());
  taken.take("\2\1slice"s, true, 2'000);
  ASSERT_EQ(taken.texts.size(), 2U);
  EXPECT_EQ(taken.texts[0], kStart + sps + kStart + key);
  EXPECT_EQ(taken.keys, (std::vector{true, false}));
}

TEST(RtpDepacketizer, LeavesAPictureOutOfWhichAPacketIsMissing) {
  for (std::size_t missing = 0; missing < 3; ++missing) {
    SCOPED_TRACE(missing);
    Taken taken;
    taken.take(kSlice, true, 0);
    const auto parts = h264_fragments(kKey, 10);
    ASSERT_EQ(parts.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      if (i == missing) ++taken.words.number;
      if (i != missing) taken.take(parts[i], i == 2);
    }
    taken.take(kSlice, false, 2'000);
    taken.take(kSlice, true, 3'000);
    taken.take(kSlice, true, 4'000);
    for (const std::string& text : taken.texts) EXPECT_EQ(text, kStart + kSlice);
    EXPECT_GE(taken.texts.size(), 2U);
    EXPECT_GE(taken.packets.left_out(), missing == 0 ? 0U : 1U);
  }
}

TEST(RtpDepacketizer, PassesOverWhatIsNoPacketOfIts) {
  Taken taken;
  taken.take(kKey, false);
  taken.take_packet("");
  taken.take_packet(std::string(11, '\x80'));
  taken.take_packet(rtp_packet({.number = 9, .type = 97}, "other"));
  taken.take_packet(rtp_packet({.number = 1, .ticks = 1'000}, ""));
  taken.take(kSlice, true);
  ASSERT_EQ(taken.texts.size(), 1U);
}

TEST(RtpDepacketizer, TellsOfAnotherSender) {
  Taken taken;
  taken.take(kKey, true);
  EXPECT_FALSE(taken.packets.take_restart());
  taken.words = {.number = 500, .sender = 78};
  taken.take(kKey, true, 99);
  EXPECT_TRUE(taken.packets.take_restart());
  EXPECT_FALSE(taken.packets.take_restart());
  EXPECT_EQ(taken.texts.size(), 2U);
}

TEST(RtpDepacketizer, ReadsOverExtensionsSourcesAndPadding) {
  Taken taken;
  std::string packet = rtp_packet({.marker = true}, "");
  packet[0] = static_cast<char>(0x80U | 0x20U | 0x10U | 2U);
  packet += std::string(8, 's') + "\xbe\xde\0\1"s + "ext!" + kKey + "pp\3"s;
  taken.take_packet(packet);
  ASSERT_EQ(taken.texts.size(), 1U);
  EXPECT_EQ(taken.texts[0], kStart + kKey);
}

TEST(RtpDepacketizer, KeepsToItsMemory) {
  Taken taken;
  const std::string filler(60'000, 'x');
  taken.take("\x7c\x85"s + filler, false);
  for (int i = 0; i < 100; ++i) taken.take("\x7c\x05"s + filler, false);
  taken.take("\x7c\x45"s + filler, true);
  EXPECT_TRUE(taken.texts.empty());
  taken.take(kKey, true, 5'000);
  EXPECT_EQ(taken.texts.size(), 1U) << "and goes on with the next";
}

}  // namespace
}  // namespace seawall
