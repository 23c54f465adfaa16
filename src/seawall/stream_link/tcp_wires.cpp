#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "seawall/base/unique_fd.h"
#include "seawall/stream_link/socket_address.h"
#include "seawall/stream_link/wires.h"

namespace seawall {
namespace {

constexpr std::uint64_t kWakeMark = 0;  // Streams count from 1.
constexpr std::size_t kEventsAtOnce = 128;

std::string reason_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "nobody listens there";
    case ETIMEDOUT:
      return "no answer";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "there is no way to the host";
    case ECONNRESET:
    case EPIPE:
      return "the server broke the connection";
    default:
      return std::string("the connection failed: ") + std::strerror(error);
  }
}

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class TcpWire final : public Wire {
 public:
  explicit TcpWire(UniqueFd socket) : socket_(std::move(socket)) {}

  Result<void> finish_connect() override {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return fail(Code::kUnavailable, reason_of(error));
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0) return fail(Code::kUnavailable, "the server closed the connection");
    if (is_for_later(errno)) return 0;
    return fail(Code::kUnavailable, reason_of(errno));
  }

  Result<std::size_t> write(std::span<const std::byte> bytes) override {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (is_for_later(errno)) return 0;
    return fail(Code::kUnavailable, reason_of(errno));
  }

 private:
  friend class TcpWires;
  UniqueFd socket_;
  bool watched_ = false;
  bool writing_ = false;
};

class TcpWires final : public Wires {
 public:
  TcpWires(UniqueFd poll, UniqueFd wake) : poll_(std::move(poll)), wake_(std::move(wake)) {}

  Result<std::unique_ptr<Wire>> connect(const PeerAddress& peer, std::uint16_t port,
                                        const LinkStream& /*stream*/) override {
    const SocketAddress to(peer, port);
    UniqueFd socket(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket || (::connect(socket.get(), to.get(), to.size) != 0 && errno != EINPROGRESS))
      return fail(Code::kUnavailable, reason_of(errno));
    return std::make_unique<TcpWire>(std::move(socket));
  }

  void watch(Wire& wire, std::uint64_t mark, bool writing) override {
    auto& tcp = static_cast<TcpWire&>(wire);
    if (tcp.watched_ && tcp.writing_ == writing) return;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | (writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.u64 = mark;
    ::epoll_ctl(poll_.get(), tcp.watched_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, tcp.socket_.get(), &event);
    tcp.watched_ = true;
    tcp.writing_ = writing;
  }

  std::size_t wait(std::chrono::milliseconds at_most, std::span<WireReady> ready) override {
    std::array<epoll_event, kEventsAtOnce> events{};
    const auto room = static_cast<int>(std::min(events.size(), ready.size()));
    const auto wait_ms = static_cast<int>(std::clamp<std::int64_t>(at_most.count(), 0, 60'000));
    const int found = ::epoll_wait(poll_.get(), events.data(), room, wait_ms);
    std::size_t count = 0;
    for (int i = 0; i < found; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kWakeMark) {
        std::uint64_t wakes = 0;
        (void)!::read(wake_.get(), &wakes, sizeof wakes);
        continue;
      }
      const std::uint32_t to_read = EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP;
      ready[count++] = {event.data.u64, (event.events & to_read) != 0, (event.events & EPOLLOUT) != 0};
    }
    return count;
  }

  [[nodiscard]] int wake_descriptor() const override { return wake_.get(); }

 private:
  UniqueFd poll_;
  UniqueFd wake_;
};

}  // namespace

Result<std::unique_ptr<Wires>> open_tcp_wires() {
  UniqueFd poll(::epoll_create1(EPOLL_CLOEXEC));
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeMark;
  if (!poll || !wake || ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0) {
    return fail(Code::kUnavailable, std::string("waiting for streams: ") + std::strerror(errno));
  }
  return std::make_unique<TcpWires>(std::move(poll), std::move(wake));
}

}  // namespace seawall
