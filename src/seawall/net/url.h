#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

/// An http or https address, in parts.
struct HttpUrl {
  bool https = true;
  std::string host;  ///< Lower case; an IPv6 address keeps its brackets.
  std::uint16_t port = 443;
  std::string target = "/";  ///< Path and query as they are sent; begins with '/'.
  friend bool operator==(const HttpUrl&, const HttpUrl&) = default;
};

inline constexpr std::size_t kUrlBytesMax = 8 * 1024;

/// Reads "https://host[:port][/path][?query]"; a fragment is dropped. Printable ASCII only, at most
/// kUrlBytesMax. Errors: kInvalidInput; also for a user or password in it. The message never holds the URL.
Result<HttpUrl> http_url_from_text(std::string_view text);
/// The port is left out where it is the scheme's own. http_url_from_text(to_text(x)) = x.
[[nodiscard]] std::string to_text(const HttpUrl& url);

[[nodiscard]] bool same_origin(const HttpUrl& a, const HttpUrl& b);
/// "localhost", 127.0.0.0/8 or [::1] as written; names are not looked up.
[[nodiscard]] bool is_loopback(const HttpUrl& url);

/// Where `location` leads to from `base`: an address of its own, "//host/path", or "/path" on the same host.
/// Errors: kInvalidInput, also for paths relative to the last '/'.
Result<HttpUrl> resolve(const HttpUrl& base, std::string_view location);

/// `text` with all but A-Z a-z 0-9 - . _ ~ as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// Undoes percent_encoded(); other characters stay as they are. Errors: kInvalidInput.
Result<std::string> percent_decoded(std::string_view text);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;
/// "a=1&b=2", both sides encoded.
[[nodiscard]] std::string to_query(const QueryPairs& pairs);
/// The decoded pairs of the part after the first '?' of `target`; at most 64. Errors: kInvalidInput.
Result<QueryPairs> query_of(std::string_view target);

}  // namespace seawall
