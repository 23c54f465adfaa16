#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall::jobs_detail {

/// `prefix` and 26 characters of a-z and 2-7: 130 random bits, which nobody can foretell. Errors:
/// kUnavailable.
Result<std::string> random_id(std::string_view prefix);

}  // namespace seawall::jobs_detail
