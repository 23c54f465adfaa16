#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// The look-up service: docs/howto/serve.md.
[[nodiscard]] const CommandSpec& serve_command();

}  // namespace seawall::cli
