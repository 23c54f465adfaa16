#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// "scan": compares every file of a folder with banks.
[[nodiscard]] const CommandSpec& scan_command();
/// "scan report": writes reports of a scan that was done, or is not done yet.
[[nodiscard]] const CommandSpec& scan_report_command();

}  // namespace seawall::cli
