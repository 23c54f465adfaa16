#include "seawall/stream_srt/srt_wires.h"

#include <poll.h>
#include <srt.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "seawall/base/unique_fd.h"
#include "seawall/stream_link/socket_address.h"
#include "seawall/stream_srt/detail/in_turn.h"
#include "seawall/stream_srt/srt_stream.h"

namespace seawall {
namespace {

/// A message of live mode is at most this long.
constexpr std::size_t kMessageBytes = 1'456;
/// What waits for its time: so many messages for each ms of latency, which is 42 Mbit/s, and at least so
/// many.
constexpr int kMessagesPerMs = 4;
constexpr int kMessagesLeast = 1'024;
constexpr int kConnectMs = 5'000;
constexpr int kPeerIdleMs = 10'000;

/// While it is there, threads that are made take no signals: those are the program's.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

void say_nothing(void*, int, const char*, int, const char*, const char*) {}

/// libsrt, started and ended once for all that use it.
class Library {
 public:
  static Result<void> start() {
    const SignalsBlocked blocked;
    static Library library;
    if (!library.started_) return fail(Code::kUnavailable, "libsrt does not start");
    return {};
  }

 private:
  Library() : started_(::srt_startup() >= 0) {
    ::srt_setloghandler(nullptr, say_nothing);
    ::srt_setloglevel(LOG_CRIT);
  }
  ~Library() { ::srt_cleanup(); }
  bool started_;
};

std::string rejection(int reason) {
  switch (reason) {
    case SRT_REJ_BADSECRET:
      return "the server refuses the passphrase";
    case SRT_REJ_UNSECURE:
      return "the server and this side do not agree on a passphrase: one has one, the other has none";
    case SRT_REJ_TIMEOUT:
      return "no answer";
    case SRT_REJ_UNKNOWN:
    case SRT_REJ_SYSTEM:
      return "the connection failed";
    default:
      break;
  }
  if (reason == SRT_REJC_PREDEFINED + 404) return "the server has no such stream now";
  if (reason == SRT_REJC_PREDEFINED + 401 || reason == SRT_REJC_PREDEFINED + 403)
    return "the server refuses the stream to this user";
  return "the server refuses the stream (reason " + std::to_string(reason) + ")";
}

class SrtWires;

class SrtWire final : public Wire {
 public:
  SrtWire(SrtWires& wires, SRTSOCKET socket) : wires_(wires), socket_(socket) {}
  SrtWire(const SrtWire&) = delete;
  SrtWire& operator=(const SrtWire&) = delete;
  ~SrtWire() override;

  Result<void> finish_connect() override {
    if (::srt_getsockstate(socket_) == SRTS_CONNECTED) return {};
    return fail(Code::kUnavailable, rejection(::srt_getrejectreason(socket_)));
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    std::size_t got = 0;
    while (into.size() - got >= kMessageBytes) {
      const int bytes = ::srt_recvmsg(socket_, reinterpret_cast<char*>(into.data() + got), kMessageBytes);
      if (bytes > 0) {
        got += static_cast<std::size_t>(bytes);
        continue;
      }
      if (got > 0 || ::srt_getlasterror(nullptr) == SRT_EASYNCRCV) break;
      return fail(Code::kUnavailable, "the server broke the connection");
    }
    return got;
  }

  Result<std::size_t> write(std::span<const std::byte> bytes) override { return bytes.size(); }

 private:
  friend class SrtWires;
  SrtWires& wires_;
  SRTSOCKET socket_;
  bool watched_ = false;
  bool writing_ = false;
};

class SrtWires final : public Wires {
 public:
  SrtWires(int poll, UniqueFd wake) : poll_(poll), wake_(std::move(wake)) {}
  SrtWires(const SrtWires&) = delete;
  SrtWires& operator=(const SrtWires&) = delete;
  ~SrtWires() override { ::srt_epoll_release(poll_); }

