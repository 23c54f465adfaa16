#pragma once

#include <string>
#include <vector>

namespace seawall {

/// Keeps what passes through this process in its memory: no core dumps, no debugger of the same user
/// (prctl(PR_SET_DUMPABLE)), and as much memory locked out of swap as the hard limit allows. Gives what could
/// not be had, for an operator: empty is good. Call it before threads start.
[[nodiscard]] std::vector<std::string> keep_memory_private();

/// Tells the service manager (sd_notify(3)): "READY=1", "STOPPING=1". Nothing where there is none.
void tell_service_manager(const std::string& state);

}  // namespace seawall
