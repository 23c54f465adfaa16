#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Where an RTMP stream is played: "rtmp://host[:port]/app/name[?query]", or rtmps (port 443). The
/// application is the path's first part, the name all that follows it.
struct RtmpAddress {
  std::string host;  ///< Lower case; an IPv6 address without its brackets.
  std::uint16_t port = 1935;
  bool tls = false;
  std::string app;
  std::string name;  ///< With the query, where keys are.

  static constexpr std::size_t kBytesMax = 8 * 1024;
  static constexpr std::size_t kPartBytesMax = 4 * 1024;  ///< Of application and of name.

  /// What the server is told of the application: "rtmp://host:port/app".
  [[nodiscard]] std::string application_url() const;
};

/// Errors: kInvalidInput, without the address. A user or password in it is refused.
Result<RtmpAddress> rtmp_address_from_text(std::string_view text);

}  // namespace seawall
