#include "seawall/http/detail/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "seawall/net/network.h"

namespace seawall {
namespace {

/// A sockaddr of any kind, aligned for all of them.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  template <class T>
  T& as() {
    return reinterpret_cast<T&>(storage);
  }
};

tl::unexpected<Error> bad_address(const std::string& text) {
  return fail(Code::kInvalidInput,
              "cannot listen on " + text +
                  ": write 127.0.0.1:8080, [::1]:8443 or unix:/path (names are not looked up)");
}

std::optional<Address> ip_address_from(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || at != end) return std::nullopt;
  Address address;
  std::string_view host = std::string_view(text).substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = PeerAddress::from_text(host);
  // IPv6 goes in brackets, IPv4 without.
  if (!ip || bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
  if (bracketed) {
    auto& v6 = address.as<sockaddr_in6>();
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
    ::memcpy(&v6.sin6_addr, ip->bytes().data(), sizeof v6.sin6_addr);
    return address;
  }
  auto& v4 = address.as<sockaddr_in>();
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  address.size = sizeof v4;
  ::memcpy(&v4.sin_addr, ip->bytes().data() + 12, sizeof v4.sin_addr);
  return address;
}

std::optional<Address> unix_address_from(const std::string& path) {
  Address address;
  auto& local = address.as<sockaddr_un>();
  if (path.empty() || path.size() >= sizeof local.sun_path) return std::nullopt;
  local.sun_family = AF_UNIX;
  ::memcpy(local.sun_path, path.c_str(), path.size() + 1);
  address.size = sizeof local;
  return address;
}

/// Removes the socket at `path` if nobody listens on it: its server was killed.
void remove_dead_socket(const std::string& path, Address& address) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0 || !S_ISSOCK(about.st_mode)) return;
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe || ::connect(probe.get(), address.get(), address.size) == 0 || errno != ECONNREFUSED) return;
  ::unlink(path.c_str());
}

/// "192.0.2.1" or "2001:db8::1", and the port.
void describe(Address& address, HttpPeer& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET) {
    auto& v4 = address.as<sockaddr_in>();
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    peer.port = ntohs(v4.sin_port);
    peer.address = text.data();
  } else if (address.storage.ss_family == AF_INET6) {
    auto& v6 = address.as<sockaddr_in6>();
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    peer.port = ntohs(v6.sin6_port);
    peer.address = text.data();
  } else {
    peer.address = "unix";
  }
}

std::string key_of(Address& address) {
  if (address.storage.ss_family == AF_INET) {
    return {reinterpret_cast<const char*>(&address.as<sockaddr_in>().sin_addr), 4};
  }
  // One subscriber usually has a whole /64 to itself.
  if (address.storage.ss_family == AF_INET6) {
    return {reinterpret_cast<const char*>(&address.as<sockaddr_in6>().sin6_addr), 8};
  }
  return {};
}

Result<void> bind_and_listen(int fd, Address& address, const std::string& text, int backlog) {
  if (::bind(fd, address.get(), address.size) == 0 && ::listen(fd, backlog) == 0) return {};
  const std::string why = ::strerrordesc_np(errno);
  if (errno == EADDRINUSE) {
    return fail(Code::kConflict,
                "cannot listen on " + text + ": another program does; end it, or name another");
  }
  return fail(Code::kUnavailable,
              "cannot listen on " + text + " (" + why +
                  "); ports below 1024 need CAP_NET_BIND_SERVICE, the address must be this host's");
}

}  // namespace

Result<ListeningSocket> open_listener(const std::string& text, int backlog) {
  ListeningSocket listener;
  const bool local = text.starts_with("unix:");
  if (local) listener.unix_path = text.substr(5);
  auto address = local ? unix_address_from(listener.unix_path) : ip_address_from(text);
  if (!address) return bad_address(text);
  const int family = address->storage.ss_family;
  listener.fd = UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int fd = listener.fd.get();
  if (fd < 0) {
    return fail(Code::kUnavailable, "no socket can be made for " + text + "; raise the limit of open files");
  }
  const int on = 1;
  if (local) {
    remove_dead_socket(listener.unix_path, *address);
  } else {
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  if (family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  SEAWALL_CHECK(bind_and_listen(fd, *address, text, backlog));
  if (local) {
    ::chmod(listener.unix_path.c_str(), 0660);
    listener.address = text;
    return listener;
  }
  Address bound;
  bound.size = sizeof bound.storage;
  ::getsockname(fd, bound.get(), &bound.size);
  HttpPeer own;
  describe(bound, own);
  listener.address =
      (family == AF_INET6 ? "[" + own.address + "]" : own.address) + ":" + std::to_string(own.port);
  return listener;
}

AcceptState accept_next(int listener, AcceptedSocket& accepted) {
  Address address;
  address.size = sizeof address.storage;
  const int fd = ::accept4(listener, address.get(), &address.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool short_of = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return short_of ? AcceptState::kNoResources : AcceptState::kNone;
  }
  accepted.fd = UniqueFd(fd);
  accepted.peer = {};
  describe(address, accepted.peer);
  accepted.peer_key = key_of(address);
  const int on = 1;
  if (!accepted.peer_key.empty()) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return AcceptState::kTaken;
}

std::size_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

}  // namespace seawall
