#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace seawall {

/// Why the server itself, not a handler, refuses a request or a connection.
enum class HttpRefusalReason : unsigned char {
  kBadRequest,
  kTargetTooLong,
  kHeadTooLarge,
  kBodyTooLarge,
  kContentEncoding,
  kExpectation,
  kNotImplemented,
  kVersion,
  kHeadSlow,
  kBodySlow,
  kServerFull,
  kPeerFull,
  kNoMemory,
  kAnswerLate,
  kNoAnswer,
};

struct HttpRefusalMeaning {
  std::string_view name;  ///< As in metrics.
  int status;
  std::string_view type, title, code;  ///< As in problem documents.
};

inline constexpr std::size_t kHttpRefusalReasons = 15;

/// In the order of HttpRefusalReason.
inline constexpr std::array<HttpRefusalMeaning, kHttpRefusalReasons> kHttpRefusalMeanings{{
    {"bad_request", 400, "bad-request", "This is no proper HTTP request", "invalid_input"},
    {"target_too_long", 414, "target-too-long", "The address is too long", "limit_exceeded"},
    {"head_too_large", 431, "head-too-large", "The headers are too large", "limit_exceeded"},
    {"body_too_large", 413, "limit-exceeded", "Too large", "limit_exceeded"},
    {"content_encoding", 415, "unsupported", "This kind of body is not read here", "unsupported"},
    {"expectation", 417, "bad-request", "This expectation cannot be met", "invalid_input"},
    {"not_implemented", 501, "not-implemented", "This is not done here", "invalid_input"},
    {"version", 505, "bad-request", "This version of HTTP is not spoken here", "invalid_input"},
    {"head_slow", 408, "too-slow", "The request came too slowly", "limit_exceeded"},
    {"body_slow", 408, "too-slow", "The request came too slowly", "limit_exceeded"},
    {"server_full", 503, "overloaded", "Too many connections", "unavailable"},
    {"peer_full", 503, "overloaded", "Too many connections from one address", "unavailable"},
    {"no_memory", 503, "overloaded", "No memory is left", "unavailable"},
    {"answer_late", 503, "overloaded", "The answer took too long", "unavailable"},
    {"no_answer", 500, "unavailable", "The request could not be answered", "unavailable"},
}};

[[nodiscard]] constexpr const HttpRefusalMeaning& meaning_of(HttpRefusalReason reason) {
  return kHttpRefusalMeanings[static_cast<std::size_t>(reason)];
}

struct HttpRefusal {
  HttpRefusalReason reason;
  std::string detail;  ///< What to do; holds nothing of the request.
};

}  // namespace seawall
