#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// What overseers ask: docs/howto/oversee.md.
/// oversee_query_command.cpp
[[nodiscard]] const CommandSpec& oversee_query_command();

}  // namespace seawall::cli
