#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& lists_follow_command();
/// lists_match_command.cpp
[[nodiscard]] const CommandSpec& lists_match_command();

}  // namespace seawall::cli
