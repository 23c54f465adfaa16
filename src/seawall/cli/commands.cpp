#include "seawall/cli/commands.h"

#include <array>

#include "seawall/cli/self_commands.h"

namespace seawall::cli {

std::span<const CommandSpec* const> all_commands() {
  static const std::array kCommands{
      &completion_command(),
      &man_command(),
  };
  return kCommands;
}

}  // namespace seawall::cli
