#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seawall/tlog/hashes.h"

namespace seawall::tlog::detail {

/// Takes the first line off `rest`, without its newline. None if `rest` holds no newline.
std::optional<std::string_view> take_line(std::string_view& rest);

/// A decimal of ASCII digits without leading zeros, at most 2^63 - 1.
std::optional<std::uint64_t> decimal_in(std::string_view text);

/// Base64 with all its padding (RFC 4648 section 4), as it would be written. None for anything else.
std::optional<std::string> base64_in(std::string_view text);

/// A hash in base64.
std::optional<Hash> hash_in(std::string_view text);

[[nodiscard]] std::string hash_text(const Hash& hash);

/// Takes lines of hashes off `rest`, and the empty line that ends them. None if a line is no hash, if there
/// are more than kProofHashesMax, or if the empty line is missing.
std::optional<std::vector<Hash>> take_hashes(std::string_view& rest);

}  // namespace seawall::tlog::detail
