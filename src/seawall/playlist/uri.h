#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// The longest reference that is resolved, and the longest result.
inline constexpr std::size_t kUriBytesMax = 8 * 1024;

/// Where `reference` leads to from `base`, an absolute address. Source: RFC 3986 sections 5.2 and 5.3,
/// strict; dot segments are removed; a fragment is kept. Blanks and bytes above 0x7e are percent-encoded, as
/// players do. Any scheme: whether it may be fetched is for the caller to decide. Errors: kInvalidInput (base
/// without a scheme, control characters, a backslash); kLimitExceeded. The message never holds the address.
Result<std::string> resolve_uri(std::string_view base, std::string_view reference);

/// The part between the last '/' of the path and its query or fragment: what stays the same when tokens
/// change.
[[nodiscard]] std::string_view file_name_of(std::string_view uri);

}  // namespace seawall
