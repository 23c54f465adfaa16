#include "seawall/stream_rtsp/rtsp_reader.h"

#include <gtest/gtest.h>

#include "seawall/stream_rtsp/detail/packet_writer.h"

namespace seawall {
namespace {

struct Read {
  Result<void> take(const std::string& text, std::size_t at_once) {
    for (std::size_t from = 0; from < text.size(); from += at_once) {
      const std::string part = text.substr(from, at_once);
      SEAWALL_CHECK(reader.take(
          std::as_bytes(std::span(part)),
          [&](RtspMessage message) -> Result<void> {
            messages.push_back(std::move(message));
            return {};
          },
          [&](unsigned channel, std::span<const std::byte> packet) -> Result<void> {
            packets.emplace_back(channel, packet.size());
            return {};
          }));
    }
    return {};
  }
  RtspReader reader;
  std::vector<RtspMessage> messages;
  std::vector<std::pair<unsigned, std::size_t>> packets;
};

TEST(RtspReader, TellsMessagesAndPacketsApartHoweverTheyArrive) {
  const std::string all = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic :  PLAY \r\n\r\n" +
                          test::interleaved(0, "abc") + "RTSP/1.0 401 No\nContent-Length: 5\n\nhello" +
                          test::interleaved(9, "") + "\r\nOPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n" +
                          test::interleaved(1, std::string(65'535, '$'));
  for (const std::size_t at_once : {1UL, 2UL, 7UL, 1'000UL, 100'000UL}) {
    SCOPED_TRACE(at_once);
    Read read;
    const auto taken = read.take(all, at_once);
    ASSERT_TRUE(taken.has_value()) << taken.error().message;
    ASSERT_EQ(read.messages.size(), 3U);
    EXPECT_EQ(read.messages[0].status, 200);
    EXPECT_EQ(read.messages[0].field("public"), "PLAY");
    EXPECT_EQ(read.messages[1].body, "hello");
    EXPECT_EQ(read.messages[2].method, "OPTIONS");
    EXPECT_EQ(read.packets, (std::vector<std::pair<unsigned, std::size_t>>{{0, 3}, {9, 0}, {1, 65'535}}));
  }
}

TEST(RtspReader, RefusesWhatIsNotRtspOrTooLong) {
  const std::vector<std::string> wrong{"HTTP/1.1 200 OK\r\n\r\n",
                                       "RTSP/1.0 abc\r\n\r\n",
                                       "RTSP/1.0 200 OK\r\nno colon\r\n\r\n",
                                       "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
                                       "RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
                                       "\3\0\0\0",
                                       "RTSP/1.0 200 OK\r\nA: " + std::string(RtspReader::kHeadBytesMax, 'a'),
                                       "<html> RTSP/1.0\r\n\r\n"};
  for (const std::string& text : wrong) {
    Read read;
    EXPECT_FALSE(read.take(text, 1'000).has_value()) << text.substr(0, 40);
    EXPECT_TRUE(read.messages.empty());
  }
  std::string many = "RTSP/1.0 200 OK\r\n";
  for (int i = 0; i < 65; ++i) many += "a: b\r\n";
  EXPECT_EQ(Read().take(many + "\r\n", 1'000).error().code, Code::kLimitExceeded);
}

}  // namespace
}  // namespace seawall
