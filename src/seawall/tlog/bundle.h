#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seawall/tlog/hashes.h"

namespace seawall::tlog {

/// The longest entry, in bytes: its length stands before it in two.
inline constexpr std::size_t kEntryBytesMax = 65'535;

/// Appends `entry` to the bytes of a bundle: its length as a uint16, high byte first, and itself. An entry
/// may be empty. Errors: kLimitExceeded. Source: C2SP tlog-tiles, "Log entries".
Result<void> append_entry(std::string& bundle, std::string_view entry);

/// The entries of a bundle's bytes, which they point into: exactly `width` (1..256) of them and nothing
/// after. Errors: kInvalidInput.
Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, std::uint64_t width);

}  // namespace seawall::tlog
