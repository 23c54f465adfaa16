#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

const CommandSpec& log_keygen_command();
const CommandSpec& log_record_command();
const CommandSpec& log_run_command();
const CommandSpec& log_sign_command();
const CommandSpec& witness_command();

}  // namespace seawall::cli
