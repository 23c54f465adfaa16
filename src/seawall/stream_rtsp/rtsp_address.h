#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

/// Where an RTSP stream is played: "rtsp://[user:password@]host[:port]/path[?query]".
struct RtspAddress {
  std::string host;  ///< Lower case; an IPv6 address without its brackets.
  std::uint16_t port = 554;
  bool tls = false;  ///< "rtsps", whose port is 322.
  std::string url;   ///< What the server is asked for: without user and password.
  Secret user;       ///< %XX decoded, as is the password.
  Secret password;
};

/// Errors: kInvalidInput, without the address.
Result<RtspAddress> rtsp_address_from_text(std::string_view text);

}  // namespace seawall
