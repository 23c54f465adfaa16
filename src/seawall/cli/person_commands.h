#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// People's keys, who they are, and orders: docs/howto/orders.md.
/// person_commands.cpp
[[nodiscard]] const CommandSpec& person_new_command();
[[nodiscard]] const CommandSpec& person_show_command();
/// roster_commands.cpp
[[nodiscard]] const CommandSpec& roster_init_command();
[[nodiscard]] const CommandSpec& roster_add_command();
[[nodiscard]] const CommandSpec& roster_set_roles_command();
[[nodiscard]] const CommandSpec& roster_replace_key_command();
[[nodiscard]] const CommandSpec& roster_withdraw_command();
[[nodiscard]] const CommandSpec& roster_sign_command();
/// roster_show_command.cpp
[[nodiscard]] const CommandSpec& roster_show_command();
/// orders_apply_command.cpp
[[nodiscard]] const CommandSpec& orders_apply_command();
[[nodiscard]] const CommandSpec& orders_renew_command();
[[nodiscard]] const CommandSpec& orders_urgent_command();
/// orders_decide_commands.cpp
[[nodiscard]] const CommandSpec& orders_review_command();
[[nodiscard]] const CommandSpec& orders_issue_command();
[[nodiscard]] const CommandSpec& orders_refuse_command();
[[nodiscard]] const CommandSpec& orders_sign_command();
/// orders_after_commands.cpp
[[nodiscard]] const CommandSpec& orders_confirm_command();
[[nodiscard]] const CommandSpec& orders_cancel_command();
[[nodiscard]] const CommandSpec& orders_extend_command();
[[nodiscard]] const CommandSpec& orders_open_command();
/// orders_read_commands.cpp
[[nodiscard]] const CommandSpec& orders_show_command();
[[nodiscard]] const CommandSpec& orders_list_command();
[[nodiscard]] const CommandSpec& orders_waiting_command();
[[nodiscard]] const CommandSpec& orders_due_command();

}  // namespace seawall::cli
