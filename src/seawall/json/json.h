#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall {

/// A JSON value whose objects keep the order in which members were set. Include this in sources only; hot
/// output goes through json/text.h, hot input through json/line_reader.h.
using Json = nlohmann::ordered_json;

/// Reads one whole JSON document. At most `bytes_max` bytes and 64 levels deep.
/// Errors: kInvalidInput (says at which byte), kLimitExceeded.
Result<Json> parse_json(std::string_view text, std::size_t bytes_max = 1 << 20);

/// The value on one line, without a line end. Text that is not UTF-8 gets U+FFFD: escape paths first with
/// path_to_utf8(). Never throws.
[[nodiscard]] std::string to_line(const Json& value);
/// The value indented by two spaces, ending in a line end.
[[nodiscard]] std::string to_pretty(const Json& value);

}  // namespace seawall
