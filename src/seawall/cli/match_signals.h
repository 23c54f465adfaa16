#pragma once

#include <string>
#include <vector>

#include "seawall/cli/command.h"
#include "seawall/cli/open_banks.h"

namespace seawall::cli {

/// Matches every record of a signal file against the banks and prints an answer a record, in order.
/// Bounded memory: blocks of queries, at most a few a core at once; the answers of one block beyond 64 MiB
/// are looked up again when their turn comes.
Result<Outcome> match_signal_file(const std::string& path, const std::vector<OpenBank>& banks,
                                  std::size_t workers, Console& console);

}  // namespace seawall::cli
