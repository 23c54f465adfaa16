#include "seawall/http/server.h"

#include "seawall/base/temporary_folder.h"
#include "seawall/http/detail/test_service.h"

namespace seawall::test {
namespace {

TEST(HttpServer, AnswersOneRequestAfterTheOtherOnOneConnection) {
  TestService service;
  Client client = service.connect();
  const Answer first = client.ask(request("GET", "/a?b"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "/a?b");
  EXPECT_TRUE(first.has("Date: Sun, 06 Nov 1994 08:49:37 GMT"));
  EXPECT_TRUE(first.has("Content-Type: text/plain"));
  EXPECT_EQ(first.head.find("Connection"), std::string::npos);
  EXPECT_EQ(client.ask(request("POST", "/echo", "", "hello")).body, "hello");
  client.send(request("HEAD", "/abc"));
  const Answer head = client.read(true);
  EXPECT_TRUE(head.has("Content-Length: 4"));
  const Answer none = client.ask(request("GET", "/none"));
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.head.find("Content-Length"), std::string::npos);
  const Answer last = client.ask(request("GET", "/", "Connection: close\r\n"));
  EXPECT_TRUE(last.has("Connection: close"));
  EXPECT_TRUE(client.is_closed());
  const auto counters = service.server->counters();
  EXPECT_EQ(counters.answers_by_class[2], 5u);
  EXPECT_EQ(counters.connections_accepted, 1u);
  EXPECT_EQ(counters.bytes_in, 194u);
  EXPECT_GT(counters.bytes_out, 400u);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestService service;
  Client client = service.connect();
  std::string all;
  for (int i = 0; i < 200; ++i) all += request("POST", "/echo", "", "body " + std::to_string(i));
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.read().body, "body " + std::to_string(i));
  sender.join();
}

TEST(HttpServer, RefusesMalformedRequestsAndCloses) {
  TestService service;
  const struct {
    std::string text;
    int status;
  } kTable[] = {
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(20'000, 'x'), 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", 415},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\n\n\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET /" + std::string(9000, 'a'), 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'a'), 431},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417},
      {std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400},
  };
  for (const auto& row : kTable) {
    Client client = service.connect();
    client.send(row.text);
    const Answer answer = client.read();
    EXPECT_EQ(answer.status, row.status) << row.text.substr(0, 100);
    EXPECT_TRUE(answer.has("Connection: close"));
    EXPECT_TRUE(answer.has("Content-Type: application/problem+json"));
    EXPECT_TRUE(client.is_closed()) << row.text.substr(0, 100);
  }
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X: 1\r\n";
  EXPECT_EQ(service.connect().ask(request("GET", "/", many)).status, 431);
}

TEST(HttpServer, ReadsChunkedBodiesHoweverTheyArrive) {
  TestService service;
  Client client = service.connect();
  const std::string head = request("POST", "/echo", "Transfer-Encoding: chunked\r\n");
  EXPECT_EQ(client.ask(head + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: x\r\n\r\n").body, "abcde");
  client.send(head);
  for (const char c : std::string_view("3\r\nabc\r\n0\r\n\r\n")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read().body, "abc");
  client.send(head);
  for (const char c : std::string_view("0\r\n\r\n")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read().status, 200) << "an empty body";
  const std::string large(900'000, 'z');
  EXPECT_EQ(client.ask(head + "dbba0\r\n" + large + "\r\n0\r\n\r\n").body, large);
  EXPECT_EQ(client.ask(request("POST", "/secret", "", large)).body, "secret");
}

TEST(HttpServer, CutsBodiesAtTheRoutesOwnLimit) {
  TestService service;
  EXPECT_EQ(service.connect().ask(request("POST", "/small", "", "0123456789")).status, 200);
  EXPECT_EQ(service.connect().ask("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n").status,
            413)
      << "before the body is read";
  Client client = service.connect();
  client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n"));
  const std::string chunk = "10000\r\n" + std::string(65536, 'e') + "\r\n";
  int sent = 0;
  while (sent < 1000 && client.send(chunk) && !client.is_readable(milliseconds(0))) ++sent;
  EXPECT_EQ(client.read().status, 413);
  EXPECT_LT(sent, 1000);
  EXPECT_EQ(service.refused(HttpRefusalReason::kBodyTooLarge), 2u);
}

TEST(HttpServer, AsksForABodyOnlyOnceItIsAdmitted) {
  TestService service;
  Client client = service.connect();
  const std::string expect = "Expect: 100-continue\r\nContent-Length: 5\r\n";
  EXPECT_EQ(client.ask(request("POST", "/echo", expect)).status, 100);
  EXPECT_EQ(client.ask("hello").body, "hello");
  const Answer refused = client.ask(request("POST", "/refuse", expect));
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(refused.has("Connection: close")) << "the body may or may not come";
  EXPECT_EQ(service.connect()
                .ask(request("POST", "/small", "Expect: 100-continue\r\nContent-Length: 50\r\n"))
                .status,
            413);
}

TEST(HttpServer, KeepsTheConnectionAfterARefusalWithASmallBodyAndEndsItAfterALargeOne) {
  TestService service;
  Client client = service.connect();
  EXPECT_EQ(client.ask(request("POST", "/refuse", "", std::string(60'000, 'a'))).status, 403);
  EXPECT_EQ(client.ask(request("GET", "/still-there")).body, "/still-there");
  EXPECT_EQ(client.ask(request("GET", "/refuse")).status, 403);
  client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" +
              std::string(1'000'000, 'a'));
  EXPECT_TRUE(client.read().has("Connection: close"));
}

TEST(HttpServer, AnswersForHandlersThatFail) {
  TestService service;
  for (const char* path : {"/drop", "/throw", "/throw-early", "/split"}) {
    const Answer answer = service.connect().ask(request("GET", path));
    EXPECT_EQ(answer.status, 500) << path;
    EXPECT_EQ(answer.head.find("X-Evil"), std::string::npos);
  }
  EXPECT_EQ(service.refused(HttpRefusalReason::kNoAnswer), 4u);
}

TEST(HttpServer, TakesAnswersFromAnyThreadAtAnyTime) {
  TestService service;
  {
    Client client = service.connect();
    client.send(request("GET", "/hold"));
    std::thread([responder = service.handler.take_held()]() mutable {
      std::move(responder).send(text_answer(200, "text/plain", "late"));
    }).join();
    EXPECT_EQ(client.read().body, "late");
    client.send(request("GET", "/hold"));
    HttpResponder gone = service.handler.take_held();
    client.reset();
    std::move(gone).send(text_answer(200, "text/plain", std::string(1 << 20, 'x')));
  }
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_open == 0; }));
  Client client = service.connect();
  client.send(request("GET", "/hold"));
  HttpResponder outlives = service.handler.take_held();
  service.server = nullptr;
  std::move(outlives).send(text_answer(200, "text/plain", "nobody reads this"));
}

TEST(HttpServer, ReadsNoBodyUntilSomebodyElseHasDecidedOnItsHead) {
  TestService service;
  Client client = service.connect();
  client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  HttpDecider decider = service.handler.take_undecided();
  EXPECT_EQ(service.connect().ask(request("GET", "/others")).status, 200) << "others are answered meanwhile";
  EXPECT_FALSE(client.is_readable(milliseconds(0))) << "nobody has asked for the body";
  std::thread([&] { std::move(decider).decide(HttpAdmission{10, true, nullptr}); }).join();
  EXPECT_EQ(client.read().status, 100);
  client.send("hello");
  EXPECT_EQ(client.read().body, "hello");
  client.send(request("POST", "/later", "", "some body") + request("GET", "/next"));
  std::move(service.handler.take_undecided()).decide(text_answer(403, "text/plain", "no"));
  EXPECT_EQ(client.read().status, 403);
  EXPECT_EQ(client.read().body, "/next") << "what was not let in is read over";
  client.send(request("GET", "/later"));
  std::move(service.handler.take_undecided()).decide(HttpAdmission{0, false, nullptr});
  EXPECT_EQ(client.read().body, "/later");
}

TEST(HttpServer, AnswersForDecisionsThatNeverCome) {
  TestService service;
  Client client = service.connect();
  client.send(request("GET", "/later"));
  { const HttpDecider dropped = service.handler.take_undecided(); }
  EXPECT_EQ(client.read().status, 500);
  Client gone = service.connect();
  gone.send(request("GET", "/later"));
  HttpDecider late = service.handler.take_undecided();
  gone.reset();
  Client last = service.connect();
  last.send(request("GET", "/later"));
  HttpDecider outlives = service.handler.take_undecided();
  service.server = nullptr;
  std::move(late).decide(HttpAdmission{});
  std::move(outlives).decide(HttpAdmission{});
}

TEST(HttpServer, CountsAClientThatLeavesWithinABody) {
  TestService service;
  Client client = service.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  client.reset();
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_cut == 1; }));
  EXPECT_EQ(service.server->counters().connections_open, 0u);
}

TEST(HttpServer, EndsAConnectionAfterItsShareOfRequests) {
  auto options = plain_options();
  options.requests_per_connection_max = 2;
  TestService service(options);
  Client client = service.connect();
  EXPECT_FALSE(client.ask(request("GET", "/")).has("Connection: close"));
  EXPECT_TRUE(client.ask(request("GET", "/")).has("Connection: close"));
}

TEST(HttpServer, ListensOnAUnixSocketAndReplacesADeadOne) {
  const auto folder = TemporaryFolder::make("seawall-http");
  ASSERT_TRUE(folder);
  auto options = plain_options();
  options.listen = {{"unix:" + (folder->path() / "http").string(), std::nullopt}};
  {
    const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    options.listen[0].address.copy(at.sun_path, sizeof at.sun_path - 1, 5);
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }
  TestService service(options);
  EXPECT_EQ(service.connect().ask(request("GET", "/peer")).body, "unix");
  TestHandler handler;
  const auto second = HttpServer::start(options, handler, service.clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
}

TEST(HttpServer, SaysWhatToDoWhenItCannotStart) {
  TestHandler handler;
  const FixedClock clock;
  for (const char* address : {"", "localhost:1", "127.0.0.1", "127.0.0.1:x", "[::1:80", "unix:"}) {
    auto options = plain_options();
    options.listen[0].address = address;
    EXPECT_EQ(HttpServer::start(options, handler, clock).error().code, Code::kInvalidInput) << address;
  }
  auto options = plain_options();
  options.connections_max = 1'000'000'000;
  EXPECT_NE(HttpServer::start(options, handler, clock).error().message.find("LimitNOFILE"),
            std::string::npos);
  TestService service;
  options = plain_options();
  options.listen[0].address = service.address;
  EXPECT_EQ(HttpServer::start(options, handler, clock).error().code, Code::kConflict);
}

}  // namespace
}  // namespace seawall::test
