#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// How long what is kept is kept: docs/retention.md.
/// retention_commands.cpp
[[nodiscard]] const CommandSpec& retention_explain_command();
[[nodiscard]] const CommandSpec& retention_run_command();
[[nodiscard]] const CommandSpec& retention_check_command();
[[nodiscard]] const CommandSpec& retention_hold_command();
[[nodiscard]] const CommandSpec& retention_lift_command();
[[nodiscard]] const CommandSpec& retention_holds_command();
/// retention_simulate_command.cpp
[[nodiscard]] const CommandSpec& retention_simulate_command();

}  // namespace seawall::cli
