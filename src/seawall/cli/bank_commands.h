#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "bank create", "show", "remove", "verify": bank_commands.cpp.
[[nodiscard]] const CommandSpec& bank_create_command();
[[nodiscard]] const CommandSpec& bank_show_command();
[[nodiscard]] const CommandSpec& bank_remove_command();
[[nodiscard]] const CommandSpec& bank_verify_command();
/// bank_add_command.cpp
[[nodiscard]] const CommandSpec& bank_add_command();
/// bank_import_command.cpp
[[nodiscard]] const CommandSpec& bank_import_command();
[[nodiscard]] const CommandSpec& bank_export_command();

}  // namespace seawall::cli
