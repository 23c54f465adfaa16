#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "seawall/doctor/finding.h"

namespace seawall {

/// The hard limits of a process that bear on the service; nullopt: none.
struct ProcessLimits {
  std::optional<std::uint64_t> locked_bytes, open_files, core_bytes;
};
/// Reads the text of /proc/PID/limits. Errors: kCorrupt.
Result<ProcessLimits> limits_from_text(std::string_view text);

/// Of process `pid` (0: of this one, and so of what is started from the same shell): locked memory against
/// `body_bytes_max`, open files against the connections that the service takes, core dumps.
[[nodiscard]] Findings check_limits(int pid, std::uint64_t body_bytes_max);

/// Whether the text of /proc/swaps names a place to swap to.
[[nodiscard]] bool swaps_in_text(std::string_view text);
/// Whether memory can be written to a swap.
[[nodiscard]] Finding check_swap();
/// Whether the kernel's clock is kept right by somebody (adjtimex(2)).
[[nodiscard]] Finding check_time_sync();

}  // namespace seawall
