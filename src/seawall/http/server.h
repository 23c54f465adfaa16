#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/base/result.h"
#include "seawall/http/answer.h"
#include "seawall/http/request.h"

namespace seawall {

/// Whether a listener asks its clients for a certificate.
enum class HttpClientCertificate : unsigned char { kNone, kOptional, kRequired };

/// TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers; no tickets, no renegotiation, no
/// compression.
struct HttpTls {
  std::string certificate_file;  ///< PEM: the server's certificate, then those between it and the root.
  std::string key_file;          ///< PEM, without a password, not readable by everybody.
  HttpClientCertificate client = HttpClientCertificate::kNone;
  std::string client_ca_file;  ///< PEM: who may have signed clients' certificates.
};

struct HttpListen {
  std::string
      address;  ///< "127.0.0.1:8080", "[::1]:8443", "0.0.0.0:0" (0: any free port), "unix:/run/seawall/http".
  std::optional<HttpTls> tls;
};

/// How slowly bytes may come or go: by `grace` + bytes / `bytes_per_s_min` all of them must have.
struct HttpPace {
  std::chrono::milliseconds grace{10'000};
  std::uint64_t bytes_per_s_min = 16 * 1024;
};

/// docs/http.md has what each refuses with.
struct HttpServerOptions {
  std::vector<HttpListen> listen;
  unsigned threads = 2;  ///< 1 to 256.
  std::size_t connections_max = 16'384;
  std::size_t connections_per_peer_max = 1'024;  ///< One IPv4 address, one IPv6 /64; not for Unix sockets.
  int backlog = 1'024;
  HttpHeadLimits head;
  std::chrono::milliseconds head_deadline{
      10'000};  ///< From a head's first byte, or the TLS handshake's begin.
  std::chrono::milliseconds idle_deadline{
      60'000};  ///< From an answer's last byte, or the connection's begin.
  HttpPace body_pace;
  HttpPace answer_pace;
  std::chrono::milliseconds answer_deadline{
      120'000};  ///< From the request's last byte to the handler's answer.
  std::chrono::milliseconds linger_deadline{2'000};  ///< For the peer to close after our last answer.
  std::chrono::milliseconds connection_lifetime_max{3'600'000};
  std::uint64_t requests_per_connection_max = 100'000;
  std::size_t discarded_body_bytes_max =
      64 * 1024;  ///< A refused request's body up to this keeps the connection.
  std::chrono::seconds retry_after{1};
};

/// What the server has done so far; for metrics.
struct HttpCounters {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_cut = 0;  ///< Ended by a deadline or an error while a request was under way.
  std::uint64_t tls_failures = 0;     ///< Handshakes that failed or took too long.
  std::uint64_t bytes_in = 0, bytes_out = 0;                 ///< Without TLS's own.
  std::array<std::uint64_t, 6> answers_by_class{};           ///< [2]: 200 to 299, ...
  std::array<std::uint64_t, kHttpRefusalReasons> refused{};  ///< By HttpRefusalReason.
  std::uint64_t answers_too_late = 0;  ///< Given to a connection that was gone, or after another answer.
  bool draining = false;
};

struct HttpDrained {
  std::size_t finished = 0;  ///< Requests under way at its begin that were answered.
  std::size_t cut = 0;       ///< Those that were not.
};

/// An HTTP/1.1 server.
/// Guarantees: every wait has a deadline and every amount a limit (HttpServerOptions); a body is in memory
/// only; requests that a proxy could frame differently are refused (read_http_head). One request at a time is
/// under way per connection; pipelined ones wait and are answered in order. Threads: `threads` of its own,
/// each with its connections; the handler is called on them and must not block. The functions here may be
/// called from any other thread. Those threads block all signals. Lifetime: `handler` and `clock` outlive it.
/// A responder may outlive it. Its end is drain(0). Cost: docs/http.md.
class HttpServer {
 public:
  /// Opens the addresses and begins to serve. Raises this process's limit of open files as far as it may.
  /// Errors: kInvalidInput (an address, an option, a certificate), kConflict (the address is taken),
  /// kUnavailable (the system refuses); each says what to do.
  static Result<std::unique_ptr<HttpServer>> start(const HttpServerOptions& options, HttpHandler& handler,
                                                   const Clock& clock);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Where each listener listens, with the port it got.
  [[nodiscard]] std::vector<std::string> addresses() const;
  /// Reads all certificates, keys and client CAs anew, for connections that come from now on: all of them, or
  /// none when one cannot be used. Blocks for some milliseconds. Errors: as start(); the old ones stay in
  /// use.
  Result<void> reload();
  [[nodiscard]] HttpCounters counters() const;
  /// Takes no more connections, ends idle ones, lets requests under way be answered until `deadline` from
  /// now, then ends the rest and the threads. Blocks. The second call and later ones return at once.
  HttpDrained drain(std::chrono::milliseconds deadline);

 private:
  struct Parts;
  explicit HttpServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace seawall
