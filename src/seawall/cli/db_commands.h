#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// What an operator does with a whole list store.
[[nodiscard]] const CommandSpec& db_create_command();
[[nodiscard]] const CommandSpec& db_migrate_command();
[[nodiscard]] const CommandSpec& db_backup_command();
[[nodiscard]] const CommandSpec& db_restore_command();
[[nodiscard]] const CommandSpec& db_check_command();

}  // namespace seawall::cli
