#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/http/request.h"
#include "seawall/net/network.h"

namespace seawall {

/// Which proxies may say who asks.
/// Guarantees: X-Forwarded-For counts only where the connection itself comes from a trusted proxy; then each
/// proxy's word is taken from the right, for as long as whom it names is trusted too, so that what a caller
/// wrote there is never believed. Threads: any.
class TrustedProxies {
 public:
  static constexpr std::size_t kMax = 64;
  /// Stands for whoever comes by a Unix socket.
  static constexpr std::string_view kUnix = "unix";

  TrustedProxies() = default;  ///< None.
  /// Networks in CIDR notation, and kUnix. Errors: kInvalidInput.
  static Result<TrustedProxies> from(const std::vector<std::string>& texts);

  /// Whose request it is: the last address that is no trusted proxy's, else the first of all. Who comes by a
  /// Unix socket that is not trusted is 127.0.0.1. Errors: kInvalidInput (a trusted proxy wrote what is no
  /// address): then nobody is let in.
  [[nodiscard]] Result<PeerAddress> peer_of(const HttpHead& head) const;

 private:
  [[nodiscard]] bool holds(const PeerAddress& address) const;

  std::vector<Network> networks_;
  bool unix_ = false;
};

}  // namespace seawall
