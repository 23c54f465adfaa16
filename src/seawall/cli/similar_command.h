#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "similar": groups the near-duplicates of a folder.
[[nodiscard]] const CommandSpec& similar_command();

}  // namespace seawall::cli
