#pragma once

#include <array>
#include <string_view>

#include "seawall/base/codes.h"
#include "seawall/cli/command.h"

namespace seawall::cli {

/// The exit codes that no seawall::Code stands for; the others stand in base/codes.h.
inline constexpr int kExitNothingFound = 0;
inline constexpr int kExitMatched = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInputErrors = 3;

struct ExitCodeMeaning {
  int exit_code;
  std::string_view meaning;
};

/// Every exit code of the program with its meaning, as --help, the man page and docs/errors.md print it.
inline constexpr std::array<ExitCodeMeaning, 9> kExitCodes{{
    {0, "done; nothing matched"},
    {1, "something matched (also when some inputs failed too: they are counted on standard error)"},
    {2, "the command line is wrong; nothing was done"},
    {3, "nothing matched, and some inputs could not be read, decoded or parsed; or a named thing is missing"},
    {4, "something this needs did not answer (I/O error, no decoder process); retry later"},
    {5, "a store failed its own checks; an operator must look"},
    {6, "another process holds the bank, or what it holds is in the way; retry"},
    {130, "ended by Ctrl-C (143: by SIGTERM); a service that was to run until then ends with 0"},
    {141, "whoever read the output went away"},
}};

/// A match wins over input errors: it is what the caller must act on.
[[nodiscard]] constexpr int exit_code_of(const Outcome& outcome) {
  if (outcome.bad_usage) return kExitUsage;
  if (outcome.matched) return kExitMatched;
  if (outcome.failed) return meaning_of(*outcome.failed).exit_code;
  return outcome.input_errors > 0 ? kExitInputErrors : kExitNothingFound;
}

}  // namespace seawall::cli
