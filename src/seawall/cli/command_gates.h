#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace seawall::cli {

/// What stands before a command's work, besides the rights of the account that types it.
enum class CommandGate : std::uint8_t {
  kNone,      ///< Works on what the caller brings, or on public things: pictures, banks in folders, a log.
  kOrdinary,  ///< Works on the lists, keys or orders of an installation, by their own rules.
  kOrder,     ///< Sensitive: needs an order wherever a transparency log is kept of the store.
  kRefused,   ///< Sensitive in part: that part is refused there.
};

/// One row for each command; a test holds it against the table of commands.
struct CommandGateRow {
  std::string_view command;
  CommandGate gate;
};
[[nodiscard]] std::span<const CommandGateRow> command_gates();

}  // namespace seawall::cli
