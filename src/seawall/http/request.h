#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seawall/http/body_bytes.h"
#include "seawall/http/method.h"
#include "seawall/http/refusal.h"

namespace seawall {

/// What TLS told of the one who asks.
struct HttpTlsPeer {
  std::string version;  ///< "TLSv1.3"
  std::string
      client_sha256;  ///< SHA-256 of the verified client certificate (DER), 64 hex digits; empty: none.
  std::string client_subject;  ///< Its subject as RFC 2253 has it: "CN=edge-1,O=Example".
};

/// Who asks.
struct HttpPeer {
  std::string address;       ///< "192.0.2.1", "2001:db8::1", "unix".
  std::uint16_t port = 0;    ///< 0 with "unix".
  std::size_t listener = 0;  ///< The row of HttpServerOptions::listen.
  std::optional<HttpTlsPeer> tls;
};

/// The head of a request that passed the checks of read_http_head().
/// Lifetime: its views live as long as it; it may be moved, which ends them. Threads: read-only.
class HttpHead {
 public:
  struct Field {
    std::string_view name;  ///< In lower case.
    std::string_view value;
  };

  [[nodiscard]] HttpMethod method() const { return method_; }
  /// As it was sent, from '/' on; "*" with OPTIONS.
  [[nodiscard]] std::string_view target() const { return part(target_); }
  [[nodiscard]] std::string_view path() const { return target().substr(0, target().find('?')); }
  /// 0 or 1, of HTTP/1.
  [[nodiscard]] int minor_version() const { return minor_version_; }
  /// Of the first header of that name, in lower case; those that mean one thing were sent once
  /// (kSingleFields).
  [[nodiscard]] std::optional<std::string_view> field(std::string_view lower_case_name) const;
  [[nodiscard]] std::size_t field_count() const { return fields_.size(); }
  [[nodiscard]] Field field_at(std::size_t i) const {
    return {part(fields_[i].name), part(fields_[i].value)};
  }
  [[nodiscard]] std::optional<std::uint64_t> content_length() const { return content_length_; }
  [[nodiscard]] bool is_chunked() const { return chunked_; }
  [[nodiscard]] bool has_body() const { return chunked_ || content_length_.value_or(0) > 0; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  /// Whether the one who asks wants the connection kept.
  [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }
  [[nodiscard]] const HttpPeer& peer() const { return *peer_; }
  void set_peer(std::shared_ptr<const HttpPeer> peer) { peer_ = std::move(peer); }

 private:
  friend class HttpHeadReader;
  struct Part {
    std::uint32_t from = 0, size = 0;
  };
  struct FieldParts {
    Part name, value;
  };
  [[nodiscard]] std::string_view part(Part at) const {
    return std::string_view(text_).substr(at.from, at.size);
  }

  std::string text_;
  std::vector<FieldParts> fields_;
  Part target_;
  std::optional<std::uint64_t> content_length_;
  std::shared_ptr<const HttpPeer> peer_;
  HttpMethod method_ = HttpMethod::kGet;
  int minor_version_ = 1;
  bool chunked_ = false, expects_continue_ = false, keeps_alive_ = true;
};

struct HttpHeadLimits {
  std::size_t bytes_max = 16 * 1024;  ///< The whole head: request line, headers, line ends.
  std::size_t fields_max = 100;
  std::size_t target_bytes_max = 8 * 1024;
};

/// Headers that may be sent once only: two of them, and two readers could each believe another.
inline constexpr std::array<std::string_view, 12> kSingleFields{
    "host",   "content-length", "transfer-encoding", "content-type", "content-encoding", "authorization",
    "cookie", "expect",         "idempotency-key",   "x-csrf-token", "x-request-id",     "seawall-order"};

/// Reads a head that ends in an empty line (which it includes), more strictly than RFC 9112 asks: what a
/// proxy before this could read differently is refused. CRLF only; no folded lines; no blank before ':';
/// exactly one blank each in the request line; one Host (in HTTP/1.0 none or one); Content-Length of digits
/// only and never with Transfer-Encoding; Transfer-Encoding exactly "chunked" and not in HTTP/1.0;
/// kSingleFields once. A target in absolute form (http://host/...) must name the Host, and is cut to its
/// path. Pure. Source: RFC 9110, RFC 9112, RFC 9112 section 11.2 on smuggling.
[[nodiscard]] std::variant<HttpHead, HttpRefusal> read_http_head(std::string_view head,
                                                                 const HttpHeadLimits& limits);

/// Whether a head that has not ended yet can be refused already: it passes a limit, or begins like no method
/// (TLS on a plain port).
[[nodiscard]] std::optional<HttpRefusal> refusal_of_partial_head(std::string_view begun,
                                                                 const HttpHeadLimits& limits);

/// What admit() wants to keep for handle(): the route, the caller, a place in a queue.
class HttpContext {
 public:
  virtual ~HttpContext() = default;
};

/// A request, whole.
struct HttpRequest {
  HttpHead head;
  BodyBytes body;
  std::unique_ptr<HttpContext> context;
};

}  // namespace seawall
