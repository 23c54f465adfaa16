// The HTTP server with a handler that does nothing: requests a second and core over keep-alive, and what an
// idle connection costs. Clients are threads of this program; the server's CPU time is that of its own one
// thread, read from the kernel, so that the clients' does not count.
//   http_bench [--json] [--full]   --full: ten times the requests
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "figure.h"
#include "seawall/base/system_clock.h"
#include "seawall/http/server.h"

namespace {

using namespace std::chrono_literals;
using seawall::bench::Figure;

class Trivial final : public seawall::HttpHandler {
 public:
  Decision admit(const seawall::HttpHead&) override {
    return seawall::HttpAdmission{1 << 16, false, nullptr};
  }
  void handle(seawall::HttpRequest, seawall::HttpResponder responder) override {
    std::move(responder).send(seawall::text_answer(200, "application/json", R"({"verdict":"allow"})"));
  }
};

std::set<std::string> threads() {
  std::set<std::string> found;
  DIR* folder = ::opendir("/proc/self/task");
  while (const dirent* entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') found.insert(entry->d_name);
  }
  ::closedir(folder);
  return found;
}

/// CPU seconds of a thread, from schedstat (nanoseconds).
double cpu_of(const std::string& thread) {
  std::ifstream file("/proc/self/task/" + thread + "/schedstat");
  double nanoseconds = 0;
  file >> nanoseconds;
  return 1e-9 * nanoseconds;
}

int connect_to(const std::string& address) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) std::exit(1);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

const std::string kRequest =
    "POST /v1/match HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: http_bench\r\nAccept: */*\r\n"
    "Authorization: Bearer swk_0123456789012345678901234567890123456789012\r\nContent-Type: "
    "application/json\r\n"
    "Content-Length: "
    "86\r\n\r\n{\"signals\":{\"pdq\":\"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22\"}}";

void ask(int fd) {
  char answer[2048];
  if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) <= 0 ||
      ::recv(fd, answer, sizeof answer, 0) <= 0) {
    std::exit(1);
  }
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * 4096;
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false, full = false;
  for (int i = 1; i < argc; ++i) {
    json |= std::string(argv[i]) == "--json";
    full |= std::string(argv[i]) == "--full";
  }
  Trivial handler;
  const seawall::SystemClock clock;
  seawall::HttpServerOptions options;
  options.listen = {{"127.0.0.1:0", std::nullopt}};
  options.threads = 1;
  options.connections_max = options.connections_per_peer_max = 8'192;
  const auto before = threads();
  auto started = seawall::HttpServer::start(options, handler, clock);
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  std::string server_thread;
  for (const auto& thread : threads()) {
    if (!before.contains(thread)) server_thread = thread;
  }
  const std::string address = (*started)->addresses().at(0);

  constexpr int kClients = 16;
  const int requests = full ? 40'000 : 4'000;
  std::vector<int> sockets;
  for (int i = 0; i < kClients; ++i) sockets.push_back(connect_to(address));
  for (const int fd : sockets) ask(fd);
  const double cpu_before = cpu_of(server_thread);
  std::vector<std::thread> clients;
  for (const int fd : sockets) {
    clients.emplace_back([fd, requests] {
      for (int i = 0; i < requests; ++i) ask(fd);
    });
  }
  for (auto& client : clients) client.join();
  const double cpu = cpu_of(server_thread) - cpu_before;
  const double rate = kClients * requests / cpu;
  seawall::bench::print({"http: requests, keep-alive, 16 connections, per server core", rate, 0, 0, "/s",
                         "at least 30000/s", rate >= 30'000},
                        json);

  constexpr int kIdle = 4'000;
  const auto resident = resident_bytes();
  for (int i = 0; i < kIdle; ++i) {
    sockets.push_back(connect_to(address));
    ask(sockets.back());
  }
  const double each = static_cast<double>(resident_bytes() - resident) / kIdle;
  seawall::bench::print(
      {"http: an idle connection (kernel not counted)", each, 0, 0, "bytes", "under 20480", each < 20'480},
      json);
  for (const int fd : sockets) ::close(fd);
  return 0;
}
