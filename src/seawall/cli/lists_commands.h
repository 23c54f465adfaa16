#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// lists_bank_commands.cpp
[[nodiscard]] const CommandSpec& lists_create_command();
[[nodiscard]] const CommandSpec& lists_banks_command();
[[nodiscard]] const CommandSpec& lists_sources_command();
[[nodiscard]] const CommandSpec& lists_version_command();
/// lists_set_command.cpp
[[nodiscard]] const CommandSpec& lists_set_command();
/// lists_trace_command.cpp
[[nodiscard]] const CommandSpec& lists_trace_command();
/// lists_import_command.cpp
[[nodiscard]] const CommandSpec& lists_import_command();
[[nodiscard]] const CommandSpec& lists_formats_command();
/// lists_export_command.cpp
[[nodiscard]] const CommandSpec& lists_export_command();
/// lists_release_commands.cpp
[[nodiscard]] const CommandSpec& lists_releases_command();
[[nodiscard]] const CommandSpec& lists_show_command();
[[nodiscard]] const CommandSpec& lists_stage_command();
[[nodiscard]] const CommandSpec& lists_approve_command();
[[nodiscard]] const CommandSpec& lists_activate_command();
[[nodiscard]] const CommandSpec& lists_reject_command();
[[nodiscard]] const CommandSpec& lists_take_back_command();
/// lists_entry_commands.cpp
[[nodiscard]] const CommandSpec& lists_entry_command();
[[nodiscard]] const CommandSpec& lists_history_command();
[[nodiscard]] const CommandSpec& lists_add_command();
[[nodiscard]] const CommandSpec& lists_withdraw_command();
[[nodiscard]] const CommandSpec& lists_quarantine_command();
[[nodiscard]] const CommandSpec& lists_end_quarantine_command();
/// lists_request_commands.cpp
[[nodiscard]] const CommandSpec& lists_requests_command();
[[nodiscard]] const CommandSpec& lists_request_command();
[[nodiscard]] const CommandSpec& lists_approve_request_command();
[[nodiscard]] const CommandSpec& lists_drop_request_command();
/// lists_alert_commands.cpp
[[nodiscard]] const CommandSpec& lists_alerts_command();
[[nodiscard]] const CommandSpec& lists_accept_alert_command();
[[nodiscard]] const CommandSpec& lists_close_alert_command();
/// lists_decide_commands.cpp
[[nodiscard]] const CommandSpec& lists_decide_command();
[[nodiscard]] const CommandSpec& lists_decisions_command();
[[nodiscard]] const CommandSpec& lists_precision_command();
/// lists_outbox_command.cpp
[[nodiscard]] const CommandSpec& lists_outbox_command();

}  // namespace seawall::cli
