#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// Who may use the service, set up on the machine itself: docs/howto/keys-and-accounts.md.
/// access_init_command.cpp
[[nodiscard]] const CommandSpec& access_init_command();
/// keys_make_commands.cpp
[[nodiscard]] const CommandSpec& keys_create_command();
[[nodiscard]] const CommandSpec& keys_rotate_command();
/// keys_read_commands.cpp
[[nodiscard]] const CommandSpec& keys_list_command();
[[nodiscard]] const CommandSpec& keys_show_command();
[[nodiscard]] const CommandSpec& keys_revoke_command();
/// accounts_commands.cpp
[[nodiscard]] const CommandSpec& accounts_create_command();
[[nodiscard]] const CommandSpec& accounts_list_command();
[[nodiscard]] const CommandSpec& accounts_set_roles_command();
/// accounts_alter_commands.cpp
[[nodiscard]] const CommandSpec& accounts_disable_command();
[[nodiscard]] const CommandSpec& accounts_enable_command();
[[nodiscard]] const CommandSpec& accounts_password_command();
/// accounts_factor_commands.cpp
[[nodiscard]] const CommandSpec& accounts_second_factor_command();
[[nodiscard]] const CommandSpec& accounts_remove_second_factor_command();

}  // namespace seawall::cli
