#include "seawall/cli/commands.h"

#include <array>

#include "seawall/cli/bank_commands.h"
#include "seawall/cli/explain_command.h"
#include "seawall/cli/hash_command.h"
#include "seawall/cli/match_command.h"
#include "seawall/cli/scan_command.h"
#include "seawall/cli/self_commands.h"
#include "seawall/cli/similar_command.h"

namespace seawall::cli {

std::span<const CommandSpec* const> all_commands() {
  static const std::array kCommands{
      &hash_command(),         //
      &bank_create_command(),  //
      &bank_add_command(),     //
      &bank_import_command(),  //
      &bank_remove_command(),  //
      &bank_export_command(),  //
      &bank_show_command(),    //
      &bank_verify_command(),  //
      &match_command(),        //
      &explain_command(),      //
      &scan_command(),         //
      &scan_report_command(),  //
      &similar_command(),      //
      &completion_command(),   //
      &man_command(),          //
  };
  return kCommands;
}

}  // namespace seawall::cli
