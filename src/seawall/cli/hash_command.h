#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& hash_command();

}  // namespace seawall::cli
