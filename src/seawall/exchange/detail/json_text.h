#pragma once

#include <string>
#include <string_view>

#include "seawall/json/object_reader.h"

namespace seawall::exchange_detail {

/// Reads one JSON object that stands alone, without padding behind it. For single objects, not for hot paths.
/// Errors: as JsonObjectReader::read.
Result<void> read_object(JsonObjectReader& reader, std::string_view json,
                         FunctionRef<Result<void>(const JsonMember&)> visit);

/// Whether `json` is an array or object (`bracket`: '[' or '{') written exactly as JsonObjectReader gives it:
/// then it can be put into a document as it is and comes back as it was.
[[nodiscard]] bool is_minified(std::string_view json, char bracket);

}  // namespace seawall::exchange_detail
