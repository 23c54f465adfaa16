#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// One or more of the characters that names in HTTP are made of (RFC 9110 section 5.6.2).
[[nodiscard]] bool is_http_token(std::string_view text);
/// What a header's value may hold: visible characters, blanks and tabs within, bytes over 0x7f.
[[nodiscard]] bool is_http_field_value(std::string_view text);
/// ASCII letters without regard to case; other bytes as they are.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);
/// `text` without blanks and tabs around it.
[[nodiscard]] std::string_view http_trimmed(std::string_view text);
/// Whether the comma-separated `list` has `token`, without regard to case.
[[nodiscard]] bool http_list_has(std::string_view list, std::string_view token);

/// A value such as `form-data; name="a"; filename=b` taken apart from the left.
/// Lifetime: views into the text that was given.
class HttpParameters {
 public:
  struct Parameter {
    std::string_view name;
    std::string_view value;  ///< Between its quotes, if it had any, and as it was sent: not unescaped.
    bool quoted = false;
  };

  /// `text` begins with the value itself, which lasts to the first ';'.
  explicit HttpParameters(std::string_view text);
  [[nodiscard]] std::string_view value() const { return value_; }
  /// The next parameter; at_end() tells that there is none. At most 16 are read.
  /// Errors: kInvalidInput (no token, no '=', an open quote, text after a quote), kLimitExceeded.
  Result<Parameter> next();
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view value_, rest_;
  unsigned read_ = 0;
};

/// The key that an Idempotency-Key names: 1 to 64 of [A-Za-z0-9_-], quoted (as the draft has it) or not.
/// Lifetime: a view into `field`. Errors: kInvalidInput.
Result<std::string_view> idempotency_key(std::string_view field);

/// The value of the cookie `name` in a Cookie header; empty view with null data: there is none.
/// At most 64 cookies are read. Lifetime: a view into `field`.
/// Errors: kInvalidInput (not RFC 6265 section 4.2.1; or two of that name, of which one was planted).
Result<std::string_view> cookie_named(std::string_view field, std::string_view name);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); years 0 to 9999.
[[nodiscard]] std::string http_date(std::chrono::sys_seconds time);

/// What is left of a quota, for the header RateLimit: `"key";r=4980;t=1`
/// (draft-ietf-httpapi-ratelimit-headers-10). `policy`: letters, digits, '-' and '_'.
[[nodiscard]] std::string rate_limit_field(std::string_view policy, std::uint64_t items_left,
                                           std::chrono::seconds until_reset);
/// The quota itself, for the header RateLimit-Policy: `"key";q=5000;w=1`.
[[nodiscard]] std::string rate_limit_policy_field(std::string_view policy, std::uint64_t items,
                                                  std::chrono::seconds window);

}  // namespace seawall
