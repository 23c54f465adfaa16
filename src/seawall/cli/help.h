#pragma once

#include <span>
#include <string>
#include <string_view>

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "seawall --help": what the program is, its commands, a first session, exit codes.
[[nodiscard]] std::string program_help(std::span<const CommandSpec* const> commands);
/// "seawall bank --help": the commands of one group.
[[nodiscard]] std::string group_help(std::span<const CommandSpec* const> commands, std::string_view group);
/// "seawall hash --help".
[[nodiscard]] std::string command_help(const CommandSpec& command);
/// "seawall hash [OPTION...] FILE..."
[[nodiscard]] std::string usage_line(const CommandSpec& command);
/// The program's name and version, one line.
[[nodiscard]] std::string version_line();
/// The whole program as a man page (troff, section 1).
[[nodiscard]] std::string man_page(std::span<const CommandSpec* const> commands);

}  // namespace seawall::cli
