#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace seawall {

/// `text` as HTML text or a quoted attribute: & < > " ' escaped; control characters and those that reorder
/// text (bidirectional overrides) shown as U+XXXX in angle brackets, so that a file name cannot disguise
/// itself. `text` must be UTF-8; bytes that are not become U+FFFD.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t number);
/// "512 B", "1.5 MB", "20 GB": powers of 1000.
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);
/// "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h".
[[nodiscard]] std::string readable_duration(std::int64_t milliseconds);
/// "2026-11-21 19:36:25 UTC".
[[nodiscard]] std::string readable_time(std::int64_t unix_milliseconds);

/// RFC 4648 base64 with padding.
[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

}  // namespace seawall
