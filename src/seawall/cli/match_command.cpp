#include "seawall/cli/match_command.h"

#include <array>

#include "seawall/cli/match_signals.h"
#include "seawall/cli/open_banks.h"
#include "seawall/cli/ordered_work.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_match(const Arguments& arguments, Console& console) {
  const auto signals = arguments.text("--signals");
  if (!signals) return fail(Code::kInvalidInput, "name a file of signals with --signals FILE");
  SEAWALL_TRY(const std::vector<OpenBank> banks, open_banks(arguments, console));
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  return match_signal_file(*signals, banks, workers, console);
}

constexpr std::array kOptions{
    kBankOption, kRadiusOption,
    OptionSpec{.name = "--signals",
               .value = "FILE",
               .help = "match the signals that this CSV or NDJSON names (- is standard input)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--jobs",
               .value = "N",
               .help = "threads (default: one a core)",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = kJobsMax},
    kJsonOption};
constexpr std::array kExamples{Example{"seawall match --bank known.bank --signals uploads.csv --json",
                                       "Every entry within the radius of every row, one line a row."}};

}  // namespace

const CommandSpec& match_command() {
  static constexpr CommandSpec kCommand{.name = "match",
                                        .summary = "match signals against banks",
                                        .description =
                                            "Prints, for each row of a file of signals, every entry of the "
                                            "banks within the radius, nearest first. "
                                            "Equal MD5, SHA-1 and SHA-256 digests match too, at distance 0.",
                                        .positionals = {},
                                        .options = kOptions,
                                        .examples = kExamples,
                                        .run = run_match};
  return kCommand;
}

}  // namespace seawall::cli
