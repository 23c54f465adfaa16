#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seawall {

/// Appends `text` to `out` as a JSON string with its quotes. `text` must be UTF-8; bytes that are not become
/// U+FFFD, so the output is always valid JSON.
void append_json_string(std::string& out, std::string_view text);

/// Appends the decimal digits of `number`.
void append_json_number(std::string& out, std::int64_t number);

/// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

/// File names are bytes; JSON is UTF-8. The name itself when it is UTF-8 and holds no "\x"; otherwise each
/// byte that is not part of well-formed UTF-8, and each backslash, is written as \xHH. Lossless:
/// path_from_utf8() undoes it.
[[nodiscard]] std::string path_to_utf8(std::string_view path);
[[nodiscard]] std::string path_from_utf8(std::string_view escaped);

}  // namespace seawall
