#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "seawall/http/body_stream.h"
#include "seawall/http/request.h"

namespace seawall {

/// An answer. The server adds Date, Content-Length and Connection itself, and leaves the body out for HEAD,
/// 204 and 304.
struct HttpAnswer {
  int status = 200;  ///< 200 to 599.
  /// Names are tokens, values hold no control characters: else 500 is sent, so that nothing splits an answer.
  std::vector<std::pair<std::string, std::string>> fields;
  std::variant<std::string, std::shared_ptr<const std::string>> body;
  bool close = false;  ///< End the connection after it.
  /// Where there is one, the body is what comes of it (reading_end_of()), in chunks, and `body` is not looked
  /// at. The connection ends after it. Not sent with HEAD, 204 and 304.
  std::shared_ptr<HttpBodyStream> stream = {};

  [[nodiscard]] std::string_view body_text() const {
    if (const auto* text = std::get_if<std::string>(&body)) return *text;
    const auto& shared = std::get<1>(body);
    return shared == nullptr ? std::string_view{} : std::string_view(*shared);
  }
};

[[nodiscard]] HttpAnswer text_answer(int status, std::string_view content_type, std::string body);
/// The problem document for a refusal by the server itself, with Retry-After where the status asks for it.
[[nodiscard]] HttpAnswer refusal_answer(const HttpRefusal& refusal, std::chrono::seconds retry_after);

class AnswerBox;  // Where answers wait for the thread of their connection.

/// The right to answer one request, once.
/// Guarantees: send() may be called from any thread, at any later time, also when the connection or the
/// server is gone; then the answer is dropped (and counted). One that ends without send() has 500 sent. Cost:
/// one lock; from another thread a wake-up when that thread sleeps.
class HttpResponder {
 public:
  HttpResponder(std::shared_ptr<AnswerBox> box, std::uint64_t connection, std::uint64_t request)
      : box_(std::move(box)), connection_(connection), request_(request) {}
  HttpResponder(HttpResponder&&) noexcept = default;
  HttpResponder& operator=(HttpResponder&& other) noexcept;
  ~HttpResponder();

  /// Precondition: not sent yet.
  void send(HttpAnswer answer) &&;

 private:
  friend class HttpDecider;
  std::shared_ptr<AnswerBox> box_;
  std::uint64_t connection_, request_;
};

/// Takes the request's body, of up to `body_bytes_max` bytes.
struct HttpAdmission {
  std::size_t body_bytes_max = 0;
  bool secret_body = false;  ///< BodyBytes: no swap, no core dump, zeroed.
  std::unique_ptr<HttpContext> context;
};

/// The right to decide on one head, once, where admit() could not without waiting.
/// Guarantees: as HttpResponder; until it is used nothing more of the request is read.
class HttpDecider {
 public:
  explicit HttpDecider(HttpResponder responder) : responder_(std::move(responder)) {}

  /// Precondition: not decided yet.
  void decide(std::variant<HttpAdmission, HttpAnswer> decision) &&;

 private:
  HttpResponder responder_;
};

/// In place of a decision: `begin` is called at once, on the server's thread, and must not block either. From
/// then on the request has HttpServerOptions::answer_deadline to be decided.
struct HttpDecideLater {
  std::function<void(HttpDecider)> begin;
};

/// Port: what is behind the server.
/// Threads: called on the server's threads, several at once; must not block. An exception becomes 500.
class HttpHandler {
 public:
  using Decision = std::variant<HttpAdmission, HttpAnswer, HttpDecideLater>;
  virtual ~HttpHandler() = default;
  /// Decides on a head, before its body is read or asked for (100 Continue): take the body, answer now, or
  /// say so later. `head` lives until it returns. A body over what is admitted gets 413, before it is read
  /// where Content-Length says so.
  virtual Decision admit(const HttpHead& head) = 0;
  /// A whole request; `responder` may be kept and used later.
  virtual void handle(HttpRequest request, HttpResponder responder) = 0;
  /// The answer to what the server refuses itself. The status stays the refusal's.
  virtual HttpAnswer refused(const HttpRefusal& refusal, std::chrono::seconds retry_after) {
    return refusal_answer(refusal, retry_after);
  }
};

}  // namespace seawall
