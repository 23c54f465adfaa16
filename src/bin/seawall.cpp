// seawall: the one program. Everything it does lives in module cli.
#include <unistd.h>

#include <exception>
#include <string>
#include <vector>

#include "seawall/cli/console.h"
#include "seawall/cli/program.h"

int main(int argc, char** argv) {
  seawall::cli::watch_signals();
  try {
    return seawall::cli::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc), {});
  } catch (const std::exception&) {
    // Only memory can run out here: modules return their errors.
    constexpr char kMessage[] = "seawall: error: out of memory [unavailable]\n";
    (void)!::write(2, kMessage, sizeof kMessage - 1);
    return 4;
  }
}
