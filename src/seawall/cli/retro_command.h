#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& retro_match_command();

}  // namespace seawall::cli
