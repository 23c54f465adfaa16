#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/tlog_heads/head_keeper.h"

namespace seawall::heads_detail {

inline constexpr std::size_t kFileBytesMax = HeadKeeper::kTextBytesMax + HeadKeeper::kOriginBytesMax + 256;

/// A head as it lies in its file: SHA-256 of all that follows in hex, the origin, the size, the root in hex,
/// a line each, an empty line, and the text.
[[nodiscard]] std::string print_head_file(std::string_view origin, const KeptHead& head);
/// Errors: kCorrupt (not as printed, or of another origin).
Result<KeptHead> parse_head_file(std::string_view bytes, std::string_view origin);

}  // namespace seawall::heads_detail
