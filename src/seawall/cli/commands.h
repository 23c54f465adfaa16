#pragma once

#include <span>

#include "seawall/cli/command.h"

namespace seawall::cli {

/// Every command of the program, in the order of --help. To add one: write cli/<name>_command.{h,cpp} with a
/// `const CommandSpec& <name>_command()`, and add a row in commands.cpp. Nothing registers itself.
[[nodiscard]] std::span<const CommandSpec* const> all_commands();

}  // namespace seawall::cli
