#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "db create", "db migrate".
[[nodiscard]] const CommandSpec& db_create_command();
[[nodiscard]] const CommandSpec& db_migrate_command();

}  // namespace seawall::cli
