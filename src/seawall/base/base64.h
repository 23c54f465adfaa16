#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// Base64 of `bytes` in the standard alphabet with padding (RFC 4648 section 4), without line ends.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// The same, appended to `out`, which is the only memory it touches: for secrets, in a text that is reserved
/// large enough and zeroed by its owner.
void append_base64(std::string& out, std::string_view bytes);

/// The bytes of `text`: the standard alphabet, no blanks; padding may be missing. Errors: kInvalidInput, also
/// for bits after the last byte that are not zero, so that each value has one text.
Result<std::string> from_base64(std::string_view text);

}  // namespace seawall
