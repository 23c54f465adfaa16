#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall::cli {

/// Makes file `path` with `text`, which its owner alone may read (mode 600), durably; never over a file that
/// is there. On an error nothing is left behind. Errors: kConflict (it is there: `or_else` says what to do),
/// kUnavailable.
Result<void> write_new_secret_file(const std::string& path, std::string_view text, std::string_view or_else);

}  // namespace seawall::cli
