#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// An address of the form scheme://[login@]host[:port][rest], in parts.
struct LinkAddress {
  std::string scheme;      ///< Lower case.
  std::string login;       ///< "user:password" as it is written there; a secret.
  std::string host;        ///< Lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;  ///< 0: none is said.
  std::string rest;        ///< From the first '/' or '?' on, without a fragment.

  static constexpr std::size_t kBytesMax = 8 * 1024;
};

/// What stands before "://", in lower case; empty: nothing does.
[[nodiscard]] std::string link_scheme(std::string_view text);

/// Printable ASCII only, no backslash. `form`: what to write instead, for errors. Errors: kInvalidInput,
/// never with the address.
Result<LinkAddress> link_address_from_text(std::string_view text, std::string_view form);

/// "host" or "[v6]", and ":port".
[[nodiscard]] std::string host_and_port(std::string_view host, std::uint16_t port);

}  // namespace seawall
