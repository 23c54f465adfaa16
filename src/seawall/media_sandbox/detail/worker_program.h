#pragma once

#include <string>

#include "seawall/base/result.h"

namespace seawall::media_sandbox {

/// The path of a worker program: `named`, else what the environment's `variable` says, else `file` beside
/// this program. kUnavailable, with what to do, when that cannot be run.
[[nodiscard]] Result<std::string> find_worker_program(std::string named, const char* variable,
                                                      const char* file);

}  // namespace seawall::media_sandbox
