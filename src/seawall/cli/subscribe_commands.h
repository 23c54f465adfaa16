#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// subscribe_run_command.cpp
[[nodiscard]] const CommandSpec& subscribe_run_command();
/// subscribe_status_command.cpp
[[nodiscard]] const CommandSpec& subscribe_status_command();
/// subscribe_check_command.cpp
[[nodiscard]] const CommandSpec& subscribe_check_command();

}  // namespace seawall::cli
