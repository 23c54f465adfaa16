#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

const CommandSpec& audit_verify_command();
const CommandSpec& audit_prove_command();
const CommandSpec& audit_check_command();
const CommandSpec& audit_inspect_command();
const CommandSpec& audit_mirror_command();

}  // namespace seawall::cli
