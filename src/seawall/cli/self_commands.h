#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "completion bash|zsh|fish" and "man": the program's texts about itself.
[[nodiscard]] const CommandSpec& completion_command();
[[nodiscard]] const CommandSpec& man_command();

}  // namespace seawall::cli
