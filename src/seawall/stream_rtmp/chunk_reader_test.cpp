#include "seawall/stream_rtmp/chunk_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "seawall/stream_rtmp/detail/chunk_writer.h"

namespace {
using namespace seawall;  // NOLINT(google-build-using-namespace): one file, one purpose
using test::bytes_of;
using test::chunks_of;

struct Read {
  std::vector<RtmpMessage> messages;
  Result<void> end;
};

Read read(std::span<const std::byte> bytes, std::size_t at_once) {
  Read read;
  RtmpChunkReader reader;
  for (; !bytes.empty() && read.end; bytes = bytes.subspan(std::min(at_once, bytes.size()))) {
    read.end = reader.take(bytes.first(std::min(at_once, bytes.size())), [&](RtmpMessage message) {
      read.messages.push_back(std::move(message));
      return Result<void>{};
    });
  }
  return read;
}

std::vector<std::byte> random_bytes(std::mt19937& random, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::byte& each : bytes) each = static_cast<std::byte>(random());
  return bytes;
}

TEST(RtmpChunkReader, PutsMessagesTogetherHoweverTheyAreCut) {
  std::mt19937 random(20261122);
  std::vector<RtmpMessage> sent;
  std::vector<std::byte> wire;
  std::size_t chunk_bytes = 128;
  for (int i = 0; i < 200; ++i) {
    if (i % 50 == 25) {
      chunk_bytes = 1 + random() % 5'000;
      RtmpMessage size{RtmpMessage::kSetChunkSize, 0, 0, {}};
      test::put_number(size.body, chunk_bytes, 4);
      const std::size_t before = i < 50 ? 128 : 1 << 20;
      const auto chunks = chunks_of(size, 2, before);
      wire.insert(wire.end(), chunks.begin(), chunks.end());
      sent.push_back(std::move(size));
    }
    RtmpMessage message{RtmpMessage::kVideo, 1, static_cast<std::uint32_t>(random()),
                        random_bytes(random, random() % 20'000)};
    const auto chunks = chunks_of(message, static_cast<std::uint32_t>(6 + random() % 50), chunk_bytes);
    wire.insert(wire.end(), chunks.begin(), chunks.end());
    sent.push_back(std::move(message));
  }
  for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, std::size_t{1'000}, wire.size()}) {
    const Read got = read(wire, at_once);
    ASSERT_TRUE(got.end) << got.end.error().message;
    ASSERT_EQ(got.messages.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(got.messages[i].time_ms, sent[i].time_ms);
      EXPECT_TRUE(got.messages[i].body == sent[i].body) << i;
    }
  }
}

TEST(RtmpChunkReader, UnderstandsShorterHeadersAndLargerChannels) {
  // A full header on channel 64 + 10, then one with a delta, one with only a delta, one with nothing.
  std::vector<std::byte> wire{std::byte{0}, std::byte{10}};
  const auto number = [&](std::uint64_t value, int bytes) { test::put_number(wire, value, bytes); };
  number(1'000, 3), number(2, 3), number(9, 1), number(0x01000000, 4), number(0xAABB, 2);
  number(0x40, 1), number(10, 1), number(40, 3), number(1, 3), number(9, 1), number(0xCC, 1);
  number(0x80, 1), number(10, 1), number(50, 3), number(0xDD, 1);
  number(0xC0, 1), number(10, 1), number(0xEE, 1);
  const Read got = read(wire, 3);
  ASSERT_TRUE(got.end);
  ASSERT_EQ(got.messages.size(), 4U);
  EXPECT_EQ(got.messages[0].time_ms, 1'000U);
  EXPECT_EQ(got.messages[0].stream, 1U);
  EXPECT_EQ(got.messages[1].time_ms, 1'040U);
  EXPECT_EQ(got.messages[2].time_ms, 1'090U);
  EXPECT_EQ(got.messages[3].time_ms, 1'140U);
  EXPECT_EQ(got.messages[3].body, std::vector<std::byte>{std::byte{0xEE}});
}

TEST(RtmpChunkReader, PassesOverSoundWithoutKeepingIt) {
  RtmpMessage sound{RtmpMessage::kAudio, 1, 0, std::vector<std::byte>(8 << 20)};
  std::vector<std::byte> wire = chunks_of(sound, 4, 128);
  const auto picture = chunks_of({RtmpMessage::kVideo, 1, 5, bytes_of("x")}, 6, 128);
  wire.insert(wire.end(), picture.begin(), picture.end());
  const Read got = read(wire, 60'000);
  ASSERT_TRUE(got.end);
  ASSERT_EQ(got.messages.size(), 1U);
  EXPECT_EQ(got.messages[0].time_ms, 5U);
}

TEST(RtmpChunkReader, RefusesWhatWouldFillTheMemory) {
  const auto large = chunks_of({RtmpMessage::kVideo, 1, 0, std::vector<std::byte>(5 << 20)}, 6, 128);
  EXPECT_EQ(read(large, 1'000).end.error().code, Code::kLimitExceeded);
  std::vector<std::byte> many;  // Three messages of 3 MiB, each begun and none ended.
  RtmpMessage size{RtmpMessage::kSetChunkSize, 0, 0, {}};
  test::put_number(size.body, 2 << 20, 4);
  many = chunks_of(size, 2, 128);
  for (std::uint32_t channel = 3; channel < 6; ++channel) {
    auto begun = chunks_of({RtmpMessage::kVideo, 1, 0, std::vector<std::byte>(3 << 20)}, channel, 2 << 20);
    begun.resize(12 + (2 << 20));
    many.insert(many.end(), begun.begin(), begun.end());
  }
  EXPECT_FALSE(read(many, 4'096).end);
  std::vector<std::byte> channels;
  for (std::uint32_t i = 0; i < 100; ++i) {
    channels.push_back(std::byte{0});
    channels.push_back(static_cast<std::byte>(i));
    channels.resize(channels.size() + 11);
  }
  EXPECT_EQ(read(channels, 64).end.error().code, Code::kLimitExceeded);
  const std::vector<std::byte> middle{std::byte{0xc3}, std::byte{1}};
  EXPECT_EQ(read(middle, 1).end.error().code, Code::kInvalidInput);
}

TEST(RtmpChunkReader, GivesUpAMessageThatTheServerAborts) {
  RtmpMessage abort{RtmpMessage::kAbort, 0, 0, {}};
  test::put_number(abort.body, 6, 4);
  std::vector<std::byte> wire = chunks_of({RtmpMessage::kVideo, 1, 0, std::vector<std::byte>(300)}, 6, 128);
  wire.resize(12 + 128);
  for (const auto& more :
       {chunks_of(abort, 2, 128), chunks_of({RtmpMessage::kVideo, 1, 9, bytes_of("new")}, 6, 128)})
    wire.insert(wire.end(), more.begin(), more.end());
  const Read got = read(wire, 10);
  ASSERT_TRUE(got.end);
  ASSERT_EQ(got.messages.size(), 2U);
  EXPECT_EQ(got.messages[1].body, bytes_of("new"));
}

}  // namespace
