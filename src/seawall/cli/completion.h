#pragma once

#include <span>
#include <string>

#include "seawall/cli/command.h"

namespace seawall::cli {

/// Scripts that complete commands, options and their values; made from the command table alone, so they
/// cannot differ from what the program takes.
[[nodiscard]] std::string bash_completion(std::span<const CommandSpec* const> commands);
[[nodiscard]] std::string zsh_completion(std::span<const CommandSpec* const> commands);
[[nodiscard]] std::string fish_completion(std::span<const CommandSpec* const> commands);

}  // namespace seawall::cli
