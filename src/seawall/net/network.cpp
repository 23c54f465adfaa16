#include "seawall/net/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace seawall {
namespace {

constexpr std::size_t kTextBytesMax = 64;
constexpr std::size_t kMappedBytes = 12;
constexpr std::array<std::byte, kMappedBytes> kMapped = {
    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0},    std::byte{0},
    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xff}, std::byte{0xff}};

/// `bytes` with all after the first `bits` made zero.
std::array<std::byte, 16> masked(std::array<std::byte, 16> bytes, unsigned bits) {
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = std::clamp(bits, i * 8, i * 8 + 8) - i * 8;
    bytes[i] &= static_cast<std::byte>(0xff00U >> kept);
  }
  return bytes;
}

tl::unexpected<Error> bad_network() {
  return fail(Code::kInvalidInput, "a network is written as 192.0.2.0/24 or 2001:db8::/32");
}

}  // namespace

Result<PeerAddress> PeerAddress::from_text(std::string_view text) {
  PeerAddress address;
  if (text.size() <= kTextBytesMax && text.find('\0') == std::string_view::npos) {
    const std::string ended(text);
    if (::inet_pton(AF_INET6, ended.c_str(), address.bytes_.data()) == 1) return address;
    std::ranges::copy(kMapped, address.bytes_.begin());
    if (::inet_pton(AF_INET, ended.c_str(), address.bytes_.data() + kMappedBytes) == 1) return address;
  }
  return fail(Code::kInvalidInput, "an address is written as 192.0.2.1 or 2001:db8::1");
}

PeerAddress PeerAddress::of(const in_addr& address) {
  PeerAddress out;
  std::ranges::copy(kMapped, out.bytes_.begin());
  std::memcpy(out.bytes_.data() + kMappedBytes, &address, sizeof address);
  return out;
}

PeerAddress PeerAddress::of(const in6_addr& address) {
  PeerAddress out;
  std::memcpy(out.bytes_.data(), &address, sizeof address);
  return out;
}

std::optional<PeerAddress> PeerAddress::of(const sockaddr* address, socklen_t size) {
  if (address == nullptr || size < sizeof(sa_family_t)) return std::nullopt;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return of(in.sin_addr);
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    return of(in.sin6_addr);
  }
  return std::nullopt;
}

bool PeerAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin()); }

std::string PeerAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = is_v4();
  ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes_.data() + (v4 ? kMappedBytes : 0), text.data(), text.size());
  return text.data();
}

Result<Network> Network::from_text(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  auto address = PeerAddress::from_text(text.substr(0, slash));
  if (!address) return bad_network();
  const bool v4 = address->is_v4();
  // ::ffff:192.0.2.0/120 would be a second way to write one network.
  if (v4 && text.substr(0, slash).find(':') != std::string_view::npos) return bad_network();
  unsigned bits = v4 ? 32 : 128;
  if (slash < text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned wanted = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted);
    const bool canonical = digits.size() == 1 || (!digits.empty() && digits.front() != '0');
    if (error != std::errc() || end != digits.data() + digits.size() || !canonical || wanted > bits) {
      return bad_network();
    }
    bits = wanted;
  }
  const Network network = around(*address, bits, bits);
  if (network.first_ == *address) return network;
  return fail(Code::kInvalidInput, "this address lies within a network; write " + network.to_text());
}

Network Network::around(const PeerAddress& address, unsigned v4_bits, unsigned v6_bits) {
  Network network;
  network.v4_ = address.is_v4();
  network.bits_ = network.v4_ ? kMappedBits + std::min(v4_bits, 32U) : std::min(v6_bits, 128U);
  network.first_.bytes_ = masked(address.bytes_, network.bits_);
  return network;
}

bool Network::holds(const PeerAddress& address) const {
  return address.is_v4() == v4_ && masked(address.bytes_, bits_) == first_.bytes_;
}

std::string Network::to_text() const { return first_.to_text() + "/" + std::to_string(bits()); }

}  // namespace seawall
