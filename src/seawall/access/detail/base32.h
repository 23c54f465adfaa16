#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace seawall::access_detail {

/// RFC 4648 section 6 in lower case without padding: no character that is taken for another one.
[[nodiscard]] std::string to_base32(std::span<const std::byte> bytes);
/// Fills `out` from exactly as many characters as it needs; false for others, and for bits after the last
/// byte that are not zero.
[[nodiscard]] bool from_base32(std::string_view text, std::span<std::byte> out);

}  // namespace seawall::access_detail
