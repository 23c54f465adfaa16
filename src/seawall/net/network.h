#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// The address of a peer: of the connection, or what a trusted proxy says of it.
/// An IPv4 address is one also where it is written as ::ffff:192.0.2.1.
class PeerAddress {
 public:
  PeerAddress() = default;  ///< "::"
  /// Numbers only, no names, no zone. Errors: kInvalidInput.
  static Result<PeerAddress> from_text(std::string_view text);
  static PeerAddress of(const in_addr& address);
  static PeerAddress of(const in6_addr& address);
  /// None: neither IPv4 nor IPv6, or cut short.
  static std::optional<PeerAddress> of(const sockaddr* address, socklen_t size);

  [[nodiscard]] bool is_v4() const;
  /// IPv4 in the last four, after ::ffff.
  [[nodiscard]] const std::array<std::byte, 16>& bytes() const { return bytes_; }
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const PeerAddress&, const PeerAddress&) = default;

 private:
  friend class Network;
  std::array<std::byte, 16> bytes_{};
};

/// A range of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3).
class Network {
 public:
  Network() = default;  ///< "::/0"
  /// "192.0.2.0/24", "2001:db8::/32", or an address alone. The bits after the prefix must be zero, so that
  /// nobody takes one network for another. Errors: kInvalidInput, with the network to write instead.
  static Result<Network> from_text(std::string_view text);
  /// That network of `address`: at most 32 bits for IPv4, 128 for IPv6.
  static Network around(const PeerAddress& address, unsigned v4_bits, unsigned v6_bits);

  [[nodiscard]] bool holds(const PeerAddress& address) const;
  /// The one text that from_text() reads as this.
  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] unsigned bits() const { return v4_ ? bits_ - kMappedBits : bits_; }
  friend bool operator==(const Network&, const Network&) = default;

 private:
  static constexpr unsigned kMappedBits = 96;

  PeerAddress first_;
  unsigned bits_ = 0;  ///< Of all 128.
  bool v4_ = false;
};

}  // namespace seawall