  Result<std::unique_ptr<Wire>> connect(const PeerAddress& peer, std::uint16_t port,
                                        const LinkStream& stream) override;
  void watch(Wire& wire, std::uint64_t mark, bool writing) override;
  std::size_t wait(std::chrono::milliseconds at_most, std::span<WireReady> ready) override;
  [[nodiscard]] int wake_descriptor() const override { return wake_.get(); }
  void forget(SRTSOCKET socket) {
    ::srt_epoll_remove_usock(poll_, socket);
    marks_.erase(socket);
  }

 private:
  Result<void> bind(SRTSOCKET socket, bool v4);
  void take_wakes() {
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);
  }

  int poll_;
  UniqueFd wake_;
  std::map<SRTSOCKET, std::uint64_t> marks_;
  std::vector<SRTSOCKET> readable_, writable_;  // Kept for their room.
  SRTSOCKET last_ = 0;                          // That had its turn.
  std::array<int, 2> ports_{};                  // That calls leave by: IPv6, IPv4. 0: none is known yet.
};

SrtWire::~SrtWire() {
  wires_.forget(socket_);
  ::srt_close(socket_);
}

/// All sockets of a kind share a port, and so libsrt's threads for it.
Result<void> SrtWires::bind(SRTSOCKET socket, bool v4) {
  const PeerAddress any = v4 ? PeerAddress::of(in_addr{}) : PeerAddress();
  int& port = ports_[v4 ? 1 : 0];
  const SocketAddress from(any, static_cast<std::uint16_t>(port));
  const SignalsBlocked blocked;
  const int only_v6 = 1;  // Which libsrt wants to hear where it is bound to any address.
  if (!v4) ::srt_setsockflag(socket, SRTO_IPV6ONLY, &only_v6, sizeof only_v6);
  if (::srt_bind(socket, from.get(), static_cast<int>(from.size)) == SRT_ERROR)
    return fail(Code::kUnavailable, "the system gives no port to call from");
  sockaddr_storage bound{};
  int size = sizeof bound;
  if (port == 0 && ::srt_getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != SRT_ERROR) {
    sockaddr_in numbers{};  // The port stands at the same place for both.
    std::memcpy(&numbers, &bound, sizeof numbers);
    port = ntohs(numbers.sin_port);
  }
  return {};
}

Result<void> set_options(SRTSOCKET socket, const SrtAddress& address) {
  const auto set = [&](SRT_SOCKOPT option, const void* value, std::size_t size) {
    return ::srt_setsockflag(socket, option, value, static_cast<int>(size)) != SRT_ERROR;
  };
  const auto set_number = [&](SRT_SOCKOPT option, int value) { return set(option, &value, sizeof value); };
  const int messages = std::max(kMessagesLeast, kMessagesPerMs * address.latency_ms);
  const bool no = false;
  const int live = SRTT_LIVE;
  bool all = set(SRTO_TRANSTYPE, &live, sizeof live) && set(SRTO_RCVSYN, &no, sizeof no) &&
             set(SRTO_SNDSYN, &no, sizeof no) && set_number(SRTO_FC, messages) &&
             set_number(SRTO_RCVBUF, messages * static_cast<int>(kMessageBytes)) &&
             set_number(SRTO_CONNTIMEO, kConnectMs) && set_number(SRTO_PEERIDLETIMEO, kPeerIdleMs) &&
             set_number(SRTO_RCVLATENCY, address.latency_ms);
  if (!address.stream_id.empty())
    all = all && set(SRTO_STREAMID, address.stream_id.data(), address.stream_id.size());
  if (!address.passphrase.empty()) {
    const std::string_view words = address.passphrase.reveal();
    all = all && set(SRTO_PASSPHRASE, words.data(), words.size());
    if (address.key_bytes > 0) all = all && set_number(SRTO_PBKEYLEN, address.key_bytes);
  }
  if (!all) return fail(Code::kUnavailable, "libsrt does not take the stream's settings");
  return {};
}

Result<std::unique_ptr<Wire>> SrtWires::connect(const PeerAddress& peer, std::uint16_t port,
                                                const LinkStream& stream) {
  const auto* srt = dynamic_cast<const SrtStream*>(&stream);
  if (srt == nullptr) return fail(Code::kUnsupported, "not an SRT stream");
  const SRTSOCKET socket = ::srt_create_socket();
  if (socket == SRT_INVALID_SOCK) return fail(Code::kUnavailable, "libsrt gives no socket");
  auto wire = std::make_unique<SrtWire>(*this, socket);
  SEAWALL_CHECK(set_options(socket, srt->address()));
  SEAWALL_CHECK(bind(socket, peer.is_v4()));
  const SocketAddress to(peer, port);
  const SignalsBlocked blocked;
  if (::srt_connect(socket, to.get(), static_cast<int>(to.size)) == SRT_ERROR)
    return fail(Code::kUnavailable, "there is no way to the host");
  return wire;
}

void SrtWires::watch(Wire& wire, std::uint64_t mark, bool writing) {
  auto& srt = static_cast<SrtWire&>(wire);
  if (srt.watched_ && srt.writing_ == writing) return;
  const int events = int{SRT_EPOLL_IN} | int{SRT_EPOLL_ERR} | (writing ? int{SRT_EPOLL_OUT} : 0);
  if (srt.watched_) {
    ::srt_epoll_update_usock(poll_, srt.socket_, &events);
  } else {
    ::srt_epoll_add_usock(poll_, srt.socket_, &events);
  }
  srt.watched_ = true;
  srt.writing_ = writing;
  marks_[srt.socket_] = mark;
}

std::size_t SrtWires::wait(std::chrono::milliseconds at_most, std::span<WireReady> ready) {
  const auto wait_ms = std::clamp<std::int64_t>(at_most.count(), 0, 60'000);
  if (marks_.empty()) {  // libsrt's epoll would look every 10 ms.
    pollfd woken{.fd = wake_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&woken, 1, static_cast<int>(wait_ms)) > 0) take_wakes();
    return 0;
  }
  // All that are ready, though only some have their turn now: libsrt gives the same ones first each time.
  readable_.resize(marks_.size());
  writable_.resize(marks_.size());
  std::array<int, 1> woken{};
  int readables = static_cast<int>(readable_.size());
  int writables = readables;
  int wakes = static_cast<int>(woken.size());
  const int found = ::srt_epoll_wait(poll_, readable_.data(), &readables, writable_.data(), &writables,
                                     wait_ms, woken.data(), &wakes, nullptr, nullptr);
  if (found <= 0) return 0;
  if (wakes > 0) take_wakes();
  const auto shrink = [](std::vector<SRTSOCKET>& sockets, int count) {
    sockets.resize(std::min(sockets.size(), static_cast<std::size_t>(std::max(count, 0))));
    std::ranges::sort(sockets);
  };
  shrink(readable_, readables);
  shrink(writable_, writables);
  std::vector<SRTSOCKET> either;
  std::ranges::set_union(readable_, writable_, std::back_inserter(either));
  std::size_t count = 0;
  for (const SRTSOCKET socket : stream_srt_detail::in_turn(either, last_, ready.size())) {
    last_ = socket;
    const auto at = marks_.find(socket);
    if (at == marks_.end()) continue;
    ready[count++] = {at->second, std::ranges::binary_search(readable_, socket),
                      std::ranges::binary_search(writable_, socket)};
  }
  return count;
}

}  // namespace

Result<std::unique_ptr<Wires>> open_srt_wires() {
  SEAWALL_CHECK(Library::start());
  const int poll = ::srt_epoll_create();
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const int events = SRT_EPOLL_IN;
  if (poll < 0 || !wake || ::srt_epoll_add_ssock(poll, wake.get(), &events) == SRT_ERROR) {
    if (poll >= 0) ::srt_epoll_release(poll);
    return fail(Code::kUnavailable, "waiting for SRT streams: no more descriptors");
  }
  return std::make_unique<SrtWires>(poll, std::move(wake));
}

}  // namespace seawall
