#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/json/json.h"

namespace seawall {

/// Whole numbers beyond this, either side of zero, are not exact in every reader of JSON (RFC 7493
/// section 2.2).
inline constexpr std::int64_t kCanonicalIntegerMax = (std::int64_t{1} << 53) - 1;
inline constexpr int kCanonicalDepthMax = 16;

/// The one text of a JSON value (RFC 8785): members sorted by the UTF-16 units of their names, no blanks, the
/// shortest escapes. So people who sign the same thing sign the same bytes.
/// Refused, with kInvalidInput: numbers with a fraction or beyond kCanonicalIntegerMax (our records have
/// none, so RFC 8785 section 3.2.2.3 is not needed), text that is not UTF-8. kLimitExceeded: deeper than 16
/// levels.
Result<std::string> canonical_json(const Json& value);

/// Reads what canonical_json() writes and nothing else: any other text of the same value is kInvalidInput.
/// Errors: also kLimitExceeded (more than `bytes_max`, too deep).
Result<Json> read_canonical_json(std::string_view text, std::size_t bytes_max);

/// Reads JSON that a person may have written: blanks and any order, but no member twice (RFC 8785
/// section 3.1), and nothing that canonical_json() refuses. Errors: kInvalidInput, kLimitExceeded.
Result<Json> read_strict_json(std::string_view text, std::size_t bytes_max);

}  // namespace seawall
