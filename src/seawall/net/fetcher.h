#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/net/secret.h"
#include "seawall/net/spooled_body.h"

namespace seawall {

enum class FetchMethod : std::uint8_t { kGet, kPost, kPut };

/// Where a body goes that must not lie in ordinary memory or in a file. Threads: the one that fetches.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// The next bytes, decompressed. An error ends the fetch with it.
  virtual Result<void> append(std::span<const std::byte> bytes) = 0;
};

struct FetchRequest {
  FetchMethod method = FetchMethod::kGet;
  std::string url;  ///< http or https; without a user or password. Never put a secret in it.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Sent only to the host of `url`, and only over https or to this machine itself.
  std::vector<std::pair<std::string, std::shared_ptr<const Secret>>> secret_headers = {};
  std::string body = {};                       ///< kPost, kPut.
  std::chrono::milliseconds deadline{60'000};  ///< For the whole request, redirects included.
  std::chrono::milliseconds connect_deadline{15'000};
  std::uint64_t response_bytes_max = 64 << 20;  ///< Counted after decompression.
  bool accept_gzip = true;
  /// False: the response is given as soon as its headers are there, with an empty body, whatever the server
  /// would send on.
  bool body_wanted = true;
  /// If given, the body of a 2xx answer goes there piece by piece as it comes, that of another is not read,
  /// and the response's own stays empty. What it took counts only when fetch() gives a response. Lifetime:
  /// outlives the fetch.
  BodySink* sink = nullptr;
};

struct FetchResponse {
  int status = 0;  ///< 200 to 599, but no redirect that was followed.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case, in order.
  std::shared_ptr<const SpooledBody> body;  ///< Whole, decompressed; empty where a sink took it. Never null.

  /// The first header of that (lower-case) name, or "".
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Port: asks one thing of one HTTP server.
/// Guarantees: a response is given only when it has arrived whole (as long as its headers said, and with its
/// compression's own checks passed); TLS certificates are always verified; errors and their messages hold the
/// host and what went wrong, never the URL, a header or a body.
/// A redirect of a GET is followed on the same host; to another one only if the request carries no secret
/// header, never from https to http, at most 5 times.
/// Errors: kInvalidInput (the request itself: its URL, a header, a secret on a plain connection;
/// a redirect to no http or https address),
/// kUnavailable (no connection, TLS, a deadline, too slow, cut short, a redirect not followed, stopped),
/// kLimitExceeded (response_bytes_max, headers over 64 KiB).
/// Threads: any; each fetch() blocks its own thread until its deadline at the latest.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  virtual Result<FetchResponse> fetch(const FetchRequest& request, std::stop_token stop) = 0;
};

/// "user:password" in base64 behind "Basic ". Source: RFC 7617.
[[nodiscard]] Secret basic_authorization(const Secret& user, const Secret& password);
[[nodiscard]] Secret bearer_authorization(const Secret& token);

}  // namespace seawall
