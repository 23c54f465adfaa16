#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& observations_show_command();
[[nodiscard]] const CommandSpec& observations_retain_command();
[[nodiscard]] const CommandSpec& observations_tidy_command();
[[nodiscard]] const CommandSpec& observations_check_command();

}  // namespace seawall::cli
