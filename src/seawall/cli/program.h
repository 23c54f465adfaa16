#pragma once

#include <string>
#include <vector>

#include "seawall/cli/console.h"

namespace seawall::cli {

/// Runs the program on the words after its name; returns the exit code (docs/errors.md). Blocks.
int run_program(const std::vector<std::string>& words, Console::Streams streams);

}  // namespace seawall::cli
