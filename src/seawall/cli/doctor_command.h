#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "doctor": whether a look-up service can run here, and does.
[[nodiscard]] const CommandSpec& doctor_command();

}  // namespace seawall::cli
