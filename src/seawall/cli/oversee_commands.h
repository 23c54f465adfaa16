#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

// What overseers ask: docs/howto/oversee.md.
/// oversee_draw_commands.cpp
[[nodiscard]] const CommandSpec& oversee_draw_frame_command();
[[nodiscard]] const CommandSpec& oversee_draw_make_command();
[[nodiscard]] const CommandSpec& oversee_draw_verify_command();
/// oversee_enter_command.cpp
[[nodiscard]] const CommandSpec& oversee_draw_enter_command();
/// oversee_query_command.cpp
[[nodiscard]] const CommandSpec& oversee_query_command();
/// oversee_error_commands.cpp
[[nodiscard]] const CommandSpec& oversee_record_error_command();
[[nodiscard]] const CommandSpec& oversee_report_error_command();
[[nodiscard]] const CommandSpec& oversee_tell_concerned_command();
[[nodiscard]] const CommandSpec& oversee_errors_command();
/// oversee_recommend_commands.cpp
[[nodiscard]] const CommandSpec& oversee_recommend_command();
[[nodiscard]] const CommandSpec& oversee_answer_command();
[[nodiscard]] const CommandSpec& oversee_regrade_command();
[[nodiscard]] const CommandSpec& oversee_recommendations_command();
/// oversee_report_command.cpp
[[nodiscard]] const CommandSpec& oversee_report_command();

}  // namespace seawall::cli
