#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>

#include "seawall/http/detail/sockets.h"
#include "seawall/http/detail/test_service.h"

namespace seawall::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

TEST(HttpServerLimits, CutsHeadersThatTrickleIn) {
  auto options = plain_options();
  options.head_deadline = milliseconds(80);
  TestService service(options);
  Client client = service.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  while (!client.is_readable(milliseconds(5)) && client.send("X: 1\r\n")) {
  }
  EXPECT_EQ(client.read().status, 408);
  EXPECT_EQ(service.refused(HttpRefusalReason::kHeadSlow), 1u);
}

TEST(HttpServerLimits, CutsBodiesSlowerThanTheLeastRate) {
  auto options = plain_options();
  options.body_pace = {milliseconds(80), 1'000'000};
  TestService service(options);
  Client client = service.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  while (!client.is_readable(milliseconds(5)) && client.send("a")) {
  }
  EXPECT_EQ(client.read().status, 408);
  EXPECT_EQ(service.refused(HttpRefusalReason::kBodySlow), 1u);
}

TEST(HttpServerLimits, EndsIdleConnectionsAndThoseThatDoNotReadTheirAnswer) {
  auto options = plain_options();
  options.idle_deadline = milliseconds(80);
  options.answer_pace = {milliseconds(80), 1 << 30};
  TestService service(options);
  Client idle = service.connect();
  EXPECT_TRUE(idle.is_closed());
  Client deaf = service.connect();
  deaf.send(request("GET", "/big"));
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_cut == 1; }));
}

TEST(HttpServerLimits, AnswersItselfWhenTheHandlerIsLate) {
  auto options = plain_options();
  options.answer_deadline = milliseconds(80);
  TestService service(options);
  Client client = service.connect();
  client.send(request("GET", "/hold"));
  HttpResponder late = service.handler.take_held();
  const Answer answer = client.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.has("Retry-After: 1"));
  std::move(late).send(text_answer(200, "text/plain", "too late"));
  EXPECT_TRUE(eventually([&] { return service.server->counters().answers_too_late == 1; }));
}

TEST(HttpServerLimits, RefusesConnectionsWhenItIsFull) {
  auto options = plain_options();
  options.connections_max = 2;
  TestService service(options);
  Client first = service.connect();
  Client second = service.connect();
  EXPECT_EQ(first.ask(request("GET", "/")).status, 200);
  EXPECT_EQ(second.ask(request("GET", "/")).status, 200);
  Client third = service.connect();
  third.send(request("GET", "/"));
  const Answer refused = third.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.has("Retry-After: 1"));
  first.reset();
  EXPECT_TRUE(eventually([&] { return service.connect().ask(request("GET", "/")).status == 200; }));
}

TEST(HttpServerLimits, RefusesAPeerThatHasTooManyConnections) {
  auto options = plain_options();
  options.connections_per_peer_max = 1;
  TestService service(options);
  Client first = service.connect();
  EXPECT_EQ(first.ask(request("GET", "/")).status, 200);
  EXPECT_EQ(service.connect().read().status, 503);
  EXPECT_EQ(service.refused(HttpRefusalReason::kPeerFull), 1u);
}

TEST(HttpServerLimits, DrainsByLettingTheRequestUnderWayEnd) {
  auto options = plain_options();
  options.threads = 1;  // That `idle` has ended shows that the thread of `busy` drains.
  TestService service(options);
  Client idle = service.connect();
  EXPECT_EQ(idle.ask(request("GET", "/")).status, 200);
  Client busy = service.connect();
  busy.send(request("GET", "/hold"));
  HttpResponder responder = service.handler.take_held();
  HttpDrained drained;
  std::thread drainer([&] { drained = service.server->drain(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.is_closed()) << "at once, while another request is still under way";
  EXPECT_TRUE(service.server->counters().draining);
  EXPECT_FALSE(service.connect().is_connected());
  std::move(responder).send(text_answer(200, "text/plain", "done"));
  const Answer answer = busy.read();
  EXPECT_EQ(answer.body, "done");
  EXPECT_TRUE(answer.has("Connection: close"));
  busy.reset();
  drainer.join();
  EXPECT_EQ(drained.finished, 1u);
  EXPECT_EQ(drained.cut, 0u);
}

TEST(HttpServerLimits, CutsWhatIsNotDoneWhenTheDrainsDeadlinePasses) {
  TestService service;
  Client busy = service.connect();
  busy.send(request("GET", "/hold"));
  const HttpResponder responder = service.handler.take_held();
  const HttpDrained drained = service.server->drain(milliseconds(30));
  EXPECT_EQ(drained.finished, 0u);
  EXPECT_EQ(drained.cut, 1u);
  EXPECT_TRUE(busy.is_closed());
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * 4096;
}

/// Opens `count` connections, has each answered once, says so, and keeps them until `until` is closed.
[[noreturn]] void hold_connections(const std::string& port, int count, int said, int until) {
  std::vector<Client> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(port);
    if (!clients.back().is_connected() || clients.back().ask(request("GET", "/")).status != 200) break;
  }
  const auto held = static_cast<std::uint32_t>(clients.size());
  char byte = 0;
  if (::write(said, &held, sizeof held) != sizeof held || ::read(until, &byte, 1) != 0) ::_exit(1);
  for (auto& client : clients) client.reset();
  ::_exit(0);
}

/// A process whose connections do not count against this one's open files. It must begin before any thread.
TEST(HttpServerLimits, TenThousandIdleConnectionsCostLittle) {
  const std::size_t files = raise_file_limit();
  const int wanted =
      static_cast<int>(std::min<std::size_t>(10'000, files - std::min<std::size_t>(files, 512)));
  int port[2], said[2], until[2];
  ASSERT_TRUE(::pipe(port) == 0 && ::pipe(said) == 0 && ::pipe(until) == 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(until[1]);
    char text[32]{};
    if (::read(port[0], text, sizeof text - 1) <= 0) ::_exit(1);
    hold_connections(text, wanted, said[1], until[0]);
  }
  for (const int end : {port[0], said[1], until[0]}) ::close(end);
  auto options = plain_options();
  options.connections_max = options.connections_per_peer_max = static_cast<std::size_t>(wanted) + 100;
  TestService service(options);
  const auto before = resident_bytes();
  ASSERT_EQ(::write(port[1], service.address.data(), service.address.size()),
            static_cast<ssize_t>(service.address.size()));
  std::uint32_t held = 0;
  ASSERT_EQ(::read(said[0], &held, sizeof held), static_cast<ssize_t>(sizeof held));
  EXPECT_EQ(service.server->counters().connections_open, held);
  const auto each = (resident_bytes() - before) / held;
  std::printf("%u idle connections, %zu bytes each of this process (the kernel's own not counted)\n", held,
              each);
  EXPECT_EQ(held, static_cast<std::uint32_t>(wanted));
  if (!kSanitized) {
    EXPECT_LT(each, 20u * 1024);
  }
  EXPECT_EQ(service.connect().ask(request("GET", "/x")).body, "/x");
  ::close(until[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(eventually([&] { return service.server->counters().connections_open <= 1; }));
}

}  // namespace
}  // namespace seawall::test
