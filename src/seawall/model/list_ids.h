#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "seawall/model/signal.h"

namespace seawall {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;  ///< UTC.

enum class BankId : std::uint32_t {};
enum class SourceId : std::uint32_t {};
/// 1 to kReleaseIdMax.
enum class ReleaseId : std::uint32_t {};
inline constexpr std::uint32_t kReleaseIdMax = (std::uint32_t{1} << 31) - 1;

/// An entry's id names the release that brought it and its place there, 0 to 2^32 - 1: so whoever holds an
/// id knows its release, and with it bank, source and state, without a look-up.
[[nodiscard]] constexpr EntryId entry_id(ReleaseId release, std::uint32_t place) {
  return EntryId{(std::uint64_t{static_cast<std::uint32_t>(release)} << 32) | place};
}
[[nodiscard]] constexpr ReleaseId release_of(EntryId entry) {
  return ReleaseId{static_cast<std::uint32_t>(static_cast<std::uint64_t>(entry) >> 32)};
}
[[nodiscard]] constexpr std::uint32_t place_of(EntryId entry) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(entry));
}

/// "12.345": release and place, as people type it.
[[nodiscard]] inline std::string to_text(EntryId entry) {
  return std::to_string(static_cast<std::uint32_t>(release_of(entry))) + "." +
         std::to_string(place_of(entry));
}

}  // namespace seawall
