#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

[[nodiscard]] const CommandSpec& stream_watch_command();

}  // namespace seawall::cli
