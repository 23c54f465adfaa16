#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// Who may use the service, set up on the machine itself: docs/howto/keys-and-accounts.md.
/// access_init_command.cpp
[[nodiscard]] const CommandSpec& access_init_command();
/// keys_make_commands.cpp
[[nodiscard]] const CommandSpec& keys_create_command();
[[nodiscard]] const CommandSpec& keys_rotate_command();

}  // namespace seawall::cli
