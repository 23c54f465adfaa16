#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall {

inline constexpr std::size_t kQrBytesMax = 1000;

/// The QR code of `text` for a terminal: rows of UTF-8, all of one width, each of which shows two rows of
/// modules. A light module is drawn ("█", "▀", "▄"), a dark one is left blank, so show it light on dark. Four
/// light modules stand around it. Smallest version that holds the text in bytes, error correction L.
/// Errors: kInvalidInput (empty, or a NUL in it), kLimitExceeded (above kQrBytesMax), kUnavailable (memory).
/// Threads: any. Source: ISO/IEC 18004, by libqrencode, which frees its copies of the text without
/// zeroing them.
Result<std::vector<std::string>> qr_rows(std::string_view text);

}  // namespace seawall
