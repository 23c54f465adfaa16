#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "lists follow" and "lists match".
[[nodiscard]] const CommandSpec& lists_follow_command();
[[nodiscard]] const CommandSpec& lists_match_command();

}  // namespace seawall::cli
