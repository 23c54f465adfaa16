#include <gmock/gmock.h>

#include "seawall/http/detail/test_service.h"

namespace seawall::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t kWaitingMax = 64 * 1024;

/// Reads bytes of the body as they came, chunk heads and all, until `ending`; gives what there is at the end.
std::string read_until(const Client& client, const std::string& ending) {
  std::string got;
  char byte = 0;
  while (!got.ends_with(ending) && ::recv(client.fd(), &byte, 1, 0) == 1) got += byte;
  return got;
}

/// Sends the request, and gives the head of the answer.
std::string begin(Client& client, std::string_view method = "GET") {
  EXPECT_TRUE(client.send(request(method, "/stream")));
  return read_until(client, "\r\n\r\n");
}

TEST(StreamedAnswer, GoesOutInChunksWhileItIsWritten) {
  TestService service;
  Client client = service.connect();
  const std::string head = begin(client);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  const auto stream = service.handler.take_stream();
  EXPECT_TRUE(stream->write("data: a\n\n"));
  EXPECT_EQ(read_until(client, "a\n\n\r\n"), "9\r\ndata: a\n\n\r\n");
  EXPECT_TRUE(stream->write(std::string(300, 'b')));
  EXPECT_EQ(read_until(client, "b\r\n"), "12c\r\n" + std::string(300, 'b') + "\r\n");
  stream->end();
  EXPECT_EQ(read_until(client, "never"), "0\r\n\r\n");
  EXPECT_TRUE(client.is_closed());
}

TEST(StreamedAnswer, KeepsWhatWasWrittenBeforeItsHeadWasSent) {
  TestService service;
  Client client = service.connect();
  ASSERT_TRUE(client.send(request("GET", "/stream")));
  const auto stream = service.handler.take_stream();
  stream->write("early");
  stream->end();
  EXPECT_FALSE(stream->write("late"));
  EXPECT_THAT(read_until(client, "never"), HasSubstr("\r\n\r\n5\r\nearly\r\n0\r\n\r\n"));
}

TEST(StreamedAnswer, HasNoChunksInHttp10AndNoBodyForHead) {
  TestService service;
  Client old = service.connect();
  ASSERT_TRUE(old.send("GET /stream HTTP/1.0\r\n\r\n"));
  const auto stream = service.handler.take_stream();
  stream->write("plain");
  stream->end();
  const std::string got = read_until(old, "never");
  EXPECT_EQ(got.find("chunked"), std::string::npos);
  EXPECT_TRUE(got.ends_with("\r\n\r\nplain")) << got;
  Client head = service.connect();
  begin(head, "HEAD");
  EXPECT_TRUE(eventually([s = service.handler.take_stream()] { return s->is_over(); }));
  EXPECT_TRUE(head.is_closed());
}

TEST(StreamedAnswer, IsOverWhenThePeerLeaves) {
  TestService service;
  auto client = std::make_unique<Client>(service.connect());
  begin(*client);
  const auto stream = service.handler.take_stream();
  EXPECT_FALSE(stream->is_over());
  client.reset();
  EXPECT_TRUE(eventually([&] { return stream->is_over(); }));
  EXPECT_FALSE(stream->write("x"));
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_open == 0; }));
}

TEST(StreamedAnswer, IsCutWhenThePeerDoesNotTakeItAndKeepsNoMoreThanItsLimit) {
  TestService service;
  Client client = service.connect();
  begin(client);
  const auto stream = service.handler.take_stream();
  const std::string piece(16 * 1024, 'x');
  std::size_t taken = 0;  // The kernel's buffers take some megabytes, too.
  while (stream->write(piece) && taken < 100'000) {
    ++taken;
    std::this_thread::yield();
  }
  EXPECT_LT(taken, 100'000u);
  EXPECT_TRUE(stream->is_over());
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_cut == 1; }));
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_open == 0; }));
}

TEST(StreamedAnswer, IsCutWhenThePeerTakesNothingForTheTimeOfAnAnswer) {
  auto options = plain_options();
  options.answer_pace.grace = milliseconds(50);
  TestService service(options);
  Client client = service.connect();
  const int small = 4096;
  ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  begin(client);
  const auto stream = service.handler.take_stream();
  // All that the kernel takes, and then a little that nobody takes.
  ASSERT_TRUE(eventually([&] {
    for (int i = 0; i < 3; ++i) stream->write(std::string(16 * 1024, 'x'));
    return service.server->counters().connections_open == 0;
  }));
  EXPECT_TRUE(stream->is_over());
  EXPECT_EQ(service.server->counters().connections_cut, 1u);
}

TEST(StreamedAnswer, MayBeSilentForLongerThanAnyOtherDeadline) {
  auto options = plain_options();
  options.answer_deadline = options.idle_deadline = options.answer_pace.grace = milliseconds(20);
  TestService service(options);
  Client client = service.connect();
  begin(client);
  const auto stream = service.handler.take_stream();
  Client other = service.connect();
  EXPECT_TRUE(other.is_closed());  // Idle for longer than it may.
  EXPECT_TRUE(stream->write("still here"));
  EXPECT_THAT(read_until(client, "here\r\n"), HasSubstr("still here"));
}

TEST(StreamedAnswer, EndsWellWhenTheServerDrainsOrTheConnectionIsOld) {
  auto options = plain_options();
  options.connection_lifetime_max = milliseconds(30);
  TestService aging(options);
  Client old = aging.connect();
  begin(old);
  EXPECT_EQ(read_until(old, "never"), "0\r\n\r\n");
  TestService service;
  Client client = service.connect();
  begin(client);
  const auto stream = service.handler.take_stream();
  const HttpDrained drained = service.server->drain(std::chrono::seconds(10));
  EXPECT_EQ(drained.cut, 0u);
  EXPECT_EQ(drained.finished, 1u);
  EXPECT_EQ(read_until(client, "never"), "0\r\n\r\n");
  EXPECT_TRUE(stream->is_over());
  EXPECT_FALSE(stream->write("x"));
}

TEST(StreamedAnswer, TakesNoFurtherRequestsAndIsCutByAFloodOfThem) {
  TestService service;
  Client client = service.connect();
  begin(client);
  const auto stream = service.handler.take_stream();
  ASSERT_TRUE(client.send(request("GET", "/a")));
  EXPECT_TRUE(stream->write("x"));
  EXPECT_EQ(read_until(client, "x\r\n"), "1\r\nx\r\n");
  const std::string flood(16 * 1024, 'y');
  while (client.send(flood) && !stream->is_over()) {
  }
  EXPECT_TRUE(eventually([&] { return stream->is_over(); }));
}

TEST(StreamedAnswer, OfAConnectionThatIsGoneIsOverAtOnce) {
  auto stream = std::make_shared<HttpBodyStream>(kWaitingMax);
  {
    HttpAnswer answer;
    answer.stream = reading_end_of(stream);
    const HttpAnswer copy = answer;
    answer = HttpAnswer{};
    EXPECT_TRUE(stream->write("a"));
  }
  EXPECT_FALSE(stream->write("b"));
}

}  // namespace
}  // namespace seawall::test
