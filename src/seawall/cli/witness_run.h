#pragma once

#include <string>
#include <vector>

#include "seawall/cli/command.h"
#include "seawall/witness/witness.h"

namespace seawall::cli {

/// A witness or a log's signer, as a program that runs until it is told to end.
struct WitnessRun {
  std::string folder;  ///< Where it remembers what it signed.
  tlog::NoteSigner key;
  std::vector<WitnessedLog> logs;
  std::vector<std::string> listen;
};

/// Serves, tells of alarms on standard error as they come, and says where it listens. Blocks.
Result<Outcome> run_witness(WitnessRun setup, Console& console);

}  // namespace seawall::cli
