#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace seawall {

/// The methods that the server knows; any other is answered 501.
enum class HttpMethod : unsigned char { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

inline constexpr std::array<std::string_view, 7> kHttpMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                              "PATCH", "DELETE", "OPTIONS"};

[[nodiscard]] constexpr std::string_view to_text(HttpMethod method) {
  return kHttpMethods[static_cast<std::size_t>(method)];
}

/// Case counts: "get" is no method (RFC 9110 section 9.1).
[[nodiscard]] constexpr std::optional<HttpMethod> http_method_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kHttpMethods.size(); ++i) {
    if (kHttpMethods[i] == text) return static_cast<HttpMethod>(i);
  }
  return std::nullopt;
}

}  // namespace seawall
