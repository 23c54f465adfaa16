#include "seawall/net/public_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace seawall {
namespace {

struct Net4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array kNotPublic4{
    Net4{ip(0, 0, 0, 0), 8},         // This network.
    Net4{ip(10, 0, 0, 0), 8},        // Private.
    Net4{ip(100, 64, 0, 0), 10},     // Shared by carriers; one cloud's metadata.
    Net4{ip(127, 0, 0, 0), 8},       // Loopback.
    Net4{ip(168, 63, 129, 16), 32},  // One cloud's own services, at a public number.
    Net4{ip(169, 254, 0, 0), 16},    // Link-local; most clouds' metadata.
    Net4{ip(172, 16, 0, 0), 12},     // Private.
    Net4{ip(192, 0, 0, 0), 24},      // Protocols; one cloud's metadata.
    Net4{ip(192, 0, 2, 0), 24},      // Documentation.
    Net4{ip(192, 31, 196, 0), 24},   // AS112.
    Net4{ip(192, 52, 193, 0), 24},   // AMT.
    Net4{ip(192, 88, 99, 0), 24},    // 6to4 relays.
    Net4{ip(192, 168, 0, 0), 16},    // Private.
    Net4{ip(192, 175, 48, 0), 24},   // AS112.
    Net4{ip(198, 18, 0, 0), 15},     // Benchmarking.
    Net4{ip(198, 51, 100, 0), 24},   // Documentation.
    Net4{ip(203, 0, 113, 0), 24},    // Documentation.
    Net4{ip(224, 0, 0, 0), 4},       // Multicast.
    Net4{ip(240, 0, 0, 0), 4},       // Reserved, and broadcast.
};

struct Net6 {
  std::array<std::uint8_t, 16> first;
  int bits;
};

/// Of 2000::/3; everything outside it is not public at all.
constexpr std::array kNotPublic6{
    Net6{{0x20, 0x01}, 23},                    // Protocols: Teredo, ORCHID, benchmarking.
    Net6{{0x20, 0x01, 0x0d, 0xb8}, 32},        // Documentation.
    Net6{{0x20, 0x02}, 16},                    // 6to4: any IPv4 address behind it.
    Net6{{0x26, 0x20, 0x00, 0x4f, 0x80}, 48},  // AS112.
    Net6{{0x3f, 0xff}, 20},                    // Documentation.
};

bool is_inside(const std::uint8_t* address, const Net6& net) {
  const auto whole = static_cast<std::size_t>(net.bits / 8);
  if (std::memcmp(address, net.first.data(), whole) != 0) return false;
  const int rest = net.bits % 8;
  return rest == 0 || ((address[whole] ^ net.first[whole]) >> (8 - rest)) == 0;
}

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xff, 0x9b};

}  // namespace

bool is_public_address(const in_addr& address) {
  const std::uint32_t value = ntohl(address.s_addr);
  return std::ranges::none_of(kNotPublic4,
                              [&](const Net4& net) { return ((value ^ net.first) >> (32 - net.bits)) == 0; });
}

bool is_public_address(const in6_addr& address) {
  const std::uint8_t* const bytes = address.s6_addr;
  const bool holds_v4 = std::memcmp(bytes, kMapped.data(), kMapped.size()) == 0 ||
                        std::memcmp(bytes, kNat64.data(), kNat64.size()) == 0;
  if (holds_v4) {
    in_addr inner{};
    std::memcpy(&inner, bytes + 12, sizeof inner);
    return is_public_address(inner);
  }
  if (bytes[0] >> 5U != 1) return false;
  return std::ranges::none_of(kNotPublic6, [&](const Net6& net) { return is_inside(bytes, net); });
}

bool is_public_address(const sockaddr* address, socklen_t size) {
  if (address == nullptr || size < sizeof(sa_family_t)) return false;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return is_public_address(in.sin_addr);
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    return is_public_address(in.sin6_addr);
  }
  return false;
}

bool is_public_address(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const std::string plain(text);
  in_addr v4{};
  if (::inet_pton(AF_INET, plain.c_str(), &v4) == 1) return is_public_address(v4);
  in6_addr v6{};
  return ::inet_pton(AF_INET6, plain.c_str(), &v6) == 1 && is_public_address(v6);
}

}  // namespace seawall
