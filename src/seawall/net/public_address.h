#pragma once

#include <sys/socket.h>

#include <string_view>

#include "seawall/net/network.h"

namespace seawall {

/// Whether the address is one of the public internet, which anybody may ask for things. Not: loopback,
/// private, shared (carriers), link-local, unique local, multicast, reserved, documentation and benchmarking
/// addresses, those of other protocols' tunnels (6to4, Teredo), and those where clouds keep what a machine
/// may know of itself. An IPv4 address inside an IPv6 one (mapped, NAT64) counts as what it is. Anything but
/// IPv4 and IPv6: no. Source: IANA's registries of special-purpose addresses (RFC 6890), RFC 6052.
[[nodiscard]] bool is_public_address(const PeerAddress& address);
[[nodiscard]] bool is_public_address(const sockaddr* address, socklen_t size);

/// As written in a URL's host, IPv6 in brackets or not; a name is not.
[[nodiscard]] bool is_public_address(std::string_view text);

/// The IPv4 address that a translator (NAT64, RFC 6052) reaches for this one; any other address is itself.
[[nodiscard]] PeerAddress behind_nat64(const PeerAddress& address);

}  // namespace seawall
