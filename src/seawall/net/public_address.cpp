#include "seawall/net/public_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

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

constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xff, 0x9b};
constexpr std::size_t kInner = 12;  // Where an IPv4 address lies in an IPv6 one.

}  // namespace

PeerAddress behind_nat64(const PeerAddress& address) {
  if (std::memcmp(address.bytes().data(), kNat64.data(), kNat64.size()) != 0) return address;
  in_addr inner{};
  std::memcpy(&inner, address.bytes().data() + kInner, sizeof inner);
  return PeerAddress::of(inner);
}

bool is_public_address(const PeerAddress& address) {
  const PeerAddress reached = behind_nat64(address);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), reached.bytes().data(), bytes.size());
  if (reached.is_v4()) {
    const std::uint32_t value = ip(bytes[kInner], bytes[13], bytes[14], bytes[15]);
    return std::ranges::none_of(
        kNotPublic4, [&](const Net4& net) { return ((value ^ net.first) >> (32 - net.bits)) == 0; });
  }
  if (bytes[0] >> 5U != 1) return false;
  return std::ranges::none_of(kNotPublic6, [&](const Net6& net) { return is_inside(bytes.data(), net); });
}

bool is_public_address(const sockaddr* address, socklen_t size) {
  const auto peer = PeerAddress::of(address, size);
  return peer && is_public_address(*peer);
}

bool is_public_address(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const auto peer = PeerAddress::from_text(text);
  return peer && is_public_address(*peer);
}

}  // namespace seawall
