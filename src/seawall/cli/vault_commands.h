#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// The key vault: docs/howto/key-service.md.
/// vault_serve_commands.cpp
[[nodiscard]] const CommandSpec& keys_vault_init_command();
[[nodiscard]] const CommandSpec& keys_serve_command();
/// vault_root_key.cpp
[[nodiscard]] const CommandSpec& keys_root_new_command();
/// vault_use_commands.cpp
[[nodiscard]] const CommandSpec& keys_record_command();
[[nodiscard]] const CommandSpec& keys_unwrap_command();
[[nodiscard]] const CommandSpec& keys_status_command();
[[nodiscard]] const CommandSpec& keys_export_command();
[[nodiscard]] const CommandSpec& keys_hand_in_command();
/// vault_office_commands.cpp
[[nodiscard]] const CommandSpec& keys_destroy_command();
[[nodiscard]] const CommandSpec& keys_renew_tenant_command();
[[nodiscard]] const CommandSpec& keys_freeze_command();
[[nodiscard]] const CommandSpec& keys_unfreeze_command();
[[nodiscard]] const CommandSpec& keys_canary_command();
[[nodiscard]] const CommandSpec& keys_limits_command();
[[nodiscard]] const CommandSpec& keys_reroot_command();
[[nodiscard]] const CommandSpec& keys_sign_command();
/// vault_copy_commands.cpp
[[nodiscard]] const CommandSpec& keys_backup_command();
[[nodiscard]] const CommandSpec& keys_restore_command();
[[nodiscard]] const CommandSpec& keys_tenant_command();

}  // namespace seawall::cli
