#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "seawall/base/unique_fd.h"
#include "seawall/http/server.h"
#include "seawall/http/syntax.h"

namespace seawall::test {

using std::chrono::milliseconds;

class FixedClock final : public Clock {
 public:
  std::chrono::sys_time<milliseconds> now() const override {
    return std::chrono::sys_time<milliseconds>(std::chrono::seconds(784111777));
  }
};

/// Lets other threads run until `condition`; false after ten seconds.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

/// What the tests ask of the server, by path.
class TestHandler final : public HttpHandler {
 public:
  static constexpr std::size_t kEchoMax = 1 << 20;

  Decision admit(const HttpHead& head) override {
    if (head.path().starts_with("/later")) {
      return HttpDecideLater{[this](HttpDecider decider) { hold(std::move(decider)); }};
    }
    if (head.path() == "/refuse") return text_answer(403, "text/plain", "no");
    if (head.path() == "/throw-early") throw std::runtime_error("a handler's fault");
    if (head.path() == "/small") return HttpAdmission{10, false, nullptr};
    return HttpAdmission{kEchoMax, head.path() == "/secret", nullptr};
  }

  void handle(HttpRequest request, HttpResponder responder) override {
    const auto path = request.head.path();
    if (path == "/drop") return;
    if (path == "/throw") throw std::runtime_error("a handler's fault");
    if (path == "/hold") return hold(std::move(responder));
    if (path == "/stream") return stream(std::move(responder));
    std::move(responder).send(answer_to(request));
  }

  /// Waits for a request to /later, and takes the right to decide on it.
  HttpDecider take_undecided() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !undecided_.empty(); });
    HttpDecider first = std::move(undecided_.front());
    undecided_.erase(undecided_.begin());
    return first;
  }
  /// Waits for a request to /stream, and takes what writes its answer's body: 64 KiB may wait.
  std::shared_ptr<HttpBodyStream> take_stream() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !streams_.empty(); });
    auto first = std::move(streams_.front());
    streams_.erase(streams_.begin());
    return first;
  }
  /// Waits for a request to /hold, and takes the right to answer it.
  HttpResponder take_held() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !held_.empty(); });
    HttpResponder first = std::move(held_.front());
    held_.erase(held_.begin());
    return first;
  }

 private:
  static HttpAnswer answer_to(const HttpRequest& request) {
    const auto path = request.head.path();
    if (path == "/none") return {204, {}, std::string(), false};
    if (path == "/split") return {200, {{"X-A", "b\r\nX-Evil: 1"}}, std::string(), false};
    if (path == "/big") return {200, {}, std::make_shared<const std::string>(32 << 20, 'b'), false};
    if (path == "/secret")
      return text_answer(200, "text/plain", request.body.is_secret() ? "secret" : "plain");
    if (path == "/peer") {
      const auto& tls = request.head.peer().tls;
      if (!tls) return text_answer(200, "text/plain", request.head.peer().address);
      return text_answer(200, "text/plain",
                         tls->version + "|" + tls->client_sha256 + "|" + tls->client_subject);
    }
    const bool text = request.body.size() > 0;
    return text_answer(200, "text/plain", std::string(text ? request.body.text() : request.head.target()));
  }

  void stream(HttpResponder responder) {
    auto body = std::make_shared<HttpBodyStream>(64 * 1024);
    HttpAnswer answer = text_answer(200, "text/event-stream", "");
    answer.stream = reading_end_of(body);
    std::move(responder).send(std::move(answer));
    const std::scoped_lock lock(mutex_);
    streams_.push_back(std::move(body));
    arrived_.notify_all();
  }

  void hold(HttpResponder responder) {
    const std::scoped_lock lock(mutex_);
    held_.push_back(std::move(responder));
    arrived_.notify_all();
  }

  void hold(HttpDecider decider) {
    const std::scoped_lock lock(mutex_);
    undecided_.push_back(std::move(decider));
    arrived_.notify_all();
  }

  std::mutex mutex_;  // Guards held_, undecided_ and streams_.
  std::condition_variable arrived_;
  std::vector<HttpResponder> held_;
  std::vector<HttpDecider> undecided_;
  std::vector<std::shared_ptr<HttpBodyStream>> streams_;
};

