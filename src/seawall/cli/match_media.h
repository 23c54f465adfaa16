#pragma once

#include "seawall/cli/command.h"

namespace seawall::cli {

/// Matches the media files that the arguments name against the banks of `--bank`, with robust variants, and
/// prints an answer a file, in order.
Result<Outcome> match_media_files(const Arguments& arguments, Console& console);

}  // namespace seawall::cli
