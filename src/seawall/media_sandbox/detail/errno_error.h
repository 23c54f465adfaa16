#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall::media_sandbox {

/// kUnavailable: what could not be done, and what the system calls the reason. `error` is an errno.
[[nodiscard]] inline tl::unexpected<Error> fail_errno(std::string_view what, int error) {
  return fail(Code::kUnavailable, std::string(what) + ": " + std::strerror(error));
}

}  // namespace seawall::media_sandbox