struct Answer {
  int status = 0;  ///< 0: the connection ended instead.
  std::string head, body;
  bool has(std::string_view line) const {
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }
};

/// Reads one answer through `read`, which fills a buffer and returns how many bytes, 0 at the end.
inline Answer read_answer(std::string& held, const std::function<std::size_t(char*, std::size_t)>& read,
                          bool without_body = false) {
  Answer answer;
  const auto more = [&] {
    char buffer[16384];
    const auto count = read(buffer, sizeof buffer);
    held.append(buffer, count);
    return count > 0;
  };
  auto end = held.find("\r\n\r\n");
  for (; end == std::string::npos; end = held.find("\r\n\r\n")) {
    if (!more()) return answer;
  }
  answer.head = held.substr(0, end + 4);
  held.erase(0, end + 4);
  const int status = std::stoi(answer.head.substr(9, 3));
  const auto length = answer.head.find("\r\nContent-Length: ");
  const std::size_t size =
      length == std::string::npos || without_body ? 0 : std::stoull(answer.head.substr(length + 18));
  while (held.size() < size) {
    if (!more()) return answer;
  }
  answer.body = held.substr(0, size);
  held.erase(0, size);
  answer.status = status;
  return answer;
}

/// A client of one connection over a plain socket. Each read gives up after ten seconds.
class Client {
 public:
  explicit Client(const std::string& address) {
    if (address.starts_with("unix:")) {
      sockaddr_un to{};
      to.sun_family = AF_UNIX;
      address.copy(to.sun_path, sizeof to.sun_path - 1, 5);
      connect(AF_UNIX, reinterpret_cast<sockaddr*>(&to), sizeof to);
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
      connect(AF_INET, reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
  }

  /// False: the peer does not take it.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  Answer read(bool without_body = false) {
    return read_answer(
        held_, [this](char* to, std::size_t size) { return receive(to, size); }, without_body);
  }
  Answer ask(std::string_view text) { return send(text) ? read() : Answer{}; }
  /// Whether the peer has closed, after at most what it still had to say.
  bool is_closed() {
    char byte = 0;
    const auto count = ::recv(fd_.get(), &byte, 1, 0);
    return count == 0 || (count < 0 && errno == ECONNRESET);
  }
  /// Whether something can be read within `wait`.
  bool is_readable(milliseconds wait) {
    pollfd watched{fd_.get(), POLLIN, 0};
    return ::poll(&watched, 1, static_cast<int>(wait.count())) == 1;
  }
  bool is_connected() const { return connected_; }
  int fd() const { return fd_.get(); }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    fd_.reset();
  }

 private:
  void connect(int family, sockaddr* to, socklen_t size) {
    fd_ = UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_.get(), to, size) == 0;
  }
  std::size_t receive(char* to, std::size_t size) {
    const auto count = ::recv(fd_.get(), to, size, 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  UniqueFd fd_;
  bool connected_ = false;
  std::string held_;
};

inline HttpServerOptions plain_options() {
  HttpServerOptions options;
  options.listen = {{"127.0.0.1:0", std::nullopt}};
  options.connections_max = 1000;
  return options;
}

/// A server on a free port of this host.
struct TestService {
  explicit TestService(const HttpServerOptions& options = plain_options()) {
    auto started = HttpServer::start(options, handler, clock);
    if (!started) {
      ADD_FAILURE() << started.error().message;
      std::abort();
    }
    server = *std::move(started);
    address = server->addresses().at(0);
  }
  Client connect() const { return Client(address); }
  std::uint64_t refused(HttpRefusalReason reason) const {
    return server->counters().refused[static_cast<std::size_t>(reason)];
  }

  FixedClock clock;
  TestHandler handler;
  std::unique_ptr<HttpServer> server;
  std::string address;
};

inline std::string request(std::string_view method, std::string_view target, std::string_view fields = "",
                           std::string_view body = "") {
  std::string text =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace seawall::test
