#include "seawall/cli/commands.h"

#include <array>

#include "seawall/cli/scan_command.h"
#include "seawall/cli/self_commands.h"
#include "seawall/cli/similar_command.h"

namespace seawall::cli {

std::span<const CommandSpec* const> all_commands() {
  static const std::array kCommands{
      &scan_report_command(),  // Before "scan": the first row that fits the words is taken.
      &scan_command(),        &similar_command(), &completion_command(), &man_command(),
  };
  return kCommands;
}

}  // namespace seawall::cli
