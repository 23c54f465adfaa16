#include "seawall/cli/match_command.h"

#include <array>

#include "seawall/cli/benign_banks.h"
#include "seawall/cli/match_media.h"
#include "seawall/cli/match_signals.h"
#include "seawall/cli/open_banks.h"
#include "seawall/cli/open_media.h"
#include "seawall/cli/ordered_work.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_match(const Arguments& arguments, Console& console) {
  const auto signals = arguments.text("--signals");
  if (arguments.all("--bank").empty()) {
    return usage_failure(console, "name a bank with --bank DIR; make one with: seawall bank create DIR");
  }
  if (signals.has_value() != arguments.positionals().empty()) {
    return usage_failure(console,
                         "name files to match, or a file of signals with --signals FILE: one of the two");
  }
  if (!signals) return match_media_files(arguments, console);
  if (!arguments.all("--benign").empty())
    return usage_failure(console, "--benign is for files, not for signals");
  SEAWALL_TRY(const std::vector<OpenBank> banks, open_banks(arguments, console));
  const std::size_t workers = workers_of(arguments.integer("--jobs"));
  return match_signal_file(*signals, banks, workers, console);
}

constexpr std::array kPositionals{
    PositionalSpec{.name = "FILE",
                   .help = "a picture or a video, a folder to walk, or - for standard input",
                   .kind = ValueKind::kPath,
                   .required = false,
                   .repeatable = true}};
constexpr std::array kOptions{
    kBankOption,
    kBenignOption,
    kRadiusOption,
    OptionSpec{.name = "--signals",
               .value = "FILE",
               .help = "match the signals that this CSV or NDJSON names (- is standard input)",
               .kind = ValueKind::kFile},
    OptionSpec{.name = "--variants",
               .value = "PROFILE",
               .help = "how many alterations of a picture or a frame are looked for",
               .kind = ValueKind::kChoice,
               .choices = "none default thorough",
               .default_value = "default"},
    OptionSpec{.name = "--exact", .help = "for pictures: decode large JPEGs at full size and in colour"},
    OptionSpec{.name = "--keyframes",
               .help = "for videos: look at keyframes alone, however rare they are (quick, finds less)"},
    kVideoSecondsOption,
    OptionSpec{.name = "--jobs",
               .value = "N",
               .help = "threads (default: one a core)",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 256},
    kJsonOption};
constexpr std::array kExamples{Example{"seawall match --bank known.bank film.mp4",
                                       "Does this video show a part of a listed one, and where?"},
                               Example{"seawall match --bank known.bank upload.jpg",
                                       "Is this picture, or an altered copy of it, listed?"},
                               Example{"seawall match --bank known.bank --signals uploads.csv --json",
                                       "Every entry within the radius of every row, one line a row."}};

}  // namespace

const CommandSpec& match_command() {
  static constexpr CommandSpec kCommand{
      .name = "match",
      .summary = "match pictures, videos or signals against banks",
      .description =
          "Prints every entry of the banks within the radius, nearest first. Equal MD5, SHA-1 and SHA-256 "
          "digests "
          "match too, at distance 0. The exit code is 1 when something matched.\n\n"
          "Pictures are looked up as they are, turned and mirrored, and without their borders (--variants); "
          "pictures "
          "of quality under 50 are too flat for PDQ and match by their digests alone.\n\n"
          "A video matches where it shows a part of a listed one, however long both are: each such part is "
          "printed with the times in both, and how strong the evidence is: three-aligned (three or more "
          "distinct frames in order), two-aligned, or single-frame. Their distances are fixed, 64, 48 and 31 "
          "bits: --radius and the bank's radius count for pictures alone. Keyframes are looked at, or two "
          "frames a second where keyframes are rare, and five a second where that comes near to "
          "something. Frames that are near those of a bank that --benign names (its pictures, and the frames "
          "of its videos) never count: title cards, test pictures.\n\n"
          "Signals of a file are "
          "looked up "
          "as they are given, one answer a row, in order.",
      .positionals = kPositionals,
      .options = kOptions,
      .examples = kExamples,
      .run = run_match};
  return kCommand;
}

}  // namespace seawall::cli
