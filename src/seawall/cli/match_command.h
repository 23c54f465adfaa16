#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& match_command();

}  // namespace seawall::cli
